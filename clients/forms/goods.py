"""Agreements, terms of products, lines, competitors and churn as people type them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models import Agreement, Client, ClientProduct, NeedTemplate, Product
from clients.services.lines import numbers_in
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.uploads import read_paper

ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class Taking(forms.Form):
    """A form that shows a refusal of the service at its fields."""

    def take(self, error: BusinessError, names: dict[str, str] | None = None) -> None:
        """Put the sentences where they belong; what has no field stands above the form."""
        placed = False
        for name, sentences in error.fields.items():
            shown = (names or {}).get(name, name)
            if shown in self.fields:
                self.add_error(shown, forms.ValidationError([str(s) for s in sentences]))
                placed = True
        if not placed:
            self.add_error(None, str(error.message))


class AgreementForm(Taking):
    """One agreement."""

    no = forms.CharField(label=_("agreement number"), max_length=40)
    type = forms.ChoiceField(label=_("kind of agreement"), choices=choices.AgreementType.choices)
    scope = forms.ChoiceField(label=_("scope of the agreement"), choices=choices.AgreementScope.choices)
    signed_on = day_field(_("signed on"))
    effective_on = day_field(_("in force from"), required=False, help_text=_("Empty: from the signing on."))
    expires_on = day_field(_("in force until"), required=False, help_text=_("Empty: without an end."))
    signer_contact = forms.TypedChoiceField(
        label=_("contact who signed"), required=False, coerce=int, empty_value=None
    )
    signer_name = forms.CharField(
        label=_("signed by"), required=False, max_length=60,
        help_text=_("Only if the person is none of the contacts."),
    )  # fmt: skip
    attachment = forms.FileField(
        label=_("paper of the agreement"), required=False, help_text=_("PDF, PNG or JPEG, up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip
    remark = forms.CharField(label=_("remark"), required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *arguments: Any,
        signers: list[tuple[int, str]],
        agreement: Agreement | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.fields["signer_contact"].choices = [("", "—"), *signers]  # type: ignore[attr-defined]
        if agreement is None:
            del self.fields["version"]
            self.initial.setdefault("signed_on", clock.today())
        else:
            self.initial.update(
                {name: getattr(agreement, name) for name in self.fields if name != "attachment"}
            )
            self.fields["signed_on"].widget.attrs.pop("autofocus", None)

    def clean_attachment(self) -> Any:
        """Refuse what is not what its name says."""
        upload = self.cleaned_data.get("attachment")
        if not upload:
            return upload
        try:
            paper = read_paper(upload)
        except BusinessError as error:
            raise forms.ValidationError(str(error.message)) from error
        # The ending says what the content is, not what somebody called it.
        paper.content.name = "paper" + ENDINGS[paper.content_type]
        return paper.content

    def values(self) -> dict[str, Any]:
        """Return what the service takes; the paper only when a new one was chosen."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if not found.get("attachment"):
            found.pop("attachment", None)
        return found


class EndForm(Taking):
    """When and why something ends."""

    on = day_field(_("day of the end"), required=False)
    reason = forms.CharField(label=_("reason"), max_length=200)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial.setdefault("on", clock.today())


class AgreementChoice(forms.ModelChoiceField):
    """Choose an agreement of the client by what people know it by."""

    def label_from_instance(self, obj: Any) -> str:
        """Return number, kind and end."""
        end = f" → {obj.expires_on}" if obj.expires_on else ""
        return f"{obj.no} · {obj.get_type_display()}{end}"


class TermsForm(Taking):
    """How a product is paid, bound, agreed and connected."""

    pay_mode = forms.ChoiceField(label=_("payment"))
    agreement = AgreementChoice(Agreement.objects.none(), label=_("agreement"), required=False)
    bound = forms.BooleanField(
        label=_("bound"), required=False, help_text=_("The numbers are bound to the product in the network.")
    )
    circuit_id = forms.CharField(label=_("circuit"), required=False, max_length=40)
    bandwidth_kbps = forms.IntegerField(
        label=_("bandwidth, kbit/s"), required=False, min_value=1, max_value=2**31 - 1
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, row: ClientProduct, **named: Any) -> None:
        super().__init__(*arguments, **named)
        modes = [choice for choice in choices.PayMode.choices if choice[0] in row.product.pay_modes]
        self.fields["pay_mode"].choices = modes  # type: ignore[attr-defined]
        self.fields["agreement"].queryset = Agreement.objects.filter(client=row.client_id)  # type: ignore[attr-defined]
        if not row.product.needs_circuit and not row.circuit_id:
            del self.fields["circuit_id"], self.fields["bandwidth_kbps"]
        self.initial.update({name: getattr(row, name) for name in self.fields if name != "agreement"})
        self.initial["agreement"] = row.agreement_id


