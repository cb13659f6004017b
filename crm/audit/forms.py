"""Filters of the trail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.audit.labels import LABELS


class EventFilterForm(forms.Form):
    """Who, what, when; all of it optional and in the address."""

    q = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("Name or staff number")}),
    )
    action = forms.ChoiceField(label=_("Act"), required=False)
    record = forms.CharField(
        label=_("Record"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("client 42")}),
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted(((code, str(label)) for code, label in LABELS.items()), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("All acts")), *acts]  # type: ignore[attr-defined]
