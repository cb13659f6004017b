"""What people type about field rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.choices import FieldLevel


class FieldLevelForm(forms.Form):
    """The new level of a field, and why."""

    level = forms.ChoiceField(label=_("level"), choices=FieldLevel.choices)
    reason = forms.CharField(label=_("reason"), max_length=200)
