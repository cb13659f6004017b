"""What people type into the pages of clients; the services judge it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models import Agreement, Client, Grid, Industry, Product
from clients.widgets import RemoteSelect
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.uploads import read_paper

SECTIONS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("identity", _("Who they are"), (
        "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype", "cluster_kind",
        "licence_scan", "duplicate_reason",
    )),
    ("whose", _("Unit and manager"), ("org_unit", "am")),
    ("industry", _("Industry"), (
        "industry", "industry_type", "main_activity", "secondary_industries", "key_industry", "bank_level",
    )),
    ("structure", _("Region and structure"), (
        "region_scope", "region_reason", "hq_region", "unit_relation", "parent", "has_own_finance",
        "parent_authorized", "has_legal_status", "authorization_doc",
    )),
    ("reach", _("Where and how to reach them"), (
        "grid", "phone_public", "address", "postal_address", "postcode", "website", "email",
    )),
    ("scale", _("Scale and share"), (
        "employee_total", "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "mobile_count",
        "monthly_spend_yuan", "national_rank", "tax_rank_province", "tax_rank_city", "tax_year",
    )),
    ("weight", _("Influence and marks"), (
        "is_party_gov_military", "is_provincial_media", "influence_level", "ict_demand_score", "is_strategic",
        "is_benchmark",
    )),
    ("more", _("More"), (
        "founded_on", "registered_capital_yuan", "competitor_contract_ends_on", "decision_chain",
        "budget_month", "office_photo", "remark",
    )),
)  # fmt: skip

YUAN = {
    "monthly_spend_yuan": "monthly_telecom_spend_fen",
    "registered_capital_yuan": "registered_capital_fen",
}
PAPERS = ("licence_scan", "authorization_doc", "office_photo")


def _usual_unit(user: User, units: Any) -> int | None:
    """Return the unit a new file most likely belongs to: the lowest above the desk that is no team."""
    own = user.org_unit
    if own is None:
        return None
    above = [own.path[:length] for length in range(OrgUnit.steplen, len(own.path) + 1, OrgUnit.steplen)]
    kept = units.filter(path__in=above).exclude(type__in=[UnitType.DEPT, UnitType.TEAM])
    found: OrgUnit | None = kept.order_by("-path").first()
    return found.pk if found else own.pk


def _sections() -> list[tuple[str, str]]:
    """Return the twenty sections of the national table."""
    return [(row.pk, str(row)) for row in Industry.objects.filter(level=1)]


class ClientForm(forms.ModelForm):
    """The file of one client, by sections."""

    monthly_spend_yuan = forms.DecimalField(
        label=_("monthly telecom spend, yuan"), required=False, min_value=0, max_digits=13, decimal_places=2
    )
    registered_capital_yuan = forms.DecimalField(
        label=_("registered capital, yuan"), required=False, min_value=0, max_digits=17, decimal_places=2
    )
    org_unit = forms.ModelChoiceField(OrgUnit.objects.none(), label=_("unit"))
    am = forms.ModelChoiceField(
        User.objects.none(), label=_("account manager"), required=False,
        widget=RemoteSelect("clients:pick_person"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    secondary_industries = forms.MultipleChoiceField(
        label=_("secondary industries"), required=False, choices=_sections,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Further activities, if there are any; the main activity decides the industry."),
    )  # fmt: skip

    class Meta:
        model = Client
        fields = [
            "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype",
            "cluster_kind", "licence_scan", "duplicate_reason", "industry", "industry_type", "main_activity",
            "secondary_industries", "key_industry", "bank_level", "region_scope", "region_reason",
            "hq_region", "unit_relation", "parent", "national_rank",
            "has_own_finance", "parent_authorized", "has_legal_status", "authorization_doc", "grid",
            "phone_public", "address", "postal_address", "postcode", "website", "email", "employee_total",
            "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "mobile_count", "tax_rank_province",
            "tax_rank_city", "tax_year", "is_party_gov_military", "is_provincial_media", "influence_level",
            "ict_demand_score", "is_strategic", "is_benchmark", "founded_on", "competitor_contract_ends_on",
            "decision_chain", "budget_month", "office_photo", "remark",
        ]  # fmt: skip
        widgets = {
            "industry": RemoteSelect("clients:pick_industry", _("Name or code of GB/T 4754")),
            "grid": RemoteSelect("clients:pick_grid", _("Name or code of the grid")),
            "parent": RemoteSelect("clients:pick", _("Name, pinyin or code")),
            "hq_region": RemoteSelect("clients:pick_region", _("Province, city or county")),
            "main_activity": forms.Textarea(attrs={"rows": 2}),
            "remark": forms.Textarea(attrs={"rows": 2}),
            "decision_chain": forms.Textarea(attrs={"rows": 2}),
            "founded_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "competitor_contract_ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "licence_scan": forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
            "authorization_doc": forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
            "office_photo": forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
            "uscc": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
            "postcode": forms.TextInput(attrs={"inputmode": "numeric"}),
            "phone_public": forms.TextInput(attrs={"inputmode": "tel"}),
        }
        help_texts = {
            "name": _("As on the business licence."),
            "uscc": _("18 characters; small letters and full-width digits are corrected."),
            "phone_public": _("The number the organisation announces itself."),
            "industry": _("By the main activity; down to the group at least."),
            "mobile_count": _(
                "Only if the mobiles were counted otherwise; it replaces the sum of the three."
            ),
            "duplicate_reason": _("Only when an organisation of this name is already filed in this city."),
            "region_reason": _("Only when the region is not the one its branches suggest."),
            "employee_total": _("Everybody who works there; zero if nobody does."),
        }

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.user = user
        client: Client = self.instance
        self.fields["parent"].queryset = Client.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["grid"].queryset = Grid.objects.visible_to(user)  # type: ignore[attr-defined]
        if client.pk:
            del self.fields["org_unit"], self.fields["am"]
            self.fields["version"].initial = client.version
            for name, column in YUAN.items():
                fen = getattr(client, column)
                self.fields[name].initial = None if fen is None else Decimal(fen) / 100
        else:
            units = user.scope.units(OrgUnit.objects.all()).filter(active=True)
            self.fields["org_unit"].queryset = units  # type: ignore[attr-defined]
            self.fields["org_unit"].initial = _usual_unit(user, units)
            self.fields["am"].queryset = User.objects.visible_to(user).active()  # type: ignore[attr-defined]
            del self.fields["version"]
            if not user.can("clients.assign"):
                del self.fields["am"]
            if units.count() == 1:
                self.fields["org_unit"].widget = forms.HiddenInput()
                self.fields["org_unit"].initial = units.get().pk
        if not user.can("clients.approve"):
            del self.fields["is_strategic"], self.fields["is_benchmark"]
        for name in ("name", "uscc", "licence_no"):
            self.fields[name].widget.attrs["data-duplicates"] = ""

    def _post_clean(self) -> None:
        """Leave the judging of values to the service: one rule, three doors."""

    def clean(self) -> dict[str, Any]:
        """Look into uploads; everything else is the service's."""
        for name in PAPERS:
            upload = self.files.get(self.add_prefix(name))
            if upload is not None:
                try:
                    read_paper(upload, field=name, images_only=name == "office_photo")
                except BusinessError as error:
                    self.add_error(name, str(error.message))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Return what the service takes: fen for yuan; papers go their own way."""
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("org_unit", "am", "version", *YUAN, *PAPERS)
        }
        for name, column in YUAN.items():
            if name in self.fields:
                amount = self.cleaned_data.get(name)
                values[column] = None if amount is None else int(amount * 100)
        return values

    def papers(self) -> dict[str, UploadedFile]:
        """Return the papers chosen anew, by column."""
        found = {name: self.files.get(self.add_prefix(name)) for name in PAPERS if name in self.fields}
        return {name: upload for name, upload in found.items() if upload}

    def sections(self) -> list[dict[str, Any]]:
        """Return the sections with the fields this person has."""
        found = []
        for code, label, names in SECTIONS:
            fields = [self[name] for name in names if name in self.fields]
            if any(not field.is_hidden for field in fields):
                found.append({"code": code, "label": label, "fields": fields,
                              "errors": any(field.errors for field in fields)})  # fmt: skip
            else:
                found += [{"code": code, "label": "", "fields": fields, "errors": False}] if fields else []
        return found

    def take(self, error: BusinessError) -> None:
        """Show a refusal of the service at its fields."""
        placed = False
        for name, sentences in error.fields.items():
            shown = next((form for form, column in YUAN.items() if column == name), name)
            if shown in self.fields:
                self.add_error(shown, forms.ValidationError([str(s) for s in sentences]))
                placed = True
        if not placed:
            self.add_error(None, str(error.message))


class ProductOrderForm(forms.Form):
    """Order a product."""

    product = forms.ModelChoiceField(Product.objects.filter(active=True), label=_("product"))
    pay_mode = forms.ChoiceField(label=_("payment"), choices=choices.PayMode.choices)
    circuit_id = forms.CharField(label=_("circuit"), required=False, max_length=40)
    bandwidth_kbps = forms.IntegerField(
        label=_("bandwidth, kbit/s"), required=False, min_value=1, max_value=2**31 - 1
    )
    agreement = forms.ModelChoiceField(Agreement.objects.none(), label=_("agreement"), required=False)
    on = forms.DateField(
        label=_("ordered on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["on"].initial = clock.today()


class ProductMoveForm(forms.Form):
    """The day of opening or cancelling."""

    on = forms.DateField(required=False)


class AssignForm(forms.Form):
    """Who takes a client over, and why."""

    manager = forms.ModelChoiceField(
        User.objects.none(), label=_("account manager"), widget=RemoteSelect("clients:pick_person")
    )
    reason = forms.CharField(label=_("reason"), max_length=200, required=False)

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["manager"].queryset = User.objects.visible_to(user).active()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is refused or ended."""

    reason = forms.CharField(label=_("reason"), max_length=200)


class MergeForm(forms.Form):
    """A unit that is named in its parent's file."""

    name = forms.CharField(label=_("merged unit"), max_length=200)
    headcount = forms.IntegerField(label=_("people"), required=False, min_value=0)
