"""Forms of opinions, urgent needs, spot checks and reports of conduct."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import Contact
from visits import choices
from visits.forms.visits import DateInput, line, text


class UnitChoice(forms.ModelChoiceField):
    """Choose a unit; deeper ones are indented by the names above them."""

    def label_from_instance(self, unit: Any) -> str:
        """Return the name, set in as deep as the unit lies."""
        return "　" * max(0, unit.depth - 3) + unit.name


def _select(**attrs: Any) -> forms.Select:
    return forms.Select(attrs={"class": "form-select"} | attrs)


class OpinionNewForm(forms.Form):
    """What a client said."""

    text = forms.CharField(label=_("What the client said"), max_length=500, widget=text(3))
    kind = forms.ChoiceField(
        label=_("About"), choices=choices.OpinionKind.choices, widget=_select(), initial="SERVICE"
    )
    contact = forms.ModelChoiceField(
        label=_("Who said it"), queryset=Contact.objects.none(), required=False, empty_label=_("Not known"),
        widget=_select(),
    )  # fmt: skip
    asked_unit = UnitChoice(
        label=_("Department asked"),
        queryset=OrgUnit.objects.none(),
        required=False,
        widget=_select(),
        empty_label=_("Own unit"),
    )

    def __init__(self, *args: Any, client: Client, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.visible_to(actor).filter(client=client, left_on=None)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
        self.fields["asked_unit"].queryset = departments(client.org_unit)  # type: ignore[attr-defined]


def departments(unit: OrgUnit) -> Any:
    """Return the units an opinion may be put to: those of the city, and the province above it."""
    above = [unit.path[:end] for end in range(OrgUnit.steplen, len(unit.path) + 1, OrgUnit.steplen)]
    city = above[2] if len(above) > 2 else above[-1]
    return OrgUnit.objects.filter(path__startswith=city, active=True).order_by("path")[:200]


class AnswerForm(forms.Form):
    """The department's answer."""

    answer = forms.CharField(label=_("Answer of the department"), max_length=500, widget=text(3))


class FeedbackForm(forms.Form):
    """What the client was told."""

    feedback = forms.CharField(label=_("What you told the client"), max_length=500, widget=text(3))
    satisfied = forms.TypedChoiceField(
        label=_("Is the client content with it"),
        choices=[("", _("Did not say")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: {"yes": True, "no": False}.get(value),
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class UrgentNewForm(forms.Form):
    """An urgent need."""

    procedure = forms.ChoiceField(
        label=_("What should be simplified"), choices=choices.Procedure.choices, widget=_select()
    )
    need = forms.CharField(
        label=_("What the client needs, and why it cannot wait"), max_length=300, widget=text(2)
    )


class GrantForm(forms.Form):
    """What is allowed, and for how long."""

    allowed = forms.CharField(label=_("What exactly you allow"), max_length=300, widget=text(2))
    hours = forms.IntegerField(
        label=_("For how many hours"),
        min_value=1,
        initial=24,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=line())


class DrawForm(forms.Form):
    """What to draw a spot check from."""

    org_unit = UnitChoice(
        label=_("Unit"), queryset=OrgUnit.objects.none(), empty_label=None, widget=_select()
    )
    target = forms.ChoiceField(
        label=_("What is checked"), choices=choices.SpotTarget.choices, widget=_select()
    )
    first_on = forms.DateField(label=_("From"), widget=DateInput())
    last_on = forms.DateField(label=_("To"), widget=DateInput())

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = actor.scope.units(OrgUnit.objects.filter(active=True), "visits.spot_check")
        self.fields["org_unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        today = clock.today()
        self.fields["first_on"].initial = today - timedelta(days=7)
        self.fields["last_on"].initial = today


class CheckForm(forms.Form):
    """What was found."""

    result = forms.ChoiceField(choices=choices.SpotResult.choices)
    comment = forms.CharField(label=_("Comment"), max_length=300, required=False, widget=text(2))


class ConductForm(forms.Form):
    """A report of conduct."""

    kind = forms.ChoiceField(
        label=_("What it is about"), choices=choices.ConductKind.choices, widget=_select()
    )
    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[one for one in choices.ConductChannel.choices if one[0] != "CALL_BACK"],
        widget=_select(),
    )
    unit = UnitChoice(label=_("Unit"), queryset=OrgUnit.objects.none(), empty_label=None, widget=_select())
    about = forms.ModelChoiceField(
        label=_("About whom"),
        queryset=User.objects.none(),
        required=False,
        widget=_select(),
        empty_label=_("Not known"),
    )
    client_code = forms.CharField(label=_("Client code"), max_length=20, required=False, widget=line())
    told_by = forms.CharField(label=_("Who told it"), max_length=60, required=False, widget=line())
    happened_on = forms.DateField(label=_("When it happened"), required=False, widget=DateInput())
    text = forms.CharField(label=_("What was said"), max_length=1000, widget=text(4))

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        verb = "visits.record_conduct"
        units = actor.scope.units(OrgUnit.objects.filter(active=True), verb)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        people = User.objects.active().people().filter(actor.scope.unit_filter("org_unit", verb))
        people = people.exclude(pk=actor.pk).order_by("staff_no")
        self.fields["about"].queryset = people  # type: ignore[attr-defined]

    def clean_client_code(self) -> Client | None:
        """Return the client of the code, if one is given."""
        code = self.cleaned_data["client_code"].strip()
        if not code:
            return None
        found: Client | None = Client.objects.visible_to(self.actor).filter(client_code=code).first()
        if found is None:
            raise forms.ValidationError(_("There is no client with this code."))
        return found


class SettleForm(forms.Form):
    """How a report of conduct ends."""

    founded = forms.TypedChoiceField(
        label=_("What was found"),
        choices=[("yes", _("Found true")), ("no", _("Not found true"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    disposition = forms.CharField(label=_("What follows"), max_length=1000, widget=text(3))
