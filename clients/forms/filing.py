"""The steps of a new file: the same fields as the whole file, a few at a time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.forms.clients import ClientForm

STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "identity": (
        "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype", "cluster_kind",
        "duplicate_reason",
    ),
    "classification": (
        "industry", "industry_type", "main_activity", "secondary_industries", "key_industry", "bank_level",
        "unit_relation", "parent", "has_own_finance", "parent_authorized", "has_legal_status",
        "authorization_doc", "employee_total",
        "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "monthly_spend_yuan",
    ),
    "place": (
        "region_scope", "region_reason", "hq_region", "grid", "phone_public", "address", "postal_address",
        "postcode", "website", "email",
    ),
}  # fmt: skip
ALWAYS = ("version", "org_unit", "am")


class StepForm(ClientForm):
    """One step of a file."""

    def __init__(self, *arguments: Any, step: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        wanted = {*STEP_FIELDS[step], *(ALWAYS if step == "identity" or self.instance.pk else ())}
        for name in list(self.fields):
            if name not in wanted:
                del self.fields[name]


class PaperForm(forms.Form):
    """A paper to hand in."""

    kind = forms.ChoiceField(label=_("kind of paper"), choices=choices.PaperKind.choices)
    title = forms.CharField(label=_("name of the paper"), max_length=80, required=False)
    file = forms.FileField(
        label=_("file"), help_text=_("PDF, PNG or JPEG, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip


class MergeDraftForm(forms.Form):
    """The parent whose file names the unit instead."""

    parent = forms.IntegerField()
    name = forms.CharField(max_length=200, required=False)
    headcount = forms.IntegerField(required=False, min_value=0)
