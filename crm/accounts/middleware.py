"""Every page needs a person, except the few that say otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from crm.base.middleware import request_id

# Where a person with a one-time password may still go.
STILL_OPEN = ("accounts:password_change", "accounts:logout", "set_language")


def _page_of(request: HttpRequest) -> str:
    """Return the page that asked for a fragment: that is where a person wants to be after the login."""
    details: Any = request
    return details.htmx.current_url_abs_path or reverse("workbench:today")


class SignInRequiredMiddleware:
    """Send strangers to the login page; views marked `login_not_required` and the API are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through; process_view does the work."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Redirect to login, or tell htmx to; a one-time password leads to its change first."""
        # The API's views are marked as well: it answers strangers itself, but knows one-time passwords.
        in_api = request.path.startswith("/api/v1/")
        # First, for /healthz answers while the database is away, whoever asks.
        if not getattr(view, "login_required", True) and not in_api:
            return None
        if request.user.is_authenticated:
            return self._change_first(request) if request.user.must_change_password else None
        if in_api:
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login(_page_of(request)).url})
        return redirect_to_login(request.get_full_path())

    def _change_first(self, request: HttpRequest) -> HttpResponseBase | None:
        where = request.resolver_match.view_name if request.resolver_match else ""
        if where in STILL_OPEN:
            return None
        if request.path.startswith("/api/"):
            body = {
                "code": "PASSWORD_EXPIRED",
                "message": gettext("Change your one-time password first."),
                "fields": {},
                "request_id": request_id.get(),
            }
            return JsonResponse(body, status=403)
        return redirect("accounts:password_change")
