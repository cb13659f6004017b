"""Every page needs a person, except the few that say otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


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
        """Redirect to login, or tell htmx to."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": f"/accounts/login/?next={request.path}"})
        return redirect_to_login(request.get_full_path())
