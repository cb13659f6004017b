"""What can be refused: one exception with a code for machines and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise


class BusinessError(Exception):
    """Refuse an act.

    `code` is stable and documented (spec §4.2), `message` says what, where and how to mend,
    `fields` maps a field name to the sentences about it, `status` is the HTTP status.
    """

    status = 409

    def __init__(
        self,
        code: str,
        message: Sentence,
        *,
        fields: Mapping[str, list[Sentence]] | None = None,
        status: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})
        self.details = dict(details or {})
        if status is not None:
            self.status = status


class Invalid(BusinessError):
    """Refuse input that can never be right; the client must change it."""

    status = 400


class Forbidden(BusinessError):
    """Refuse a verb the person does not have, or may not use on this row."""

    status = 403


class NotFound(BusinessError):
    """Answer for what does not exist and for what may not be seen, alike."""

    status = 404


class FieldDerived(BusinessError):
    """Refuse to write a column that only a rule may write (spec §4.2)."""

    status = 422


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row of a bulk request that cannot be read: its place is kept, so that it has an answer of its own.

    `given` is the row as it was sent, `fields` the sentences about it.
    """

    given: Any
    fields: Mapping[str, list[str]]
