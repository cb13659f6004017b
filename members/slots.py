"""Our places on the client's pages, and the places on ours that upper floors fill."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.cards import sees_plain
from clients.models import Client
from clients.slots import Slot, offer_signers, register
from crm.accounts.models import User
from crm.base.templatetags.crm import masked_name
from members.models import Contact

register(Slot("step", "people", _("Their people"), "members:filing_people", "members.change", 40, "users"))
register(Slot("tab", "people", _("People"), "members:people", "members.view", 30, "users"))
register(Slot("brief", "traits", _("Traits"), "members:traits_brief", "members.view", 5, "bulb"))

MarksOf = Callable[[Iterable[str]], Mapping[str, Any]]
Narrow = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Marks:
    """What an upper floor knows about numbers: marks for rows of lists, and a filter over customers."""

    of_numbers: MarksOf
    choices: tuple[tuple[str, str | Promise], ...]
    narrow: Narrow


_marks: list[Marks] = []


def register_marks(marks: Marks) -> None:
    """Let an upper floor mark people; the last one registered speaks."""
    _marks[:] = [marks]


def marks_of(msisdns: Iterable[str]) -> Mapping[str, Any]:
    """Return the marks of numbers; none while nobody fills the slot."""
    return _marks[0].of_numbers(msisdns) if _marks else {}


def mark_choices() -> tuple[tuple[str, str | Promise], ...]:
    """Return what people may be filtered by."""
    return _marks[0].choices if _marks else ()


def narrowed_by_mark(customers: Any, code: str) -> Any:
    """Keep customers with a mark; an unknown code keeps all."""
    if _marks and code in dict(_marks[0].choices):
        return _marks[0].narrow(customers, code)
    return customers


def signers(user: User, client: Client) -> list[tuple[int, str]]:
    """Return contacts of a client who may have signed, masked for whom does not manage it."""
    plain = sees_plain(user, client)
    rows = Contact.objects.visible_to(user).filter(client=client).order_by("left_on", "pk")[:50]
    return [
        (row.pk, f"{row.name if plain else masked_name(row.name)} {row.position}".strip()) for row in rows
    ]


offer_signers(signers)
