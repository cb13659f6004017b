"""Forms of points: from outside to domain types; the services judge."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from members.models import MOBILE
from scoring.choices import BudgetPeriod, ProposalKind, RewardReason


class RedeemForm(forms.Form):
    """Spend points for a customer."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10_000_000)
    beneficiary = forms.CharField(
        label=_("For which mobile"),
        required=False,
        max_length=11,
        validators=[MOBILE],
        help_text=_("Empty: the customer's own."),
    )
    code = forms.CharField(
        label=_("One-time code"),
        max_length=6,
        help_text=_("The customer reads it from the message."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)


class ProposalForm(forms.Form):
    """Propose to give or take points."""

    kind = forms.ChoiceField(label=_("What"), choices=ProposalKind.choices)
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10_000_000)
    reward_reason = forms.ChoiceField(
        label=_("Reason of a reward"), choices=[("", "—"), *RewardReason.choices], required=False
    )
    remark = forms.CharField(label=_("Why"), max_length=180)


class BudgetForm(forms.Form):
    """Set what a unit may give."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=OrgUnit.objects.none())
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    quarter = forms.TypedChoiceField(label=_("Period"), choices=BudgetPeriod.choices, coerce=int)
    points = forms.IntegerField(
        label=_("Points"),
        min_value=0,
        max_value=10_000_000_000,
        help_text=_("As many as may be given in all."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = user.scope.units(OrgUnit.objects.filter(active=True), "scoring.budget")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a choice of models


class PeriodForm(forms.Form):
    """Choose the days of a statement; what cannot be read is left out."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def period(self) -> tuple[date | None, date | None]:
        """Return both ends; nothing for what is empty or no day."""
        self.is_valid()
        return self.cleaned_data.get("since"), self.cleaned_data.get("until")


class ReasonForm(forms.Form):
    """Say why."""

    reason = forms.CharField(label=_("Why"), max_length=200)
