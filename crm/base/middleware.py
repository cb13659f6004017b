"""Request ids, and one honest answer for every refusal on a page."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from crm.base.errors import BusinessError

request_id: ContextVar[str] = ContextVar("request_id", default="-")
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's address; forwarded addresses count only behind our own proxies."""
    proxies = settings.AXES_IPWARE_PROXY_COUNT
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR") or None


class RequestIdFilter(logging.Filter):
    """Put the request id on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; never drop a record."""
        record.request_id = request_id.get()
        return True


class RequestIdMiddleware:
    """Give each request an id: the caller's when well formed, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the id for logs, errors and the audit trail, and send it back."""
        given = request.headers.get("X-Request-Id", "")
        value = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(value)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = value
        return response


class NulMiddleware:
    """Refuse an address with a NUL character: the database keeps none, so no row can be meant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what has none in its path and its query.

        Raises: BadRequest
        """
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or "%00" in query or "\0" in query:
            raise BadRequest("NUL in the address")
        return self.get_response(request)


class BusinessErrorMiddleware:
    """Turn a BusinessError that a page did not handle into a page, a fragment or a message.

    The API has its own handler (crm.base.api.answer_error).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through; process_exception does the work, and acts opened by their address get a page.

        Who signs in again after a form was sent comes back by GET: an empty 405 would be a blank window.
        """
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not request.path.startswith("/api/"):
            page = render(request, "errors/405.html", status=405)
            page["Allow"] = response.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the sentence: back where the person was, or as a page with the right status."""
        if not isinstance(exception, BusinessError):
            return None
        context = {"error": exception, "message": exception.message}
        if getattr(request, "htmx", False):
            response = render(request, "components/alert_error.html", context, status=exception.status)
            response["HX-Retarget"] = "#flash"
            response["HX-Reswap"] = "innerHTML"
            return response
        back = request.headers.get("Referer", "")
        if (
            request.method == "POST"
            and exception.status in (400, 409)
            and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        ):
            messages.error(request, str(exception.message))
            return redirect(back)
        return render(request, "errors/refused.html", context, status=exception.status)
