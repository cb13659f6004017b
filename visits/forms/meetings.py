"""Forms of meetings and tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from visits.choices import MeetingKind
from visits.forms.visits import DateInput, line, text
from visits.models import Meeting


class CallForm(forms.Form):
    """Which meeting to open."""

    org_unit = forms.ModelChoiceField(label=_("Unit"), queryset=OrgUnit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind of meeting"), choices=MeetingKind.choices)
    held_on = forms.DateField(label=_("Date"), widget=DateInput())

    def __init__(self, *args: Any, units: list[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["org_unit"]
        field.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        self.fields["held_on"].initial = clock.today()
        now = clock.now().astimezone(clock.BUSINESS_ZONE)
        self.fields["kind"].initial = MeetingKind.EVENING if now.hour >= 14 else MeetingKind.MORNING


class MinutesForm(forms.ModelForm):
    """What the record of a meeting says."""

    class Meta:
        model = Meeting
        fields = ["key_work", "special", "measures", "minutes"]
        widgets = {
            "key_work": text(2),
            "special": text(2),
            "measures": text(2),
            "minutes": text(4),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == MeetingKind.MORNING:
            del self.fields["measures"]
        else:
            del self.fields["special"]


class TaskForm(forms.Form):
    """A task for one of the team."""

    user = forms.ModelChoiceField(label=_("Account manager"), queryset=User.objects.none(), empty_label=None)
    task = forms.CharField(label=_("Task"), max_length=200, widget=line())
    target = forms.IntegerField(label=_("Target"), min_value=1, max_value=1_000_000, initial=1)
    unit_of_target = forms.CharField(
        label=_("Counted in"), max_length=10, required=False, widget=line(placeholder=_("visits"))
    )
    due_on = forms.DateField(label=_("Due"), widget=DateInput())
    special = forms.BooleanField(label=_("Special task"), required=False)

    def __init__(self, *args: Any, team: list[User], **kwargs: Any) -> None:
        # It stands beside the record of the meeting, which has a field of the same name.
        super().__init__(*args, **kwargs | {"auto_id": "task_%s"})
        field = self.fields["user"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in team])  # type: ignore[attr-defined]
        self.fields["due_on"].initial = clock.today()


class ReportForm(forms.Form):
    """How much of a task is done."""

    done = forms.IntegerField(min_value=0, max_value=1_000_000)
    note = forms.CharField(max_length=300, required=False)
