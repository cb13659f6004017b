"""What people choose for a hand-over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.widgets import RemoteSelect
from crm.accounts.models import User
from crm.base import clock


class HandOverForm(forms.Form):
    """Who hands which clients to whom, when and why."""

    giver = forms.ModelChoiceField(
        User.objects.none(), label=_("from manager"), widget=RemoteSelect("clients:pick_person")
    )
    taker = forms.ModelChoiceField(
        User.objects.none(), label=_("to manager"), widget=RemoteSelect("clients:pick_person")
    )
    starts_on = forms.DateField(
        label=_("from day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    returns_on = forms.DateField(
        label=_("back on"), required=False, help_text=_("Only if the clients come back, as after a leave."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reason = forms.CharField(label=_("reason"), max_length=200)
    with_plans = forms.BooleanField(label=_("open plans go along"), required=False, initial=True)
    everything = forms.BooleanField(label=_("all clients of this manager"), required=False, initial=True)

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        people = User.objects.visible_to(user).filter(is_system=False)
        # Who leaves may be inactive already; who takes over works.
        self.fields["giver"].queryset = people  # type: ignore[attr-defined]
        self.fields["taker"].queryset = people.active()  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = clock.today()
