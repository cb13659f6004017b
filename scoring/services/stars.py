"""Evaluate stars, high value and labels of all customers, set by set (spec §3.6.3, J09, J10)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    PositiveSmallIntegerField,
    SmallIntegerField,
    Sum,
    Value,
    When,
)

from clients.choices import ClientStatus
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.expressions import first_code, first_match
from crm.params import registry
from members.choices import ContactKind
from members.models import Contact, Member, PersonalCustomer
from scoring import rules, statements
from scoring.models import CustomerMarks, FlagRun, StarModelVersion, StarRun
from scoring.statements import stars as sql

# Bills of a month are complete on the second, points on the third (spec §3.8).
FLAGS_DAY, STARS_DAY = 2, 3
FACTS = (
    "brand",
    "influential",
    "months_in_net",
    "spend6_fen",
    "spend3_fen",
    "last_fen",
    "prev3_fen",
    "q4_fen",
    "best_fen",
    "points_last_year",
)
RESULTS = ("static_year", "dynamic_year", "midhigh")


def month_due(as_of: date, *, day: int) -> date:
    """Return the newest month that may be evaluated: last month from a day on, else the one before."""
    return clock.add_months(clock.month_of(as_of), -1 if as_of.day >= day else -2)


def high_value_numbers(*, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Return the thresholds of high value and mid-high in force on a day."""
    found = registry.get_many(["hv.threshold_yuan", "midhigh.yuan"], as_of=as_of, known_at=known_at)
    return {"threshold_yuan": found["hv.threshold_yuan"], "midhigh_yuan": found["midhigh.yuan"]}


