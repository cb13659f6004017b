"""One's own account: log in and out, password, language, profile."""

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import check_for_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as set_language_cookie

from crm.accounts import services
from crm.accounts.access import PersonRequest
from crm.accounts.forms import LoginForm, PasswordForm, ProfileForm


class LoginView(auth_views.LoginView):
    """Let a person in by staff number or registered name."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: Any) -> HttpResponse:
        """Log in, and speak the person's language from now on."""
        response = super().form_valid(form)
        _remember_language(response, form.get_user().language)
        return response


class PasswordChangeView(auth_views.PasswordChangeView):
    """Change one's own password; other sessions of the person end."""

    template_name = "accounts/password_change.html"
    form_class = PasswordForm
    success_url = reverse_lazy("accounts:profile")
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it and leave a trace without the password."""
        response = super().form_valid(form)
        services.note_password_change(actor=form.user)
        messages.success(self.request, _("Your password is changed."))
        return response


def locked_out(
    request: HttpRequest, original_response: HttpResponseBase | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer too many wrong passwords: say how long, and whom to ask."""
    minutes = round((get_cool_off(request) or timedelta(hours=1)).total_seconds() / 60)
    sentence = ngettext(
        "Too many wrong passwords. Try again in %(minutes)d minute, or ask your administrator.",
        "Too many wrong passwords. Try again in %(minutes)d minutes, or ask your administrator.",
        minutes,
    ) % {"minutes": minutes}
    form = LoginForm(request, initial={"username": request.POST.get("username", "")})
    response = render(
        request,
        "accounts/login.html",
        {"form": form, "locked_out": sentence, "next": request.POST.get("next", "")},
        status=429,
    )
    response["Retry-After"] = str(minutes * 60)
    return response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language; a signed-in person keeps it for the next login on any device."""
    response = set_language_cookie(request)
    code = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(code):
        services.set_language(actor=request.user, language=code)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """Show the person's own account and change what is theirs to change."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.change_profile(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("accounts:profile")
        _remember_language(response, form.cleaned_data["language"])
        return response
    context = {
        "form": form,
        "assignments": services.current_assignments(request.user),
        "verbs": sorted(request.user.scope.verbs),
    }
    return render(request, "accounts/profile.html", context, status=400 if form.errors else 200)


def _remember_language(response: HttpResponse, code: str) -> None:
    if code and check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
