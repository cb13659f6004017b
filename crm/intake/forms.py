"""Forms of imports: the upload, and the mapping of columns."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.intake.choices import Mode
from crm.intake.resources import resources

if TYPE_CHECKING:
    from crm.accounts.models import User


class UploadForm(forms.Form):
    """Which roster, which file, and what happens to records that exist."""

    roster = forms.ChoiceField(label=_("Roster"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx, .xls), OpenDocument (.ods) or CSV. It is kept privately."),
        widget=forms.ClearableFileInput(
            attrs={"class": "form-control", "accept": ".xlsx,.xls,.ods,.csv,.txt,.tsv", "required": True}
        ),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    mode = forms.ChoiceField(
        label=_("Records that exist already"),
        choices=Mode.choices,
        initial=Mode.OVERWRITE,
        widget=forms.RadioSelect,
    )
    all_or_nothing = forms.BooleanField(
        label=_("Write all rows or none"),
        required=False,
        help_text=_("Otherwise good rows are written and wrong ones come back to you."),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        """Offer the rosters the person may import."""
        super().__init__(*args, **kwargs)
        offered = [(name, roster.label) for name, roster in resources().items() if roster.may_import(user)]
        roster_field = cast(forms.ChoiceField, self.fields["roster"])
        roster_field.choices = offered
        if offered and not self.initial.get("roster"):
            self.initial["roster"] = offered[0][0]
