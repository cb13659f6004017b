"""Visits and their logs as files."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.exports.exportables import Exportable, Field, asked, ordered, register
from visits.choices import EventState, LogState, Purpose, VisitState
from visits.models import Visit, VisitLog
from visits.querysets.events import effect_rows, period
from visits.reading import statistics


def _within(rows: Any, query: QueryDict, path: str) -> Any:
    """Keep the rows of `from` … `to`, both included."""
    first, last = clock.read_day(asked(query, "from")), clock.read_day(asked(query, "to"))
    rows = rows.filter(**{f"{path}__gte": first}) if first else rows
    return rows.filter(**{f"{path}__lte": last}) if last else rows


def visit_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the visits in scope, of the days and the state asked for."""
    rows = _within(Visit.objects.visible_to(user), query, "visit_on")
    if query.get("state") in VisitState.values:
        rows = rows.filter(state=query["state"])
    return ordered(rows)


def log_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the logs in scope, of the days and the state asked for; drafts are their author's."""
    rows = _within(VisitLog.objects.visible_to(user).exclude(state=LogState.DRAFT), query, "visit__visit_on")
    if query.get("state") in LogState.values:
        rows = rows.filter(state=query["state"])
    return ordered(rows)


def event_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the events that are over in the period asked for, with target and result (Source: R9)."""
    given = {name: asked(query, name) for name in ("from", "to")}
    rows: QuerySet[Any, Any] = ordered(effect_rows(user, *period(given, clock.today())).with_effect())
    return rows


def _behind(code: str) -> Any:
    """Return the rows behind a figure of the statistics: visits, whose logs come with them."""

    def rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
        asked_for = statistics.asked_of(user, query)
        test = statistics.figures_of_report(code, clock.now()).get(asked(query, "figure"))
        found = statistics.rows_of(asked_for)
        return ordered(found.filter(test) if test is not None else found.none())

    return rows


OF_FIGURES = (
    Field("visit_on", _("visit day"), "visit_on", "date"),
    Field("client_code", _("client code"), "client__client_code"),
    Field("client", _("client"), "client__name"),
    Field("owner", _("account manager"), "owner__full_name"),
    Field("unit", _("unit"), "org_unit__name"),
    Field("state", _("state"), "state", "choice", VisitState.choices),
    Field("purposes", _("purposes"), "purposes", "choices", Purpose.choices),
    Field("planned_at", _("planned for"), "planned_at", "moment"),
    Field("arrived_at", _("arrived"), "arrived_at", "moment"),
    Field("log_state", _("state of the log"), "log__state", "choice", LogState.choices),
    Field("submitted_at", _("submitted"), "log__submitted_at", "moment"),
    Field("late_submit", _("submitted late"), "log__late_submit", "bool"),
    Field("decided_at", _("decided at"), "log__decided_at", "moment"),
    Field("late_approval", _("approved late"), "log__late_approval", "bool"),
)
for _code, _label in (("visits", _("Statistics: visits")), ("logs", _("Statistics: logs"))):
    register(
        Exportable(
            f"figure_{_code}",
            _label,
            "clients.export",
            _behind(_code),
            OF_FIGURES,
            "visits:stats",
            filters=frozenset({"from", "to", "unit", "am", "figure"}),
        )
    )

register(
    Exportable(
        "event_effect",
        _("Event effect"),
        "clients.export",
        event_rows,
        (
            Field("client_code", _("client code"), "client__client_code"),
            Field("client", _("client"), "client__name"),
            Field("title", _("topic"), "title"),
            Field("owner", _("account manager"), "owner__full_name"),
            Field("unit", _("unit"), "org_unit__name"),
            Field("state", _("state"), "state", "choice", EventState.choices),
            Field("starts_at", _("begin"), "starts_at", "moment"),
            Field("place", _("place"), "place"),
            Field("target", _("target"), "target", "int"),
            Field("result", _("result"), "result", "int"),
            Field("signed", _("signed in"), "signed", "int"),
            Field("known", _("members among them"), "known", "int"),
        ),
        "visits:event-report",
        filters=frozenset({"from", "to"}),
    ),
    Exportable(
        "visits",
        _("Visits"),
        "clients.export",
        visit_rows,
        (
            Field("visit_on", _("visit day"), "visit_on", "date"),
            Field("client_code", _("client code"), "client__client_code"),
            Field("client", _("client"), "client__name"),
            Field("owner", _("account manager"), "owner__full_name"),
            Field("unit", _("unit"), "org_unit__name"),
            Field("state", _("state"), "state", "choice", VisitState.choices),
            Field("purposes", _("purposes"), "purposes", "choices", Purpose.choices),
            Field("planned_at", _("planned for"), "planned_at", "moment"),
            Field("arrived_at", _("arrived"), "arrived_at", "moment"),
            Field("left_at", _("departure"), "left_at", "moment"),
            Field("contact", _("contact"), "contact__name", personal="name"),
        ),
        "visits:list",
        filters=frozenset({"from", "to", "state"}),
    ),
    Exportable(
        "logs",
        _("Visit logs"),
        "clients.export",
        log_rows,
        (
            Field("visit_on", _("visit day"), "visit__visit_on", "date"),
            Field("client_code", _("client code"), "visit__client__client_code"),
            Field("client", _("client"), "visit__client__name"),
            Field("owner", _("account manager"), "visit__owner__full_name"),
            Field("state", _("state"), "state", "choice", LogState.choices),
            Field("opinion", _("opinion"), "opinion"),
            Field("demands", _("demands"), "demands"),
            Field("competitor", _("competitor seen"), "competitor"),
            Field("lessons", _("gains and lessons"), "lessons"),
            Field("next_step", _("next step"), "next_step"),
            Field("next_due_on", _("due on"), "next_due_on", "date"),
            Field("submitted_at", _("submitted"), "submitted_at", "moment"),
            Field("decided_at", _("decided at"), "decided_at", "moment"),
        ),
        "visits:list",
        filters=frozenset({"from", "to", "state"}),
    ),
)
