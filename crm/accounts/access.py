"""The doors of pages: a verb is needed, and it is said in one line above the view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from crm.accounts.models import User
from crm.base.errors import Forbidden

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request whose person is known."""

    user: User  # type: ignore[assignment]
    htmx: HtmxDetails


def needs(
    *verbs: str,
) -> Callable[
    [Callable[Concatenate[PersonRequest, P], HttpResponseBase]],
    Callable[Concatenate[Any, P], HttpResponseBase],
]:
    """Let in who has any of the verbs; others get 403 with a sentence."""

    def decorate(view: Callable[Concatenate[PersonRequest, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def inner(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request.user, *verbs)
            return view(request, *args, **kwargs)

        inner.verbs = verbs  # type: ignore[attr-defined]
        return inner

    return decorate


def require(user: User, *verbs: str) -> None:
    """Refuse a person who has none of the verbs.

    Raises: Forbidden FORBIDDEN.
    """
    if not any(user.can(verb) for verb in verbs):
        raise Forbidden(
            "FORBIDDEN", _("Your role does not include this. Ask your administrator if you need it.")
        )
