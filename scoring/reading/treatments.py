"""Which services a customer may have, and what the levels of service cost and bring (S3-23, S3-37)."""

from dataclasses import dataclass

from members.models import PersonalCustomer
from scoring import rules
from scoring.choices import ServiceRow
from scoring.models import CustomerMarks, StarRun
from scoring.rules.treatments import TREATMENTS, Treatment

# Stars of one column: the matrix does not tell the lowest three apart.
COLUMNS: tuple[tuple[int, ...], ...] = ((6,), (5,), (4,), (3, 2, 1, 0))


@dataclass(frozen=True, slots=True)
class TreatmentLine:
    """One service with the rule that opens it; without one it needs approval."""

    treatment: Treatment
    rule: str

    @property
    def allowed(self) -> bool:
        """Say whether the customer may have it as of right."""
        return bool(self.rule)


def treatments_of(customer: PersonalCustomer) -> list[TreatmentLine]:
    """Return every service of the matrix with what it says about a customer, from stored star and labels."""
    labels = CustomerMarks.objects.filter(customer=customer).values_list("labels", flat=True).first() or ()
    return [TreatmentLine(each, each.opened_by(customer.star, labels)) for each in TREATMENTS]


def by_row(lines: list[TreatmentLine]) -> list[tuple[str, list[TreatmentLine]]]:
    """Return the lines by row of the matrix."""
    return [(str(row.label), [line for line in lines if line.treatment.row == row]) for row in ServiceRow]


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level of service: whom it is for, what they spend, what they get. Units: fen a month."""

    stars: tuple[int, ...]
    customers: int
    average_fen: int | None
    treatments: tuple[Treatment, ...]


def levels_of(run: StarRun) -> list[LevelLine]:
    """Return the levels of service beside the spend of who has them in the month of a run."""
    lines = []
    for stars in COLUMNS:
        customers = sum(run.counts.get(str(star), 0) for star in stars)
        spent = sum(run.spend6_fen.get(str(star), 0) for star in stars)
        average = spent // rules.WINDOW // customers if customers and run.spend6_fen else None
        given = tuple(each for each in TREATMENTS if each.opened_by(stars[0], ()))
        lines.append(LevelLine(stars, customers, average, given))
    return lines
