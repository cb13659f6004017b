"""What changed overnight in a person's clients, and the person's figures against plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from clients.models import (
    Client,
    ClientClassHistory,
    ClientProduct,
    ClientStatusHistory,
    RevenueMonth,
)
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from crm.params import registry
from members.querysets import coverage_of
from visits.models import Visit, VisitLog
from visits.querysets.debt import with_owed
from visits.services.debt import owed_numbers

CHANGES_SHOWN = 12
WEEKS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One derived value of a client that the night changed."""

    client: Client
    vocabulary: str
    axis: str
    old: str
    old_label: str
    new: str
    new_label: str
    on: date


def _mine(user: User) -> QuerySet[Client]:
    """Return the clients whose changes concern the person: own ones, else those in scope."""
    if user.has_role(Role.AM):
        return Client.objects.managed_by(user)
    return Client.objects.visible_to(user)


def changes_of(user: User, today: date) -> tuple[list[Change], int]:
    """Return the newest changes of the last night, and how many there were in all."""
    if not user.can("clients.view"):
        return [], 0
    clients = _mine(user)
    since = today - timedelta(days=1)
    states = ClientStatusHistory.objects.filter(changed_on__range=(since, today), client__in=clients).exclude(
        old=""
    )
    classes = ClientClassHistory.objects.filter(changed_on__range=(since, today), client__in=clients).exclude(
        old=""
    )
    found = [
        Change(
            row.client,
            "client_status",
            _("Status"),
            row.old,
            row.get_old_display(),
            row.new,
            row.get_new_display(),
            row.changed_on,
        )
        for row in states.select_related("client").order_by("-changed_on", "-pk")[:CHANGES_SHOWN]
    ]
    vocabulary = {"TIER": "value_tier", "SIZE": "size_class"}
    found += [
        Change(
            row.client,
            vocabulary[row.axis],
            row.get_axis_display(),
            row.old,
            row.old,
            row.new,
            row.new,
            row.changed_on,
        )
        for row in classes.select_related("client").order_by("-changed_on", "-pk")[:CHANGES_SHOWN]
    ]
    count = len(found) if len(found) < CHANGES_SHOWN else states.count() + classes.count()
    found.sort(key=lambda change: change.on, reverse=True)
    return found[:CHANGES_SHOWN], count


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a share of a whole, with the plan it is held against."""

    label: str
    value: int
    whole: int
    note: str = ""

    @property
    def share(self) -> float | None:
        """Return the share (0–1), or None of nothing."""
        return self.value / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of a core task against its plan. Units: `plan` in per cent."""

    label: str
    value: int
    whole: int
    plan: int

    @property
    def share(self) -> float | None:
        """Return the share (0–1), or None of nothing."""
        return self.value / self.whole if self.whole else None

    @property
    def is_met(self) -> bool:
        """Say whether the plan is reached."""
        return self.whole > 0 and self.value * 100 >= self.plan * self.whole


def goals_of(user: User, today: date) -> list[tuple[str, str, list[Goal]]]:
    """Return the core tasks of a manager: keep, expand, informatise (code, words, figures). Source: S1-03"""
    if not user.has_role(Role.AM):
        return []
    plan = registry.get_group("kpi.", as_of=today)
    clients = Client.objects.managed_by(user).filed()
    alive = clients.exclude(status="CLOSED")
    owed = with_owed(alive, as_of=today, numbers=owed_numbers(today)).aggregate(
        asked=Count("pk", filter=Q(owed__gt=0)), kept=Count("pk", filter=Q(owed__gt=0, debt=0))
    )
    lost = clients.filter(status="CHURNED", status_changed_at__year=today.year).count()
    live = alive.filter(status__in=("ONLINE", "ACTIVE", "SILENT"))
    there = live.count()
    market = coverage_of(alive)
    ict = ClientProduct.objects.filter(client=OuterRef("pk"), status__in=("OPEN", "SUSPENDED")).exclude(
        product__counts_as_ict="NEVER"
    )
    first, _end = clock.closed_months(today, 1)
    revenue = RevenueMonth.objects.filter(client__in=alive, month=first).aggregate(
        ict=Sum("ict_fen", default=0), all=Sum("revenue_fen", default=0)
    )
    return [
        (
            "RETAIN",
            _("Keep clients"),
            [
                Goal(_("Clients visited as owed"), owed["kept"], owed["asked"], plan["visited_pct"]),
                Goal(_("Clients kept this year"), there, there + lost, plan["kept_pct"]),
            ],
        ),
        (
            "EXPAND",
            _("Win clients"),
            [
                Goal(
                    _("Signed of the target market"), market["signed"], market["target"], plan["signed_pct"],
                ),
                Goal(
                    _("Staff in the address book"), market["ordinary"], market["employees"], plan["book_pct"],
                ),
            ],
        ),
        (
            "ICT",
            _("Informatise clients"),
            [
                Goal(
                    _("Clients with an informatisation product"),
                    live.filter(Exists(ict)).count(), there, plan["ict_pct"],
                ),
                Goal(
                    _("Informatisation in the revenue"), revenue["ict"], revenue["all"],
                    plan["ict_revenue_pct"],
                ),
            ],
        ),
    ]  # fmt: skip


