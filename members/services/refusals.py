"""What the database refuses, said to people: one sentence for each constraint."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus
from clients.models import Client
from crm.base import text
from crm.base.errors import BusinessError, Invalid, Sentence

# Constraint → code, field, sentence.
REFUSALS: dict[str, tuple[str, str, Sentence]] = {
    "client_one_key_person": (
        "KEY_PERSON_EXISTS",
        "kind",
        _("This client already has a key person. Replace the key person, or enter a contact."),
    ),
    "client_five_contacts": (
        "CONTACT_LIMIT",
        "kind",
        _("A client has at most five contacts. Let one leave before you enter another."),
    ),
    "member_active_once": (
        "MEMBER_ELSEWHERE",
        "msisdn",
        _("This number is an active member of another client. End that membership first."),
    ),
    "member_once_in_client": (
        "MEMBER_EXISTS",
        "msisdn",
        _("This number is a member of this client already."),
    ),
    "member_kind_allowed": (
        "MEMBER_KIND_FORBIDDEN",
        "person_kind",
        _("Students, M2M cards and TD landlines may not be members."),
    ),
}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a violated constraint into its refusal; the transaction around it stays usable.

    Raises: BusinessError with the code of the constraint.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis: Any = getattr(error.__cause__, "diag", None)
        found = REFUSALS.get(getattr(diagnosis, "constraint_name", None) or "")
        if found is None:
            raise
        code, field, sentence = found
        raise BusinessError(code, sentence, fields={field: [sentence]}) from error


def refuse_closed(client: Client) -> None:
    """Refuse people for a client that is closed.

    Raises: BusinessError CLIENT_CLOSED.
    """
    if client.status == ClientStatus.CLOSED:
        raise BusinessError("CLIENT_CLOSED", _("This client is closed; its people can no longer be changed."))


def refuse_closed_now(client: Client) -> None:
    """Refuse people for a client that is closed by now, and hold its row: a merge waits, or has ended it.

    Raises: BusinessError CLIENT_CLOSED.
    """
    rows = Client.objects.select_for_update(no_key=True, of=("self",))
    refuse_closed(rows.only("status").get(pk=client.pk))


def refuse_stale(row: Any, version: int | None) -> None:
    """Refuse a change made on an older version of a row.

    Raises: BusinessError STALE.
    """
    if version is not None and row.version != version:
        raise BusinessError(
            "STALE",
            _("%(who)s changed this record meanwhile. Look at it again and repeat your change.")
            % {"who": row.updated_by or _("Somebody")},
            details={"version": row.version},
        )


def refuse_gone(row: Any) -> None:
    """Refuse to change a person who has left.

    Raises: BusinessError ALREADY_LEFT.
    """
    if row.left_on is not None:
        raise BusinessError("ALREADY_LEFT", _("This person has left already; the record is history."))


def cleaned_person(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with what names a person cleaned of marks that nobody sees.

    Raises: Invalid INVALID when nothing is left of the name.
    """
    named = {
        name: text.clean(value) if name in ("name", "salutation", "position") else value
        for name, value in fields.items()
    }
    if named.get("name") == "":
        sentence = _("This field is required.")
        raise Invalid("INVALID", sentence, fields={"name": [sentence]})
    return named
