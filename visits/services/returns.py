"""Keep what a returned log said, and say what its writer changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.accounts.models import User
from visits import choices
from visits.models import LogReturn, VisitLog
from visits.rules.visits import ORDER

# Every field the writer of a log may fill in, besides the results.
FIELDS = (
    "opinion_asked", "opinion", "demands", "competitor", "lessons", "raise_in_meeting", "next_step",
    "next_due_on", "receipt_no", "consent_evidence", "complaint_no",
)  # fmt: skip


def said_by(log: VisitLog) -> dict[str, Any]:
    """Return a log's text as plain data."""
    said: dict[str, Any] = {"purposes": list(log.visit.purposes), "results": dict(log.results)}
    for name in FIELDS:
        value = getattr(log, name)
        said[name] = value.isoformat() if isinstance(value, date) else value
    return said


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
    """Say whether a log is handed in again as it was returned."""
    last = LogReturn.objects.filter(log=log.pk).first()
    return last is not None and last.said == said_by(log)


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
        if before.get(name) != after[name]:
            label = str(VisitLog._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            yield Change(label, _plain(name, before.get(name)), _plain(name, after[name]))


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value and name == "next_due_on":
        return date_format(date.fromisoformat(value), "Y-m-d")
    return str(value or "")
