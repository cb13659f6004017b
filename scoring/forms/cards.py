"""Forms of VIP e-cards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.choices import VipGrade
from scoring.choices import CardChannel


class VerifyForm(forms.Form):
    """What a scanner types, or what is read off a card."""

    code = forms.CharField(
        label=_("Scan or paste the code"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "autofocus": True, "spellcheck": "false"}
        ),
    )
    grade = forms.ChoiceField(
        label=_("Grade printed"),
        required=False,
        choices=[("", "—"), *[choice for choice in VipGrade.choices if choice[0] != "NONE"]],
    )
    card_no = forms.CharField(
        label=_("Number printed"),
        required=False,
        max_length=16,
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    valid_to = forms.DateField(
        label=_("Valid to, printed"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )

    def plain(self) -> dict[str, str]:
        """Return the printed part as it was read."""
        day = self.cleaned_data["valid_to"]
        return {
            "grade": self.cleaned_data["grade"],
            "card_no": self.cleaned_data["card_no"],
            "valid_to": day.isoformat() if day else "",
        }


class SendForm(forms.Form):
    """How the card goes out."""

    channel = forms.ChoiceField(label=_("Channel"), choices=CardChannel.choices)


class RevokeForm(forms.Form):
    """Why a card is taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )
