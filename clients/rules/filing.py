"""Guards of filing as data: which units may have a file of their own, and the way out for the others.

A guard's condition is a Q over the facts of one file (`FACT_NAMES`), so that page, API and rosters ask the
same question. Guards stand in the order of spec §3.6.8: bank, outlet and branch first, then second level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import BankLevel, InstitutionType, UnitRelation

# Facts of a file that the guards ask for; a roster gives them as columns, one file as a dict.
FACT_NAMES = (
    "institution_type", "key_industry", "bank_level", "municipality_exempt", "unit_relation",
    "has_legal_status", "parent_authorized", "has_own_finance", "headcount", "has_parent",
    "parent_is_pgm", "grid_inside",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guard:
    """One reason to refuse a file: what to say, how to mend it, at which field."""

    code: str
    name: str
    when: Q
    message: str | Promise
    way_out: str | Promise
    field: str
    # Columns whose change makes an existing file meet the guard again.
    asks: frozenset[str]
    source: str


LOW_BANKS = (BankLevel.OFFICE, BankLevel.SAVINGS)
FILED_BANKS = (BankLevel.HQ, BankLevel.BRANCH, BankLevel.SUB_BRANCH)


def guards(numbers: Mapping[str, Any]) -> tuple[Guard, ...]:
    """Return the guards with the numbers in force (`pgm_min`, `ent_over`)."""
    own_scale = Q(has_own_finance=True) | Q(headcount__gt=int(numbers["ent_over"]))
    return (
        Guard(
            "BANK_LEVEL_TOO_LOW", "bank",
            Q(bank_level__in=LOW_BANKS) & ~Q(municipality_exempt=True),
            _("A teller office or savings outlet has no file of its own."),
            _("File the sub-branch of the county, or add members to its file."),
            "bank_level", frozenset({"bank_level"}), "S0-40, S0-41, D-08",
        ),
        Guard(
            "BRANCH_NEEDS_AUTHORIZATION", "outlet",
            Q(unit_relation=UnitRelation.OUTLET) & ~(Q(has_legal_status=True) & Q(parent_authorized=True)),
            _("A base outlet is filed only if it is a legal person and its parent authorises it."),
            _("File it under the branch it belongs to, or give the licence and the authorisation."),
            "unit_relation", frozenset({"unit_relation", "has_legal_status", "parent_authorized"}),
            "S0-42, D-09",
        ),
        Guard(
            "BRANCH_NEEDS_AUTHORIZATION", "branch",
            Q(unit_relation=UnitRelation.BRANCH, institution_type=InstitutionType.QY)
            & ~Q(bank_level__in=FILED_BANKS) & ~Q(parent_authorized=True) & ~own_scale,
            _("A branch of an enterprise is filed only when its parent authorises it."),
            _("Give the authorisation of the parent, or add the branch to the parent's file."),
            "parent_authorized",
            frozenset({"unit_relation", "parent_authorized", "has_own_finance", "employee_total"}),
            "S0-43, D-09",
        ),
        Guard(
            "SECOND_LEVEL_MERGE", "pgm_unit",
            Q(unit_relation=UnitRelation.SECOND_LEVEL_UNIT, parent_is_pgm=True)
            & Q(headcount__lt=int(numbers["pgm_min"])),
            _("A second-level unit with so few people belongs in its parent's file."),
            _("Name it in the parent's file, or correct the number of employees."),
            "employee_total", frozenset({"unit_relation", "parent", "employee_total"}), "S1-74, D-23",
        ),
        Guard(
            "SECOND_LEVEL_MERGE", "enterprise_unit",
            Q(unit_relation=UnitRelation.SECOND_LEVEL_UNIT) & ~Q(parent_is_pgm=True) & ~own_scale,
            _("A second-level unit without own finance belongs in its parent's file unless it is large."),
            _("Name it in the parent's file, or correct own finance or the number of employees."),
            "employee_total", frozenset({"unit_relation", "parent", "employee_total", "has_own_finance"}),
            "S1-75, S1-76, D-23",
        ),
        Guard(
            "PARENT_MISSING", "parent",
            ~Q(unit_relation=UnitRelation.HQ) & ~Q(has_parent=True),
            _("A unit that is not independent needs its parent client."),
            _("Choose the parent client, or set the relation to independent."),
            "parent", frozenset({"unit_relation", "parent"}), "S0-18",
        ),
        Guard(
            "GRID_OUT_OF_SCOPE", "grid",
            Q(grid_inside=False),
            _("This grid belongs to the area of another unit."),
            _("Choose a grid of the client's unit; a client of another area is filed there."),
            "grid", frozenset({"grid", "org_unit"}), "S1-73",
        ),
    )  # fmt: skip


def needs_head(facts: Mapping[str, Any]) -> bool:
    """Say whether a file stands on own finance or scale instead of its parent's word (D-09).

    Such a file always needs the head's approval.
    """
    relation = facts["unit_relation"]
    return relation == UnitRelation.SECOND_LEVEL_UNIT or (
        relation == UnitRelation.BRANCH and not facts["parent_authorized"]
    )
