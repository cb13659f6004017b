"""What a duty is: one thing to do, with exactly one act."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from crm.accounts.models import User

EACH = 20
Colour = Literal["bad", "warn", "info", "neutral"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do: what, about whom, until when, and the one act."""

    code: str
    colour: Colour
    icon: str
    title: str
    text: str
    url: str
    act: str
    due: datetime | date | None = None
    post: bool = False  # the act is done on the spot
    about: str = ""  # where the title leads, when that is another page

    def as_json(self) -> dict[str, Any]:
        """Return what the API shows."""
        return {
            key: value
            for key, value in asdict(self).items()
            if key not in ("icon", "post", "colour", "about")
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is asked for."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Source:
    """Where duties come from and which verb opens them."""

    verb: str
    read: Callable[[User, Moment], Iterable[Duty]]
    label: str | Promise


def address(name: str, *args: Any, query: str = "") -> str:
    """Return an address; empty while the page does not exist, so that its duty is left out."""
    try:
        return reverse(name, args=args) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""
