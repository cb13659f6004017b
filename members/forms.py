"""Forms of people: they read and clean; what may be is the services' to say."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock, text
from crm.base.errors import BusinessError
from members import choices
from members.models import MOBILE, Contact, Member
from members.services.reveal import MIN_REASON


def accepted(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do the act; a refusal becomes sentences at the fields of the form, which keeps its input."""
    try:
        act()
    except BusinessError as refusal:
        known = {name: sentences for name, sentences in refusal.fields.items() if name in form.fields}
        for name, sentences in known.items():
            for sentence in sentences:
                form.add_error(name, str(sentence))
        if not known:
            form.add_error(None, str(refusal.message))
        return False
    return True


class DayInput(forms.DateInput):
    """The browser's own day picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MobileField(forms.CharField):
    """A mobile number as people write it: blanks, dashes, full-width digits and +86 are understood."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "off", "maxlength": 20}
        super().__init__(widget=forms.TextInput(attrs=attrs), validators=[MOBILE], **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the eleven digits."""
        digits = text.clean(super().to_python(value) or "").replace(" ", "").replace("-", "")
        return digits.removeprefix("+86").removeprefix("0086") if len(digits) > 11 else digits


def _starred(_value: str) -> str:
    """Show stars."""
    return "***"


class _Served(forms.ModelForm):
    """A form whose constraints are judged by the service, with sentences that know the whole case.

    Where the person sees the row `masked`, its personal fields begin empty, and stay as they are unless
    something is written into them.
    """

    personal: ClassVar[dict[str, Callable[[str], str]]] = {}

    def __init__(self, *args: Any, masked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = [name for name in self.personal if masked and self.initial.get(name)]
        for name in self._kept:
            field = self.fields[name]
            field.widget.attrs["placeholder"] = self.personal[name](str(self.initial.pop(name)))
            field.required = False
            field.help_text = _("Leave it empty to keep what is on file.")

    def clean(self) -> dict[str, Any]:
        """Leave out what is masked and was not written anew."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        return {
            name: value for name, value in found.items() if name not in self._kept or value not in (None, "")
        }

    def _post_clean(self) -> None:
        """Leave rows and constraints alone: the form only reads what people wrote."""


class ContactForm(_Served):
    """A key person or contact."""

    personal: ClassVar = {
        "name": text.mask_name,
        "salutation": _starred,
        "mobile": text.mask_mobile,
        "phone": _starred,
        "email": _starred,
        "birthday": _starred,
        "traits": _starred,
    }
    mobile = MobileField(label=_("mobile"), required=False)

    class Meta:
        model = Contact
        fields = (
            "kind", "name", "salutation", "position", "mobile", "phone", "email", "birthday", "traits",
        )  # fmt: skip
        widgets = {
            "birthday": DayInput(),
            "traits": forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
            "phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "mobile" not in self._kept:
            self.fields["mobile"].help_text = _("Prefer a number of our own network.")
        self.fields["kind"].choices = choices.ContactKind.choices  # type: ignore[attr-defined]

    def clean_traits(self) -> str:
        """Keep traits to a length people read."""
        value: str = self.cleaned_data["traits"]
        if len(value) > 500:
            raise forms.ValidationError(_("At most 500 characters."))
        return value


class ReplacementForm(ContactForm):
    """A new key person, and what becomes of the old one."""

    STAYS, LEAVES = "stays", "leaves"
    old = forms.ChoiceField(
        label=_("Until now"),
        choices=[
            (LEAVES, _("The key person until now leaves")),
            (STAYS, _("The key person until now stays as a contact")),
        ],
        widget=forms.RadioSelect,
        initial=LEAVES,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class LeaveForm(forms.Form):
    """The day somebody left."""

    left_on = forms.DateField(label=_("left on"), widget=DayInput(), initial=clock.today)


class MemberForm(_Served):
    """A member; the type shown is the one asked for, the rules settle the one given."""

    personal: ClassVar = {"msisdn": text.mask_mobile, "name": text.mask_name}
    msisdn = MobileField(label=_("mobile"))

    class Meta:
        model = Member
        fields = (
            "msisdn", "name", "position", "type", "source", "employment", "person_kind", "line_kind",
            "verified", "joined_on", "remark",
        )  # fmt: skip
        widgets = {"joined_on": DayInput()}
        help_texts = {
            "type": _("Unverified numbers, temporary staff and call behaviour make a family or call member."),
            "verified": _("Leave it out for numbers from campaigns whose truth is not sure."),
        }


class MoveForm(forms.Form):
    """Where a member goes."""

    client_code = forms.CharField(
        label=_("client code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The twelve digits of the client the member moves to."),
    )

    def __init__(self, *args: Any, writable: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.writable = writable

    def clean_client_code(self) -> Client:
        """Return the client among those the person may change."""
        code = text.clean(self.cleaned_data["client_code"])
        found: Client | None = self.writable.filter(client_code=code).select_related("org_unit").first()
        if found is None:
            raise forms.ValidationError(_("There is no such client among those you may change."))
        return found


class RevealForm(forms.Form):
    """Why a full value is needed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[MinLengthValidator(MIN_REASON, _("Say in a few words why you need it."))],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Who looked, at what and why stays in the audit trail."),
    )


class TraitForm(forms.Form):
    """A preference, request or taboo."""

    kind = forms.ChoiceField(label=_("kind"), choices=choices.TraitKind.choices)
    text = forms.CharField(
        label=_("trait"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class TieForm(forms.Form):
    """Who of ours knows the person, and on which step they call."""

    user = forms.ModelChoiceField(label=_("colleague"), queryset=User.objects.none())
    level = forms.TypedChoiceField(label=_("step"), choices=choices.EscalationLevel.choices, coerce=int)
    note = forms.CharField(label=_("how they know each other"), max_length=200, required=False)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues  # type: ignore[attr-defined]
