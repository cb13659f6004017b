"""Who calls the API: client systems by token, people by their browser session."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.base.errors import Forbidden
from crm.base.middleware import client_address

if TYPE_CHECKING:
    # At run time rest_framework.views imports this module first.
    from rest_framework.views import APIView


class SystemTokenAuthentication(TokenAuthentication):
    """Read `Authorization: Token …`; knox refuses tokens of accounts that are not active."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the account of a client system and its token.

        Raises: AuthenticationFailed; Forbidden ADDRESS_REFUSED where it may not call from. Source: spec §3.7
        """
        found = super().authenticate(request)
        if found and not within(client_address(request._request), found[0].scope.networks):
            raise Forbidden("ADDRESS_REFUSED", _("This client system may not call from this address."))
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """Return the account of a token; bytes that are no text are the token of nobody."""
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)


def within(address: str | None, networks: Iterable[str]) -> bool:
    """Say whether an address lies in one of the networks; without any every address does."""
    allowed = [ip_network(network) for network in networks]
    if not allowed:
        return True
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in allowed)


class BrowserSessionAuthentication(SessionAuthentication):
    """Use the browser's session, with CSRF protection; answer 401 where nobody is logged in."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme a client system should use."""
        return "Token"


class SystemTokenScheme(OpenApiAuthenticationExtension):
    """Describe the token in the OpenAPI schema."""

    target_class = "crm.accounts.api_auth.SystemTokenAuthentication"
    name = "systemToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <token>"}


class SessionScheme(OpenApiAuthenticationExtension):
    """Describe the session cookie in the OpenAPI schema."""

    target_class = "crm.accounts.api_auth.BrowserSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class HasVerb(BasePermission):
    """Need the verb that the view declares for its action: `verbs = {"list": "clients.view", …}`.

    `"*"` is the verb of actions that are not named; of several verbs one will do.
    A view without `verbs` is closed.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Compare the caller's verbs with the declared one."""
        if not request.user or not request.user.is_authenticated:
            return False
        if request.method not in view.allowed_methods:
            return True  # let the view say 405; nothing runs
        verbs: dict[str, str | tuple[str, ...]] = getattr(view, "verbs", {})
        action = getattr(view, "action", None) or (request.method or "").lower()
        wanted = verbs.get(action) or verbs.get("*") or ()
        return any(request.user.can(verb) for verb in ((wanted,) if isinstance(wanted, str) else wanted))
