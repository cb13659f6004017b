"""Parameters of the night."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param, declare

declare(
    Param(
        "night.due_hour",
        "int",
        6,
        _("Hour by which a night is over; later, administrators are told"),
        minimum=1,
        maximum=23,
        unit=_("o'clock"),
        source="§3.8",
    ),
    Param(
        "night.slow_factor",
        "int",
        5,
        _("A step that takes this many times its usual time is slow"),
        minimum=2,
        maximum=100,
        source="§3.8",
    ),
    Param(
        "night.slow_minutes",
        "int",
        10,
        _("A step is never called slow before this time"),
        minimum=1,
        maximum=240,
        unit=_("min"),
        source="§3.8",
    ),
)
