"""Filters of client lists: the same for pages, API and exports; they live in the address."""

import re
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models import Client, ClientPast, ClientPastFew, Grid, Industry, IndustryCategory
from clients.querysets.clients import COUNT_CAP
from clients.querysets.revenue import has_ict
from clients.rules.completeness import RULES
from clients.services.flows import in_month
from clients.services.freshness import stale_filter
from clients.slots import narrowed, narrowing_choices
from clients.widgets import RemoteSelect
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.intake.querysets import touched_by

MOVED = re.compile(r"(?P<old>[A-Z]{0,9})-(?P<new>[A-Z]{1,9})-(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])")


def _units(request: Any) -> QuerySet[OrgUnit]:
    return request.user.scope.units(OrgUnit.objects.all()) if request else OrgUnit.objects.none()


def _people(request: Any) -> QuerySet[User]:
    # Without a request the schema is being written.
    if request is None:
        return User.objects.none()
    return User.objects.visible_to(request.user).filter(is_system=False).order_by("staff_no")


def _grids(request: Any) -> QuerySet[Grid]:
    return Grid.objects.visible_to(request.user) if request else Grid.objects.none()


class Chips(django_filters.MultipleChoiceFilter):
    """Several codes of a vocabulary, any of them."""

    def __init__(self, vocabulary: Any, **arguments: Any) -> None:
        super().__init__(choices=vocabulary, widget=forms.CheckboxSelectMultiple, **arguments)

    def filter(self, qs: Any, value: list[str]) -> Any:
        """Keep rows with any of the codes; `none` stands for a value not worked out yet."""
        if not value:
            return qs
        condition = Q(**{f"{self.field_name}__in": [code for code in value if code != "none"]})
        if "none" in value:
            condition |= Q(**{f"{self.field_name}__isnull": True}) | Q(**{self.field_name: ""})
        return qs.filter(condition)


