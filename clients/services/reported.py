"""What became of each row a system reported, and whose clients it may report about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState
from clients.models import Client
from crm.accounts.models import User
from crm.base.errors import Sentence, WrongRow
from crm.base.trail import record

LIMIT = 5000
FeedRow = Mapping[str, Any] | WrongRow


@dataclass(slots=True)
class FeedResult:
    """What became of each row, in the order given: `stored`, `unchanged` or an error code."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        index: int,
        outcome: str,
        code: str = "",
        message: Sentence = "",
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        """Note the outcome of one row."""
        row: dict[str, Any] = {"index": index, "outcome": outcome}
        if code:
            row |= {"code": code, "message": str(message)}
        if fields:
            row |= {"fields": dict(fields)}
        self.rows.append(row)

    def readable(self, rows: Sequence[FeedRow]) -> list[tuple[int, Mapping[str, Any]]]:
        """Answer the rows that cannot be read, and return the others with their places."""
        found = []
        for index, row in enumerate(rows):
            if isinstance(row, WrongRow):
                self.say(index, "error", "INVALID", _("Some fields need correction."), row.fields)
            else:
                found.append((index, row))
        return found

    def sorted(self) -> "FeedResult":
        """Return itself with the rows in the order given."""
        self.rows.sort(key=lambda row: row["index"])
        return self


def find_clients(actor: User, codes: set[str]) -> dict[str, Client]:
    """Return filed clients of the system's units by code."""
    rows = Client.objects.filter(actor.scope.unit_filter("org_unit"), client_code__in=codes)
    return {client.client_code: client for client in rows.filter(filing=FilingState.FILED)}


NO_CLIENT = _("There is no such client in the scope of this system.")
NO_PRODUCT = _("There is no such product.")


def note_feed(actor: User, kind: str, result: FeedResult) -> None:
    """Leave a trace of what a system reported: counts by outcome."""
    counts: dict[str, int] = {}
    for row in result.rows:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    record(actor=actor, action=f"feeds.{kind}_received", data=counts)
