"""Key accounts, segments and who of ours answers first (spec §3.6.3): conditions as data over fact rows.

A client is looked at with its place among the spenders of its city; the first rule that holds decides.
The numbers are parameters under `ka.`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.choices import RegionScope, ResponsibilityLevel, Segment
from crm.base.expressions import Rule

# The facts the rules ask for, by name. Units: fen; `spend3_fen` is the sum of three months.
FACT_NAMES = (
    "is_party_gov_military", "region_scope", "wide_agreement", "spend3_fen", "is_strategic",
    "is_legal_person", "local_over_pct",
)  # fmt: skip


def segment_rules(numbers: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Return the rules of the segment with the numbers in force (`spend_yuan`)."""
    three_months = int(numbers["spend_yuan"]) * 100 * 3
    return (
        Rule("INDIVIDUAL", _("An individual business or cluster is a public client."),
             Q(is_legal_person=False), Segment.PUBLIC, "S2-01"),
        Rule("ORGAN", _("A party, government or military organ of any level is a key account."),
             Q(is_party_gov_military=True), Segment.KEY, "S2-20"),
        Rule("WIDE", _("A transnational or cross-province group is a key account."),
             Q(region_scope__in=[RegionScope.TRANSNATIONAL, RegionScope.CROSS_PROVINCE]),
             Segment.KEY, "S2-20"),
        Rule("WIDE_AGREEMENT", _("A cross-city group with an agreement beyond its city is a key account."),
             Q(region_scope=RegionScope.CROSS_CITY, wide_agreement=True), Segment.KEY, "S2-20"),
        Rule("SPEND", _("The telecom spend of three months reaches the limit on average."),
             Q(spend3_fen__gte=three_months), Segment.KEY, "S2-20, D-20"),
        Rule("STRATEGIC", _("A designated strategic client is a key account."),
             Q(is_strategic=True), Segment.KEY, "S2-20"),
        Rule("LOCAL_KEY", _("The client is among the top spenders of its city: a local key account."),
             local_key(), Segment.BUSINESS, "S2-21"),
        Rule("BUSINESS", _("Every other legal person is a business client."),
             Q(is_legal_person=True), Segment.BUSINESS, "S2-01"),
    )  # fmt: skip


def local_key() -> Q:
    """Return the condition of a local key account: it spends, and stands in the first percent of its city.

    `local_rank_pct` is rank × 100 − percent × clients: not above zero inside.
    """
    return Q(spend3_fen__gt=0, local_over_pct__lte=0)


def level_rules(numbers: Mapping[str, Any], as_of: date) -> tuple[Rule, ...]:
    """Return the rules of the first responsible level (`national_top`, `province_top`)."""
    return (
        Rule("NATIONAL", _("The client stands in the national list: the group company answers first."),
             Q(national_rank__gte=1, national_rank__lte=int(numbers["national_top"])),
             ResponsibilityLevel.GROUP, "S2-22"),
        Rule("PROVINCIAL", _("The client stands in the province's list: the province company answers first."),
             Q(tax_rank_province__gte=1, tax_rank_province__lte=int(numbers["province_top"]),
               tax_year__gte=as_of.year - 1),
             ResponsibilityLevel.PROVINCE, "S2-22"),
    )  # fmt: skip


DEFAULT_LEVEL = Rule(
    "LOCAL", _("Otherwise the local network answers first."), Q(), ResponsibilityLevel.LOCAL, "S2-22"
)


# Sentences of stored results, by code.
REASONS = {rule.code: rule.label for rule in segment_rules({"spend_yuan": 0})}
