"""What resources of every room ask of a request."""

from rest_framework.request import Request

from crm.accounts.models import User


def caller(request: Request) -> User:
    """Return who calls."""
    assert isinstance(request.user, User)  # noqa: S101 - HasVerb let nobody else in
    return request.user
