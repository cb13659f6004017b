"""What people type into the pages of accounts."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User


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
