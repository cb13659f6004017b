"""Forms of points: from outside to domain types; the services judge."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import MOBILE
from scoring.choices import ProposalKind, RewardReason


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


class ReasonForm(forms.Form):
    """Say why."""

    reason = forms.CharField(label=_("Why"), max_length=200)
