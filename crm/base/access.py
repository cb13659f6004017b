"""The doors of pages: a verb is needed, and it is said in one line above the view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


class Doer(Protocol):
    """Whoever asks: all a door needs to know."""

    def can(self, verb: str) -> bool:
        """Say whether any of the roles opens the verb."""


def needs(
    *verbs: str,
) -> Callable[
    [Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[Any, P], HttpResponseBase]
]:
    """Let in who has any of the verbs; others get 403 with a sentence."""

    def decorate(view: Callable[Concatenate[R, P], HttpResponseBase]) -> Any:
        @wraps(view)
        def inner(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request.user, *verbs)  # type: ignore[arg-type]  # a signed-in person, or the strangers' door
            return view(request, *args, **kwargs)

        inner.verbs = verbs  # type: ignore[attr-defined]  # read by the printed table of permissions
        return inner

    return decorate


def require(user: Doer, *verbs: str) -> None:
    """Refuse a person who has none of the verbs.

    Raises: Forbidden FORBIDDEN.
    """
    if not any(user.can(verb) for verb in verbs):
        raise Forbidden(
            "FORBIDDEN", _("Your role does not include this. Ask your administrator if you need it.")
        )
