"""What all API views share: one error shape, keyset pages, idempotent creation, ETags."""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from crm.base.errors import BusinessError
from crm.base.fields import MOST_ERRORS, flat
from crm.base.middleware import request_id
from crm.base.models import IdempotencyKey

# PostgreSQL's code for a statement that ran into statement_timeout.
QUERY_CANCELED = "57014"

# An escaped NUL: PostgreSQL keeps none in jsonb.
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag of the version read.")
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Repeat it to repeat the request safely."
)


class KeysetPagination(CursorPagination):
    """Page by position, never by offset; at most 200 rows."""

    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200
    ordering: Any = "id"


class Newest(KeysetPagination):
    """Newest rows first."""

    ordering = "-id"


def checked_body(
    kind: type[serializers.BaseSerializer[Any]], request: Request, **options: Any
) -> dict[str, Any]:
    """Return what the body holds, checked."""
    serializer = kind(data=request.data, **options)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def error_body(code: str, message: Any, fields: Any = None, details: Any = None) -> dict[str, Any]:
    """Return the one shape of every refusal."""
    body = {"code": code, "message": str(message), "fields": fields or {}, "request_id": request_id.get()}
    return body | ({"details": details} if details else {})


def _first(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the fields a person can read, of an answer that would else be as long as its request."""
    return dict(islice(fields.items(), MOST_ERRORS))


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every failure of the API in one shape: {code, message, fields, request_id} (spec §4.2)."""
    with suppress(DatabaseError, InterfaceError):  # a connection that is gone has nothing to roll back
        set_rollback()
    if isinstance(error, BusinessError):
        fields = {name: [str(s) for s in sentences] for name, sentences in error.fields.items()}
        return Response(error_body(error.code, error.message, fields, error.details), status=error.status)
    if isinstance(error, Http404):
        return Response(
            error_body("NOT_FOUND", _("There is no such record, or you may not see it.")), status=404
        )
    if isinstance(error, PermissionDenied):
        return Response(error_body("FORBIDDEN", _("Your role does not include this.")), status=403)
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        return Response(error_body("INVALID", _("Some fields need correction."), fields), status=400)
    if isinstance(error, exceptions.ValidationError):
        return Response(
            error_body("INVALID", _("Some fields need correction."), _first(flat(error.detail))), status=400
        )
    if isinstance(error, exceptions.APIException):
        code = {401: "NOT_SIGNED_IN", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(
            error.status_code, str(error.default_code).upper()
        )
        response = Response(error_body(code, error.detail), status=error.status_code)
        if auth := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = auth
        if (wait := getattr(error, "wait", None)) is not None:
            response["Retry-After"] = str(int(wait) + 1)
        return response
    if isinstance(error, OperationalError | InterfaceError):
        late = is_timeout(error)
        message = (
            _("This took too long and was stopped. Nothing was changed; ask for less and try again.")
            if late
            else _("The database is away for a moment. Nothing was changed; try again shortly.")
        )
        body = error_body("TIMEOUT" if late else "UNAVAILABLE", message)
        return Response(body, status=status.HTTP_503_SERVICE_UNAVAILABLE, headers={"Retry-After": "10"})
    return None


def is_timeout(error: BaseException) -> bool:
    """Say whether PostgreSQL stopped a statement that took too long."""
    return getattr(error.__cause__, "pgcode", None) == QUERY_CANCELED


def _content(value: Any) -> Any:
    """Return what stands for a value in the hash of a request: a file is its bytes, not its name alone."""
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]


def _digest(request: Request) -> str:
    """Return the hash of a request: method, address with its query, every value of the body."""
    data = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    whole = json.dumps([request.method, request.get_full_path(), data], sort_keys=True, default=_content)
    return hashlib.sha256(whole.encode()).hexdigest()


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer a repeated POST with the stored answer of the first (header `Idempotency-Key`).

    Steps: 1. insert the key; a second request with it waits on the unique index for the first to end;
    2. found with another request → 409 IDEMPOTENCY_MISMATCH; found with an answer → that answer;
    3. run the act and store its answer in the same transaction, so that a failure stores nothing.
    """

    @wraps(view)
    def inner(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > 128:
            raise BusinessError("INVALID", _("Idempotency-Key is longer than 128 characters."), status=400)
        digest = _digest(request)
        user: Any = request.user
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = IdempotencyKey.objects.create(user=user, key=key, request_hash=digest)
            except IntegrityError:
                row = IdempotencyKey.objects.get(user=user, key=key)
                if row.request_hash != digest:
                    raise BusinessError(
                        "IDEMPOTENCY_MISMATCH", _("This Idempotency-Key was used for another request.")
                    ) from None
                tag = {"ETag": row.etag} if row.etag else {}
                return Response(
                    row.body, status=row.status or 200, headers={"Idempotent-Replay": "true", **tag}
                )
            response = view(self, request, *args, **kwargs)
            row.status, row.etag = response.status_code, response.get("ETag", "")
            row.body = json.loads(NUL.sub(r"\1\\ufffd", json.dumps(response.data, default=str)))
            row.save(update_fields=["status", "body", "etag"])
        return response

    return inner


def etag(version: int) -> str:
    """Return the entity tag of a row's version."""
    return f'"{version}"'


def check_if_match(request: Request, row: Any) -> None:
    """Refuse a change made on an older version of the row; until the request ends nobody else changes it.

    The row stays locked: of two who read the same version, the second is refused.
    Raises: BusinessError STALE (412) when If-Match names another version.
    """
    given = request.headers.get("If-Match")
    if not given or given == "*":
        return
    held = type(row)._base_manager.select_for_update(of=("self",), no_key=True).filter(pk=row.pk)
    version = held.values_list("version", flat=True).first()
    if version is None or etag(version) not in [part.strip() for part in given.split(",")]:
        raise BusinessError(
            "STALE", _("The record changed meanwhile. Read it again and repeat your change."), status=412
        )
