"""What people type into the pages of exports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.exports.choices import Format


class RequestForm(forms.Form):
    """How a list is wanted."""

    file_format = forms.ChoiceField(label=_("format"), choices=Format.choices, widget=forms.RadioSelect)
    plain = forms.BooleanField(
        label=_("with full numbers"),
        required=False,
        help_text=_("Phones and names are masked otherwise. Full numbers always need a second person."),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    reason = forms.CharField(
        label=_("What the list is for"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, may_plain: bool, **kwargs: Any) -> None:
        """Offer full numbers only where there are any and the person may see them."""
        super().__init__(*args, **kwargs)
        if not may_plain:
            del self.fields["plain"]
