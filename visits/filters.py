"""How the approval desk is narrowed: by day, manager and doubt; the address says how."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from crm.base import clock
from crm.base.text import read_number
from visits.choices import Doubt
from visits.rules.visits import overdue

ANY, NONE = "any", "none"


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the head wants to see of the queue; the empty filter is the whole department's day."""

    day: date | None = None
    manager: int | None = None
    doubt: str = ""
    late: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "DeskFilter":
        """Read an address; what cannot be read narrows nothing."""
        doubt = given.get("doubt", "")
        return cls(
            clock.read_day(given.get("day", "")),
            read_number(given.get("manager", "")),
            doubt if doubt in (ANY, NONE, *Doubt.values) else "",
            bool(given.get("late")),
        )

    @property
    def query(self) -> str:
        """Return the address's end, with its question mark, or nothing."""
        parts = {
            "day": self.day.isoformat() if self.day else "",
            "manager": self.manager or "",
            "doubt": self.doubt,
            "late": "on" if self.late else "",
        }
        kept = urlencode({key: value for key, value in parts.items() if value})
        return f"?{kept}" if kept else ""

    def narrow(self, rows: Any, now: datetime) -> Any:
        """Keep the logs that are asked for."""
        if self.day:
            rows = rows.filter(visit__visit_on=self.day)
        if self.manager:
            rows = rows.filter(visit__owner=self.manager)
        if self.doubt == ANY:
            rows = rows.exclude(doubts=[])
        elif self.doubt == NONE:
            rows = rows.filter(doubts=[])
        elif self.doubt:
            rows = rows.filter(doubts__contains=[self.doubt])
        return rows.filter(overdue(now)) if self.late else rows


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter: its value, its words, and how many logs it would leave."""

    value: str
    label: str
    count: int


def choices_of(rows: Iterable[tuple[date, int, str, list[str]]]) -> dict[str, list[Choice]]:
    """Return what the queue can be narrowed by; each row is day, manager, the manager's name and doubts."""
    days: Counter[date] = Counter()
    managers: Counter[int] = Counter()
    doubts: Counter[str] = Counter()
    names: dict[int, str] = {}
    for day, manager, name, found in rows:
        days[day] += 1
        managers[manager] += 1
        names[manager] = name
        doubts.update(found)
        doubts[ANY if found else NONE] += 1
    words = {ANY: _("Any doubt"), NONE: _("No doubt"), **{code: str(label) for code, label in Doubt.choices}}
    return {
        "days": [Choice(day.isoformat(), day.isoformat(), days[day]) for day in sorted(days)],
        "managers": [
            Choice(str(pk), names[pk], managers[pk])
            for pk in sorted(managers, key=lambda pk: (names[pk], pk))
        ],
        "doubts": [Choice(code, words[code], doubts[code]) for code in words if doubts[code]],
    }
