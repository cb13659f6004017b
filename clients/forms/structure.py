"""What people type about the structure of a client."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.widgets import RemoteSelect
from crm.base.models import Region


class SiteForm(forms.Form):
    """A branch that is no client of ours."""

    name = forms.CharField(label=_("branch"), max_length=120)
    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("region"), required=False,
        widget=RemoteSelect("clients:pick_region", _("Province, city or county")),
    )  # fmt: skip
    country = forms.CharField(
        label=_("country, if abroad"), max_length=40, required=False,
        help_text=_("Leave empty for a branch in the country."),
    )  # fmt: skip
