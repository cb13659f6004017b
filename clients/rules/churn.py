"""The signs that a client may be leaving, as data; each raises one alert with its level (Source: S0-89)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import ChurnRule, Level, Operator


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the table: what is looked for, how grave it is, where the rule comes from."""

    code: ChurnRule
    label: str | Promise
    level: Level
    source: str


SIGNS: tuple[Sign, ...] = (
    Sign(ChurnRule.CHURNED, _("The last product was cancelled."), Level.HIGH, "S0-37, S0-89"),
    Sign(ChurnRule.POACHING, _("A competitor is poaching the client."), Level.HIGH, "S0-89"),
    Sign(ChurnRule.CANCELLED, _("A product was cancelled."), Level.MID, "S0-89"),
    Sign(ChurnRule.TRAFFIC_DROP, _("Traffic of the closed month fell against the three before."),
         Level.MID, "J14, S0-89"),
    Sign(ChurnRule.SILENT, _("The client fell silent."), Level.MID, "S0-36, S0-89"),
    Sign(ChurnRule.REPORTED, _("The manager reported the risk."), Level.MID, "S0-89"),
)  # fmt: skip
LEVELS = {sign.code: sign.level for sign in SIGNS}
WORDS: dict[str, str | Promise] = {str(sign.code): sign.label for sign in SIGNS}


def dropped(last: int, before: int, numbers: Mapping[str, Any]) -> Level | None:
    """Return the level of a fall of traffic, or nothing.

    `before` is the sum of three months. Exactly the threshold is a fall. Units: percent.
    """
    if before <= 0:
        return None
    for name, level in (("drop_high_pct", Level.HIGH), ("drop_pct", LEVELS[ChurnRule.TRAFFIC_DROP])):
        if 300 * last <= before * (100 - int(numbers[name])):
            return level
    return None


NAMES = {
    "电信": Operator.CT,
    "天翼": Operator.CT,
    "联通": Operator.CU,
    "telecom": Operator.CT,
    "unicom": Operator.CU,
}


def operator_in(text: str) -> Operator:
    """Return the competitor that a remark names first; one it does not name is another operator."""
    places = {text.lower().find(name): operator for name, operator in NAMES.items() if name in text.lower()}
    return places[min(places)] if places else Operator.OTHER
