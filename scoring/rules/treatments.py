"""Who may have which service: the matrix of stars, and what a key person gets besides; all of it data.

The source's table is partly lost; spec §3.11 reconstructs it (D-27). Service above it is not given without
somebody's approval, so that a level means something (S3-36, S3-37).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.choices import CustomerLabel, ServiceRow

MATRIX, ENT_5K = "MATRIX", "ENT-5K"
ALL = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Treatment:
    """One service of the matrix: its row, the stars that have it, and whether rule ENT-5K opens it too."""

    code: str
    row: ServiceRow
    label: str | Promise
    stars: frozenset[int]
    source: str
    five_or_key: bool = False

    def opened_by(self, star: int, labels: Collection[str]) -> str:
        """Return the rule that gives it to a customer; empty for none."""
        if star in self.stars:
            return MATRIX
        if self.five_or_key and (star >= 5 or CustomerLabel.KEY_PERSON in labels):
            return ENT_5K
        return ""


def _of(
    row: ServiceRow, *lines: tuple[str, str | Promise, str, str], five_or_key: Collection[str] = ()
) -> tuple[Treatment, ...]:
    return tuple(
        Treatment(code, row, label, frozenset(map(int, stars)), source, code in five_or_key)
        for code, label, stars, source in lines
    )


TREATMENTS: tuple[Treatment, ...] = (
    *_of(
        ServiceRow.EXCLUSIVE,
        ("AIRPORT_LOUNGE", _("Airport lounge"), "6", "S3-10"),
        ("RAIL_LOUNGE", _("Railway lounge"), "65", "S3-10, S3-11"),
        ("GOLF", _("Golf club"), "6", "S3-10"),
        ("LECTURES", _("Lecture hall"), "6", "S3-10"),
        ("CLUB", _("Club house"), "6", "S3-10"),
        ("COMMUNITY", _("Events of the community"), "6", "S3-10"),
        ("MAGAZINE", _("GoTone magazine"), "6", "S3-10"),
        ("PHONE_AM", _("Account manager by phone"), "54", "S3-11, S3-12, S3-27"),
        ("POINTS_GIFTS", _("Gifts for points"), "54", "S3-11, S3-12"),
        ("POINTS_REMINDER", _("Reminder of points"), "54", "S3-11, S3-12"),
        ("NO_NIGHT_STOP", _("No suspension at night"), "54", "S3-11, S3-12, S3-23"),
        ("LATE_STOP", _("Delayed suspension"), "54", "S3-11, S3-12, S3-23"),
        ("FREE_CARD", _("Free replacement of the card"), "54", "S3-11, S3-12, S3-23"),
        ("COUNTER", _("Special zone and counter"), "54", "S3-11, S3-12, S3-23"),
        ("HOTLINE_SEAT", _("Hotline seat"), "654", "S3-11, S3-12, S3-13"),
        five_or_key=("NO_NIGHT_STOP", "LATE_STOP", "FREE_CARD", "COUNTER"),
    ),
    *_of(
        ServiceRow.PRIORITY,
        ("HALL_PRIORITY", _("Priority in the hall"), "654", "S3-13, S3-14, S3-15, S3-23"),
        ("PRIORITY_ACCESS", _("Priority on the hotline"), "54", "S3-14, S3-15"),
        ("NUMBER_CHOICE", _("First choice of numbers"), "6", "S3-13, S3-23"),
        ("QUICK_ROAMING", _("Quick international roaming"), "654", "S3-13, S3-14, S3-15, S3-23"),
        five_or_key=("HALL_PRIORITY", "NUMBER_CHOICE", "QUICK_ROAMING"),
    ),
    *_of(
        ServiceRow.PREMIUM,
        ("SELF_CREDIT", _("Credit of one's own"), "6", "S3-16"),
        ("OWN_AM", _("Account manager of one's own"), "6", "S3-16"),
        ("LARGE_CARD", _("Large-capacity card"), "6", "S3-16, S3-23"),
        ("REPAIR", _("Handset repair"), "6", "S3-16"),
        ("MAILED_BILL", _("Bill by mail"), "6", "S3-16"),
        ("POINTS_PLAN", _("Reward plan of points"), "6", "S3-16"),
        ("CARD_MAKING", _("Free making of the card"), "4", "S3-18"),
        five_or_key=("LARGE_CARD",),
    ),
    *_of(
        ServiceRow.NEWBIZ,
        ("MMS_PAPER", _("Phoenix MMS paper"), "654", "S3-19, S3-23"),
        five_or_key=("MMS_PAPER",),
    ),
    Treatment("BASIC", ServiceRow.BASIC, _("Basic services of every channel"), ALL, "S3-20"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for the hotline or in the hall."""

    msisdn: str
    since: datetime
    star: int


def queue_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Return who is served first: more stars before fewer, of the same stars who came first (S3-28)."""
    return sorted(waiting, key=lambda each: (-each.star, each.since))
