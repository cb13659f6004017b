"""The region suggested by the places of headquarters and branches, and where a file says otherwise."""

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left, Length, NullIf
from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState, RegionScope
from clients.models import BranchSite, Client
from clients.rules import region
from crm.base.errors import Invalid
from crm.base.expressions import evaluate, first_code, first_match


def derive_region(hq: region.Place, branches: Iterable[region.Place]) -> RegionScope:
    """Return the region that follows from the places of headquarters and branches (Source: S0-32, E178)."""
    scope = first_match(region.RULES, default=region.DEFAULT, output=CharField(max_length=14))
    return RegionScope(evaluate({"scope": scope}, region.count(hq, branches))["scope"])


def places_of(client: Client) -> tuple[region.Place, list[region.Place]]:
    """Return the place of headquarters and the places of branches, as the file knows them."""
    hq = region.Place(client.hq_region_id or client.org_unit.region_code)
    children = (
        Client.objects.filter(parent=client, closed_at=None)
        .annotate(place=Coalesce("hq_region_id", NullIf("org_unit__region_code", Value(""))))
        .values_list("place", flat=True)
    )
    sites = BranchSite.objects.filter(client=client).values_list("region_id", "country")
    branches = [region.Place(code or "") for code in children]
    branches += [region.Place(code or "", country) for code, country in sites]
    return hq, branches


def suggest_region(client: Client) -> tuple[RegionScope, bool]:
    """Return the region suggested for a client, and whether anything is known about its branches."""
    hq, branches = places_of(client)
    return derive_region(hq, branches), bool(branches)


def with_suggestion(clients: QuerySet[Client]) -> Any:
    """Return clients that have branches with the region suggested for each: for lists, in one statement."""
    places = _places()
    site = BranchSite.objects.filter(client=OuterRef("pk"))
    child = Client.objects.filter(parent=OuterRef("pk"), closed_at=None)
    own = Coalesce(F("hq_region_id"), NullIf(F("org_unit__region_code"), Value("")))
    return (
        clients.filter(Exists(child) | Exists(site))
        .annotate(own_place=own)
        .annotate(
            abroad=_one(
                site.exclude(country="").order_by().values("client").annotate(n=Count("pk")).values("n")
            ),
            provinces=1 + _beyond(places, 2),
            cities=1 + _beyond(places, 4),
        )
        .annotate(
            suggested=first_match(region.RULES, default=region.DEFAULT, output=CharField(max_length=14)),
            suggested_by=first_code(region.RULES, default="LOCAL"),
        )
    )


def _places() -> tuple[QuerySet[Any], QuerySet[Any]]:
    children = Client.objects.filter(parent=OuterRef("pk"), closed_at=None).annotate(
        place=Coalesce("hq_region_id", NullIf("org_unit__region_code", Value("")))
    )
    sites = BranchSite.objects.filter(client=OuterRef("pk")).annotate(place=F("region_id"))
    return children, sites


def _one(rows: Any) -> Any:
    return Coalesce(Subquery(rows), Value(0))


def _beyond(places: tuple[QuerySet[Any], QuerySet[Any]], digits: int) -> Any:
    """Return how many branches lie outside the headquarters' province (2 digits) or city (4)."""
    children, sites = places
    home = Left(OuterRef("own_place"), digits)
    return sum(
        (
            _one(
                rows.annotate(known=Length("place"))
                .filter(known__gte=digits)
                .annotate(part=Left("place", digits))
                .exclude(part=home)
                .order_by()
                .values(owner)
                .annotate(n=Count("pk"))
                .values("n")
            )
            for rows, owner in ((children, "parent"), (sites, "client"))
        ),
        start=Value(0),
    )


def region_mismatches(clients: QuerySet[Client]) -> Any:
    """Return filed clients whose region is not the one that follows from their branches (S0-32)."""
    filed = clients.filter(filing=FilingState.FILED, closed_at=None)
    return with_suggestion(filed).filter(~Q(suggested=F("region_scope")))


def check_region(client: Client) -> None:
    """Refuse a region that differs from the branches without a reason.

    Raises: Invalid REGION_REASON_REQUIRED.
    """
    if client._state.adding or client.region_reason:
        return
    suggested, known = suggest_region(client)
    if known and suggested != client.region_scope:
        sentence = _("By its branches this client is “%(region)s”. Take that, or say why it is not.") % {
            "region": suggested.label
        }
        raise Invalid("REGION_REASON_REQUIRED", sentence, fields={"region_scope": [sentence]})
