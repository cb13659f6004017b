"""One colour and one icon for each code of a vocabulary, everywhere the same; apps register in ready()."""

from dataclasses import dataclass
from typing import Literal

# The six semantic colours; their values stand in static/css/app.css.
Colour = Literal["neutral", "info", "good", "warn", "bad", "accent"]


@dataclass(frozen=True, slots=True)
class Look:
    """How one code looks."""

    colour: Colour
    icon: str = ""


PLAIN = Look("neutral")
_looks: dict[tuple[str, str], Look] = {}


def register(vocabulary: str, code: str, colour: Colour, icon: str = "") -> None:
    """Give a code its look; the icon is a name of static/img/icons.svg."""
    _looks[vocabulary, str(code)] = Look(colour, icon)


def look(vocabulary: str, code: str) -> Look:
    """Return the look of a code; an unknown one is plain."""
    return _looks.get((vocabulary, str(code)), PLAIN)
