"""Forms of imports: the upload, and the filters of the history."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.intake.choices import BatchStatus, Mode
from crm.intake.querysets import ImportBatchQuerySet
from crm.intake.resources import offered_to, resources

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
        offered = [(name, roster.label) for name, roster in offered_to(user).items()]
        roster_field = cast(forms.ChoiceField, self.fields["roster"])
        roster_field.choices = offered
        if offered and not self.initial.get("roster"):
            self.initial["roster"] = offered[0][0]


class HistoryForm(forms.Form):
    """Which imports, in what state, by whom, when; all of it optional and in the address."""

    roster = forms.ChoiceField(label=_("Roster"), required=False)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *BatchStatus.choices]
    )
    who = forms.CharField(
        label=_("imported by"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("Name or staff number")}),
    )
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every roster."""
        super().__init__(*args, **kwargs)
        offered = [(name, roster.label) for name, roster in resources().items()]
        cast(forms.ChoiceField, self.fields["roster"]).choices = [("", _("All rosters")), *offered]

    @property
    def chosen(self) -> bool:
        """Say whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, queryset: ImportBatchQuerySet) -> ImportBatchQuerySet:
        """Return the imports asked for; a filter that cannot be read shows nothing and says so."""
        if not self.is_valid():
            return queryset.none()
        given = self.cleaned_data
        if given["roster"]:
            queryset = queryset.filter(roster=given["roster"])
        if given["status"]:
            queryset = queryset.filter(status=given["status"])
        if given["who"]:
            queryset = queryset.filter(
                Q(owner__staff_no=given["who"]) | Q(owner__full_name__icontains=given["who"])
            )
        if given["first"]:
            queryset = queryset.filter(created_at__gte=clock.at(given["first"]))
        if given["last"]:
            queryset = queryset.filter(created_at__lt=clock.next_midnight(given["last"]))
        return queryset
