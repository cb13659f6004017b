"""Drafts: look for everything that stands in the way at once, merge one into its parent, or give it up."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from clients.choices import BankLevel, FilingState, KeyIndustry
from clients.models import AMAssignment, Client, MergeNote
from clients.services.codes import code_prefixes
from clients.services.files import locked
from clients.services.filing import merge_into_parent, missing_people
from clients.services.guards import check_duplicates, check_guards
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record

# Upper floors take their own rows out of a draft that is given up.
_takers: list[Callable[[Client], None]] = []


def on_give_up(take_out: Callable[[Client], None]) -> None:
    """Let an upper floor take its rows out of a draft that is given up."""
    if take_out not in _takers:
        _takers.append(take_out)


def obstacles(client: Client, actor: User, *, as_of: date | None = None) -> list[BusinessError]:
    """Return what refuses the file now: guards, duplicates, missing people; nothing is written."""
    region = code_prefixes([client.org_unit])[client.org_unit_id]
    found: list[BusinessError] = []
    asks: tuple[Callable[[], Any], ...] = (
        lambda: check_guards(client, as_of=as_of or clock.today(), region=region),
        lambda: check_duplicates(client, actor=actor, region=region),
    )
    for ask in asks:
        try:
            ask()
        except BusinessError as error:
            found.append(error)
    return found + missing_people(client)


def bank_parents(client: Client, actor: User) -> list[Client]:
    """Return the sub-branches and higher banks of the client's area that may take its offices in (S0-40)."""
    banks = Client.objects.writable_by(actor).filter(
        key_industry=KeyIndustry.BANK,
        bank_level__in=[BankLevel.SUB_BRANCH, BankLevel.BRANCH],
        filing=FilingState.FILED,
        closed_at=None,
        client_code__startswith=client.client_code[:4],
    )
    return list(banks.exclude(pk=client.pk).order_by("-bank_level", "client_code")[:3])


def _draft(client_id: int, actor: User) -> Client:
    client = locked(client_id, actor)
    if client.filing not in (FilingState.DRAFT, FilingState.REJECTED):
        raise BusinessError(
            "WRONG_STATE",
            _("The file is %(state)s; this step does not fit.") % {"state": client.get_filing_display()},
        )
    return client


@transaction.atomic
def give_up_draft(*, actor: User, client_id: int, reason: str = "") -> None:
    """Give a draft up: it was never a client, so nothing but its trace is kept; the code is not used again.

    Raises: BusinessError WRONG_STATE for a file that was submitted, DRAFT_IN_USE.
    """
    client = _draft(client_id, actor)
    record(
        actor=actor, action="clients.given_up", entity=client, unit=client.org_unit,
        data={"name": client.name, "code": client.client_code, "reason": reason},
    )  # fmt: skip
    for take_out in _takers:
        take_out(client)
    AMAssignment.objects.filter(client=client).delete()
    try:
        with transaction.atomic():
            client.delete()
    except ProtectedError as error:
        raise BusinessError(
            "DRAFT_IN_USE", _("Other records refer to this draft already; it cannot be given up.")
        ) from error


@transaction.atomic
def merge_draft(
    *, actor: User, client_id: int, parent_id: int, name: str = "", headcount: int | None = None
) -> MergeNote:
    """Name the unit of a draft in its parent's file and give the draft up (Source: S1-74, S1-76, E087)."""
    client = _draft(client_id, actor)
    note = merge_into_parent(
        actor=actor,
        parent_id=parent_id,
        name=name or client.name,
        headcount=headcount if headcount is not None else client.employee_total,
    )
    give_up_draft(actor=actor, client_id=client.pk, reason=f"→ {note.parent.client_code}")
    return note
