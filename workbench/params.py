"""Plans of the core tasks a manager is measured by (Source: S1-03)."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param, declare

PLANS = (
    ("visited_pct", 80, _("Plan: clients visited as often as owed")),
    ("kept_pct", 95, _("Plan: clients kept within the year")),
    ("signed_pct", 60, _("Plan: signed clients of the target market")),
    ("book_pct", 50, _("Plan: staff of clients in the address book")),
    ("ict_pct", 40, _("Plan: clients with an informatisation product")),
    ("ict_revenue_pct", 20, _("Plan: informatisation in the revenue")),
)

declare(
    *(
        Param(f"kpi.{key}", "int", value, label, minimum=0, maximum=100, unit="%", source="S1-03")
        for key, value, label in PLANS
    )
)
