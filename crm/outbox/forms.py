"""Register a recipient."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.outbox.sending import KINDS


class EndpointForm(forms.Form):
    """Name, address and events of a recipient."""

    name = forms.CharField(label=_("Name"), max_length=60)
    url = forms.URLField(
        label=_("Address"), max_length=300, assume_scheme="https", help_text=_("Begins with https.")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"), choices=[(kind, kind) for kind in KINDS], widget=forms.CheckboxSelectMultiple
    )
