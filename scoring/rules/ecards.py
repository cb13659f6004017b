"""The code of a VIP e-card, what a verification says, brand levels and marks: pure functions and data.

The code is base64url(version · length of key id · key id · nonce · AES-256-GCM{grade, card_no, valid_to,
customer_ref}); what stands before the cipher is sealed with it (spec §3.5, S0-74, S0-75).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from members.choices import Brand, VipGrade
from scoring.choices import BrandLevel, CardState, CardVerdict, Entitlement

VERSION = 1
NONCE_BYTES = 12
FIELDS = ("grade", "card_no", "valid_to", "customer_ref")
# What is printed beside the code.
PLAIN = ("grade", "card_no", "valid_to")


class Unreadable(Exception):
    """A code that is none of ours, or was tampered with."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands in a code."""

    fields: dict[str, str]
    key_id: str
    nonce: bytes


def seal(fields: Mapping[str, str], *, key: bytes, key_id: str, nonce: bytes) -> str:
    """Return the code of a card; the same arguments give the same code."""
    head = bytes([VERSION, len(key_id)]) + key_id.encode("ascii")
    plain = json.dumps({name: fields[name] for name in FIELDS}, separators=(",", ":")).encode()
    sealed = AESGCM(key).encrypt(nonce, plain, head)
    return base64.urlsafe_b64encode(head + nonce + sealed).rstrip(b"=").decode("ascii")


def open_code(code: str, keys: Mapping[str, bytes]) -> Opened:
    """Return what stands in a code.

    Raises: Unreadable for anything that one of the keys did not seal.
    """
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        if raw[0] != VERSION:
            raise Unreadable
        end = 2 + raw[1]
        key_id = raw[2:end].decode("ascii")
        nonce = raw[end : end + NONCE_BYTES]
        plain = AESGCM(keys[key_id]).decrypt(nonce, raw[end + NONCE_BYTES :], raw[:end])
        fields = json.loads(plain)
        found = {name: str(fields[name]) for name in FIELDS}
    except (binascii.Error, IndexError, KeyError, ValueError, TypeError, InvalidTag) as error:
        raise Unreadable from error
    return Opened(found, key_id, nonce)


def check_digit(eleven: str) -> str:
    """Return the twelfth digit of a card number (Luhn): a slip of the finger is seen at once."""
    total = 0
    for place, figure in enumerate(reversed(eleven)):
        number = int(figure) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def is_card_no(number: str) -> bool:
    """Say whether a number can be one of a card."""
    return (
        len(number) == 12
        and number.isascii()
        and number.isdecimal()
        and check_digit(number[:11]) == number[11]
    )


def differs(opened: Mapping[str, str], plain: Mapping[str, str]) -> bool:
    """Say whether what is printed differs from the code; what was not read off is not compared (E151)."""
    return any(plain.get(name) and plain[name] != opened[name] for name in PLAIN)


def verdict(*, state: str, valid_to: date, as_of: date) -> str:
    """Return what a card that is ours and whole is worth on a day; valid on its last day (E153)."""
    if state in (CardState.REVOKED, CardState.SUPERSEDED):
        return CardVerdict.REVOKED
    if state == CardState.EXPIRED or valid_to < as_of:
        return CardVerdict.EXPIRED
    return CardVerdict.OK


# Sizes of the picture by terminal: how many pixels wide the whole card is (S0-74).
SIZES: dict[str, int] = {"s": 240, "m": 480, "l": 960}

LEVELS: dict[str, str] = {
    VipGrade.NONE: BrandLevel.ORDINARY,
    VipGrade.SILVER: BrandLevel.SILVER,
    VipGrade.GOLD: BrandLevel.GOLD,
    VipGrade.DIAMOND: BrandLevel.DIAMOND,
}


def brand_level(brand: str, grade: str) -> str:
    """Return the level mark of World Wind customers; other brands have none (S4-10)."""
    return LEVELS.get(grade, BrandLevel.ORDINARY) if brand == Brand.WORLDWIND else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark, of whom, and what it opens."""

    code: str
    needs: tuple[str, ...]
    opens: frozenset[str]
    source: str


# Rule MK: a person bears every mark whose needs hold, and enjoys the union of what they open (S4-11).
MARKS: tuple[Mark, ...] = (
    Mark("OWN_BRAND", (), frozenset({Entitlement.BRAND}), "S4-11"),
    Mark("VIP", ("is_vip",), frozenset({Entitlement.VIP}), "S0-62…S0-64"),
    Mark(
        "NEWERA",
        ("is_key_person", "of_newera_brand"),
        frozenset({Entitlement.GROUP, Entitlement.WORLDWIND_VIP}),
        "S4-11",
    ),
)


def marks_of(facts: Mapping[str, bool]) -> tuple[Mark, ...]:
    """Return the marks a person bears."""
    return tuple(mark for mark in MARKS if all(facts[name] for name in mark.needs))


def entitlements_of(facts: Mapping[str, bool]) -> list[str]:
    """Return what a person enjoys: the union over the marks, in the order of the vocabulary."""
    opened: set[str] = set().union(*(mark.opens for mark in marks_of(facts)))
    return [code for code in Entitlement.values if code in opened]


def parse_keys(lines: list[str]) -> dict[str, bytes]:
    """Return keys by id, in the order written; the first one issues.

    Raises: ValueError that says which line is wrong, never the key.
    """
    found: dict[str, bytes] = {}
    for place, line in enumerate(filter(None, map(str.strip, lines)), 1):
        key_id, _colon, encoded = line.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not (key_id.isascii() and 0 < len(key_id) <= 16 and len(key) == 32 and key_id not in found):
            raise ValueError(f"ECARD_KEYS, entry {place}: write id:base64 of 32 bytes, each id once")
        found[key_id] = key
    return found


def asks_for_card(text: str, keyword: str) -> bool:
    """Say whether a cleaned text is the keyword, in whatever letters it was typed (E149)."""
    return text.casefold() == keyword.casefold()


def plain_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the printed part of what stands in a code: the same by construction (S0-75)."""
    return {name: str(fields[name]) for name in PLAIN}
