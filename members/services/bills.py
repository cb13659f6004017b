"""Take in monthly bills from the billing system: many rows, one answer a row."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import Sentence
from crm.base.trail import record
from members import statements
from members.models import MonthlyBill, PersonalCustomer

Outcome = Literal["created", "updated", "unchanged", "rejected"]
AMOUNTS = ("total_fen", "paid_fen", "agency_fee_fen", "discount_fen")
FIRST_MONTH = date(2000, 1, 1)
MOST = 1_000_000_000_00  # a thousand million yuan a month is a slip

MESSAGES: dict[str, Sentence] = {
    "CUSTOMER_NOT_FOUND": _("In this month no customer of your scope had this number."),
    "MONTH_INVALID": _("The month is written as its first day, for example 2026-03-01, from 2000 on."),
    "MONTH_FUTURE": _("This month has not begun yet."),
    "SETTLED_FUTURE": _("The day of settling lies in the future."),
    "AMOUNT_INVALID": _("Amounts are whole numbers of fen, from 0 up."),
    "DUPLICATE_ROW": _("The same number and month stand in the request twice; the first row counts."),
}


@dataclass(frozen=True, slots=True)
class BillRow:
    """One bill as the billing system states it. Units: fen."""

    msisdn: str
    month: date
    total_fen: int
    paid_fen: int
    agency_fee_fen: int = 0
    discount_fen: int = 0
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BillResult:
    """What became of one row.

    `was_posted` says that points of this bill stood in the ledger before; when it is updated, the ledger's
    keeper must settle the difference.
    """

    index: int
    msisdn: str
    month: date
    outcome: Outcome
    code: str = ""
    message: Sentence = ""
    bill_id: int | None = None
    was_posted: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the row's answer for the API."""
        return {**asdict(self), "month": f"{self.month:%Y-%m}", "message": str(self.message)}


def _problem(row: BillRow) -> str:
    if row.month.day != 1 or row.month < FIRST_MONTH:
        return "MONTH_INVALID"
    if row.month > clock.today():
        return "MONTH_FUTURE"
    if any(type(fen) is not int or not 0 <= fen <= MOST for fen in (getattr(row, name) for name in AMOUNTS)):
        return "AMOUNT_INVALID"
    if row.settled_at and clock.business_date(row.settled_at) > clock.today():
        return "SETTLED_FUTURE"
    return ""


@transaction.atomic
def record_bills(*, rows: Sequence[BillRow], actor: User) -> list[BillResult]:
    """Insert or update bills by number and month; a bill once settled stays settled.

    Steps: 1. find who held each number in its month, inside the actor's scope, and lock them in order, so
    that two feeds wait for each other; 2. compare with what is on file; 3. write what is new or different in
    one statement.
    The same message twice changes nothing (E120). A bad row raises nothing: its result says what is wrong.
    """
    customers = _customers(rows, actor)
    known = _on_file(list(customers.values()), {row.month for row in rows})
    results: list[BillResult] = []
    writes: list[tuple[int, MonthlyBill]] = []
    seen: set[tuple[str, date]] = set()
    for index, row in enumerate(rows):
        key = (row.msisdn, row.month)
        code = _problem(row) or ("" if key in customers else "CUSTOMER_NOT_FOUND")
        if not code and key in seen:
            code = "DUPLICATE_ROW"
        if code:
            results.append(
                BillResult(index, row.msisdn, row.month, "rejected", code=code, message=MESSAGES[code])
            )
            continue
        seen.add(key)
        old = known.get((customers[key], row.month))
        values: dict[str, Any] = {name: getattr(row, name) for name in AMOUNTS}
        values["settled_at"] = row.settled_at or (old.settled_at if old else None)
        outcome: Outcome = "created" if old is None else "updated"
        if old is not None and all(getattr(old, name) == value for name, value in values.items()):
            outcome = "unchanged"
        else:
            bill = MonthlyBill(customer_id=customers[key], bill_month=row.month, **values)
            writes.append((len(results), bill))
        results.append(
            BillResult(
                index,
                row.msisdn,
                row.month,
                outcome,
                bill_id=old.pk if old else None,
                was_posted=bool(old and old.posted_at),
            )
        )
    if writes:
        MonthlyBill.objects.bulk_create(
            [bill for _, bill in writes],
            update_conflicts=True,
            unique_fields=["customer", "bill_month"],
            # A bill that changes is due again: the ledger compares it with what it earned.
            update_fields=[*AMOUNTS, "settled_at", "posted_at"],
            batch_size=2000,
        )
        for place, bill in writes:
            results[place] = BillResult(**{**_plain(results[place]), "bill_id": bill.pk})
        record(actor=actor, action="members.bills_recorded", data={"rows": len(rows), "written": len(writes)})
    return results


def _plain(result: BillResult) -> Mapping[str, Any]:
    return {name: getattr(result, name) for name in BillResult.__slots__}


def _customers(rows: Sequence[BillRow], actor: User) -> dict[tuple[str, date], int]:
    """Return number and month → who held the number then, of the actor's units, locked."""
    wanted = sorted({(row.msisdn, row.month) for row in rows})
    pairs = "SELECT unnest(%(numbers)s::varchar[]) AS msisdn, unnest(%(months)s::date[]) AS month"
    with connection.cursor() as cursor:
        cursor.execute(
            statements.HOLDERS.format(wanted=pairs),
            {
                "numbers": [number for number, _month in wanted],
                "months": [month for _number, month in wanted],
            },
        )
        found = {(number, month): pk for number, month, pk, _unit in cursor.fetchall()}
    mine = PersonalCustomer.objects.filter(actor.scope.unit_filter("org_unit"), pk__in=set(found.values()))
    locked = set(mine.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    return {key: pk for key, pk in found.items() if pk in locked}


def _on_file(customers: list[int], months: set[date]) -> dict[tuple[int, date], MonthlyBill]:
    bills = MonthlyBill.objects.filter(customer__in=customers, bill_month__in=months)
    return {(bill.customer_id, bill.bill_month): bill for bill in bills}
