"""How many visits clients are owed: by value tier, lifecycle and star of the key person (Source: S1-03)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from members.choices import ContactKind
from members.models import Contact, PersonalCustomer
from visits.rules.visits import MADE_STATES

# A quarter, looking back and ahead.
WINDOW = timedelta(days=91)
AHEAD = ("PLANNED", "CONFIRMED", "IN_PROGRESS")


def _count(**narrowed: Any) -> Coalesce:
    """Return how many visits of the client fit."""
    rows = apps.get_model("visits", "Visit").objects.filter(client=OuterRef("pk"), **narrowed).order_by()
    return Coalesce(Subquery(rows.values("client").annotate(n=Count("pk")).values("n")), 0)


def with_owed(clients: Any, *, as_of: date, numbers: Mapping[str, int]) -> Any:
    """Add to clients what a quarter owes them, why, and what is done and planned of it.

    `numbers` are the parameters: tier → visits, `silent`, `star`, `star_from`. A tier that is owed nothing
    is owed nothing on top either. Units: visits of the last 91 days, plans of the next 91.
    Adds owed_tier, owed_life, owed_star, owed, made, ahead, debt (not made) and to_plan (neither made nor
    planned).
    """
    tiers = [
        When(value_tier=tier, then=Value(count))
        for tier, count in numbers.items()
        if tier in ("A1", "A2", "B1", "B2", "C", "D")
    ]
    by_tier = Case(
        When(status="CLOSED", then=Value(0)), *tiers, default=Value(0), output_field=IntegerField()
    )
    key_person = Contact.objects.filter(
        client=OuterRef("pk"), kind=ContactKind.KEY_PERSON, left_on=None
    ).filter(
        Exists(
            PersonalCustomer.objects.filter(
                msisdn=OuterRef("mobile"), in_net_to=None, star__gte=numbers["star_from"]
            )
        )
    )
    return (
        clients.annotate(owed_tier=by_tier)
        .annotate(
            owed_life=Case(
                When(owed_tier__gt=0, status="SILENT", then=Value(numbers["silent"])), default=Value(0)
            ),
            owed_star=Case(
                When(Q(owed_tier__gt=0) & Q(Exists(key_person)), then=Value(numbers["star"])),
                default=Value(0),
            ),
            made=_count(state__in=MADE_STATES, visit_on__range=(as_of - WINDOW, as_of)),
            ahead=_count(state__in=AHEAD, visit_on__range=(as_of, as_of + WINDOW)),
        )
        .annotate(owed=F("owed_tier") + F("owed_life") + F("owed_star"))
        .annotate(debt=Greatest(F("owed") - F("made"), 0))
        .annotate(to_plan=Greatest(F("debt") - F("ahead"), 0))
    )
