"""Parameters of the working day (spec §3.9)."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param, declare

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
