"""Forms of on-site events."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Product
from crm.accounts.models import User
from crm.base import clock
from visits import services
from visits.choices import EventMaterial, PlaceKind
from visits.forms.gifts import StockChoice
from visits.forms.visits import line, text
from visits.models import EventProduct, EventResult, GiftStock, OnSiteEvent


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%Y-%m-%dT%H:%M")


class EventForm(forms.Form):
    """What, where and when."""

    title = forms.CharField(
        label=_("Topic"), max_length=80, widget=line(placeholder=_("V-net and broadband at the canteen"))
    )
    place_kind = forms.ChoiceField(
        label=_("Kind of place"), choices=PlaceKind.choices, widget=forms.RadioSelect
    )
    place = forms.CharField(label=_("Place"), max_length=200, widget=line())
    starts_at = forms.DateTimeField(label=_("Begin"), widget=MomentInput())
    ends_at = forms.DateTimeField(label=_("End"), widget=MomentInput())
    warmup_plan = forms.CharField(
        label=_("Warm-up and notice at the client"),
        max_length=500,
        required=False,
        widget=text(2, placeholder=_("Poster at the gate and a notice in the office group two days before")),
    )
    materials_needed = forms.MultipleChoiceField(
        label=_("Material that is needed"),
        choices=EventMaterial.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @staticmethod
    def defaults(client: Client) -> dict[str, Any]:
        """Return what a new plan starts with: in a week, over noon, at the client's address."""
        on = clock.today() + timedelta(days=7)
        return {
            "place": client.address,
            "place_kind": PlaceKind.CANTEEN,
            "starts_at": clock.at(on, 11),
            "ends_at": clock.at(on, 14),
            "materials_needed": list(EventMaterial.values),
        }

    @staticmethod
    def of(event: OnSiteEvent) -> dict[str, Any]:
        """Return what stands in a plan."""
        return {name: getattr(event, name) for name in EventForm.base_fields}


class StaffForm(forms.Form):
    """One more for the team."""

    user = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("A helper"),
    )
    helper = forms.CharField(label=_("Or a helper by name"), max_length=40, required=False, widget=line())
    duty = forms.CharField(
        label=_("Does"), max_length=60, required=False, widget=line(placeholder=_("Takes orders"))
    )
    is_leader = forms.BooleanField(label=_("Leads the stand"), required=False)

    def __init__(self, *args: Any, event: OnSiteEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = services.colleagues(event.org_unit).exclude(  # type: ignore[attr-defined]
            pk__in=event.staff.exclude(user=None).values("user")
        )


class ProductForm(forms.ModelForm):
    """What is said, offered and supported for a product."""

    class Meta:
        model = EventProduct
        fields = [
            "product",
            "script",
            "tariff",
            "target_qty",
            "support_hall",
            "support_phone",
            "system_ready",
            "needs_check",
        ]
        widgets = {
            "script": text(2),
            "tariff": text(2),
            "support_hall": line(),
            "support_phone": line(inputmode="tel"),
        }

    def __init__(self, *args: Any, event: OnSiteEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["product"]
        else:
            self.fields["product"].queryset = Product.objects.filter(active=True).exclude(  # type: ignore[attr-defined]
                pk__in=event.products.values("product")
            )
        self.fields["target_qty"].min_value = 1  # type: ignore[attr-defined]

    def validate_unique(self) -> None:
        """Leave it to the service, which says it in a sentence."""


class EventGiftForm(forms.Form):
    """Gifts to give away."""

    stock = StockChoice(label=_("Gift"), queryset=GiftStock.objects.none(), empty_label=None)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10_000)

    def __init__(self, *args: Any, event: OnSiteEvent, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stock = GiftStock.objects.visible_to(actor).filter(gift__active=True, on_hand__gt=0)
        self.fields["stock"].queryset = stock.exclude(  # type: ignore[attr-defined]
            pk__in=event.gifts.values("stock")
        ).select_related("gift", "org_unit")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=line())


class EvaluationForm(forms.ModelForm):
    """The words of the evaluation, parts two to five (Source: S1-62)."""

    class Meta:
        model = EventResult
        fields = [
            "client_situation",
            "strategy",
            "site_situation",
            "sales_effect",
            "feedback",
            "success",
            "failure",
            "staff_quality",
        ]
        widgets = {name: text(2) for name in fields}


class PhotoForm(forms.Form):
    """A picture of the site."""

    photo = forms.FileField(
        label=_("Photo"), widget=forms.FileInput(attrs={"class": "form-control", "accept": "image/*"})
    )
    caption = forms.CharField(label=_("Caption"), max_length=80, required=False, widget=line())


class SignInForm(forms.Form):
    """What somebody who comes to the stand leaves behind."""

    name = forms.CharField(
        label=_("Full name"), max_length=40, widget=line(autocomplete="name", enterkeyhint="next")
    )
    msisdn = forms.CharField(
        label=_("Mobile"), max_length=20, widget=line(inputmode="tel", autocomplete="tel")
    )
    interests = forms.ModelMultipleChoiceField(
        label=_("Interested in"),
        queryset=EventProduct.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.BooleanField(label=_("I agree"), required=False)

    def __init__(self, *args: Any, event: OnSiteEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interests"].queryset = event.products.select_related("product")  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {**self.cleaned_data, "interests": [row.pk for row in self.cleaned_data["interests"]]}


class StandForm(SignInForm):
    """The same at the stand, with the key and the time the phone gave it."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput())
    signed_at = forms.DateTimeField(required=False, widget=forms.HiddenInput())
