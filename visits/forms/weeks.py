"""Forms of the weekly report, its log book, and the holiday calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from visits.choices import HolidayKind, InspectionResult
from visits.forms.visits import DateInput, line, text


class WeekForm(forms.Form):
    """What the week brought, what comes next."""

    summary = forms.CharField(
        label=_("Summary of this week"), max_length=2000, required=False, widget=text(5)
    )
    plan = forms.CharField(label=_("Plan for next week"), max_length=2000, required=False, widget=text(5))


class FilingForm(forms.Form):
    """Where the paper lies."""

    paper_no = forms.CharField(
        label=_("Number on paper"),
        max_length=40,
        required=False,
        widget=line(),
        help_text=_("Leave it empty when there is no paper; the PDF is the archive."),
    )


class InspectionForm(forms.Form):
    """What was found in a log book."""

    result = forms.ChoiceField(label=_("Result"), choices=InspectionResult.choices, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False, widget=text(2))


class HolidayForm(forms.Form):
    """One day of the holiday calendar."""

    day = forms.DateField(label=_("Date"), widget=DateInput())
    kind = forms.ChoiceField(label=_("Kind of day"), choices=HolidayKind.choices)
    name = forms.CharField(label=_("Name of the holiday"), max_length=40, widget=line())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].widget.attrs["min"] = clock.today().isoformat()


class MoveForm(forms.Form):
    """To which day a planned visit moves."""

    day = forms.DateField(label=_("New day"), widget=DateInput())