def label_numbers(*, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Return what the labels depend on: the year and the drop that announces leaving."""
    return {"year": as_of.year, **registry.get_group("label.", as_of=as_of, known_at=known_at)}


def _inline(query: str, **values: date | int) -> str:
    """Write our own dates and years into a statement, so that it may stand among numbered parameters."""
    return query % {
        name: f"DATE '{value.isoformat()}'" if isinstance(value, date) else str(int(value))
        for name, value in values.items()
    }


def write_month(*, month: date, as_of: date) -> int:
    """Write the facts of one closed month and what high value follows; return the customers that changed."""
    next_month = clock.add_months(month, 1)
    dates: dict[str, Any] = {
        "month": month,
        "six": clock.add_months(month, 1 - rules.WINDOW),
        "three": clock.add_months(month, -2),
        "before": clock.add_months(month, -3),
        "q4": date(next_month.year - 1, 10, 1),
        "q4_end": date(next_month.year, 1, 1),
        "year": date(month.year, 1, 1),
        "points_year": next_month.year - 1,
    }
    dates["first"] = min(dates["six"], dates["q4"], dates["year"])
    high = rules.high_value(high_value_numbers(as_of=as_of))

    def year(name: str, value: int) -> Case:
        return Case(
            When(high[name], then=Value(value)), default=None, output_field=PositiveSmallIntegerField()
        )

    new = {
        "new_static_year": year("static", next_month.year),
        "new_dynamic_year": year("dynamic", month.year),
        "new_midhigh": Case(
            When(high["midhigh"], then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
    }
    scored, params = statements.compiled(
        CustomerMarks.objects.order_by().values("customer_id", *FACTS, **new)
    )
    columns, found = (*FACTS, *RESULTS), [*FACTS, *new]
    query = sql.WRITE_FLAGS.format(
        raw=_inline(sql.RAW_MONTH, **dates),
        scored=scored,
        held=", ".join(f"m.{c}" for c in columns),
        found=", ".join(f"s.{c}" for c in found),
        columns=", ".join(columns),
        new=", ".join(found),
        assignments=", ".join(f"{c} = EXCLUDED.{c}" for c in columns),
    )
    written = statements.write(query, [*params, month, month, as_of])
    statements.count_again(written, "scoring_customermarks")
    return written


@transaction.atomic
def run_flags(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Evaluate high value and mid-high of the month that is due, once; return the customers that changed.

    Source: S0-78, S0-79, S0-80, J09.
    """
    month = month_due(as_of, day=FLAGS_DAY)
    run, created = FlagRun.objects.get_or_create(month=month)
    if not created or FlagRun.objects.filter(month__gt=month).exists():
        return 0
    statements.give_memory()
    run.changed = write_month(month=month, as_of=as_of)
    run.finished_at = clock.now()
    run.save()
    return run.changed


def starred(customers: Any, numbers: rules.Numbers) -> Any:
    """Return marks of customers with the star and rule that their stored facts give."""
    table = rules.star_rules(numbers)
    return customers.order_by().values(
        "customer_id",
        old_star=F("customer__star"),
        old_rule=F("star_rule"),
        new_star=first_match(table, default=0, output=SmallIntegerField()),
        new_rule=first_code(table, default=rules.UNRATED),
    )


@transaction.atomic
def run_stars(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Give every customer in the network its star for the month that is due, once a model and month.

    Steps: 1. one StarRun row; 2. the facts of the month; 3. stars, their rules and history of who changed.
    Source: S3-01, J10.
    """
    version = StarModelVersion.objects.in_force(as_of=as_of)
    month = month_due(as_of, day=STARS_DAY)
    if version is None or StarRun.objects.filter(month__gt=month).exists():
        return 0
    run, created = StarRun.objects.get_or_create(version=version, month=month)
    if not created:
        return 0
    statements.give_memory()
    held = CustomerMarks.objects.order_by().values_list("month", flat=True).first()
    if held is None or held <= month:
        write_month(month=month, as_of=as_of)
    select, params = statements.compiled(
        starred(CustomerMarks.objects.filter(customer__in_net_to=None), version.numbers)
    )
    run.changed = statements.write(sql.WRITE_STARS.format(select=select), [*params, as_of])
    found = PersonalCustomer.objects.filter(in_net_to=None).order_by("star").values_list("star")
    sums = list(found.annotate(n=Count("pk"), fen=Sum("marks__spend6_fen", default=0)))
    run.counts = {str(star): n for star, n, _fen in sums}
    run.spend6_fen = {str(star): int(fen) for star, _n, fen in sums}
    run.customers = sum(run.counts.values())
    run.finished_at = clock.now()
    run.save()
    return run.changed


def _of_live_clients(people: Any, number: str) -> tuple[str, tuple[Any, ...]]:
    live = people.filter(left_on=None).exclude(client__status__in=[ClientStatus.CHURNED, ClientStatus.CLOSED])
    return statements.compiled(live.exclude(**{number: ""}).order_by().values(number).distinct())


@transaction.atomic
def write_labels(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Give every customer its labels of today; return the changed. Run twice it changes nothing.

    Source: S3-08, X-14.
    """
    statements.give_memory()
    numbers = label_numbers(as_of=as_of)
    enabled = frozenset(numbers["enabled"])
    key_persons, p1 = _of_live_clients(Contact.objects.filter(kind=ContactKind.KEY_PERSON), "mobile")
    contacts, p2 = _of_live_clients(Contact.objects.filter(kind=ContactKind.CONTACT), "mobile")
    members, p3 = _of_live_clients(Member.objects.all(), "msisdn")
    scored, p4 = statements.compiled(
        CustomerMarks.objects.order_by().values(
            "customer_id",
            "brand",
            "influential",
            "key_person",
            "contact",
            "member",
            new_labels=rules.labels_of(numbers, enabled),
        )
    )
    raw = sql.RAW_LABELS.format(key_persons=key_persons, contacts=contacts, members=members)
    query = sql.WRITE_LABELS.format(raw=raw, scored=scored)
    changed = statements.write(query, [*p1, *p2, *p3, *p4, as_of])
    return changed + statements.write(sql.DROP_LABELS, [as_of])
