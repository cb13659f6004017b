"""From pages to domain types: a call with its outcome, a missed call."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base import clock
from members.models import Contact
from visits.choices import CallChannel, CallKind, CallResult, Purpose
from visits.forms.visits import DateInput, TimeInput, line
from visits.models import Appointment

MOMENTS = ("slot1", "slot2", "agreed", "again")
# Which field of the form stands for a field of the service.
PLACES = {f"{name}_at": name for name in MOMENTS}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DateInput())


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=TimeInput())


class CallForm(forms.Form):
    """One screen: whom, what about, which two times, what came of it."""

    contact = forms.ModelChoiceField(
        label=_("Contact"), queryset=Contact.objects.none(), required=False, widget=forms.RadioSelect
    )
    salutation = forms.CharField(label=_("form of address"), max_length=20, required=False, widget=line())
    channel = forms.ChoiceField(
        label=_("way of contact"), choices=CallChannel.choices, initial=CallChannel.PHONE
    )
    purpose = forms.CharField(label=_("What it is about"), max_length=200, required=False, widget=line())
    benefit = forms.CharField(label=_("Benefit to the client"), max_length=200, required=False, widget=line())
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"), choices=Purpose.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    slot1_day, slot1_time = _day(_("Date")), _time(_("Time"))
    slot2_day, slot2_time = _day(_("Date")), _time(_("Time"))
    result = forms.ChoiceField(
        label=_("Result"), required=False, widget=forms.RadioSelect,
        choices=[("", _("Not called yet")), *CallResult.choices],
    )  # fmt: skip
    agreed = forms.ChoiceField(
        label=_("Agreed for"), required=False, widget=forms.RadioSelect,
        choices=[
            ("slot1", _("first time offered")), ("slot2", _("second time offered")),
            ("other", _("another time")),
        ],
        initial="slot1",
    )  # fmt: skip
    agreed_day, agreed_time = _day(_("Date")), _time(_("Time"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False, widget=line())
    again_day, again_time = _day(_("Call again on")), _time(_("at"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=line())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, client: Client, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self.fields
        known["contact"].queryset = Contact.objects.active().filter(client=client)
        if kind == CallKind.VISIT:
            known["result"].choices = [choice for choice in known["result"].choices if choice[0] != "SPOKEN"]

    @staticmethod
    def first_values(call: Appointment) -> dict[str, Any]:
        """Return what the form of a call that is still to be made starts with."""
        found: dict[str, Any] = {
            name: getattr(call, name) for name in ("channel", "purpose", "benefit", "purposes", "version")
        }
        found["contact"] = call.contact_id
        found["place"] = call.visit.place if call.visit else call.client.address
        return found | moments(slot1=call.slot1_at, slot2=call.slot2_at)

    def _moment(self, name: str) -> datetime | None:
        day: date | None = self.cleaned_data.get(f"{name}_day")
        at: time | None = self.cleaned_data.get(f"{name}_time")
        return datetime.combine(day, at, tzinfo=clock.BUSINESS_ZONE) if day and at else None

    def planned(self) -> dict[str, Any]:
        """Return what is said in the call."""
        found = {
            name: self.cleaned_data[name] for name in ("contact", "channel", "purpose", "benefit", "purposes")
        }
        return found | {"slot1_at": self._moment("slot1"), "slot2_at": self._moment("slot2")}

    def outcome(self) -> dict[str, Any]:
        """Return what came of the call."""
        clean = self.cleaned_data
        agreed = clean.get("agreed") or "slot1"
        return {
            "result": clean["result"],
            "agreed_at": self._moment("agreed" if agreed == "other" else agreed),
            "place": clean["place"],
            "again_at": self._moment("again"),
            "note": clean["note"],
        }


def moments(**given: datetime | None) -> dict[str, Any]:
    """Return day and time of instants as the form's fields."""
    found: dict[str, Any] = {}
    for name, moment in given.items():
        if moment is not None:
            local = moment.astimezone(clock.BUSINESS_ZONE)
            found |= {f"{name}_day": local.date(), f"{name}_time": local.time()}
    return found


class MissedForm(forms.Form):
    """A call nobody took."""

    number = forms.CharField(
        label=_("number that called"), max_length=20, widget=line(inputmode="tel", autocomplete="off")
    )
    day, at = (
        forms.DateField(label=_("Date"), widget=DateInput()),
        forms.TimeField(label=_("Time"), widget=TimeInput()),
    )
    reason = forms.CharField(label=_("why it was missed"), max_length=100, required=False, widget=line())

    def moment(self) -> datetime:
        """Return when the call came."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"], tzinfo=clock.BUSINESS_ZONE)
