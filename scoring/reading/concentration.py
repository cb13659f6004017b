"""How much of the revenue the largest clients bring: shares, Lorenz curve, index (R15, S2-37)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache

from clients.choices import ClientStatus, FilingState
from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.params import registry
from scoring import statements
from scoring.statements import concentration as sql

MONTHS = 12
# A closed period changes only by late imports.
KEEP_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Top:
    """The share of the first so many clients; None where there is nothing to share."""

    place: int
    clients: float
    revenue: float | None
    profit: float | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """The spread of twelve closed months. Units: fen; shares 0 to 1; `hhi` 0 to 10,000."""

    clients: int
    revenue_fen: int
    profit_fen: int
    hhi: float | None
    tops: tuple[Top, ...]
    curve: tuple[tuple[float, float], ...]


def period(month: date) -> tuple[date, date]:
    """Return the half-open range of twelve months that ends with a month."""
    end = clock.add_months(month, 1)
    return clock.add_months(end, -MONTHS), end


def places(*, as_of: date) -> list[int]:
    """Return how many of the largest are looked at together."""
    return sorted({int(n) for n in registry.get("segment.top", as_of=as_of) if str(n).isdecimal()})


def _clients(user: User, unit: OrgUnit | None) -> Any:
    rows = (
        Client.objects.visible_to(user).filter(filing=FilingState.FILED).exclude(status=ClientStatus.CLOSED)
    )
    if unit:
        rows = rows.filter(org_unit__path__startswith=unit.path)
    return statements.compiled(rows.order_by().values("id"))


def concentration_of(
    user: User, *, month: date, places: list[int], unit: OrgUnit | None = None
) -> Concentration:
    """Return the spread of visible clients' revenue over the twelve months that end with a month."""
    key = f"concentration:{user.pk}:{unit.pk if unit else 0}:{month}:{'-'.join(map(str, places))}"
    found: Concentration | None = cache.get(key)
    if found is None:
        found = _spread(user, month, places, unit)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _spread(user: User, month: date, places: list[int], unit: OrgUnit | None) -> Concentration:
    clients, params = _clients(user, unit)
    rows = statements.rows(sql.SPREAD.format(clients=clients), [*params, *period(month), places])
    if not rows:
        return Concentration(0, 0, 0, None, (), ())
    n, fen, profit, squares = rows[0][3:]

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole > 0 else None

    at = {row[0]: row for row in rows}
    tops = tuple(
        Top(place, place / n, share(at[place][1], fen), share(at[place][2], profit))
        for place in places
        if place in at
    )
    curve = tuple((row[0] / n, row[1] / fen) for row in rows) if fen else ()
    hhi = round(float(squares) * 10_000, 1) if squares is not None else None
    return Concentration(n, fen, profit, hhi, tops, curve)


def largest(
    user: User, *, month: date, unit: OrgUnit | None = None, after: int = 0, limit: int = 50
) -> list[tuple[Client, int, int, int]]:
    """Return the largest clients in order: client, revenue, profit, place."""
    clients, params = _clients(user, unit)
    rows = statements.rows(sql.LARGEST.format(clients=clients), [*params, *period(month), after, limit])
    found = Client.objects.select_related("org_unit").in_bulk([row[0] for row in rows])
    return [(found[pk], fen, profit, place) for pk, fen, profit, place in rows if pk in found]
