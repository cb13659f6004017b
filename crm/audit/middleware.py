"""Put actor, request id and address into every trace a request leaves."""

from typing import Any

import pghistory
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crm.audit.context import Origin, origin
from crm.base.middleware import client_address, request_id


class HistoryMiddleware:
    """Say where an act comes from, and open the history context of unsafe requests: actor id, id, path."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Wrap the request; one that only reads writes no history, but may leave a trace."""
        token = origin.set(Origin(ip=client_address(request), request_id=request_id.get()))
        try:
            if request.method in ("GET", "HEAD", "OPTIONS"):
                return self.get_response(request)
            with pghistory.context(user=request.user.pk, request_id=request_id.get(), url=request.path):
                return self.get_response(request)
        finally:
            origin.reset(token)
