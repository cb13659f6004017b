"""Parameters of imports."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param

PARAMS = (
    Param(
        "intake.max_file_mb", "int", 60, _("Largest file of an import"), minimum=1, maximum=500, unit=_("MB")
    ),
    Param("intake.max_rows", "int", 1_000_000, _("Most rows of an import"), minimum=100, maximum=2_000_000),
    Param("intake.read_seconds", "int", 300, _("Longest time to read a workbook"), minimum=10, maximum=1800),
    Param(
        "intake.reader_memory_mb", "int", 3072, _("Memory for reading a workbook"), minimum=512, unit=_("MB")
    ),
    Param("intake.undo_hours", "int", 24, _("Time in which an import can be undone"), minimum=1, maximum=168),
    Param(
        "intake.silence_seconds",
        "int",
        180,
        _("Silence after which an import is taken up again"),
        minimum=60,
        maximum=290,
    ),
    Param("intake.keep_days", "int", 30, _("Days an imported file is kept"), minimum=1, maximum=3650),
)
