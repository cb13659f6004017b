"""Parameters of the working day (spec §3.9)."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param, declare

# How often a client of each value tier is visited; the sources name no number.
OWED = (
    ("A1", 6, _("Visits owed in a quarter, value tier A1")),
    ("A2", 4, _("Visits owed in a quarter, value tier A2")),
    ("B1", 3, _("Visits owed in a quarter, value tier B1")),
    ("B2", 2, _("Visits owed in a quarter, value tier B2")),
    ("C", 1, _("Visits owed in a quarter, value tier C")),
    ("D", 0, _("Visits owed in a quarter, value tier D")),
)

declare(
    Param(
        "visits.evening_hour",
        "int",
        20,
        _("Logs submitted after this hour are approved the next working day"),
        minimum=12,
        maximum=23,
        unit=_("o'clock"),
        origin="SEED",
        source="D-25",
    ),
    Param(
        "visits.approval_hour",
        "int",
        12,
        _("Hour of the next working day until which evening logs are approved"),
        minimum=8,
        maximum=23,
        unit=_("o'clock"),
        origin="SEED",
        source="D-25",
    ),
    Param(
        "visits.thin_result",
        "int",
        6,
        _("A result with fewer characters is doubtful"),
        minimum=1,
        maximum=50,
        unit=_("characters"),
        source="S1-91",
    ),
    Param(
        "visits.short_log",
        "int",
        15,
        _("A log with fewer characters in all is doubtful"),
        minimum=1,
        maximum=200,
        unit=_("characters"),
        source="S1-91",
    ),
    Param(
        "visits.copied_pct",
        "int",
        90,
        _("A log this similar to an earlier one counts as copied"),
        minimum=50,
        maximum=100,
        unit="%",
        source="S1-91",
    ),
    *(
        Param(
            f"visits.per_quarter.{tier}",
            "int",
            count,
            label,
            minimum=0,
            maximum=60,
            unit=_("visits"),
            source="S1-03",
        )
        for tier, count, label in OWED
    ),
    Param(
        "meeting.morning_min",
        "int",
        10,
        _("A morning meeting takes at least"),
        minimum=0,
        maximum=120,
        unit=_("minutes"),
        origin="SEED",
        source="S1-13",
    ),
    Param(
        "meeting.morning_max",
        "int",
        20,
        _("A morning meeting takes at most"),
        minimum=1,
        maximum=240,
        unit=_("minutes"),
        origin="SEED",
        source="S1-13",
    ),
    Param(
        "meeting.evening_max",
        "int",
        30,
        _("An evening meeting takes at most"),
        minimum=1,
        maximum=240,
        unit=_("minutes"),
        origin="SEED",
        source="S1-96",
    ),
    Param(
        "visits.remind_days",
        "int",
        14,
        _("Missing logs are reminded of for so many days"),
        minimum=1,
        maximum=90,
        unit=_("days"),
        source="S1-50",
    ),
)
