"""Forms of versions of models: numbers within their bounds and the day they begin."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from scoring import rules


def _day() -> forms.DateField:
    return forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class StarModelForm(forms.Form):
    """The thresholds of the star model and the day they begin."""

    effective_from = _day()
    field_order = (*rules.STAR_NUMBERS, "effective_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, unit, least, most) in rules.STAR_NUMBERS.items():
            self.fields[name] = forms.IntegerField(
                label=format_lazy("{label}", label=label),
                min_value=least,
                max_value=most,
                help_text=format_lazy("{unit}", unit=unit),
            )
        self.order_fields(self.field_order)

    def numbers(self) -> dict[str, int]:
        """Return the thresholds alone."""
        return {name: self.cleaned_data[name] for name in rules.STAR_NUMBERS}
