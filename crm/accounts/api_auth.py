"""Who calls the API: client systems by token, people by their browser session."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # At run time rest_framework.views imports this module first.
    from rest_framework.views import APIView


class SystemTokenAuthentication(TokenAuthentication):
    """Read `Authorization: Token …`; knox refuses tokens of accounts that are not active."""


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
