"""The form of what resources cost in a month, in yuan."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.choices import CostDriver


class CostForm(forms.Form):
    """One amount for each resource; an empty one stays as it is."""

    month = forms.ChoiceField(label=_("month"))

    def __init__(self, *args: Any, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month: Any = self.fields["month"]
        month.choices = [(f"{each:%Y-%m-%d}", f"{each:%Y-%m}") for each in months]
        for code, label in CostDriver.choices:
            self.fields[code.lower()] = forms.DecimalField(
                label=label, min_value=0, max_digits=15, decimal_places=2, required=False,
                help_text=_("yuan"),
            )  # fmt: skip

    def clean_month(self) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(self.cleaned_data["month"])

    def costs(self) -> dict[str, int]:
        """Return the amounts that were given. Units: fen."""
        given = {code: self.cleaned_data.get(code.lower()) for code in CostDriver.values}
        return {code: int(yuan * 100) for code, yuan in given.items() if yuan is not None}
