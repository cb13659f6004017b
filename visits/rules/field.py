"""What a position is worth: rules as data, pure functions (Source: S1-32, S1-40, S1-91)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Any

from visits.choices import Doubt, Fix, Light, PresenceReason

Facts = Mapping[str, Any]
EARTH_M = 6_371_000
WORST = (Light.GREEN, Light.AMBER, Light.RED)


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason, the colour it gives, and when it holds."""

    reason: PresenceReason
    light: Light
    holds: Callable[[Facts, Facts], bool]


def _given(facts: Facts) -> bool:
    return bool(facts["fix"] == Fix.GIVEN)


def _least(facts: Facts) -> float:
    """Return the least distance the position allows: its inexactness speaks for the person."""
    return float(facts["distance_m"] - (facts["accuracy_m"] or 0))


def _beyond(name: str) -> Callable[[Facts, Facts], bool]:
    return lambda facts, numbers: facts["distance_m"] is not None and _least(facts) > numbers[name]


def is_far(facts: Facts, numbers: Facts) -> bool:
    """Say whether the phone was elsewhere for sure."""
    return _beyond("far_m")(facts, numbers)


R, L = PresenceReason, Light
# All that hold are said; the worst colour counts.
RULES: tuple[Rule, ...] = (
    Rule(R.FAR, L.RED, is_far),
    Rule(R.AWAY, L.AMBER, lambda f, n: _beyond("near_m")(f, n) and not is_far(f, n)),
    Rule(R.NEAR, L.GREEN, lambda f, n: f["distance_m"] is not None and not _beyond("near_m")(f, n)),
    Rule(R.NO_PLACE, L.AMBER, lambda f, _n: _given(f) and f["distance_m"] is None),
    Rule(R.REFUSED, L.AMBER, lambda f, _n: f["fix"] == Fix.REFUSED),
    Rule(R.NONE, L.AMBER, lambda f, _n: f["fix"] == Fix.NONE),
    Rule(R.UNSENT, L.AMBER, lambda f, _n: f["fix"] == Fix.UNSENT),
    Rule(R.VAGUE, L.AMBER, lambda f, n: _given(f) and (f["accuracy_m"] or 0) > n["accuracy_m"]),
    Rule(R.STALE, L.AMBER, lambda f, n: _given(f) and (f["age_s"] or 0) > n["fix_age_s"]),
    Rule(R.CLOCK, L.AMBER, lambda f, n: abs(f["skew_s"] or 0) > n["skew_s"]),
)


def judge(facts: Facts, numbers: Facts) -> tuple[Light, list[str]]:
    """Return the colour of a check-in and every reason for it.

    Units: metres and seconds; `numbers` are the parameters visits.*.
    Facts: fix, distance_m, accuracy_m, age_s, skew_s.
    """
    held = [rule for rule in RULES if rule.holds(facts, numbers)]
    light = max((rule.light for rule in held), key=WORST.index, default=Light.GREEN)
    return light, [rule.reason.value for rule in held]


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Return metres between two positions, as the crow flies. Units: degrees (latitude, longitude)."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_M * asin(sqrt(min(1.0, half))))


def middle(positions: Sequence[tuple[float, float]], *, at_least: int) -> tuple[float, float] | None:
    """Return where several check-ins say a client is: the median, which one stray phone does not move."""
    if len(positions) < at_least:
        return None
    return median(lat for lat, _lon in positions), median(lon for _lat, lon in positions)


def doubts(*, lights: Iterable[str], skews: Iterable[int | None], numbers: Facts) -> list[str]:
    """Return what an approver should know of place and clock."""
    found: list[str] = [Doubt.FAR] if Light.RED in set(lights) else []
    if any(abs(skew or 0) > numbers["skew_s"] for skew in skews):
        found.append(Doubt.CLOCK)
    return found
