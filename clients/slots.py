"""Places on the client's pages that apps of upper floors fill; they register in their AppConfig.ready().

A tab is a page of its own (`/clients/<pk>/…/`) that extends `clients/card_base.html`, loaded as a
fragment by htmx. A why panel explains one derived column. An action is a button in the header. A brief
is a small fragment on the first tab. A step is a page of filing
(extends `clients/filing/base.html`). All addresses take the client's pk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise

if TYPE_CHECKING:
    from clients.models import Client
    from crm.accounts.models import User

Kind = Literal["tab", "why", "action", "brief", "step"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing an app adds: `code` names it (for why: the derived column), `verb` who may see it."""

    kind: Kind
    code: str
    label: str | Promise
    url_name: str
    verb: str
    order: int = 50
    icon: str = ""


_slots: dict[tuple[Kind, str], Slot] = {}


def register(slot: Slot) -> None:
    """Add a slot; a kind and code may be taken once."""
    if _slots.get((slot.kind, slot.code), slot) != slot:
        raise ValueError(f"slot taken: {slot.kind} {slot.code}")
    _slots[slot.kind, slot.code] = slot


def slots(kind: Kind, user: "User") -> list[Slot]:
    """Return the slots of a kind the person may see, in order."""
    found = [slot for (k, _), slot in _slots.items() if k == kind and user.can(slot.verb)]
    return sorted(found, key=lambda slot: (slot.order, slot.code))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an upper floor lets the list of clients be narrowed by."""

    code: str
    label: str | Promise
    narrow: Callable[[Any], Any]


_narrowings: dict[str, Narrowing] = {}


def register_narrowing(narrowing: Narrowing) -> None:
    """Offer one more thing to narrow clients by."""
    _narrowings[narrowing.code] = narrowing


def narrowing_choices() -> list[tuple[str, str | Promise]]:
    """Return what may be chosen, in the order of registering."""
    return [(each.code, each.label) for each in _narrowings.values()]


def narrowed(clients: Any, code: str) -> Any:
    """Keep the clients a narrowing names; an unknown one keeps all."""
    return _narrowings[code].narrow(clients) if code in _narrowings else clients


# Who of a client may have signed: key and name as this person may read it; people stand a floor above.
SignerSource = Callable[["User", "Client"], list[tuple[int, str]]]
_signers: list[SignerSource] = []


def offer_signers(source: SignerSource) -> None:
    """Offer the people of a client as signers of its agreements."""
    if source not in _signers:
        _signers.append(source)


def signers(user: "User", client: "Client") -> list[tuple[int, str]]:
    """Return who of a client may have signed."""
    return [entry for source in _signers for entry in source(user, client)]
