"""The installed application: its manifest, its service worker, and the page shown without a signal."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.base import clock
from crm.base.offline import FILES

ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
WORKER = Path("static/js/worker.js")
PARTS: tuple[str | Path, ...] = ("templates/base/offline.html", WORKER)


def _content(path: str | Path) -> bytes:
    return (Path(settings.BASE_DIR) / path).read_bytes()


def _version() -> str:
    """Return what changes when anything the worker keeps changes."""
    digest = hashlib.sha256()
    for path in (*PARTS, *(f"static/{name}" for name in FILES)):
        digest.update(_content(path))
    return digest.hexdigest()[:12]


_kept_version = lru_cache(maxsize=1)(_version)


@require_safe
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker at the root, so that it answers for every page."""
    facts = {
        "version": _version() if settings.DEBUG else _kept_version(),
        "files": [static(name) for name in FILES],
        "queue": static("js/queue.js"),
        "shelf": f"/{settings.STATIC_URL.strip('/')}/",
        "offline": reverse("base:offline"),
        "logout": reverse("accounts:logout"),
    }
    text = f"const CRM = {json.dumps(facts, ensure_ascii=False)};\n".encode() + _content(WORKER)
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the application looks on a home screen."""
    data = {
        "id": "/",
        "name": _("Group-client CRM"),
        "short_name": _("Client CRM"),
        "start_url": "/workbench/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5cd5",
        "lang": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "icons": [
            {
                "src": static(f"img/app-{size}{'-maskable' if purpose == 'maskable' else ''}.png"),
                "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose,
            }
            for size, purpose in ICONS
        ]
        + [{"src": static("img/logo.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        "shortcuts": [{"name": _("Visits"), "url": "/visits/"}],
    }  # fmt: skip
    return JsonResponse(
        data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@never_cache
@login_not_required
def hello(request: HttpRequest) -> JsonResponse:
    """Tell a browser's queue who is signed in, the token of its forms, and the time."""
    user = request.user.pk if request.user.is_authenticated else None
    return JsonResponse(
        {"user": user, "token": get_token(request), "now": round(clock.now().timestamp() * 1000)}
    )


@require_safe
@login_not_required
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no signal, and which pages can be read; nobody's name is on it."""
    return render(request, "base/offline.html")
