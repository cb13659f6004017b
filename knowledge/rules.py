"""How cards are filled in, and why a solution fits a client: data and pure functions."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What a card may leave open; a place nobody can fill stays visibly open.
PLACES: dict[str, str | Promise] = {
    "salutation": _("form of address"),
    "me": _("name of the manager"),
    "my_phone": _("phone of the manager"),
    "purpose": _("what it is about"),
    "benefit": _("benefit to the client"),
    "slot1": _("first time offered"),
    "slot2": _("second time offered"),
    "place": _("place of the visit"),
    "holiday": _("holiday"),
}
OPEN = "××"
_PLACE = re.compile(r"\{(\w+)\}")


def unknown_places(text: str) -> list[str]:
    """Return the places of a card that nothing can fill."""
    return sorted({name for name in _PLACE.findall(text) if name not in PLACES})


def parts(text: str, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the text in pieces: ("", words) or (name of the place, what fills it)."""
    found: list[tuple[str, str]] = []
    for number, piece in enumerate(_PLACE.split(text)):
        if number % 2:
            found.append((piece, facts.get(piece, "") or OPEN))
        elif piece:
            found.append(("", piece))
    return found


def named(text: str) -> list[tuple[str, str]]:
    """Return the text in pieces with the names of its places, as who reads the library sees it."""
    return parts(text, {name: str(words) for name, words in PLACES.items()})


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with its places filled in."""
    return "".join(words for _name, words in parts(text, facts))


@dataclass(frozen=True, slots=True)
class Fit:
    """Why a solution fits: how much it counts, in what words."""

    weight: int
    reason: str


# The client's own industry says most, then what it has in use, then its value tier.
INDUSTRY, PRODUCT, TIER = 4, 2, 1


def fit(
    *,
    industries: Mapping[str, str],
    products: Mapping[str, str],
    tiers: Collection[str],
    of_client: Collection[str],
    in_use: Collection[str],
    tier: str | None,
) -> Fit:
    """Return how well a solution fits a client, and why.

    Units: `industries` and `products` are those of the solution, code → name; `of_client` are the client's
    industry codes on every level, `in_use` its product codes. Source: S1-07
    """
    weight = 0
    reasons: list[str] = []
    if same := [name for code, name in industries.items() if code in of_client]:
        weight += INDUSTRY
        reasons.append(str(_("same industry: %(names)s")) % {"names": "、".join(same)})
    if used := [name for code, name in products.items() if code in in_use]:
        weight += PRODUCT
        reasons.append(str(_("uses %(names)s")) % {"names": "、".join(used)})
    if tier and tier in tiers:
        weight += TIER
        reasons.append(str(_("for tier %(tier)s")) % {"tier": tier})
    return Fit(weight, " · ".join(reasons))
