"""How full a file is: 24 required and 20 optional field rules as data (spec §3.3, S0-53, S0-56…S0-58).

An administrator may make a field required, optional or not asked; the condition of a rule is code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, CharField, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import (
    LEGAL_PERSONS,
    Completeness,
    FieldLevel,
    InstitutionType,
    KeyIndustry,
    UnitRelation,
)

BLANKS = " \t\r\n\u3000\u00a0"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field the file asks for; `when` says for which clients it is asked at all."""

    code: str
    label: str | Promise
    required: bool
    filled: Q
    when: Q | None = None
    # Where in the card the field is mended: a field of the form, or "people".
    where: str = "form"
    # The condition in words, for who decides about the rule.
    condition: str | Promise = ""

    @property
    def level(self) -> FieldLevel:
        """Return what the rule asks."""
        return FieldLevel.REQUIRED if self.required else FieldLevel.OPTIONAL

    @property
    def missing(self) -> Q:
        """Return the condition under which the field is asked and empty."""
        return self.asked & ~self.filled

    @property
    def asked(self) -> Q:
        """Return the condition under which the rule counts."""
        return self.when if self.when is not None else Q()


def _text(field: str) -> Q:
    """Say that a text holds more than blanks."""
    trimmed = Func(F(field), Value(BLANKS), function="btrim", output_field=TextField())
    return Q(**{f"{field}__isnull": False}) & ~Q(Exact(trimmed, Value("")))


def _given(field: str) -> Q:
    """Say that a value is there; zero is a value."""
    return Q(**{f"{field}__isnull": False})


def _level(digits: int) -> Q:
    """Say that the industry is known down to a level: 1 section, 2 division, 3 group."""
    return Q(industry__isnull=False) & Q(GreaterThanOrEqual(Length("industry_id"), Value(digits)))


REQUIRED = (
    FieldRule("name", _("client name"), True, _text("name")),
    FieldRule("institution_type", _("institution type"), True, _text("institution_type")),
    FieldRule("institution_subtype", _("institution sub-type"), True, _text("institution_subtype"),
              Q(institution_type__in=LEGAL_PERSONS), condition=_("legal persons")),
    FieldRule("industry_section", _("industry section"), True, _level(1), where="industry"),
    FieldRule("industry_major", _("industry division"), True, _level(2), where="industry"),
    FieldRule("industry_mid", _("industry group"), True, _level(3), where="industry"),
    FieldRule("main_activity", _("main activity"), True, _text("main_activity")),
    FieldRule("region_scope", _("operating region"), True, _text("region_scope")),
    FieldRule("grid", _("grid"), True, _given("grid")),
    FieldRule("phone_public", _("public phone"), True, _text("phone_public")),
    FieldRule("address", _("address"), True, _text("address")),
    FieldRule("postal_address", _("postal address"), True, _text("postal_address")),
    FieldRule("postcode", _("postcode"), True, _text("postcode")),
    FieldRule("employee_total", _("employees"), True, _given("employee_total")),
    FieldRule("mobile_users_cm", _("China Mobile users"), True, _given("mobile_users_cm")),
    FieldRule("mobile_users_ct", _("China Telecom users"), True, _given("mobile_users_ct")),
    FieldRule("mobile_users_cu", _("China Unicom users"), True, _given("mobile_users_cu")),
    FieldRule("am", _("account manager"), True, _given("am"), where="manager"),
    FieldRule("org_unit", _("unit"), True, _given("org_unit"), where="manager"),
    FieldRule("key_person", _("key person with position and mobile"), True, Q(key_persons_full__gte=1),
              where="people"),
    FieldRule("contact", _("contact with mobile"), True, Q(contacts_full__gte=1), where="people"),
    FieldRule("parent", _("parent client"), True, _given("parent"), ~Q(unit_relation=UnitRelation.HQ),
              condition=_("units below a parent")),
    FieldRule("bank_level", _("bank level"), True, _text("bank_level"), Q(key_industry=KeyIndustry.BANK),
              condition=_("banks")),
    FieldRule("cluster_kind", _("cluster kind"), True, _text("cluster_kind"),
              Q(institution_type=InstitutionType.JL), condition=_("clusters")),
)  # fmt: skip

