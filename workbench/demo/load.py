"""Load the demonstration, step by step, each saying what it did."""

import time
from collections.abc import Callable
from random import Random

from django.db import connection, transaction

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from members.models import Member
from workbench.demo import (
    clients,
    decisions,
    filing,
    history,
    market,
    organisation,
    people,
    reach,
    segments,
    visits,
    weeks,
)

SEED = 20260401
Say = Callable[[str], None]


class NotEmpty(Exception):
    """The database holds clients that are not the demonstration's."""


def is_loaded() -> bool:
    """Say whether the demonstration is there."""
    return User.objects.filter(staff_no="am1").exists() and Client.objects.exists()


@transaction.atomic
def load(say: Say) -> None:
    """Load everything in one transaction: either the whole demonstration is there, or nothing of it.

    Raises: NotEmpty when clients of somebody else are there.
    """
    if Client.objects.exists() or User.objects.exists():
        raise NotEmpty
    rng = Random(SEED)  # noqa: S311 - a demonstration must be the same every time
    today = clock.today()
    started = time.monotonic()

    def step(label: str, count: int | str) -> None:
        say(f"{time.monotonic() - started:6.1f} s  {label}: {count}")

    org = organisation.build_units()
    step("units", len(org.units))
    step("grid cells", organisation.build_grids(org))
    step("people", organisation.build_people(org))
    made = clients.load_clients(org, rng, today)
    step("clients", len(made))
    step("assignments of managers", clients.load_assignments(org, made, rng, today))
    step("changes of status", clients.load_status_history(made))
    products, traffic = clients.load_products(made, rng, today)
    step("products", products)
    step("months of traffic", traffic)
    step("months of revenue", clients.load_revenue(made, rng, today))
    step("key persons and contacts", people.load_contacts(made, rng, today))
    live = people.load_members(made, rng, today)
    step("members", Member.objects.count())
    customers, bills = people.load_customers(org, live, rng, today)
    step("personal customers", customers)
    step("bills", bills)
    planned, logs = visits.load_visits(org, made, rng, today)
    step("visits", planned)
    step("logs", logs)
    step("weekly reports", weeks.load_weeks(today))
    step("key accounts and who answers", filing.load_structure(rng, today))
    step("hand-overs", filing.load_handovers(today))
    step("clients in closed months", reach.load_reach(today))
    step("tiers by decision", decisions.load_decisions(today))
    analyze()  # what follows joins what was just copied
    step("points, tiers and stars of closed months", history.load_history(today))
    step("lines of revenue", market.load_revenue_lines(today))
    step("segments in closed months", segments.load_segments(today))
    step("circuits of the network", market.load_circuits(today))
    step("sightings of competitors", market.load_sightings(today))
    step("churn alerts", market.load_churn(today))
    step("audits", market.load_audits(today))


def analyze() -> None:
    """Tell the planner what was loaded."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
