"""Reading verbs of weekly reports: whose they are, which wait, who owes one, and the figures of a week."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, F, Q

from visits.choices import GiftState, Purpose, VisitState, WeekState
from visits.rules.visits import OPEN_STATES

if TYPE_CHECKING:
    from crm.accounts.models import User


class WeeklyReportQuerySet(models.QuerySet[Any]):
    """Reading verbs of weekly reports."""

    def visible_to(self, user: "User") -> Any:
        """Return own reports and those of units in scope; a draft is its writer's alone."""
        if not user.can("visits.view"):
            return self.none()
        handed_in = user.scope.unit_filter("org_unit") & ~Q(state=WeekState.DRAFT)
        return self.filter(handed_in | Q(owner=user))

    def waiting(self) -> Any:
        """Keep reports that wait for a decision."""
        return self.filter(state=WeekState.SUBMITTED)

    def decidable_by(self, user: "User") -> Any:
        """Return the reports the person may decide about: those led, never own ones."""
        if not user.can("visits.approve_week"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.approve_week")
        return self.filter(inside).exclude(owner__in=user.scope.selves)

    def printable_by(self, user: "User") -> Any:
        """Return the reports whose log books the person prints and files."""
        if not user.can("visits.print_week"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit", "visits.print_week"))

    def inspectable_by(self, user: "User") -> Any:
        """Return the reports whose log books the person inspects."""
        if not user.can("visits.inspect_week"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit", "visits.inspect_week"))

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows; the document itself stays where it is."""
        return self.select_related(
            "owner", "org_unit", "decided_by", "book", "book__printed_by", "book__filing"
        ).defer("book__pdf", "book__content")


class PrintRunQuerySet(models.QuerySet[Any]):
    """Reading verbs of printings."""

    def visible_to(self, user: "User") -> Any:
        """Return the printings of units the person prints for."""
        if not user.can("visits.print_week"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit", "visits.print_week")).defer("pdf")


# What a week's figures hold beside those of visits and logs.
BESIDES = ("clients", "promises", "promises_kept", "gifts", "tasks", "tasks_done")


def week_figures(owners: Iterable[int], monday: date, figures: Mapping[str, Q]) -> dict[int, dict[str, Any]]:
    """Return for each person the figures of a week, by four grouped queries however many people.

    `figures` are those of visits and logs. Promises are those due in the week; gifts those signed for.
    """
    people = list(owners)
    first, last = monday, monday + timedelta(days=6)
    visits = apps.get_model("visits", "Visit").objects.filter(owner__in=people).order_by()
    empty = dict.fromkeys([*figures, *BESIDES], 0)
    rows: dict[int, dict[str, Any]] = {pk: dict(empty) for pk in people}

    def take(found: Any) -> None:
        for row in found:
            owner = row.pop("who")
            rows[owner] |= row

    counted = {code: Count("pk", filter=condition) for code, condition in figures.items()}
    clients = Count("client", filter=figures["done"], distinct=True)
    in_week = visits.filter(visit_on__range=(first, last))
    # A figure may be called as a field is: the rows are renamed on the way out.
    found = in_week.values(who=F("owner")).annotate(
        clients=clients, **{f"n_{code}": count for code, count in counted.items()}
    )
    take({name.removeprefix("n_"): value for name, value in row.items()} for row in found)
    promised = visits.filter(log__next_due_on__range=(first, last)).exclude(log__next_step="")
    take(
        promised.values(who=F("owner")).annotate(
            promises=Count("pk"),
            promises_kept=Count("pk", filter=Q(state__in=[VisitState.FOLLOWED_UP, VisitState.CLOSED])),
        )
    )
    gifts = apps.get_model("visits", "GiftRequest").objects.filter(owner__in=people).order_by()
    signed = gifts.filter(state=GiftState.SIGNED, signed_on__range=(first, last))
    take(signed.values(who=F("owner")).annotate(gifts=Count("pk")))
    tasks = apps.get_model("visits", "DailyTask").objects.filter(user__in=people, dropped=False).order_by()
    take(
        tasks.filter(due_on__range=(first, last))
        .values(who=F("user"))
        .annotate(tasks=Count("pk"), tasks_done=Count("pk", filter=Q(done__gte=F("target"))))
    )
    for row in rows.values():
        row["purposes"] = {str(purpose): row.pop(str(purpose)) for purpose in Purpose}
    return rows


def planned_visits(owner: int, monday: date) -> Any:
    """Return what a person plans to do in a week, in order of time."""
    rows = apps.get_model("visits", "Visit").objects.filter(owner=owner, state__in=OPEN_STATES)
    rows = rows.filter(visit_on__range=(monday, monday + timedelta(days=6)))
    return rows.select_related("client").order_by("planned_at", "id")


# Who owes a report for a week: whoever was account manager on one of its days, Monday to Friday.
ROSTER = """
    SELECT p.user_id, COALESCE(r.org_unit_id, p.unit_id) AS unit_id, p.monday, r.id AS report_id
    FROM (
        SELECT DISTINCT u.id AS user_id, u.org_unit_id AS unit_id, w.monday::date AS monday
        FROM generate_series(%(first)s::date, %(last)s::date, interval '7 days') AS w (monday)
        JOIN accounts_roleassignment a
          ON a.role = 'AM' AND a.valid_from <= w.monday::date + 4
         AND (a.valid_to IS NULL OR a.valid_to >= w.monday::date)
        JOIN accounts_user u ON u.id = a.user_id AND u.status = 'ACTIVE' AND NOT u.is_system
    ) p
    LEFT JOIN visits_weeklyreport r ON r.owner_id = p.user_id AND r.monday = p.monday
    WHERE COALESCE(r.org_unit_id, p.unit_id) = ANY(%(units)s)
"""
FROM_ROSTER = f"""
FROM ({ROSTER}) x
LEFT JOIN visits_weeklyreport r ON r.id = x.report_id
LEFT JOIN LATERAL (
    SELECT TRUE AS faults FROM visits_weekbook b JOIN visits_weekinspection n ON n.book_id = b.id
    WHERE b.report_id = r.id AND n.result = 'FAULTS' LIMIT 1
) i ON TRUE
"""  # noqa: S608 - all of it is ours
# Each figure of weekly reports is a condition, for sums and for its list alike.
WEEK_FIGURES = {
    "owed": "TRUE",
    "handed": "r.state <> 'DRAFT'",
    "in_time": "r.state <> 'DRAFT' AND NOT r.late_submit",
    "handed_late": "r.state <> 'DRAFT' AND r.late_submit",
    "missing": "(r.id IS NULL OR r.state = 'DRAFT')",
    "waiting": "r.state = 'SUBMITTED'",
    "returned": "r.state = 'RETURNED'",
    "approved": "r.state IN ('APPROVED', 'PRINTED', 'ARCHIVED', 'INSPECTED')",
    "printed": "r.state IN ('PRINTED', 'ARCHIVED', 'INSPECTED')",
    "archived": "r.state IN ('ARCHIVED', 'INSPECTED')",
    "inspected": "r.state = 'INSPECTED'",
    "faults": "i.faults",
}
# What the counts are grouped by; a week belongs to the month of its Thursday.
KEYS = {
    "unit": "x.unit_id",
    "am": "x.user_id",
    "week": "x.monday",
    "month": "date_trunc('month', x.monday + 3)::date",
}
_COUNTS = ", ".join(f"COUNT(*) FILTER (WHERE {test}) AS {code}" for code, test in WEEK_FIGURES.items())


def roster(units: list[int], first: date, last: date) -> list[tuple[int, int, date, int | None]]:
    """Return who owes a report for each week: person, unit, Monday, and the report if there is one.

    Units: `first` and `last` are Mondays, both included.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{ROSTER} ORDER BY 3, 2, 1", {"first": first, "last": last, "units": units})
        return list(cursor.fetchall())


def roster_page(
    units: list[int],
    first: date,
    last: date,
    *,
    figure: str,
    limit: int,
    owner: int | None = None,
    after: tuple[date, int] | None = None,
) -> list[tuple[int, int, date, int | None]]:
    """Return one page of the people and weeks behind a figure, the newest week first."""
    tests = [WEEK_FIGURES[figure]]
    values: dict[str, Any] = {"first": first, "last": last, "units": units, "limit": limit}
    if owner is not None:
        tests.append("x.user_id = %(owner)s")
        values["owner"] = owner
    if after is not None:
        tests.append("(x.monday, x.user_id) < (%(monday)s, %(user)s)")
        values |= {"monday": after[0], "user": after[1]}
    statement = (
        f"SELECT x.user_id, x.unit_id, x.monday, x.report_id {FROM_ROSTER} WHERE {' AND '.join(tests)}"
        " ORDER BY x.monday DESC, x.user_id DESC LIMIT %(limit)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def counted_weeks(
    units: list[int], first: date, last: date, by: str, *, owner: int | None = None
) -> list[dict[str, Any]]:
    """Return the counts of weekly reports by unit, manager, week or month, in one statement (R8)."""
    key = KEYS[by]
    whose = "WHERE x.user_id = %(owner)s" if owner is not None else ""
    statement = f"SELECT {key} AS key, {_COUNTS} {FROM_ROSTER} {whose} GROUP BY {key}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"first": first, "last": last, "units": units, "owner": owner})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
