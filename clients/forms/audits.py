"""What people type about audits."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models import AuditTask
from clients.rules.audits import POPULATION
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock

VOCABULARY: dict[str, Any] = {
    "status": (_("status"), choices.ClientStatus),
    "size_class": (_("size class"), choices.SizeClass),
    "value_tier": (_("value tier"), choices.ValueTier),
    "institution_type": (_("institution type"), choices.InstitutionType),
    "completeness": (_("completeness"), choices.Completeness),
    "consistency": (_("consistency"), choices.Consistency),
    "segment": (_("segment"), choices.Segment),
}
DATE = {"type": "date"}


class PlanForm(forms.Form):
    """Whom to audit, how many, by which seed, how often."""

    name = forms.CharField(label=_("name of the plan"), max_length=80)
    kind = forms.ChoiceField(label=_("kind of audit"), choices=choices.AuditKind.choices)
    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label=_("unit with all below"))
    auditor = forms.ModelChoiceField(User.objects.none(), label=_("auditor"))
    sample_size = forms.IntegerField(
        label=_("clients to draw"), required=False, min_value=1, max_value=10_000
    )
    sample_pct = forms.IntegerField(
        label=_("or share to draw, %"), required=False, min_value=1, max_value=100
    )
    seed = forms.IntegerField(
        label=_("seed"), min_value=0, max_value=2**31 - 1,
        help_text=_("Kept with the plan: the same seed draws the same clients again."),
    )  # fmt: skip
    period = forms.ChoiceField(label=_("how often"), choices=choices.AuditPeriod.choices)
    first_on = forms.DateField(
        label=_("first drawing"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        today = clock.today()
        units = user.scope.units(OrgUnit.objects.all(), "audits.run").filter(active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        held = RoleAssignment.objects.current(today).filter(role=Role.AUDITOR).values("user")
        people = User.objects.visible_to(user).active().filter(pk__in=held) | User.objects.filter(pk=user.pk)
        self.fields["auditor"].queryset = people.distinct()  # type: ignore[attr-defined]
        self.initial.setdefault("auditor", user.pk)
        self.initial.setdefault("first_on", today)
        self.initial.setdefault("seed", secrets.randbelow(1_000_000))
        self.initial.setdefault("sample_size", 20)
        for column in POPULATION:
            label, vocabulary = VOCABULARY[column]
            self.fields[column] = forms.MultipleChoiceField(
                label=label, choices=vocabulary.choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        found = {name: value for name, value in self.cleaned_data.items() if name not in POPULATION}
        return found | {"filters": {column: self.cleaned_data[column] for column in POPULATION}}


class SpotForm(forms.Form):
    """The kind of an audit that begins now."""

    kind = forms.ChoiceField(
        label=_("kind of audit"), choices=choices.AuditKind.choices, initial=choices.AuditKind.REALITY
    )


class LineForm(forms.Form):
    """One field of the sheet."""

    paper_value = forms.CharField(required=False, max_length=500)
    real_value = forms.CharField(required=False, max_length=500)
    changed_on = forms.DateField(required=False)
    verdict = forms.ChoiceField(required=False, choices=[("", ""), *choices.Verdict.choices])
    reason = forms.CharField(required=False, max_length=200)


def read_sheet(task: AuditTask, data: Any) -> tuple[dict[int, dict[str, Any]], dict[str, list[str]]]:
    """Return the lines of a posted sheet, and what is wrong with them by field name."""
    found: dict[int, dict[str, Any]] = {}
    wrong: dict[str, list[str]] = {}
    for line in task.lines.all():
        names = {
            name: f"{prefix}-{line.pk}"
            for name, prefix in (
                ("paper_value", "paper"), ("real_value", "real"), ("changed_on", "since"),
                ("verdict", "verdict"), ("reason", "reason"),
            )
            if f"{prefix}-{line.pk}" in data
        }  # fmt: skip
        form = LineForm({name: data[key] for name, key in names.items()})
        if form.is_valid():
            found[line.pk] = {name: form.cleaned_data[name] for name in names}
        else:
            for name, sentences in form.errors.items():
                wrong[names.get(name, name)] = [str(sentence) for sentence in sentences]
    return found, wrong


class ActForm(forms.Form):
    """The day, the remark and the reason an act may need."""

    due_on = forms.DateField(required=False)
    note = forms.CharField(required=False, max_length=300)
    reason = forms.CharField(required=False, max_length=200)
    rest_agrees = forms.BooleanField(required=False)
    accepted = forms.BooleanField(required=False)
