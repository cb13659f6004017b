"""What a bill earns and when it expires (spec §3.5)."""

from datetime import date


def points_of_bill(*, paid_fen: int, agency_fee_fen: int, rounding: str = "FLOOR") -> int:
    """Return the consumption points of one settled bill.

    Units: fen in, points out. Source: S0-66, S0-67, D-16.
    """
    eligible = max(0, paid_fen - agency_fee_fen)
    return (eligible + 50) // 100 if rounding == "HALF_UP" else eligible // 100


def expiry_of(lot_year: int, *, validity_years: int) -> date:
    """Return the last day of a year's points: three calendar years with the first (S0-72, D-15)."""
    return date(lot_year + validity_years - 1, 12, 31)
