"""From pages to domain types: plan, reasons, log."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.choices import Operator
from clients.models import Client
from crm.base import clock
from members.models import Contact
from visits.choices import GiftState, Purpose
from visits.models import GiftRequest, Visit, VisitLog
from visits.rules.visits import OPINION_UNSAID


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "form-control"} | (attrs or {}), format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "form-control", "step": "300"} | (attrs or {}), format="%H:%M")


# Without a signal the page itself asks for what must be there.
MUST = {"data-must": ""}


def line(*, must: bool = False, **attrs: Any) -> forms.TextInput:
    """Return a one-line input in our look."""
    attrs = {"class": "form-control", "autocomplete": "off"} | (MUST if must else {}) | attrs
    return forms.TextInput(attrs=attrs)


def text(rows: int = 1, *, must: bool = False, **attrs: Any) -> forms.Textarea:
    """Return a text area in our look."""
    return forms.Textarea(attrs={"class": "form-control", "rows": rows} | (MUST if must else {}) | attrs)


class MomentForm(forms.Form):
    """A day and a time that make one instant of the business zone."""

    day = forms.DateField(label=_("Date"), widget=DateInput())
    at = forms.TimeField(label=_("Time"), widget=TimeInput())

    def moment(self) -> datetime:
        """Return the instant."""
        day: date = self.cleaned_data["day"]
        at: time = self.cleaned_data["at"]
        return datetime.combine(day, at, tzinfo=clock.BUSINESS_ZONE)


class PlanForm(MomentForm):
    """Plan a visit of one client, or change what is planned."""

    contact = forms.ModelChoiceField(
        label=_("Contact"),
        queryset=Contact.objects.none(),
        required=False,
        empty_label=_("Not decided yet"),
        widget=forms.RadioSelect,
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False, widget=line())
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )
    purpose_note = forms.CharField(label=_("What it is about"), max_length=200, required=False, widget=line())
    benefit = forms.CharField(label=_("Benefit to the client"), max_length=200, required=False, widget=line())
    unscheduled_reason = forms.CharField(
        label=_("Reason for coming unannounced"), max_length=200, required=False, widget=line()
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = Contact.objects.active().filter(client=client)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, visit: Visit, data: Any = None) -> "PlanForm":
        """Return the form of a planned visit."""
        local = visit.planned_at.astimezone(clock.BUSINESS_ZONE)
        initial = {
            "day": local.date(),
            "at": local.time(),
            "contact": visit.contact_id,
            "place": visit.place,
            "purposes": visit.purposes,
            "purpose_note": visit.purpose_note,
            "benefit": visit.benefit,
            "unscheduled_reason": visit.unscheduled_reason,
        }
        return cls(data, client=visit.client, initial=initial)

    def clean_day(self) -> date:
        """Refuse a new day that is past: nobody plans for it, and its log would be late at once."""
        day: date = self.cleaned_data["day"]
        if day < clock.today() and day != self.initial.get("day"):
            raise forms.ValidationError(
                _("This day is past. Note a visit that was made under “Write down a visit”."), code="DAY_PAST"
            )
        return day

    def plan(self) -> dict[str, Any]:
        """Return what the services take."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("day", "at")}
        return values | {"planned_at": self.moment()}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=line(must=True),
        error_messages={"required": _("Write the reason.")},
    )


class PostponeForm(MomentForm, ReasonForm):
    """To when, and why."""

    place = forms.CharField(label=_("Place"), max_length=200, required=False, widget=line())


RESULT = "result_"