DONE = ("DONE", "FOLLOWED_UP", "CLOSED")
DROPPED = ("CANCELLED", "POSTPONED")


def _visits(user: User) -> Any:
    own = user.has_role(Role.AM) and not user.can("visits.approve_log")
    return Visit.objects.filter(owner=user) if own else Visit.objects.visible_to(user)


def figures_of(user: User, today: date) -> list[Figure]:
    """Return the figures of the month so far against what was planned."""
    if not user.can("visits.view"):
        return []
    first = today.replace(day=1)
    month = _visits(user).on(first, today).exclude(state__in=DROPPED)
    logs = VisitLog.objects.filter(visit__in=month)
    visits = month.aggregate(planned=Count("pk"), done=Count("pk", filter=Q(state__in=DONE)))
    handed = logs.exclude(submitted_at=None).aggregate(
        all=Count("pk"),
        on_time=Count("pk", filter=Q(late_submit=False)),
        decided=Count("pk", filter=Q(state="APPROVED")),
        decided_on_time=Count("pk", filter=Q(state="APPROVED", late_approval=False)),
    )
    found = [
        Figure(_("Visits done of those planned"), visits["done"], visits["planned"]),
        Figure(_("Logs handed in on the day"), handed["on_time"], handed["all"]),
        Figure(_("Approved on time"), handed["decided_on_time"], handed["decided"]),
    ]
    if user.has_role(Role.AM):
        clients = (
            Client.objects.managed_by(user)
            .exclude(status="CLOSED")
            .aggregate(
                all=Count("pk"),
                seen=Count("pk", filter=Q(last_visited_on__gte=today - timedelta(days=91))),
                complete=Count("pk", filter=~Q(completeness="INCOMPLETE")),
            )
        )
        found += [
            Figure(_("Clients visited within a quarter"), clients["seen"], clients["all"]),
            Figure(_("Files without gaps"), clients["complete"], clients["all"]),
        ]
    return found


def weeks_of(user: User, today: date) -> list[dict[str, Any]]:
    """Return planned and done visits of the last weeks, the oldest first."""
    if not user.can("visits.view"):
        return []
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    rows = (
        _visits(user)
        .on(first, monday + timedelta(days=6))
        .exclude(state__in=DROPPED)
        .annotate(week=TruncWeek("visit_on"))
        .values("week")
        .annotate(planned=Count("pk"), done=Count("pk", filter=Q(state__in=DONE)))
    )
    known = {row["week"]: row for row in rows}
    weeks = [first + timedelta(weeks=n) for n in range(WEEKS)]
    return [
        {
            "week": week,
            "planned": known.get(week, {}).get("planned", 0),
            "done": known.get(week, {}).get("done", 0),
        }
        for week in weeks
    ]


def team_of(user: User, today: date) -> list[dict[str, Any]]:
    """Return each manager's day for who leads them: planned, done, logs owed."""
    if not user.can("visits.approve_log"):
        return []
    rows = (
        Visit.objects.visible_to(user)
        .on(today)
        .exclude(state__in=DROPPED)
        .values("owner", name=F("owner__full_name"))
        .annotate(
            planned=Count("pk"),
            done=Count("pk", filter=Q(state__in=DONE)),
            on_site=Count("pk", filter=Q(state="IN_PROGRESS")),
            waiting=Count("pk", filter=Q(log__state="SUBMITTED")),
        )
        .order_by("name", "owner")
    )
    return list(rows[:50])


def completeness_of(user: User) -> list[Figure]:
    """Return how complete the files in scope are, for auditors and administrators."""
    if not user.has_role(Role.AUDITOR, Role.PROV_ADMIN, Role.GC_DEPT):
        return []
    rows = dict(
        Client.objects.visible_to(user)
        .exclude(status="CLOSED")
        .values_list("completeness")
        .annotate(n=Count("pk"))
        .order_by()
    )
    # Files nobody has graded yet say nothing about completeness.
    whole = sum(count for code, count in rows.items() if code)
    labels = Client._meta.get_field("completeness").flatchoices
    return [Figure(str(label), rows.get(code, 0), whole) for code, label in labels if whole]
