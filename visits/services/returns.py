"""Keep what a returned log said, and say what its writer changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.choices import Operator
from crm.accounts.models import User
from crm.base import clock
from visits import choices
from visits.models import LogReturn, VisitLog
from visits.rules.visits import ORDER

# What its writer may write into a log.
WRITABLE = (
    "results", "opinion_asked", "opinion", "demands", "competitor", "competitor_operator",
    "competitor_product", "lessons", "raise_in_meeting", "next_step", "next_due_on", "left_early",
    "next_visit_at", "card_given", "receipt_no", "consent_evidence", "complaint_no",
)  # fmt: skip
FIELDS = tuple(name for name in WRITABLE if name != "results")


def said_by(log: VisitLog) -> dict[str, Any]:
    """Return a log's text as plain data."""
    said: dict[str, Any] = {"purposes": list(log.visit.purposes), "results": dict(log.results)}
    return said | {name: _kept(getattr(log, name)) for name in FIELDS}


def _kept(value: Any) -> Any:
    """Return a value as JSON keeps it; one instant is one text, whatever the zone it came in."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value


def keep_return(log: VisitLog, *, actor: User, moment: datetime, reason: str) -> None:
    """Keep the text of a log that is given back."""
    LogReturn.objects.create(
        log=log,
        log_version=log.version,
        returned_by=actor,
        returned_at=moment,
        reason=reason,
        said=said_by(log),
    )


def is_unchanged(log: VisitLog) -> bool:
    """Say whether a log is handed in again as it was returned; older returns did not keep every field."""
    last = LogReturn.objects.filter(log=log.pk).first()
    if last is None:
        return False
    said = said_by(log)
    return all(said[name] == kept for name, kept in last.said.items())


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    label: str
    before: str
    after: str


def changes_since(last: LogReturn, log: VisitLog) -> list[Change]:
    """Return what a log says now and did not say when it was returned."""
    return list(_changes(last.said, said_by(log)))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    words = dict(choices.Purpose.choices)
    for purpose in ORDER:
        old, new = before["results"].get(purpose, ""), after["results"].get(purpose, "")
        if old != new:
            yield Change(str(words[purpose]), old, new)
    for name in FIELDS:
        if name in before and before[name] != after[name]:
            label = str(VisitLog._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            yield Change(label, _plain(name, before[name]), _plain(name, after[name]))


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value and name == "next_due_on":
        return date_format(date.fromisoformat(value), "Y-m-d")
    if value and name == "next_visit_at":
        return clock.at_minute(datetime.fromisoformat(value))
    if value and name == "competitor_operator":
        return str(Operator(value).label)
    return str(value or "")
