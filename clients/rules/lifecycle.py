"""The lifecycle state of a client, derived from its products and their traffic (spec §3.4, S0-33…S0-39)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus
from crm.base.clock import add_months, month_of
from crm.base.expressions import Rule, first_code, first_match

# Facts of one client, by the names the rules use; `life` is the view ClientLife.
FACTS: dict[str, Any] = {
    "code_closed": F("closed_at"),
    "live": Coalesce(F("life__live"), Value(0)),
    "live_since": F("life__live_since"),
    "last_traffic": F("life__last_traffic_month"),
}


def rules(as_of: date, numbers: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules as they stand on a day; the first that matches wins.

    Units: `silent_months` (N) closed months; `never_used_silent_after_months` (M) full months, 0 is off.
    """
    in_window = add_months(month_of(as_of), -int(numbers["silent_months"]))
    never_used = int(numbers["never_used_silent_after_months"])
    unused_since = add_months(month_of(as_of), -never_used)
    table = [
        Rule("CLOSED", _("The client code was cancelled."), Q(code_closed__isnull=False),
             ClientStatus.CLOSED, "S0-38, D-13"),
        Rule("NEVER_OPENED", _("No product was ever opened."), Q(live_since__isnull=True),
             ClientStatus.POTENTIAL, "S0-33, D-12"),
        Rule("ALL_CANCELLED", _("All products are cancelled."), Q(live=0),
             ClientStatus.CHURNED, "S0-37"),
        Rule("TRAFFIC", _("A product had traffic this month or in the last closed months."),
             Q(last_traffic__gte=in_window), ClientStatus.ACTIVE, "S0-35"),
        Rule("NO_TRAFFIC", _("There was traffic before, but none in the last closed months."),
             Q(last_traffic__isnull=False), ClientStatus.SILENT, "S0-36, D-10"),
    ]  # fmt: skip
    if never_used:
        table.append(
            Rule("NEVER_USED", _("The products were never used, for too long."),
                 Q(live_since__lt=unused_since), ClientStatus.SILENT, "D-10")
        )  # fmt: skip
    table.append(
        Rule("OPENED", _("A product is open and was not used yet."), Q(live__gt=0),
             ClientStatus.ONLINE, "S0-34")
    )  # fmt: skip
    return tuple(table)


def status(as_of: date, numbers: Mapping[str, Any]) -> Case:
    """Return the expression of the state, over the facts."""
    return first_match(rules(as_of, numbers), default=ClientStatus.POTENTIAL, output=CharField(max_length=9))


def reason(as_of: date, numbers: Mapping[str, Any]) -> Case:
    """Return the expression of the code of the rule that matched."""
    return first_code(rules(as_of, numbers), default="NEVER_OPENED")


# Sentences of history rows, by the stored code.
REASONS = {
    **{rule.code: rule.label for rule in rules(date(2026, 1, 1),
       {"silent_months": 1, "never_used_silent_after_months": 1})},
    "FILED": _("The file was filed."),
}  # fmt: skip
