"""The sheet a manager reads before a visit: what is known, what is owed, what fits (Source: S1-07, S1-33)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.functional import Promise

from clients.models import Agreement, Client, ClientProduct, CompetitorInfo, Industry
from clients.services import explain_completeness
from crm.accounts.models import User
from crm.base import clock
from knowledge.models import Solution
from knowledge.rules import fit
from members.models import Contact, ContactTrait, PersonalCustomer
from scoring.choices import CustomerLabel
from scoring.models import PointLot
from visits import sheets
from visits.models import SolutionUse, Visit
from visits.reading.calls import etiquette, facts_of

SOLUTIONS = 5
AHEAD_DAYS = 90
BIRTHDAY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Suggested:
    """A solution that fits, why, and whether somebody looked at it for this visit."""

    solution: Solution
    reason: str
    consulted: bool


def industry_codes(client: Client) -> list[str]:
    """Return the client's industries on every level, those beside the primary one too."""
    codes = [client.industry_id, *client.secondary_industries]
    found: set[str] = set()
    for row in Industry.objects.filter(pk__in=[code for code in codes if code]):
        found |= {row.code, row.section, row.division, row.group}
    return sorted(found - {""})


def solutions_for(visit: Visit) -> list[Suggested]:
    """Return the published solutions that fit the client best, those looked at already among them."""
    client = visit.client
    codes = industry_codes(client)
    used = list(
        ClientProduct.objects.filter(client=client, status__in=["OPEN", "SUSPENDED"])
        .order_by("product__code")
        .values_list("product__code", flat=True)
        .distinct()
    )
    rows = Solution.objects.fitting(industries=codes, products=used, tier=client.value_tier)
    seen = set(SolutionUse.objects.filter(visit=visit).values_list("solution", flat=True))
    found: list[tuple[int, Suggested]] = []
    for row in rows.prefetch_related("industries", "products").order_by("-published_at", "-pk")[:100]:
        why = fit(
            industries={item.code: item.name for item in row.industries.all()},
            products={item.code: str(item) for item in row.products.all()},
            tiers=row.tiers, of_client=codes, in_use=used, tier=client.value_tier,
        )  # fmt: skip
        found.append((why.weight, Suggested(row, why.reason, row.pk in seen)))
    found.sort(key=lambda pair: -pair[0])
    return [suggested for _weight, suggested in found[:SOLUTIONS]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the books say of one contact. Units: `expiring` are points that end with this year."""

    name: str
    position: str
    key_person: bool
    tel: str
    star: int
    labels: list[str | Promise]
    expiring: int
    birthday: date | None
    traits: list[str]


def people(client: Client, today: date) -> list[Known]:
    """Return the contacts with star, labels, points that expire, a birthday ahead and traits."""
    rows = list(Contact.objects.active().filter(client=client).order_by("-kind", "id"))
    numbers = [row.mobile for row in rows if row.mobile]
    customers = {
        row.msisdn: row
        for row in PersonalCustomer.objects.filter(msisdn__in=numbers, in_net_to=None).select_related("marks")
    }
    points = dict(
        PointLot.objects.filter(
            account__customer__in=[row.pk for row in customers.values()],
            expires_on__range=(today, date(today.year, 12, 31)),
            remaining__gt=0,
        )
        .values_list("account__customer")
        .annotate(n=Sum("remaining"))
    )
    traits: dict[int, list[str]] = {}
    for trait in ContactTrait.objects.filter(contact__in=rows, ended_on=None).order_by("-noted_on", "-id"):
        traits.setdefault(trait.contact_id, []).append(f"{trait.get_kind_display()}: {trait.text}")
    found = []
    for row in rows:
        customer = customers.get(row.mobile)
        marks = getattr(customer, "marks", None)
        found.append(
            Known(
                name=f"{row.name} {row.salutation}".strip(),
                position=row.position,
                key_person=row.kind == "KEY_PERSON",
                tel=row.mobile or row.phone,
                star=customer.star if customer else 0,
                labels=[CustomerLabel(code).label for code in marks.labels] if marks else [],
                expiring=points.get(customer.pk, 0) if customer else 0,
                birthday=next_birthday(row.birthday, today),
                traits=traits.get(row.pk, [row.traits] if row.traits else []),
            )
        )
    return found


def next_birthday(born: date | None, today: date) -> date | None:
    """Return the birthday within the next days; 29 February counts on the 28th in a plain year."""
    if born is None:
        return None
    for year in (today.year, today.year + 1):
        try:
            day = born.replace(year=year)
        except ValueError:
            day = date(year, 2, 28)
        if today <= day <= today + timedelta(days=BIRTHDAY_DAYS):
            return day
    return None


def sheet(visit: Visit, user: User, *, plain: bool) -> dict[str, Any]:
    """Return all that is read before a visit.

    Whoever does not manage the client reads it without what concerns its people.
    """
    today, client = clock.today(), visit.client
    person = next((p for p in sheets.people_of(client, plain=plain) if p.pk == visit.contact_id), None)
    facts = facts_of(user, person, {"place": visit.place, "purpose": visit.purpose_note}, today)
    gaps = [answer.rule for answer in explain_completeness(client) if answer.filled is False]
    return sheets.preparation(visit, today, plain=plain) | {
        "known": people(client, today) if plain else [],
        "ending": list(
            Agreement.objects.filter(
                client=client, ended_on=None, expires_on__range=(today, today + timedelta(days=AHEAD_DAYS))
            ).order_by("expires_on")
        ),
        "sightings": list(CompetitorInfo.objects.filter(client=client)[:3]),
        "gaps": gaps,
        "solutions": solutions_for(visit),
        "cards": etiquette(facts),
        "today": today,
    }
