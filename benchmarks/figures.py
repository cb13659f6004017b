"""What many measurements come to: one way to say p50 and p95 for every benchmark."""

import math
import statistics
from collections.abc import Iterable


def spread(times: Iterable[float], unit: str = "", digits: int = 1) -> dict[str, float]:
    """Return p50, p95 and the largest, in the unit given and with it in their names (`p95_ms`).

    The p95 is the smallest value that 95 % of the measurements do not exceed (nearest rank).
    Raises: ValueError when nothing was measured.
    """
    ordered = sorted(times)
    if not ordered:
        raise ValueError("nothing was measured")
    named = {
        "p50": statistics.median(ordered),
        "p95": ordered[math.ceil(len(ordered) * 0.95) - 1],
        "max": ordered[-1],
    }
    return {f"{name}_{unit}" if unit else name: round(value, digits) for name, value in named.items()}
