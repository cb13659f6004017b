"""Log in by staff number or by registered name (Source: S1-09)."""

from typing import Any

from django.http import HttpRequest

from crm.accounts.models import User
from crm.base.middleware import client_address

__all__ = ["StaffNumberOrRegisteredName", "client_address", "login_key"]


def login_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the name under which failures are counted: one person, one counter, whichever name is typed."""
    typed = str((credentials or {}).get("username") or request.POST.get("username", "")).strip()[:52]
    try:
        return User.objects.get_by_natural_key(typed).staff_no
    except User.DoesNotExist:
        return typed


class StaffNumberOrRegisteredName:
    """Check a password against the person found by either name; active people only."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """Return the person, or None; the time taken does not tell whether the name exists."""
        if not username or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username.strip())
        except User.DoesNotExist:
            User().set_password(password)
            return None
        if user.check_password(password) and user.is_active and not user.is_system:
            return user
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session while the account is active."""
        return User.objects.active().select_related("org_unit").filter(pk=user_id).first()
