"""Which revenue is informatisation revenue: one table for reports, card and list (spec §3.6.7, IR)."""

from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from clients.choices import CountsAsIct, PayMode, ProductStatus
from crm.base.expressions import Rule, first_code, first_match

# Facts of one line of revenue, by the names the rules use.
FACTS: dict[str, Any] = {
    "kind": F("product__counts_as_ict"),
    "linked": F("client_product"),
    "pays": F("client_product__pay_mode"),
    "is_bound": F("client_product__bound"),
    "state": F("client_product__status"),
    "agreed_from": TruncMonth("client_product__agreement__effective_on"),
}

# When an agreement is in force on a day of the month; `agreed_from` is the month it begins in.
AGREED_IN_MONTH = (
    Q(agreed_from__lte=F("month"))
    & (
        Q(client_product__agreement__expires_on=None)
        | Q(client_product__agreement__expires_on__gte=F("month"))
    )
    & (Q(client_product__agreement__ended_on=None) | Q(client_product__agreement__ended_on__gt=F("month")))
)

RULES = (
    Rule("NEVER", _("This product never counts."), Q(kind=CountsAsIct.NEVER), 0, "§3.6.7"),
    Rule("UNLINKED", _("No product of the client is named."), Q(linked=None), 0, "§3.6.7"),
    Rule("NOT_UNIFIED", _("People pay for it themselves; it counts only when the group pays."),
         Q(kind=CountsAsIct.ONLY_UNIFIED_PAY) & ~Q(pays=PayMode.UNIFIED), 0, "S1-87, E181"),
    Rule("NOT_BOUND", _("It counts only while it is bound and open."),
         Q(kind=CountsAsIct.WHEN_BOUND) & (Q(is_bound=False) | ~Q(state=ProductStatus.OPEN)), 0, "S1-88"),
    Rule("NO_AGREEMENT", _("No agreement covers the month."),
         Q(kind__in=[CountsAsIct.ALWAYS, CountsAsIct.ONLY_UNIFIED_PAY], agreed=False), 0, "S1-85, S1-87"),
    Rule("COUNTS", _("It counts as informatisation revenue."), Q(linked__isnull=False), 1, "§3.6.7"),
)  # fmt: skip

REASONS = {rule.code: rule.label for rule in RULES}


def counts() -> Case:
    """Return the expression of the answer, 1 or 0, over the facts."""
    return first_match(RULES, default=0, output=IntegerField())


def reason() -> Case:
    """Return the expression of the code of the rule that matched."""
    found = first_code(RULES, default="UNLINKED")
    found.output_field = CharField(max_length=20)
    return found
