"""The doors of pages, for requests whose person is known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from crm.accounts.models import User
from crm.base.access import needs, require

__all__ = ["PersonRequest", "needs", "require"]


class PersonRequest(HttpRequest):
    """A request whose person is known."""

    user: User
    htmx: HtmxDetails
