"""What the page of a call shows: people, cards filled in, and whom to greet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.params import registry
from knowledge.models import ScriptCard
from knowledge.rules import parts
from members.models import Contact
from visits.choices import HolidayKind
from visits.models import Appointment, Holiday, MissedCall
from visits.querysets.calls import born_on, not_greeted
from visits.rules.calls import STAGES
from visits.sheets import Person

PAGE = 30


@dataclass(frozen=True, slots=True)
class Card:
    """One script card with its places filled in."""

    title: str
    pieces: list[tuple[str, str]]


def facts_of(user: User, person: Person | None, call: dict[str, Any], today: date) -> dict[str, str]:
    """Return what fills the places of script cards; what is unknown stays open."""
    name = ""
    if person is not None:
        # 王 + 总; a form of address that holds the name already is taken as it is.
        name = person.salutation if person.salutation[:1] == person.name[:1] else ""
        name = name or (person.name[:1] + person.salutation if person.salutation else person.name)
    return {
        "salutation": name,
        "me": user.full_name,
        "my_phone": user.mobile or "",
        "purpose": call.get("purpose") or "",
        "benefit": call.get("benefit") or "",
        "slot1": spoken(call.get("slot1_at"), today),
        "slot2": spoken(call.get("slot2_at"), today),
        "place": call.get("place") or "",
        "holiday": next_holiday(today)[0],
    }


def spoken(moment: datetime | None, today: date) -> str:
    """Return a time as it is said: 明天上午10:00."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.BUSINESS_ZONE)
    days = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow")}
    away = (local.date() - today).days
    return f"{days.get(away, f'{local:%m-%d}')} {local:%H:%M}"


def cards_of(kind: str, facts: dict[str, str]) -> dict[str, list[Card]]:
    """Return the cards of each step of a call, in one query."""
    steps = STAGES[kind]
    rows = list(ScriptCard.objects.of_stages([stage for stages in steps.values() for stage in stages]))
    return {
        step: [Card(str(row), parts(row.words, facts)) for row in rows if row.stage in stages]
        for step, stages in steps.items()
    }


def etiquette(facts: dict[str, str]) -> list[Card]:
    """Return the cards on how to behave at the client's (Source: S1-40…S1-49)."""
    return [Card(str(row), parts(row.words, facts)) for row in ScriptCard.objects.of_stages(["ETIQUETTE"])]


# ---- Whom to greet (Source: S1-22)


def next_holiday(today: date, within: int = 30) -> tuple[str, date | None]:
    """Return the holiday that comes next, with its first day; of one that has begun, the one after."""
    rows = Holiday.objects.filter(
        kind=HolidayKind.HOLIDAY, day__range=(today - timedelta(days=10), today + timedelta(days=within))
    )
    before: tuple[str, date] | None = None
    for row in rows:
        begins = before is None or row.name != before[0] or (row.day - before[1]).days > 1
        if begins and row.day >= today:
            return row.name, row.day
        before = (row.name, row.day)
    return "", None


@dataclass(frozen=True, slots=True)
class Greeting:
    """Somebody to greet, and why."""

    contact: Contact
    occasion: str
    on: date


def greetings(user: User, today: date, *, limit: int = PAGE) -> tuple[list[Greeting], int]:
    """Return whom the person should greet: birthdays first, then key persons before a holiday.

    Whoever was greeted for it already is left out. The second value is how many there are in all.
    """
    numbers = registry.get_group("call.", as_of=today)
    own = Client.objects.managed_by(user).exclude(status="CLOSED").values("pk")
    people = Contact.objects.active().filter(client__in=own).select_related("client")
    days = [today + timedelta(days=n) for n in range(numbers["birthday_days"] + 1)]
    since = clock.at(today - timedelta(days=30))
    born = not_greeted(born_on(people, days).exclude(birthday=None), since=since)
    found = [Greeting(row, _("birthday"), _birthday(row, days)) for row in born.order_by("id")[:200]]
    found.sort(key=lambda row: (row.on, row.contact.pk))
    total = len(found)
    name, first = next_holiday(today, numbers["holiday_days"])
    if first is not None:
        begin = clock.at(first - timedelta(days=numbers["holiday_days"]))
        rest = not_greeted(people.filter(kind="KEY_PERSON"), since=begin).exclude(
            pk__in=[row.contact.pk for row in found]
        )
        total += rest.count()
        if len(found) < limit:
            found += [Greeting(row, name, first) for row in rest.order_by("id")[: limit - len(found)]]
    return found[:limit], total


def _birthday(contact: Contact, days: list[date]) -> date:
    born = contact.birthday
    for day in days:
        if born and (day.month, day.day) == (born.month, born.day):
            return day
    return next(day for day in days if (day.month, day.day) == (2, 28))


# ---- Lists


def open_calls(user: User, today: date) -> Any:
    """Return own calls of today and earlier that nobody has made, the oldest first."""
    return (
        Appointment.objects.filter(owner=user, call_at__lt=clock.next_midnight(today))
        .to_make()
        .with_rows()
        .order_by("call_at", "id")
    )


def missed_calls(user: User) -> Any:
    """Return own missed calls that wait, the most urgent first."""
    return MissedCall.objects.filter(owner=user).waiting().with_rows().order_by("due_at", "id")
