"""What a phone may do without a signal: acts that arrive once and only once, pages that stay readable.

docs/offline.md says how a page joins in; static/js/queue.js is the other half.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.api import error_body
from crm.base.errors import BusinessError, Invalid
from crm.base.models import IdempotencyKey

# Who made the queued act; the browser of another person sends nothing of it.
USER = "X-Queue-User"
KEY = "Idempotency-Key"
# Whose page it is: the service worker keeps it under that name, and forgets it with the person.
KEEP = "X-Keep-Offline"
# With bytes of random length against those who guess a page's secrets from its size.
GZIP = GZipMiddleware(lambda _request: HttpResponse())
# Static files the shell needs without a signal; a floor adds its own when it starts.
FILES = [
    "vendor/tabler/tabler.min.css", "css/app.css", "js/theme.js", "js/app.js", "js/queue.js", "js/outbox.js",
    "js/offline.js", "vendor/htmx/htmx.min.js", "img/icons.svg", "img/logo.svg", "img/favicon.svg",
]  # fmt: skip


def keep_files(*paths: str) -> None:
    """Have the service worker keep static files of a floor."""
    FILES.extend(path for path in paths if path not in FILES)


def is_queued(request: HttpRequest) -> bool:
    """Say whether a browser's queue sends this, and reads the answer as JSON."""
    return USER in request.headers


def kept_offline(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Let the person's phone keep the page, to be read without a signal; it goes out compressed."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and request.user.is_authenticated:
            response[KEEP] = str(request.user.pk)
            if isinstance(response, HttpResponse):
                # Opened in the field: a third of the log page's weight was its own text.
                return GZIP.process_response(request, response)
        return response

    return inner


@dataclass(frozen=True, slots=True)
class PhoneTime:
    """When a queued act was made: by the clock of the phone, and by ours.

    Units: `skew_s` is our clock minus the phone's, in seconds.
    """

    phone_at: datetime
    made_at: datetime
    skew_s: int


def _moment(milliseconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def phone_time(request: HttpRequest) -> PhoneTime | None:
    """Return when the phone made the act, or None for what did not come out of a queue.

    The phone says when it made the act and when it sends it; the difference between the second and our own
    clock is how wrong the phone's is.
    """
    made = _moment(request.headers.get("X-Made-At", ""))
    sent = _moment(request.headers.get("X-Sent-At", ""))
    if made is None or sent is None:
        return None
    now = clock.now()
    skew = now - sent
    if abs(skew) > timedelta(days=3650):
        return None
    return PhoneTime(phone_at=made, made_at=min(made + skew, now), skew_s=round(skew.total_seconds()))


def _answer(row: IdempotencyKey, *, again: bool) -> JsonResponse:
    answer = JsonResponse(row.body or {}, status=row.status or 200)
    answer[KEY] = row.key
    if again:
        answer["Idempotent-Replay"] = "true"
    return answer


def sent_once(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Take in a page's POST from the queue once and only once; whoever sends without one is left alone.

    Steps: 1. insert the key; a second request with it waits on the unique index for the first to end;
    2. found with an answer → that answer; 3. run the act and store its answer in the same transaction, so
    that a refusal stores nothing. A redirect becomes {"location": …}.
    Refusals are answered as JSON, IDEMPOTENCY_MISMATCH among them: the key was used at another address.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not is_queued(request):
            return view(request, *args, **kwargs)
        try:
            key = str(uuid.UUID(request.headers.get(KEY, "")))
        except ValueError:
            return refused(Invalid("INVALID", _("Idempotency-Key is no UUID.")))
        try:
            answer = _once(request, key, lambda: view(request, *args, **kwargs))
        except BusinessError as error:
            return refused(error)
        # What a page would say next time it is opened was said in the queue.
        for _said in get_messages(request):
            pass
        return answer

    return inner


def _once(request: HttpRequest, key: str, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    digest = hashlib.sha256(f"POST {request.path}".encode()).hexdigest()
    user: Any = request.user
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(user=user, key=key, request_hash=digest)
        except IntegrityError:
            row = IdempotencyKey.objects.get(user=user, key=key)
            if row.request_hash != digest:
                sentence = _("This Idempotency-Key was used for another request.")
                raise BusinessError("IDEMPOTENCY_MISMATCH", sentence) from None
            return _answer(row, again=True)
        response = act()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        if "Location" not in response.headers and not isinstance(response, JsonResponse):
            # A page instead of an answer: the form with its errors.
            transaction.set_rollback(True)
            return refused_fields({}, _("Some fields need correction."))
        row.status, row.body = 200, _body(response)
        row.save(update_fields=["status", "body"])
    return _answer(row, again=False)


def _body(response: HttpResponseBase) -> dict[str, Any]:
    if location := response.headers.get("Location"):
        return {"location": location}
    if isinstance(response, JsonResponse):
        return dict(json.loads(response.content))
    return {}


def refused_fields(errors: Any, message: Any) -> JsonResponse:
    """Answer the queue that a form has wrong fields."""
    return JsonResponse(error_body("INVALID", message, fields=errors), status=422)


def refused(error: BusinessError) -> JsonResponse:
    """Answer the queue with a refusal, in the one shape of all refusals."""
    body = error_body(error.code, error.message, error.fields, error.details)
    return JsonResponse(body, status=error.status)


class QueueMiddleware:
    """Tell a browser's queue in JSON when nobody, or somebody else, is signed in: it keeps all and waits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through; process_view does the work."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse what was made by another person than the one who is signed in."""
        if not is_queued(request):
            return None
        if not request.user.is_authenticated:
            code, sentence = "SIGNED_OUT", gettext("Log in, then the rest is sent.")
        elif request.user.must_change_password:
            code, sentence = "PASSWORD_EXPIRED", gettext("Change your one-time password first.")
        elif str(request.user.pk) != request.headers[USER]:
            code, sentence = "OTHER_USER", gettext("This was written by somebody else.")
        else:
            return None
        return JsonResponse(error_body(code, sentence), status=401)