OPTIONAL = (
    FieldRule("short_name", _("short name"), False, _text("short_name")),
    FieldRule("uscc", _("unified social credit code"), False, _text("uscc")),
    FieldRule("licence_no", _("licence number"), False, _text("licence_no")),
    FieldRule("email", _("email"), False, _text("email")),
    FieldRule("website", _("website"), False, _text("website")),
    FieldRule("founded_on", _("founded on"), False, _given("founded_on")),
    FieldRule("registered_capital_fen", _("registered capital"), False, _given("registered_capital_fen")),
    FieldRule("tax_rank_province", _("provincial tax rank"), False, _given("tax_rank_province")),
    FieldRule("tax_rank_city", _("city tax rank"), False, _given("tax_rank_city")),
    FieldRule("influence_level", _("influence"), False, _given("influence_level")),
    FieldRule("ict_demand_score", _("informatisation demand"), False, _given("ict_demand_score")),
    FieldRule("monthly_telecom_spend_fen", _("monthly telecom spend"), False,
              _given("monthly_telecom_spend_fen")),
    FieldRule("competitor_contract_ends_on", _("contract with a competitor ends on"), False,
              _given("competitor_contract_ends_on")),
    FieldRule("decision_chain", _("how they decide"), False, _text("decision_chain")),
    FieldRule("key_birthdays", _("birthday of the key person"), False, Q(key_birthdays__gte=1),
              where="people"),
    FieldRule("key_traits", _("traits of the key person"), False, Q(key_traits__gte=1), where="people"),
    FieldRule("licence_scan", _("licence scan"), False, _text("licence_scan")),
    FieldRule("office_photo", _("photo of the office building"), False, _text("office_photo")),
    FieldRule("budget_month", _("budget month"), False, _given("budget_month")),
    FieldRule("remark", _("remark"), False, _text("remark")),
)  # fmt: skip

RULES = REQUIRED + OPTIONAL


def _count(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _sum(terms: list[Case]) -> Combinable:
    total: Combinable = Value(0)
    for term in terms:
        total = total + term
    return total


def in_force(levels: Mapping[str, str]) -> tuple[FieldRule, ...]:
    """Return the rules with the levels an administrator gave; a field that is not asked drops out."""
    return tuple(
        replace(rule, required=levels.get(rule.code, rule.level) == FieldLevel.REQUIRED)
        for rule in RULES
        if levels.get(rule.code, rule.level) != FieldLevel.OFF
    )


def grade(numbers: Mapping[str, Any], rules: Sequence[FieldRule] = RULES) -> Case:
    """Return the expression of the completeness over columns of Client (`optional_ratio` in percent).

    COMPLETE ⇔ every required field filled and 100 · filled optional ≥ ratio · asked optional.
    """
    required = [rule for rule in rules if rule.required]
    optional = [rule for rule in rules if not rule.required]
    filled = _sum([_count(rule.asked & rule.filled) for rule in optional])
    asked = _sum([_count(rule.asked) if rule.when else Case(default=Value(1)) for rule in optional])
    enough = GreaterThanOrEqual(
        Value(100) * filled,
        Value(int(numbers["optional_ratio"])) * asked,
    )
    levels = [When(enough, then=Value(Completeness.COMPLETE))]
    if required:  # a condition without a rule would hold for every file
        missing = Q()
        for rule in required:
            missing |= rule.missing
        levels.insert(0, When(missing, then=Value(Completeness.INCOMPLETE)))
    return Case(*levels, default=Value(Completeness.BASIC), output_field=CharField(max_length=10))


def answers(rules: Iterable[FieldRule] = RULES) -> dict[str, Case]:
    """Return one expression a rule: 1 filled, 0 missing, null not asked."""
    return {
        f"rule_{rule.code}": Case(
            When(~rule.asked, then=Value(None)) if rule.when else When(Q(pk__isnull=True), then=Value(None)),
            When(rule.filled, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        for rule in rules
    }
