"""Parameters of exports."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param

PARAMS = (
    Param(
        "exports.free_rows",
        "int",
        200,
        _("Most rows of an export without a second person"),
        minimum=0,
        maximum=10_000,
    ),
    Param(
        "exports.valid_days", "int", 7, _("Days an approved export can be downloaded"), minimum=1, maximum=30
    ),
    Param(
        "exports.silence_seconds",
        "int",
        180,
        _("Silence after which an export is taken up again"),
        minimum=60,
        maximum=290,
    ),
)
