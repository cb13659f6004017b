"""What the rules of churn look at: falls of traffic, silence, cancelled products, sightings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from clients.choices import ChurnRule, ClientStatus, Level, ReportedBy
from clients.rules.churn import LEVELS, dropped
from crm.base import clock


@dataclass(frozen=True, slots=True)
class Found:
    """One sign at one client; `ref` names what it came from."""

    client_id: int
    rule: ChurnRule
    ref: str
    level: Level
    on: date
    facts: dict[str, Any] = field(default_factory=dict)
    by_billing: bool = False


def signs(clients: QuerySet[Any], as_of: date, numbers: Mapping[str, Any]) -> Iterator[Found]:
    """Return every sign at these clients that is fresh on a day."""
    yield from _falls(clients, as_of, numbers)
    yield from _states(clients, as_of, numbers)
    yield from _cancelled(clients, as_of, numbers)
    yield from _poaching(clients, as_of, numbers)


LIVE = Q(status__in=[ClientStatus.ONLINE, ClientStatus.ACTIVE, ClientStatus.SILENT])


def _falls(clients: QuerySet[Any], as_of: date, numbers: Mapping[str, Any]) -> Iterator[Found]:
    from clients.models import ProductTraffic

    month = clock.add_months(clock.month_of(as_of), -1)
    # A month nobody reported is no fall: only clients with a row of it are looked at.
    rows = (
        ProductTraffic.objects.filter(
            month__gte=clock.add_months(month, -3),
            month__lte=month,
            client_product__client__in=clients.filter(LIVE),
        )
        .order_by()
        .values("client_product__client")
        .annotate(
            last=Sum("amount", filter=Q(month=month)),
            before=Sum("amount", filter=Q(month__lt=month)),
            told=Count("id", filter=Q(month=month)),
        )
        .filter(told__gt=0, before__gt=0)
        .values_list("client_product__client", "last", "before")
    )
    for client_id, last, before in rows.iterator(5000):
        level = dropped(int(last or 0), int(before), numbers)
        if level is not None:
            facts = {"month": f"{month:%Y-%m}", "last": int(last or 0), "average": round(int(before) / 3)}
            yield Found(client_id, ChurnRule.TRAFFIC_DROP, f"{month:%Y-%m}", level, as_of, facts)


def _states(clients: QuerySet[Any], as_of: date, numbers: Mapping[str, Any]) -> Iterator[Found]:
    from clients.models import ClientProduct

    since = as_of - timedelta(days=int(numbers["lookback_days"]))
    by_billing = ClientProduct.objects.filter(
        client=OuterRef("pk"), cancelled_via=ReportedBy.FEED, cancelled_on__gte=since
    )
    rows = clients.filter(
        status__in=[ClientStatus.SILENT, ClientStatus.CHURNED], status_changed_at__gte=clock.at(since)
    ).annotate(told=Exists(by_billing))
    for pk, status, moment, told in rows.values_list("pk", "status", "status_changed_at", "told").iterator(
        5000
    ):
        rule = ChurnRule.SILENT if status == ClientStatus.SILENT else ChurnRule.CHURNED
        day = clock.business_date(moment)
        yield Found(
            pk, rule, str(day), LEVELS[rule], day, {"since": str(day)}, told and rule == ChurnRule.CHURNED
        )


def _cancelled(clients: QuerySet[Any], as_of: date, numbers: Mapping[str, Any]) -> Iterator[Found]:
    from clients.models import ClientProduct

    since = as_of - timedelta(days=int(numbers["lookback_days"]))
    rows = ClientProduct.objects.filter(
        client__in=clients.filter(LIVE),
        cancelled_on__gte=since,
        cancelled_on__lte=as_of,
        opened_on__isnull=False,
    ).select_related("product")
    for row in rows.order_by("pk").iterator(5000):
        assert row.cancelled_on is not None  # noqa: S101 - filtered
        yield Found(
            row.client_id, ChurnRule.CANCELLED, f"product:{row.pk}", LEVELS[ChurnRule.CANCELLED],
            row.cancelled_on,
            {"product": row.product.name, "on": str(row.cancelled_on)}, row.cancelled_via == ReportedBy.FEED,
        )  # fmt: skip


def _poaching(clients: QuerySet[Any], as_of: date, numbers: Mapping[str, Any]) -> Iterator[Found]:
    from clients.models import CompetitorInfo

    since = as_of - timedelta(days=int(numbers["lookback_days"]))
    rows = CompetitorInfo.objects.filter(client__in=clients.filter(LIVE), impact=Level.HIGH).filter(
        Q(seen_on__gte=since) | Q(created_at__gte=clock.at(since))
    )
    for row in rows.order_by("pk").iterator(5000):
        yield Found(
            row.client_id, ChurnRule.POACHING, f"sighting:{row.pk}", LEVELS[ChurnRule.POACHING], row.seen_on,
            {"operator": row.operator, "action": row.action},
        )  # fmt: skip
