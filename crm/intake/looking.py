"""Rows behind one figure of an import, filtered by column and kind of error: for the page and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min

from crm.accounts.models import User
from crm.base.text import INT, read_number
from crm.intake import showing
from crm.intake.choices import BatchStatus, Verdict
from crm.intake.models import ImportBatch, RowChange, RowError
from crm.intake.resources import Resource, resource_of

KINDS = 30


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wants to see: one figure, and of it a column or a kind of error."""

    show: str
    column: str = ""
    code: str = ""
    after: int = 0

    @classmethod
    def asked(cls, batch: ImportBatch, given: Mapping[str, str]) -> "Look":
        """Return what a request asks for; without a figure the one that wants attention first."""
        show = given.get("show", "")
        if show not in Verdict.values:
            figures = (
                (Verdict.REJECT, batch.rejected),
                (Verdict.UPDATE, batch.updated),
                (Verdict.CREATE, batch.created),
            )
            show = next((verdict for verdict, number in figures if number), Verdict.CREATE)
        return cls(
            str(show),
            given.get("column", "")[:63],
            given.get("code", "")[:40],
            read_number(given.get("after", ""), most=INT) or 0,
        )

    def url(self, *, after: int = 0) -> str:
        """Return the address of this look, from a row on."""
        asked = {"show": self.show, "column": self.column, "code": self.code, "after": after or ""}
        return "?" + urlencode({key: value for key, value in asked.items() if value})


def rows_of(batch: ImportBatch, look: Look, *, user: User, size: int) -> tuple[list[dict[str, Any]], bool]:
    """Return rows as people read them, and whether more follow."""
    resource = resource_of(batch.roster)
    owned = batch.owner_id == user.pk
    found: list[dict[str, Any]] = []
    if look.show == Verdict.REJECT:
        found = showing.rejected(
            batch, resource, after=look.after, size=size + 1, owned=owned, column=look.column, code=look.code
        )
    elif batch.status == BatchStatus.VALIDATED:
        found = showing.staged(
            batch, resource, verdict=look.show, after=look.after, size=size + 1, column=look.column
        )
    elif batch.status in (BatchStatus.APPLIED, BatchStatus.ROLLED_BACK):
        changes = RowChange.objects.filter(batch=batch, act=look.show, rn__gt=look.after)
        if look.column:
            changes = changes.filter(after__has_key=look.column)
        found = showing.changes(batch, resource, list(changes.order_by("rn")[: size + 1]))
    return found[:size], len(found) > size


def kinds_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return kinds of errors with their number, those that cost rows first."""
    found: Any = (
        RowError.objects.filter(batch=batch)
        .values("code", "column", "soft")
        .annotate(n=Count("id"), first=Min("rn"))
        .order_by("soft", "-n")[:KINDS]
    )
    return list(found)


def columns_changed(batch: ImportBatch, resource: Resource) -> list[dict[str, Any]]:
    """Return columns that would change, with how many records each."""
    naming = showing.Naming(resource, [])
    return [
        {"name": name, "label": naming.label(name), "count": count}
        for name, count in batch.found.get("changes", {}).items()
        if name not in showing.HIDDEN
    ]


def context_of(batch: ImportBatch, given: Mapping[str, str], *, user: User, size: int) -> dict[str, Any]:
    """Return what the preview and the result show below their figures."""
    resource = resource_of(batch.roster)
    look = Look.asked(batch, given)
    rows, more = rows_of(batch, look, user=user, size=size)
    owned = batch.owner_id == user.pk
    groups = showing.groups(batch, resource, kinds_of(batch), owned=owned)
    chosen = next(
        (g for g in groups if look.code and (g["code"], g["name"]) == (look.code, look.column)), None
    )
    return {
        "look": look,
        "show": look.show,
        "rows": rows,
        "next_url": look.url(after=rows[-1]["rn"]) if more else "",
        "previous_url": look.url() if look.after else "",
        "groups": groups,
        "chosen": chosen,
        "changed": columns_changed(batch, resource) if look.show == Verdict.UPDATE else [],
        "columns": showing.main_columns(resource),
        "mendable": owned and batch.status == BatchStatus.VALIDATED and look.show == Verdict.REJECT,
    }
