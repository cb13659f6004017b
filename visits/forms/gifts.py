"""Forms of gifts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import Contact
from visits.choices import GiftCallback
from visits.forms.visits import DateInput, line, text
from visits.models import Gift, GiftStock, Visit


class StockChoice(forms.ModelChoiceField):
    """Choose a gift of a stock."""

    def label_from_instance(self, stock: Any) -> str:
        """Return the gift, where it lies and how many there are."""
        return _("%(gift)s · %(unit)s · %(count)d in stock") % {
            "gift": stock.gift,
            "unit": stock.org_unit,
            "count": stock.on_hand,
        }


class GiftForm(forms.Form):
    """Ask for a gift."""

    stock = StockChoice(label=_("Gift"), queryset=GiftStock.objects.none(), empty_label=None)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1000, initial=1)
    contact = forms.ModelChoiceField(
        label=_("For"), queryset=Contact.objects.none(), required=False, empty_label=_("Not decided yet"),
    )  # fmt: skip
    visit = forms.ModelChoiceField(
        label=_("Handed over on the visit"), queryset=Visit.objects.none(), required=False,
        empty_label=_("Not decided yet"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Occasion"), max_length=200, widget=line(placeholder=_("Anniversary of the contract"))
    )

    def __init__(self, *args: Any, client: Client, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stock = GiftStock.objects.visible_to(actor).filter(gift__active=True, on_hand__gt=0)
        self.fields["stock"].queryset = stock.select_related("gift", "org_unit")  # type: ignore[attr-defined]
        self.fields["contact"].queryset = Contact.objects.visible_to(actor).filter(  # type: ignore[attr-defined]
            client=client, left_on=None
        )
        visits = Visit.objects.visible_to(actor).filter(
            client=client, owner=actor, state__in=["PLANNED", "CONFIRMED", "IN_PROGRESS"]
        )
        self.fields["visit"].queryset = visits.select_related("client")  # type: ignore[attr-defined]


class SignForm(forms.Form):
    """The client's receipt."""

    signed_by = forms.CharField(label=_("Signed by"), max_length=60, widget=line())
    signed_on = forms.DateField(label=_("Signed on"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].initial = clock.today()


class RefusalForm(forms.Form):
    """Why a gift is refused."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=line())


class CallBackForm(forms.Form):
    """What the client said."""

    result = forms.ChoiceField(
        label=_("The client says"), choices=GiftCallback.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=text(2))


class TakeInForm(forms.Form):
    """Gifts that come into the stock."""

    gift = forms.ModelChoiceField(
        label=_("Gift"), queryset=Gift.objects.filter(active=True), empty_label=None
    )
    org_unit = forms.ModelChoiceField(label=_("Unit"), queryset=OrgUnit.objects.none(), empty_label=None)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100_000)
    note = forms.CharField(label=_("Delivery note"), max_length=200, required=False, widget=line())

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_unit"].queryset = units  # type: ignore[attr-defined]


class CountForm(forms.Form):
    """What was counted."""

    counted = forms.IntegerField(min_value=0, max_value=100_000)
    note = forms.CharField(max_length=200, required=False)


class NewGiftForm(forms.ModelForm):
    """A new kind of gift."""

    value_yuan = forms.DecimalField(
        label=_("Value of one, yuan"), min_value=0, max_value=100_000, decimal_places=2
    )

    class Meta:
        model = Gift
        fields = ["code", "name", "name_en"]