class LinesForm(Taking):
    """A pasted list of numbers."""

    line_kind = forms.ChoiceField(label=_("kind of line"))
    numbers = forms.CharField(
        label=_("numbers"), max_length=120_000,
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "numeric"}),
        help_text=_("One a line, or separated by commas; up to 5,000 at once."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, row: ClientProduct, **named: Any) -> None:
        super().__init__(*arguments, **named)
        kinds = [choice for choice in choices.ProductLineKind.choices if choice[0] in row.product.line_kinds]
        self.fields["line_kind"].choices = kinds  # type: ignore[attr-defined]

    def clean_numbers(self) -> list[str]:
        """Take the numbers apart."""
        return numbers_in(self.cleaned_data["numbers"])


class SightingForm(Taking):
    """A competitor seen at a client."""

    operator = forms.ChoiceField(label=_("operator"), choices=choices.Operator.choices)
    product = forms.CharField(label=_("product offered"), required=False, max_length=60)
    action = forms.CharField(label=_("what they do"), max_length=200)
    price_yuan = forms.DecimalField(
        label=_("price, yuan"), required=False, min_value=0, max_digits=13, decimal_places=2
    )
    seen_on = day_field(_("seen on"))
    impact = forms.ChoiceField(label=_("impact"), choices=choices.Level.choices, initial=choices.Level.MID)
    disposition = forms.ChoiceField(
        label=_("what we do about it"), choices=[("", "—"), *choices.SightingDisposition.choices]
    )
    note = forms.CharField(label=_("remark"), required=False, max_length=200)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial.setdefault("seen_on", clock.today())

    def values(self) -> dict[str, Any]:
        """Return what the service takes: fen for yuan."""
        found = dict(self.cleaned_data)
        yuan = found.pop("price_yuan")
        return found | {"price_fen": None if yuan is None else int(yuan * 100)}


class RiskForm(Taking):
    """Why a client may leave."""

    reason = forms.CharField(label=_("reason"), max_length=200)
    level = forms.ChoiceField(label=_("level"), choices=choices.Level.choices, initial=choices.Level.MID)


class DisposeForm(Taking):
    """How a churn alert ended."""

    disposition = forms.ChoiceField(
        label=_("outcome"), choices=[("", "—"), *choices.ChurnDisposition.choices]
    )
    note = forms.CharField(
        label=_("what was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300})
    )


class SettleForm(Taking):
    """What became of a circuit difference."""

    disposition = forms.ChoiceField(
        label=_("what became of it"),
        choices=[("", "—"), *(c for c in choices.CircuitDisposition.choices if c[0] != "GONE")],
    )
    note = forms.CharField(label=_("remark"), max_length=200)


class CatalogueForm(Taking):
    """The rules of one product of the catalogue."""

    code = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_]*$", label=_("product code"), max_length=20,
        help_text=_("Letters, digits and underlines; it is never changed again."),
    )  # fmt: skip
    name = forms.CharField(label=_("product"), max_length=60)
    name_en = forms.CharField(label=_("name in English"), max_length=60)
    family = forms.ChoiceField(label=_("family"), choices=choices.ProductFamily.choices)
    counts_as_ict = forms.ChoiceField(label=_("informatisation revenue"), choices=choices.CountsAsIct.choices)
    pay_modes = forms.MultipleChoiceField(
        label=_("ways to pay"), choices=choices.PayMode.choices, widget=forms.CheckboxSelectMultiple
    )
    line_kinds = forms.MultipleChoiceField(
        label=_("lines it may have"), required=False, choices=choices.ProductLineKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    needs_agreement = forms.BooleanField(label=_("needs an agreement"), required=False)
    needs_circuit = forms.BooleanField(label=_("needs a circuit"), required=False)
    is_group_product = forms.BooleanField(label=_("group product"), required=False)
    active = forms.BooleanField(label=_("active"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, product: Product | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if product is None:
            del self.fields["version"]
            self.initial.update(
                {"pay_modes": choices.PayMode.values, "is_group_product": True, "active": True}
            )
        else:
            del self.fields["code"]
            self.initial.update({name: getattr(product, name) for name in self.fields})


class NeedForm(Taking):
    """A typical need of an industry."""

    key_industry = forms.ChoiceField(
        label=_("key industry"), required=False, choices=[("", "—"), *choices.KeyIndustry.choices]
    )
    industry_section = forms.ChoiceField(label=_("industry section"), required=False)
    text = forms.CharField(label=_("need"), max_length=80)
    text_en = forms.CharField(label=_("need in English"), required=False, max_length=120)
    position = forms.IntegerField(label=_("order"), min_value=0, max_value=999, initial=0)
    active = forms.BooleanField(label=_("active"), required=False, initial=True)

    def __init__(self, *arguments: Any, need: NeedTemplate | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        from clients.models import Industry

        sections = Industry.objects.filter(level=1).values_list("code", "name")
        self.fields["industry_section"].choices = [  # type: ignore[attr-defined]
            ("", "—"), *((code, f"{code} {name}") for code, name in sections),
        ]  # fmt: skip
        if need is not None:
            self.initial.update({name: getattr(need, name) for name in self.fields})


def order_form_for(client: Client, form: forms.Form) -> forms.Form:
    """Add the client's agreements to the form that orders a product."""
    form.fields["agreement"].queryset = Agreement.objects.filter(client=client, ended_on=None)  # type: ignore[attr-defined]
    return form
