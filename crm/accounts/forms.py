"""What people type into the pages of accounts."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from crm.accounts import services
from crm.accounts.choices import DELEGABLE, DELEGATION_DAYS, Role, UnitType, UserStatus
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock


class LoginForm(AuthenticationForm):
    """Staff number or registered name, and the password."""

    username = forms.CharField(
        label=_("Staff number or registered name"),
        max_length=52,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": _("The name or the password is wrong. Both are case-sensitive."),
        "inactive": _("This account is not active. Ask your administrator."),
    }


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("This is not your present password."),
    }


class ProfileForm(forms.ModelForm):
    """What a person may change about the own account."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ["mobile", "email", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.language:
            self.initial["language"] = settings.LANGUAGE_CODE


class UnitChoice(forms.ModelChoiceField):
    """Choose a unit; the indent shows where it hangs."""

    def label_from_instance(self, unit: Any) -> str:
        """Return the name under its depth, with the code that tells namesakes apart."""
        return f"{'　' * (unit.depth - 1)}{unit.name} ({unit.code})"


class PersonForm(forms.ModelForm):
    """The particulars of an account."""

    org_unit = UnitChoice(label=_("Unit"), queryset=OrgUnit.objects.none())

    class Meta:
        model = User
        fields = [
            "staff_no",
            "full_name",
            "username",
            "org_unit",
            "staff_position",
            "mobile",
            "email",
            "hired_on",
            "am_track",
            "am_grade",
        ]
        widgets = {"hired_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "username": _("Department, underscore, name: 城关区_李四. Namesakes add a figure: 城关区_李四2."),
        }

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.managed_by(actor).filter(active=True)
        if self.instance.pk and self.instance.org_unit_id:
            units = units | OrgUnit.objects.filter(pk=self.instance.org_unit_id)
        self.fields["org_unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]

    def clean_username(self) -> str | None:
        """Check that the department of a registered name exists (Source: S1-09, E201); no name is no name."""
        name = (self.cleaned_data.get("username") or "").strip()
        if not name:
            return None
        department = name.partition("_")[0]
        if not OrgUnit.objects.filter(name=department, active=True).exists():
            raise forms.ValidationError(
                _("There is no department or unit named “%(name)s”."),
                code="unknown_department",
                params={"name": department},
            )
        return name

    def clean(self) -> dict[str, Any]:
        """Keep the two login names of all people apart: nobody may log in as somebody else's number."""
        cleaned = super().clean() or {}
        others = User.objects.exclude(pk=self.instance.pk)
        if (number := cleaned.get("staff_no")) and others.filter(username=number).exists():
            self.add_error("staff_no", _("Somebody has this as a registered name."))
        if (name := cleaned.get("username")) and others.filter(staff_no=name).exists():
            self.add_error("username", _("Somebody has this as a staff number."))
        return cleaned


class RoleForm(forms.Form):
    """A role over a unit, from a day to a day."""

    role = forms.ChoiceField(label=_("Role"), choices=[(r.value, r.label) for r in Role if r != Role.API])
    unit = UnitChoice(label=_("Scope"), queryset=OrgUnit.objects.none())
    valid_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day included; empty: until further notice"),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.managed_by(actor).filter(active=True).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()


class PeopleFilterForm(forms.Form):
    """Narrow the list of people."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, staff number, registered name")}
        ),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("All roles")), *((r.value, r.label) for r in Role if r != Role.API)],
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All states")), *UserStatus.choices]
    )
    unit = UnitChoice(
        label=_("Unit"), required=False, queryset=OrgUnit.objects.none(), empty_label=_("All units")
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = OrgUnit.objects.seen_by(actor).order_by("path")  # type: ignore[attr-defined]


class UnitForm(forms.Form):
    """A new unit."""

    code = forms.CharField(label=_("Unit code"), max_length=32)
    name = forms.CharField(label=_("Unit name"), max_length=80)
    type = forms.ChoiceField(label=_("Unit type"), choices=UnitType.choices)
    region_code = forms.RegexField(
        label=_("Region"),
        regex=r"^(\d{2}|\d{4}|\d{6})?$",
        required=False,
        help_text=_("GB/T 2260 code"),
        error_messages={"invalid": _("Two, four or six figures.")},
    )
    external_name = forms.CharField(label=_("External name"), max_length=120, required=False)

    def __init__(self, *args: Any, parent: OrgUnit, **kwargs: Any) -> None:
        # It stands beside the form of the unit above, which has fields of the same names.
        super().__init__(*args, **kwargs | {"auto_id": "add_%s"})
        below = [kind for kind in UnitType if kind.rank > UnitType(parent.type).rank]
        self.fields["type"].choices = [(kind.value, kind.label) for kind in below]  # type: ignore[attr-defined]


class UnitChangeForm(forms.ModelForm):
    """What may change about a unit."""

    class Meta:
        model = OrgUnit
        fields = ["name", "region_code", "external_name"]


class UnitMoveForm(forms.Form):
    """Where to hang a unit."""

    parent = UnitChoice(label=_("Under"), queryset=OrgUnit.objects.none())

    def __init__(self, *args: Any, actor: User, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in UnitType if kind.rank < UnitType(unit.type).rank]
        places = OrgUnit.objects.managed_by(actor).filter(active=True, type__in=kinds)
        self.fields["parent"].queryset = places.exclude(  # type: ignore[attr-defined]
            path__startswith=unit.path
        ).order_by("path")


class SystemForm(forms.Form):
    """A client system: its name, what it sees, what it may do."""

    name = forms.CharField(label=_("System"), max_length=60)
    unit = UnitChoice(label=_("Scope"), queryset=OrgUnit.objects.none())
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[
            ("read", _("read: clients, members, visits, points, nights")),
            ("write", _("write: create and change clients, members, visits")),
            ("feeds", _("feeds: post bills, traffic and product states")),
            ("points", _("points: redeem points")),
            ("pii.reveal", _("pii.reveal: see full numbers, with a reason")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    networks = forms.CharField(
        label=_("May call from"),
        required=False,
        max_length=900,
        help_text=_("Addresses or networks, commas between: 10.1.0.0/16, 10.2.3.4. Empty: from anywhere."),
    )

    def clean_networks(self) -> list[str]:
        """Return the parts."""
        given = self.cleaned_data["networks"].replace("，", ",").split(",")
        return [part.strip() for part in given if part.strip()]

    def __init__(self, *args: Any, actor: User, renaming: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = OrgUnit.objects.managed_by(actor).filter(active=True).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if not renaming:
            del self.fields["name"]


class HeldRoleChoice(forms.ModelChoiceField):
    """Choose a role somebody holds."""

    def __init__(self, *, with_name: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.with_name = with_name

    def label_from_instance(self, held: Any) -> str:
        """Return the role with its unit, and whose it is where there are several people's."""
        whose = f"{held.user.full_name} · " if self.with_name else ""
        return f"{whose}{held.get_role_display()} · {held.unit.name}"


class DeputyChoice(forms.ModelChoiceField):
    """Choose a colleague."""

    def label_from_instance(self, person: Any) -> str:
        """Return the name with unit and staff number, which tell namesakes apart."""
        return f"{person.full_name} · {person.org_unit} · {person.staff_no}"


class DelegationForm(forms.Form):
    """Who stands in for whom, from a day to a day."""

    held = forms.Field(label=_("Role to lend"))
    to_user = DeputyChoice(label=_("Deputy"), queryset=User.objects.none())
    valid_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=_("To"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day included; thirty days at most"),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"placeholder": _("Annual leave")})
    )

    def __init__(self, *args: Any, actor: User, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manages = actor.can("accounts.manage")
        people = User.objects.managed_by(actor) if manages else User.objects.filter(pk=actor.pk)
        held = RoleAssignment.objects.current(as_of).filter(user__in=people, role__in=DELEGABLE)
        held = held.select_related("user", "unit").order_by("user__staff_no", "role")
        self.fields["held"] = HeldRoleChoice(label=_("Role to lend"), queryset=held, with_name=manages)
        self.lendable = list(held[:500])
        deputies = services.possible_deputies(self.lendable)
        self.fields["to_user"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(pk__in=[person.pk for person in deputies]).select_related("org_unit")
        )
        self.fields["valid_from"].initial = as_of
        last = as_of + timedelta(days=DELEGATION_DAYS - 1)
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget.attrs["min"] = as_of.isoformat()
        self.fields["valid_to"].initial = min(as_of + timedelta(days=6), last)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = dict(self.cleaned_data)
        held = values.pop("held")
        return values | {"from_user": held.user, "role": held.role}
