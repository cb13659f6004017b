"""Reading verbs of on-site marketing events."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from crm.base import clock
from visits.choices import EventState

if TYPE_CHECKING:
    from crm.accounts.models import User

# States in which results are known.
OVER = (EventState.FINISHED, EventState.EVALUATED, EventState.CLOSED)


class OnSiteEventQuerySet(models.QuerySet[Any]):
    """Reading verbs of events."""

    def visible_to(self, user: "User") -> Any:
        """Return own events, those one helps at, and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        team = apps.get_model("visits", "EventStaff").objects.filter(event=OuterRef("pk"), user=user)
        return self.filter(user.scope.unit_filter("org_unit") | Q(owner=user) | Exists(team))

    def writable_by(self, user: "User") -> Any:
        """Return the events the person may plan and carry out: own ones, or the sub-tree of a head."""
        if not user.can("visits.change"):
            return self.none()
        return self.filter(Q(owner=user) | Q(org_unit__in=user.scope.write_unit_ids))

    def staffed_by(self, user: "User") -> Any:
        """Return the events at whose stand the person may sign people in."""
        if not user.can("visits.view"):
            return self.none()
        team = apps.get_model("visits", "EventStaff").objects.filter(event=OuterRef("pk"), user=user)
        return self.filter(Q(pk__in=self.model.objects.writable_by(user).values("pk")) | Exists(team))

    def decidable_by(self, user: "User") -> Any:
        """Return what waits for the person's decision: a plan or an evaluation, never of an own event."""
        if not user.can("visits.approve_event"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.approve_event")
        return self.filter(inside, state__in=[EventState.SUBMITTED, EventState.EVALUATED]).exclude(
            owner__in=user.scope.selves
        )

    def owing_evaluation(self) -> Any:
        """Keep events that are over and not evaluated."""
        return self.filter(state=EventState.FINISHED)

    def late_evaluation(self, as_of: date) -> Any:
        """Keep events whose evaluation was due before a day."""
        return self.owing_evaluation().filter(evaluation_due_on__lt=as_of)

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "owner", "org_unit")

    def with_effect(self) -> Any:
        """Add target, result, sign-ins and matched members of every event (Source: R9)."""

        def of(model: str, value: Any, **narrow: Any) -> Any:
            rows = apps.get_model("visits", model).objects.filter(event=OuterRef("pk"), **narrow).order_by()
            return Coalesce(Subquery(rows.values("event").annotate(n=value).values("n")), 0)

        return self.annotate(
            target=of("EventProduct", Sum("target_qty")),
            result=of("EventProduct", Sum("result_qty")),
            signed=of("EventAttendee", Count("pk")),
            known=of("EventAttendee", Count("pk"), member__isnull=False),
            photos_taken=of("EventPhoto", Count("pk")),
        )


class EventAttendeeQuerySet(models.QuerySet[Any]):
    """Reading verbs of people who signed in."""

    def visible_to(self, user: "User") -> Any:
        """Return the people of events in scope."""
        events = apps.get_model("visits", "OnSiteEvent").objects.visible_to(user)
        return self.filter(event__in=events.values("pk"))

    def candidates(self) -> Any:
        """Keep people who agreed and are no members of the client yet (Source: S1-77, E102)."""
        return self.filter(member=None, consent=True)

    def since(self, moment: datetime, origin: str) -> Any:
        """Keep what came from one network address lately."""
        return self.filter(origin=origin, recorded_at__gte=moment)


class EventProductQuerySet(models.QuerySet[Any]):
    """Reading verbs of what events promote."""

    def visible_to(self, user: "User") -> Any:
        """Return the products of events in scope."""
        events = apps.get_model("visits", "OnSiteEvent").objects.visible_to(user)
        return self.filter(event__in=events.values("pk"))

    def by_product(self) -> Any:
        """Return target and result of each product, summed over events."""
        return (
            self.order_by()
            .values(code=F("product__code"), name=F("product__name"), name_en=F("product__name_en"))
            .annotate(target=Coalesce(Sum("target_qty"), 0), result=Coalesce(Sum("result_qty"), 0))
            .order_by("-target", "code")
        )


def period(query: Mapping[str, str], as_of: date) -> tuple[date, date]:
    """Return the days of `from` and `to`, both included; the last quarter where they are not given."""
    last = clock.read_day(query.get("to") or "") or as_of
    return clock.read_day(query.get("from") or "") or last - timedelta(days=91), last


def effect_rows(user: "User", first: date, last: date) -> Any:
    """Return the events in scope that are over and began within a period (Source: R9)."""
    rows = apps.get_model("visits", "OnSiteEvent").objects.visible_to(user)
    return rows.filter(
        state__in=OVER, starts_at__gte=clock.at(first), starts_at__lt=clock.next_midnight(last)
    )