class LogForm(forms.Form):
    """One screen: a result line per purpose, then what was heard, then what comes next."""

    opinion_asked = forms.TypedChoiceField(
        label=_("Asked for opinions"),
        choices=[("1", _("I asked")), ("0", _("I did not ask"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": OPINION_UNSAID},
    )
    opinion = forms.CharField(label=_("Opinion"), max_length=500, required=False, widget=text())
    demands = forms.CharField(label=_("What the client needs"), max_length=500, required=False, widget=text())
    competitor = forms.CharField(label=_("Competitor seen"), max_length=300, required=False, widget=line())
    competitor_operator = forms.ChoiceField(
        label=_("Operator"), choices=[("", _("None seen")), *Operator.choices], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    competitor_product = forms.CharField(
        label=_("Product offered"), max_length=60, required=False, widget=line()
    )
    left_early = forms.BooleanField(label=_("Client had something urgent, I left"), required=False)
    next_visit_day = forms.DateField(label=_("I come again on"), required=False, widget=DateInput())
    next_visit_time = forms.TimeField(label=_("at"), required=False, widget=TimeInput())
    card_given = forms.BooleanField(label=_("Business card given, introduced myself"), required=False)
    lessons = forms.CharField(label=_("Gains and lessons"), max_length=500, required=False, widget=text())
    raise_in_meeting = forms.BooleanField(label=_("Raise in the meeting"), required=False)
    # The blank placeholder tells the page whether a promise was written: then its day is asked for.
    next_step = forms.CharField(
        label=_("Next step"), max_length=300, required=False, widget=line(placeholder=" ")
    )
    next_due_on = forms.DateField(label=_("Due"), required=False, widget=DateInput())
    receipt_no = forms.CharField(
        label=_("Gift receipt number"), max_length=60, required=False, widget=line(must=True)
    )
    consent_evidence = forms.CharField(
        label=_("Evidence of consent"), max_length=120, required=False, widget=line(must=True)
    )
    complaint_no = forms.CharField(
        label=_("Complaint number"), max_length=60, required=False, widget=line(must=True)
    )

    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )

    # Gifts the visit may have handed over whose receipts the client has not signed yet.
    unsigned: Sequence[GiftRequest] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in Purpose:
            self.fields[RESULT + purpose] = forms.CharField(
                label=purpose.label, max_length=500, required=False, widget=text(must=True)
            )

    @classmethod
    def of(cls, visit: Visit, log: VisitLog | None, data: Any = None) -> "LogForm":
        """Return the form of a visit's log, filled with what was kept."""
        initial: dict[str, Any] = {"purposes": visit.purposes}
        if log:
            initial |= {name: getattr(log, name) for name in cls.base_fields if hasattr(log, name)}
            initial["opinion_asked"] = "" if log.opinion_asked is None else str(int(log.opinion_asked))
            if log.next_visit_at:
                local = log.next_visit_at.astimezone(clock.BUSINESS_ZONE)
                initial |= {"next_visit_day": local.date(), "next_visit_time": local.time()}
            initial |= {RESULT + purpose: result for purpose, result in log.results.items()}
        if not initial.get("receipt_no") and Purpose.P3 in visit.purposes:
            gift = visit.gifts.filter(state__in=[GiftState.COLLECTED, GiftState.SIGNED]).first()
            initial["receipt_no"] = gift.receipt_no if gift else ""
        form = cls(data, initial=initial)
        form.unsigned = list(GiftRequest.objects.unsigned_of(visit))
        return form

    @property
    def chosen(self) -> list[str]:
        """Return the purposes whose lines are open."""
        return list(self["purposes"].value() or [])

    def values(self) -> dict[str, Any]:
        """Return what the services take; of a form with a wrong field, what can be kept."""
        clean = self.cleaned_data
        values = {name: value for name, value in clean.items() if not name.startswith(RESULT)}
        day, at = values.pop("next_visit_day", None), values.pop("next_visit_time", None)
        values["next_visit_at"] = (
            datetime.combine(day, at or time(9), tzinfo=clock.BUSINESS_ZONE)
            if day and values.get("left_early")
            else None
        )
        values["results"] = {
            name.removeprefix(RESULT): value
            for name, value in clean.items()
            if name.startswith(RESULT) and value
        }
        return values


class ManyVisitsForm(MomentForm):
    """Visits of several clients on one day, an hour apart."""

    place = forms.CharField(
        label=_("Place"), max_length=200, widget=line(), initial=_("At the client's"),
        help_text=_("The visits are planned one after the other, an hour apart."),
    )  # fmt: skip
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = clock.today() + timedelta(days=1)
        self.fields["at"].initial = time(9)

    def clean_day(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["day"]
        if day < clock.today():
            raise forms.ValidationError(_("This day is over."))
        return day
