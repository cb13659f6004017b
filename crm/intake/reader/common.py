"""Limits, marks and the refusal that all readers share."""

from typing import Any

ERROR_MARK = "\x00E:"
FORMULA_MARK = "\x00F:"
MAX_CELLS = 60_000_000  # dense grid that calamine would allocate
MAX_COLUMNS = 1_000
MAX_RATIO = 100  # honest sheets compress 5 to 40 times
RATIO_FROM = 8 * 1024 * 1024
MAX_UNPACKED = 3 * 1024**3
MAX_ROW_BYTES = 16 * 1024 * 1024
CHUNK = 1 << 20
REPORTED_CELLS = 100_000
MAX_BROKEN_LINES = 10_000
HEAD_ROWS = 35  # rows of a sheet in which a header is looked for, and a few below it


class Refusal(Exception):
    """Say by code why a whole file cannot be taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def refuse_entities(data: bytes) -> None:
    """Refuse XML that declares anything: no workbook needs it.

    Raises: Refusal ENTITIES
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<!doctype" in data:
        raise Refusal("ENTITIES")
