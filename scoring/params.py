"""The numbers of scoring a business may change (spec §3.6, §3.9); read through crm.params.registry."""

from django.utils.translation import gettext_lazy as _

from clients.choices import KeyIndustry, RevenueCategory
from crm.params.registry import Param, declare
from members.choices import Brand
from scoring.choices import CustomerLabel

SIZE = (
    Param("size.a_min_exclusive", "int", 300, _("Class A: more mobiles than"), 1, 100_000, origin="SEED",
          source="S0-12"),
    Param("size.b_min", "int", 150, _("Class B: mobiles from"), 1, 100_000, origin="SEED", source="S0-16"),
    Param("size.b_max_inclusive", "int", 300, _("Class B: mobiles up to"), 1, 100_000, source="D-01"),
    Param("size.c_min", "int", 5, _("Class C: people from"), 1, 10_000, origin="SEED", source="S0-19"),
    Param("size.key_industries", "list", [k.value for k in KeyIndustry], _("Class A: key industries"),
          labels=KeyIndustry.choices,
          origin="SEED", source="S0-15"),
    Param("size.mobile_source", "choice", "ALL_OPERATORS", _("Mobiles counted"),
          labels=(("ALL_OPERATORS", _("of all operators")),
                  ("OWN", _("of our own network only"))), source="D-02"),
    Param("size.branch_of_a", "choice", "B_UNLESS_OWN_SCALE", _("Unit of a class A client"),
          labels=(("B_UNLESS_OWN_SCALE", _("class B, unless it is of class A itself")),
                  ("OWN_CRITERIA", _("by its own figures"))), source="D-03"),
)  # fmt: skip

TIER = (
    Param("tier.mode", "choice", "SHARES", _("Value tiers by"),
          labels=(("SHARES", _("shares of the clients")),
                  ("THRESHOLD", _("fixed scores"))), source="§3.6.2"),
    Param("tier.c_share", "decimal", 0.70, _("Share of tier C"), 0, 1, origin="SEED", source="S0-25"),
    Param("tier.a_share", "decimal", 0.10, _("Share of band A"), 0, 1, source="§3.6.2"),
    Param("tier.a_min", "decimal", 60, _("Band A by threshold: score from"), 0, 100, source="§3.6.2"),
    Param("tier.b_min", "decimal", 40, _("Band B by threshold: score from"), 0, 100, source="§3.6.2"),
    Param("tier.override_notice_days", "int", 30, _("Tier by decision: remind before its end"), 1, 120,
          unit=_("days"), source="§3.6.2"),
)  # fmt: skip

VIP = (
    Param("vip.diamond", "int", 20_000, _("Diamond card: points a year from"), 1, None, unit=_("points"),
          origin="SEED", source="S0-62"),
    Param("vip.gold", "int", 10_000, _("Gold card: points a year from"), 1, None, unit=_("points"),
          origin="SEED", source="S0-63"),
    Param("vip.silver", "int", 3_600, _("Silver card: points a year from"), 1, None, unit=_("points"),
          origin="SEED", source="S0-64"),
    Param("vip.brands", "list", [Brand.GOTONE.value], _("Brands with VIP grades"),
          labels=Brand.choices, source="§3.5"),
    Param("vip.downgrade", "choice", "YEARLY", _("VIP grades go down"),
          labels=(("YEARLY", _("on 1 January")),
                  ("DAILY", _("any day"))), source="D-28"),
)  # fmt: skip

CARD = (
    Param("ecard.short_number", "text", "106580059", _("Short number that issues VIP e-cards"), origin="SEED",
          source="S0-77"),
    Param("ecard.keyword", "text", "VIP", _("Word that asks for a VIP e-card"), origin="SEED",
          source="S0-77"),
    Param("mark.newera_brands", "list", [Brand.WORLDWIND.value, Brand.NEWERA.value],
          _("Brands whose key persons bear the New Era mark"), origin="SEED", source="S4-11"),
)  # fmt: skip

POINTS = (
    Param("points.validity_years", "int", 3, _("Points are valid, calendar years"), 1, 10, origin="SEED",
          source="S0-72"),
    Param("points.rounding", "choice", "FLOOR", _("Part of a yuan"),
          labels=(("FLOOR", _("does not count")),
                  ("HALF_UP", _("is rounded"))), source="D-16"),
    Param("points.reversal_grace_days", "int", 0, _("Days expired points stay usable after a reversal"), 0,
          366, unit=_("days"), source="§3.5"),
    Param("points.code_minutes", "int", 5, _("One-time code is valid, minutes"), 1, 60, source="E130"),
    Param("points.code_attempts", "int", 5, _("Tries per one-time code"), 1, 10, source="E130"),
    Param("points.budget_rule", "choice", "WHERE_SET", _("Rewards need a budget"),
          labels=(("WHERE_SET", _("where one is set")),
                  ("ALWAYS", _("always"))), source="S0-70"),
    Param("points.reward_cap_month", "int", 20_000, _("Reward points per customer and month, at most"), 1,
          10_000_000, unit=_("points"), source="S0-70"),
    Param("points.reward_cap_year", "int", 50_000, _("Reward points per customer and year, at most"), 1,
          10_000_000, unit=_("points"), source="S0-70"),
    Param("points.second_approval_from", "int", 5_000, _("Two people approve rewards and deductions from"), 1,
          10_000_000, unit=_("points"), source="S0-70, X-19"),
    Param("points.grant_second_approval_from", "int", 100_000,
          _("Two people approve a roster of rewards from"), 1, 1_000_000_000, unit=_("points"),
          source="S0-70"),
    Param("points.fen_per_point", "int", 1, _("What a point is worth in the liability report, fen"), 0, 1000,
          source="R11"),
)  # fmt: skip

REACH = (
    Param("reach.zero_rule", "choice", "AND",
          _("Not reached: no members and no revenue exclude"),
          labels=(("AND", _("both together")),
                  ("OR", _("each alone"))), source="S0-46, D-07"),
)  # fmt: skip

SEGMENT = (
    Param("segment.excluded_fees", "list", ["PHONE_CARD", "MOBILE", "LEASING", "INTERCONN"],
          _("Kinds of fee outside the segments' profit and loss"),
          labels=RevenueCategory.choices,
          origin="SEED", source="S2-04"),
    Param("segment.close_day", "int", 5, _("Segments: a month closes on day"), 1, 28, source="S2-02"),
    Param("segment.top", "list", [10, 100, 1000], _("Concentration: shares of the top"), source="S2-37"),
)  # fmt: skip

STAR = (
    Param("hv.threshold_yuan", "int", 120, _("High value: yuan a month from"), 1, 100_000, unit=_("yuan"),
          origin="SEED", source="S0-78, S0-79"),
    Param("midhigh.yuan", "int", 50, _("Mid-high end: average of three months from"), 1, 100_000,
          unit=_("yuan"), origin="SEED", source="S0-80, D-17"),
    Param("label.enabled", "list", [label.value for label in CustomerLabel], _("Labels in use"),
          labels=CustomerLabel.choices,
          source="S3-08, X-14"),
    Param("label.churn_drop_percent", "int", 50, _("May leave: last month lower by"), 10, 100, unit="%",
          source="X-14"),
)  # fmt: skip

declare(*CARD, *STAR, *SIZE, *TIER, *VIP, *POINTS, *REACH, *SEGMENT)
