"""Names covered by stars, as lists without full numbers hand them out: they are nobody's name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from crm.intake.resources import Sentence

if TYPE_CHECKING:
    from crm.intake.staging import Stage

MASKED_MESSAGES: Mapping[str, Sentence] = {
    "MASKED_NAME": _("This name is covered by stars, as a list hands it out. Give the whole name."),
}


def refuse_masked(stage: "Stage") -> None:
    """Flag names covered by stars, so that a list taken out and brought in again covers no name on file."""
    stage.flag("MASKED_NAME", "s.name ~ '^.[*＊]+$'", column="name")
