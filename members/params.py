"""Numbers of people of clients the business may change."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param

PARAMS = (
    Param("rehome.min_ties", "int", 3,
          _("Members of a client a number must speak with to belong there"), 1, 100, source="§3.6.9"),
    Param("rehome.days", "int", 90, _("Days of call behaviour that count"), 1, 365, unit=_("days"),
          source="§3.6.9"),
    Param("coverage.low", "int", 30, _("Coverage below which a client is a duty"), 0, 100, unit="%",
          source="S1-79"),
)  # fmt: skip
