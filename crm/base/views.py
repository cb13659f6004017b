"""Error pages: honest, in the person's language, never leaking paths or tracebacks; JSON under /api/."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.base.api import error_body, is_timeout
from crm.base.middleware import request_id
from crm.base.offline import is_queued

# A browser or a client system may ask again after this many seconds.
RETRY_AFTER = "10"


def _for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or is_queued(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense, or that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    if _for_machines(request):
        return JsonResponse(error_body("INVALID", _("The request makes no sense.")), status=400)
    return render(request, "errors/400.html", status=400)


def _too_large(request: HttpRequest) -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
    message = _("What was sent is larger than %(limit)d MB. Send it in parts.") % {"limit": limit}
    if _for_machines(request):
        return JsonResponse(error_body("BODY_TOO_LARGE", message), status=413)
    return render(request, "errors/413.html", {"message": message}, status=413)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a verb the person does not have."""
    if _for_machines(request):
        return JsonResponse(error_body("FORBIDDEN", _("Your role does not include this.")), status=403)
    return render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for what does not exist and for what may not be seen, alike."""
    if _for_machines(request):
        sentence = _("There is no such record, or you may not see it.")
        return JsonResponse(error_body("NOT_FOUND", sentence), status=404)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own failure without touching the database; a database that is away is not ours."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, error)
    if _for_machines(request):
        sentence = _("That is our failure. It is logged under this request number.")
        return JsonResponse(error_body("INTERNAL", sentence), status=500)
    return HttpResponse(render_to_string("errors/500.html", {"request_id": request_id.get()}), status=500)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer while the database is away, or a question took too long for it; input stays in the browser."""
    late = is_timeout(error)
    response: HttpResponse
    if _for_machines(request):
        response = JsonResponse(
            error_body("TIMEOUT" if late else "UNAVAILABLE", sentence_for(late=late)), status=503
        )
    else:
        context = {"request_id": request_id.get(), "late": late, "unsaved": request.method == "POST"}
        response = HttpResponse(render_to_string("errors/503.html", context), status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def sentence_for(*, late: bool) -> str:
    """Say which of the two it is."""
    if late:
        return _("This took too long and was stopped. Nothing was changed; ask for less and try again.")
    return _("The database is away for a moment. Nothing was changed; try again shortly.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page has grown too old."""
    if _for_machines(request):
        return JsonResponse(
            error_body("FORBIDDEN", _("The form has grown too old. Load it again.")), status=403
        )
    return render(request, "errors/403_csrf.html", status=403)
