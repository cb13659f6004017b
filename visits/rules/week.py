"""Fill the working days of a week with visits owed, district by district: data and pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm.base import clock

# When a visit begins, the best hours first; a day takes as many as its capacity.
HOURS = ((9, 30), (14, 0), (15, 30), (10, 45), (16, 45), (8, 30), (11, 45), (13, 0))
APART = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client that is owed a visit nobody has planned."""

    client_id: int
    code: str
    district: str
    debt: int
    last_visited: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """One visit of the proposal."""

    client_id: int
    at: datetime


def urgency(candidate: Candidate) -> tuple[int, date, str]:
    """Return by what candidates are put in order: most owed, longest not visited, then the code."""
    return (-candidate.debt, candidate.last_visited or date.min, candidate.code)


def free_times(day: date, *, capacity: int, taken: Sequence[datetime]) -> list[datetime]:
    """Return when visits can still begin on a day, an hour from those planned, up to the capacity."""
    free = [
        moment
        for moment in (clock.at(day, *hour) for hour in HOURS)
        if all(abs(moment - other) >= APART for other in taken)
    ]
    return sorted(free[: max(0, capacity - len(taken))])


def fill_week(candidates: Iterable[Candidate], times: Mapping[date, Sequence[datetime]]) -> list[Place]:
    """Return who is visited when: the most urgent clients, those of one district one after the other.

    One visit a client and week. Districts with the most debt come first. Source: S1-03
    """
    moments = [moment for day in sorted(times) for moment in times[day]]
    chosen = sorted(candidates, key=urgency)[: len(moments)]
    owed: dict[str, int] = {}
    for one in chosen:
        owed[one.district] = owed.get(one.district, 0) + one.debt
    chosen.sort(key=lambda one: (-owed[one.district], one.district, *urgency(one)))
    return [Place(one.client_id, moment) for one, moment in zip(chosen, moments, strict=False)]
