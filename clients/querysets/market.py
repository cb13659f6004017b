"""Market share of clients, units and grids: cm / (cm + ct + cu), summed before it is divided (R16)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Substr


@dataclass(slots=True)
class Share:
    """Users of the three operators at the clients of one place."""

    clients: int = 0
    cm: int = 0
    ct: int = 0
    cu: int = 0

    @property
    def total(self) -> int:
        """Return the users of all three."""
        return self.cm + self.ct + self.cu

    @property
    def share(self) -> float | None:
        """Return our part, or nothing where nobody was counted."""
        return self.cm / self.total if self.total else None

    def add(self, row: dict[str, Any]) -> None:
        """Add a summed row."""
        self.clients += row["clients"]
        self.cm += row["cm"]
        self.ct += row["ct"]
        self.cu += row["cu"]


def _sums(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.annotate(
        clients=Count("pk"),
        **{name: Coalesce(Sum(f"mobile_users_{name}"), Value(0)) for name in ("cm", "ct", "cu")},
    )


def total(clients: QuerySet[Any]) -> Share:
    """Return the share over all these clients."""
    found = Share()
    row = clients.order_by().aggregate(
        n=Count("pk"), **{x: Coalesce(Sum(f"mobile_users_{x}"), Value(0)) for x in ("cm", "ct", "cu")}
    )
    found.add({"clients": row["n"], **{name: row[name] for name in ("cm", "ct", "cu")}})
    return found


def by_unit(clients: QuerySet[Any]) -> dict[int, Share]:
    """Return shares by the unit that keeps the file."""
    rows = _sums(clients.order_by().values("org_unit"))
    found: dict[int, Share] = {}
    for row in rows:
        found.setdefault(row["org_unit"], Share()).add(row)
    return found


def by_grid(clients: QuerySet[Any], length: int) -> dict[str, Share]:
    """Return shares by the first `length` characters of the grid's path; clients without grid under ""."""
    rows = _sums(clients.order_by().annotate(place=Substr(F("grid__path"), 1, length)).values("place"))
    found: dict[str, Share] = {}
    for row in rows:
        found.setdefault(row["place"] or "", Share()).add(row)
    return found