class ClientFilter(django_filters.FilterSet):
    """What a list of clients may be narrowed by."""

    q = django_filters.CharFilter(method="by_text", label=_("Search"))
    status = Chips(choices.ClientStatus.choices, label=_("status"))
    tier = Chips([*choices.ValueTier.choices, ("none", _("Not worked out yet"))], field_name="value_tier",
                 label=_("value tier"))  # fmt: skip
    size_class = Chips([*choices.SizeClass.choices, ("none", _("Not worked out yet"))], label=_("size class"))
    institution = Chips(
        choices.InstitutionType.choices, field_name="institution_type", label=_("institution type")
    )
    region = Chips(choices.RegionScope.choices, field_name="region_scope", label=_("operating region"))
    key_industry = Chips(choices.KeyIndustry.choices, label=_("key industry"))
    completeness = Chips(choices.Completeness.choices, label=_("completeness"))
    consistency = Chips(choices.Consistency.choices, label=_("consistency"))
    filing = Chips(choices.FilingState.choices, label=_("filing state"))
    segment = Chips(choices.Segment.choices, label=_("segment"))
    industry = django_filters.CharFilter(method="by_industry", label=_("industry"))
    industry_type = django_filters.ModelChoiceFilter(
        queryset=IndustryCategory.objects.all(), label=_("industry type")
    )
    unit = django_filters.ModelChoiceFilter(queryset=_units, method="by_unit", label=_("unit"))
    am = django_filters.ModelChoiceFilter(
        queryset=_people, label=_("account manager"), widget=RemoteSelect("clients:pick_person")
    )
    grid = django_filters.ModelChoiceFilter(
        queryset=_grids, method="by_grid", label=_("grid"), widget=RemoteSelect("clients:pick_grid")
    )
    mine = django_filters.BooleanFilter(method="by_mine", label=_("my clients"), widget=forms.CheckboxInput)
    no_manager = django_filters.BooleanFilter(
        method="by_no_manager", label=_("without manager"), widget=forms.CheckboxInput
    )
    created_from = django_filters.DateFilter(
        method="by_created_from", label=_("created from"), widget=forms.DateInput(attrs={"type": "date"})
    )
    created_to = django_filters.DateFilter(
        method="by_created_to", label=_("created to"), widget=forms.DateInput(attrs={"type": "date"})
    )
    unseen_days = django_filters.NumberFilter(
        method="by_unseen", label=_("not visited for days"), min_value=1, max_value=3650
    )
    stale = django_filters.BooleanFilter(method="by_stale", label=_("stale data"), widget=forms.CheckboxInput)
    missing = django_filters.ChoiceFilter(
        method="by_missing",
        label=_("missing field"),
        choices=lambda: [(rule.code, rule.label) for rule in RULES],
    )
    ict = django_filters.BooleanFilter(
        method="by_ict", label=_("has informatisation revenue"), widget=forms.CheckboxInput
    )
    special = django_filters.ChoiceFilter(
        method="by_special", label=_("decided by people"), choices=narrowing_choices
    )
    parent = django_filters.NumberFilter(field_name="parent_id", label=_("parent client"))
    moved = django_filters.CharFilter(method="by_moved", label=_("moved from state to state"))
    batch = django_filters.NumberFilter(method="by_batch", label=_("touched by import"))

    class Meta:
        model = Client
        fields: list[str] = []

    def by_moved(self, queryset: Any, name: str, value: str) -> Any:
        """Keep clients that went from one state to another in a month: `ACTIVE-SILENT-2026-10`."""
        found = MOVED.fullmatch(value.strip())
        if found is None:
            return queryset.none()
        month = date(int(found["year"]), int(found["month"]), 1)
        rows = in_month(month).filter(old=found["old"], new=found["new"])
        return queryset.filter(pk__in=rows.values("client"))

    def by_text(self, queryset: Any, name: str, value: str) -> Any:
        """Search as people type."""
        return queryset.search(value)

    def by_industry(self, queryset: Any, name: str, value: str) -> Any:
        """Keep an entry of GB/T 4754 and everything below it."""
        code = value.strip().upper()
        if code == "NONE":
            return queryset.filter(industry=None)
        below = Industry.objects.filter(Q(section=code) if code.isalpha() else Q(code__startswith=code))
        return queryset.filter(industry__in=list(below.values_list("pk", flat=True)))

    def by_unit(self, queryset: Any, name: str, value: OrgUnit) -> Any:
        """Keep the unit's sub-tree."""
        below = OrgUnit.objects.filter(path__startswith=value.path)
        return queryset.filter(org_unit__in=list(below.values_list("pk", flat=True)))

    def by_grid(self, queryset: Any, name: str, value: Grid) -> Any:
        """Keep the grid's sub-tree."""
        return queryset.filter(grid__path__startswith=value.path)

    def by_mine(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep clients the person manages."""
        return queryset.managed_by(self.request.user) if value else queryset

    def by_no_manager(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep clients nobody manages."""
        return queryset.filter(am=None) if value else queryset

    def by_created_from(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep files made on a business day or later."""
        return queryset.filter(created_at__gte=clock.at(value))

    def by_created_to(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep files made on a business day or earlier."""
        return queryset.filter(created_at__lt=clock.next_midnight(min(value, date(9999, 12, 30))))

    def by_unseen(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep clients nobody visited for that many days, or ever."""
        edge = clock.today() - timedelta(days=int(value))
        return queryset.filter(Q(last_visited_on=None) | Q(last_visited_on__lt=edge))

    def by_stale(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep files nobody changed or confirmed for a while."""
        return queryset.filter(stale_filter(clock.today())) if value else queryset

    def by_missing(self, queryset: Any, name: str, value: str) -> Any:
        """Keep files that are asked for a field and lack it, by the rule that grades them."""
        rule = next((rule for rule in RULES if rule.code == value), None)
        return queryset.filter(rule.missing) if rule else queryset

    def by_special(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what an upper floor knows, such as tiers by decision."""
        return narrowed(queryset, value)

    def by_ict(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep clients with informatisation revenue in the last twelve closed months (S1-87, S1-88)."""
        return queryset.filter(has_ict(clock.today())) if value else queryset

    def by_batch(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep clients an import the person may see created or changed."""
        return queryset.filter(pk__in=touched_by(self.request.user, int(value), "clients"))


class PastFilter(ClientFilter):
    """What a list of a past day may be narrowed by: only what has a history."""

    class Meta:
        model = ClientPast
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> Any:
        """Leave out what is known of today only."""
        present = ("completeness", "segment", "unseen_days", "batch", "moved", "ict", "special", "stale")
        return {name: one for name, one in super().get_filters().items() if name not in present}


def past_filter(query: Any, request: Any) -> PastFilter:
    """Return the filter of a past day over the reading that suits it; call it inside `services.past.as_at`.

    Few rows are sought by index, many are walked in the order of the list.
    """
    few = PastFilter(query, queryset=ClientPastFew.objects.visible_to(request.user), request=request)
    if few.form.is_valid() and few.qs.about(exact=False) <= COUNT_CAP:
        return few
    return PastFilter(query, queryset=ClientPast.objects.visible_to(request.user), request=request)
