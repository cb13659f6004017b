"""Visits owed: the list with its reasons, the sums by manager, and the week they would fill."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from clients.choices import ClientStatus, GridLevel
from clients.models import Client, Grid
from crm.accounts.models import User
from crm.base.text import INT, read_number
from crm.params import registry
from visits import calendar
from visits.models import Visit
from visits.querysets.debt import AHEAD, with_owed
from visits.rules import week as rules
from visits.services.debt import next_week, owed_numbers

PAGE = 50
CANDIDATES = 500


def clients_of(user: User, *, team: bool) -> Any:
    """Return the clients whose visits the person looks after: own ones, or those in scope."""
    found = Client.objects.visible_to(user) if team else Client.objects.managed_by(user)
    return found.filed().exclude(status=ClientStatus.CLOSED)


def owed(clients: Any, today: date) -> Any:
    """Add what is owed, by the parameters of the day."""
    return with_owed(clients, as_of=today, numbers=owed_numbers(today))


def why(client: Any) -> str:
    """Say how the visits owed come together, for one client of the list."""
    parts = [_("tier %(tier)s: %(n)d a quarter") % {"tier": client.value_tier, "n": client.owed_tier}]
    if client.owed_life:
        parts.append(_("silent: %(n)d more") % {"n": client.owed_life})
    if client.owed_star:
        parts.append(_("key person with many stars: %(n)d more") % {"n": client.owed_star})
    done = _("visited %(made)d, planned %(ahead)d") % {"made": client.made, "ahead": client.ahead}
    return " · ".join([" + ".join(parts), done])


def debtors(clients: Any, today: date, *, after: str = "") -> Any:
    """Return clients that are owed visits, most first; `after` is debt and code of the last one shown."""
    rows = owed(clients, today).filter(debt__gt=0).select_related("am")
    first, _dot, code = after.partition(".")
    if (debt := read_number(first, most=INT)) is not None and code:
        rows = rows.filter(Q(debt__lt=debt) | Q(debt=debt, client_code__gt=code))
    return rows.order_by("-debt", "client_code")


def totals(clients: Any, today: date) -> dict[str, int]:
    """Return how many clients are owed visits, how many visits, and how many of them nobody planned."""
    rows = owed(clients, today).filter(debt__gt=0)
    found: dict[str, int] = rows.order_by().aggregate(
        clients=Count("pk"), visits=Sum("debt", default=0), unplanned=Sum("to_plan", default=0)
    )
    return found


def by_manager(clients: Any, today: date) -> list[dict[str, Any]]:
    """Return the same by manager, most owed first; at most a hundred lines."""
    rows = (
        owed(clients, today)
        .filter(debt__gt=0)
        .order_by()
        .values("am", manager=F("am__full_name"))
        .annotate(clients=Count("pk"), visits=Sum("debt"), unplanned=Sum("to_plan"))
    )
    found: list[dict[str, Any]] = sorted(rows, key=lambda row: (-row["visits"], row["manager"] or ""))
    return found[:100]


# ---- The coming week


@dataclass(frozen=True, slots=True)
class Proposed:
    """One visit of the proposal as it is shown."""

    client: Any
    at: datetime
    district: str
    why: str

    @property
    def value(self) -> str:
        """Return what the ticked box sends."""
        return f"{self.client.pk}|{self.at.isoformat()}"


def proposal(user: User, today: date) -> list[tuple[date, list[Proposed], int]]:
    """Return the working days of the coming week: day, visits proposed, visits already planned."""
    first, last = next_week(today)
    days = calendar.working_days(first, last)
    capacity = registry.get("visits.day_capacity", as_of=today)
    taken: dict[date, list[datetime]] = defaultdict(list)
    busy = set()
    for visit in Visit.objects.filter(owner=user, state__in=AHEAD).on(first, last):
        taken[visit.visit_on].append(visit.planned_at)
        busy.add(visit.client_id)
    rows = owed(clients_of(user, team=False), today).filter(to_plan__gt=0).exclude(pk__in=busy)
    longest = F("last_visited_on").asc(nulls_first=True)
    found = {
        row.pk: row
        for row in rows.select_related("grid").order_by("-to_plan", longest, "client_code")[:CANDIDATES]
    }
    names = _districts([row.grid for row in found.values() if row.grid])
    candidates = [
        rules.Candidate(
            row.pk, row.client_code, _patch(row.grid) if row.grid else "", row.to_plan, row.last_visited_on
        )
        for row in found.values()
    ]
    times = {day: rules.free_times(day, capacity=capacity, taken=taken[day]) for day in days}
    places: dict[date, list[Proposed]] = {day: [] for day in days}
    for place in rules.fill_week(candidates, times):
        row = found[place.client_id]
        district = names.get(_patch(row.grid), "") if row.grid else ""
        places[place.at.date()].append(Proposed(row, place.at, district, why(row)))
    return [(day, rows_of, len(taken[day])) for day, rows_of in places.items()]


def _patch(grid: Grid) -> str:
    """Return the path of the district a grid cell lies in: its patch, or itself when it lies higher."""
    return str(grid.path)[: Grid.steplen * GridLevel.PATCH]


def _districts(grids: list[Grid]) -> dict[str, str]:
    paths = {_patch(grid) for grid in grids}
    return dict(Grid.objects.filter(path__in=paths).values_list("path", "name"))
