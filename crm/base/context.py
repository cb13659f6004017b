"""What every page's shell needs: navigation by role, theme, unread notifications."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.base import nav
from crm.base.models import Notification

THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of templates/base.html."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "theme": theme if theme in THEMES else "",
        "density": "dense" if request.COOKIES.get("density") == "dense" else "",
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    entries = nav.items_for(user, request.path)
    return context | {
        "nav_sections": nav.sections_for(entries),
        "nav_thumbs": nav.thumbs_for(entries),
        "nav_tabs": nav.tabs_for(entries, request.path),
        "unread": SimpleLazyObject(lambda: Notification.objects.filter(user=user, read_at=None).count()),
    }
