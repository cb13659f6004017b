"""The region a client works in, as it follows from the places of headquarters and branches (S0-32).

Places are counted, then the rules decide: a place abroad, another province, another city, else local.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.choices import RegionScope
from crm.base.expressions import Rule


@dataclass(frozen=True, slots=True)
class Place:
    """One place: a GB/T 2260 code, or a country when it lies abroad."""

    region: str = ""
    country: str = ""


RULES: tuple[Rule, ...] = (
    Rule("ABROAD", _("A branch or subsidiary lies abroad."), Q(abroad__gt=0),
         RegionScope.TRANSNATIONAL, "S0-28"),
    Rule("PROVINCES", _("There are branches in another province."), Q(provinces__gt=1),
         RegionScope.CROSS_PROVINCE, "S0-29, D-06"),
    Rule("CITIES", _("There are branches in another city of the province."), Q(cities__gt=1),
         RegionScope.CROSS_CITY, "S0-30"),
)  # fmt: skip
DEFAULT = RegionScope.LOCAL


def count(hq: Place, branches: Iterable[Place]) -> dict[str, int]:
    """Count places abroad, provinces and cities of a client; the facts of the rules."""
    places = [hq, *branches]
    inland = [place.region for place in places if place.region and not place.country]
    return {
        "abroad": sum(bool(place.country) for place in places),
        "provinces": len({code[:2] for code in inland}),
        "cities": len({code[:4] for code in inland if len(code) >= 4}),
    }
