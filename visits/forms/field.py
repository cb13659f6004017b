"""From the phone to domain types: a position, a photo, the place of a client, a whole visit."""

from collections.abc import Mapping
from decimal import Decimal
from math import atan2, cos, pi, sin, sqrt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from visits.choices import Fix
from visits.forms.visits import LogForm, TimeInput, line
from visits.services import Where

MOST_CLIENTS = 500


class WhereForm(forms.Form):
    """What a phone says of its position; numbers that make no sense are no position, never a refusal."""

    fix = forms.ChoiceField(choices=Fix.choices, required=False)
    latitude = forms.DecimalField(min_value=-90, max_value=90, required=False)
    longitude = forms.DecimalField(min_value=-180, max_value=180, required=False)
    accuracy_m = forms.FloatField(min_value=0, max_value=1_000_000, required=False)
    age_s = forms.FloatField(min_value=0, max_value=10_000_000, required=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Where:
        """Return the position."""
        form = cls(data)
        if not form.is_valid():
            return Where(fix=Fix.NONE)
        clean = form.cleaned_data
        fix = clean["fix"] or Fix.UNSENT
        if fix != Fix.GIVEN:
            return Where(fix=fix)
        if clean["latitude"] is None or clean["longitude"] is None:
            return Where(fix=Fix.NONE)
        return Where(
            fix=fix,
            latitude=round(clean["latitude"], 6),
            longitude=round(clean["longitude"], 6),
            accuracy_m=round(clean["accuracy_m"]) if clean["accuracy_m"] is not None else None,
            age_s=round(clean["age_s"]) if clean["age_s"] is not None else None,
        )


# ---- Maps of the country write shifted degrees; kept is WGS-84.
AXIS = 6378245.0
FLATNESS = 0.00669342162296594323


def _shift(lat: float, lon: float) -> tuple[float, float]:
    """Return by how much GCJ-02 differs from WGS-84 there. Units: degrees."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    by_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    by_lat += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    by_lat += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    by_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    by_lon += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    by_lon += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    radians = lat / 180 * pi
    magic = 1 - FLATNESS * sin(radians) ** 2
    return (
        by_lat * 180 / ((AXIS * (1 - FLATNESS)) / (magic * sqrt(magic)) * pi),
        by_lon * 180 / (AXIS / sqrt(magic) * cos(radians) * pi),
    )


def from_gcj(lat: float, lon: float) -> tuple[float, float]:
    """Return WGS-84 of degrees read from Gaode or Tencent maps."""
    north, east = _shift(lat, lon)
    return lat - north, lon - east


def from_bd(lat: float, lon: float) -> tuple[float, float]:
    """Return WGS-84 of degrees read from Baidu maps."""
    x, y = lon - 0.0065, lat - 0.006
    far = sqrt(x * x + y * y) - 0.00002 * sin(y * pi * 3000 / 180)
    turn = atan2(y, x) - 0.000003 * cos(x * pi * 3000 / 180)
    return from_gcj(far * sin(turn), far * cos(turn))


READ_FROM = {
    "WGS": (_("GPS, or this phone"), lambda lat, lon: (lat, lon)),
    "GCJ": (_("Gaode or Tencent map"), from_gcj),
    "BD": (_("Baidu map"), from_bd),
}


class PlaceForm(forms.Form):
    """Where a client is."""

    latitude = forms.DecimalField(
        label=_("Latitude"), min_value=-90, max_value=90, widget=line(inputmode="decimal"),
        error_messages={"invalid": _("Write degrees, such as 30.274085.")},
    )  # fmt: skip
    longitude = forms.DecimalField(
        label=_("Longitude"), min_value=-180, max_value=180, widget=line(inputmode="decimal"),
        error_messages={"invalid": _("Write degrees, such as 120.155070.")},
    )  # fmt: skip
    read_from = forms.ChoiceField(
        label=_("Read from"), choices=[(code, label) for code, (label, _turn) in READ_FROM.items()],
        initial="WGS", widget=forms.RadioSelect,
    )  # fmt: skip

    def degrees(self) -> dict[str, Decimal]:
        """Return WGS-84."""
        clean = self.cleaned_data
        lat, lon = READ_FROM[clean["read_from"]][1](float(clean["latitude"]), float(clean["longitude"]))
        return {"latitude": round(Decimal(lat), 6), "longitude": round(Decimal(lon), 6)}


class RecordForm(LogForm):
    """A whole visit that nobody planned, with its log."""

    client = forms.ModelChoiceField(
        label=_("Client"), queryset=Client.objects.none(), empty_label=_("Choose a client"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    arrived = forms.TimeField(label=_("Arrived"), required=False, widget=TimeInput())
    unscheduled_reason = forms.CharField(
        label=_("Reason for coming unannounced"), max_length=200, widget=line(must=True)
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Client.objects.visible_to(user).filter(am=user).exclude(status="CLOSED").order_by("name")
        field: Any = self.fields["client"]
        field.queryset = mine[:MOST_CLIENTS] if not self.is_bound else mine
