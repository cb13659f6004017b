"""What a table of clients is asked for; the address says everything."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.services.cube import DIMENSIONS, MEASURES, Question, months_counted
from clients.services.flows import months_moved
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError


def _first_day(month: str) -> date | None:
    return date(int(month[:4]), int(month[5:7]), 1) if month else None


class UnitChoice(forms.ModelChoiceField):
    """Units with their depth shown."""

    def label_from_instance(self, unit: Any) -> str:
        """Return the name of a unit, set in by its depth."""
        return f"{'　' * max(unit.depth - 2, 0)}{unit.name}"


class PivotForm(forms.Form):
    """Two or three axes, a unit, a month and a figure."""

    rows = forms.ChoiceField(label=_("down"), choices=list(DIMENSIONS.items()))
    cols = forms.ChoiceField(label=_("across"), choices=list(DIMENSIONS.items()))
    third = forms.ChoiceField(
        label=_("one table for each"), choices=[("", "—"), *DIMENSIONS.items()], required=False
    )
    unit = UnitChoice(OrgUnit.objects.none(), label=_("unit"), required=False, empty_label=_("my whole area"))
    month = forms.ChoiceField(label=_("when"), required=False)
    measure = forms.ChoiceField(label=_("figure"), choices=list(MEASURES.items()), required=False)
    share = forms.ChoiceField(
        label=_("shown as"), required=False,
        choices=[("", _("figures")), ("row", _("share of the line")), ("col", _("share of the column")),
                 ("all", _("share of the whole"))],
    )  # fmt: skip

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        units = user.scope.units(OrgUnit.objects.all()).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        months = [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months_counted(user)]
        self.fields["month"].choices = [("", _("now")), *months]  # type: ignore[attr-defined]

    def question(self) -> Question:
        """Return what is asked.

        Raises: BusinessError when the axes do not go together.
        """
        given = self.cleaned_data
        return Question(
            tuple(code for code in (given["rows"], given["cols"], given["third"]) if code),
            given["unit"],
            _first_day(given["month"]),
            given["measure"] or "clients",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse the same axis twice."""
        if not self.errors:
            try:
                self.question().check()
            except BusinessError as error:
                raise forms.ValidationError(str(error.message)) from error
        return self.cleaned_data


class FlowForm(forms.Form):
    """A month and a unit."""

    month = forms.ChoiceField(label=_("month"), required=False)
    unit = UnitChoice(OrgUnit.objects.none(), label=_("unit"), required=False, empty_label=_("my whole area"))

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["unit"].queryset = user.scope.units(OrgUnit.objects.all()).order_by("path")  # type: ignore[attr-defined]
        self.months = months_moved(user)
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (f"{month:%Y-%m}", f"{month:%Y-%m}") for month in self.months
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"

    def month_chosen(self) -> date:
        """Return the month asked for; this one when none is."""
        return _first_day(self.cleaned_data.get("month") or "") or self.months[0]
