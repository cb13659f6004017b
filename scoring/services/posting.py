"""Post settled bills and expire lots in bulk: a batch of accounts locked in id order, one statement each."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.params import registry
from members.models import MonthlyBill, PersonalCustomer
from scoring import statements
from scoring.models import PointLot
from scoring.services.returns import refund_bill
from scoring.services.size import in_province

BATCH = 50_000


def post_settled_bills(
    *, as_of: date, province: OrgUnit | None = None, customer_ids: Iterable[int] | None = None
) -> int:
    """Post the points of settled bills that are not in the ledger yet; return the bills.

    The night takes bills settled before `as_of`; named customers are posted at once, whenever settled
    (S0-68). A bill of 0 points is recorded as posted and makes no lot. A bill that was posted before and
    changed since is compared with what it earned: too much is taken back. Batches commit on their own
    where no transaction is open; a stopped night goes on where it was.
    """
    due = MonthlyBill.objects.filter(posted_at=None, settled_at__isnull=False).order_by("pk")
    if customer_ids is not None:
        due = due.filter(customer__in=list(customer_ids))
    else:
        due = due.filter(settled_at__lt=clock.at(as_of))
    if province is not None:
        due = due.filter(customer__in=in_province(PersonalCustomer.objects.all(), province))
    posted = 0
    last = 0
    while ids := list(due.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        posted += _post(ids, as_of=as_of)
    statements.count_again(posted, "scoring_pointaccount", "scoring_pointlot", "scoring_pointentry")
    return posted


@transaction.atomic
def _post(bill_ids: list[int], *, as_of: date) -> int:
    """Post one batch.

    Steps: 1. open and lock the accounts; 2. find bills that earned before; 3. one statement marks the bills
    and writes lots and lines, a line and its expiry together where the lot is past its day; 4. refunds.
    """
    n = registry.get_group("points.", as_of=as_of)
    statements.write(statements.OPEN_ACCOUNTS, [bill_ids])
    statements.write(statements.LOCK_ACCOUNTS_OF_BILLS, [bill_ids])
    repeated = statements.ids(statements.BILLS_IN_LEDGER, [bill_ids])
    rounding = 50 if n["rounding"] == "HALF_UP" else 0
    posted = statements.write(
        statements.POST_BILLS,
        [bill_ids, rounding, n["validity_years"] - 1, repeated, as_of, as_of, as_of],
    )
    for bill in MonthlyBill.objects.filter(pk__in=repeated).select_related("customer"):
        refund_bill(bill=bill, as_of=as_of)
    return posted


def expire_points(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Expire what is left in lots past their day; return the lots (S0-72, E123…E134).

    Runs every night and is quiet when nothing is due; on 1 January it takes the year that ran out.
    """
    due = PointLot.objects.filter(expires_on__lt=as_of, remaining__gt=0).order_by("expires_on", "pk")
    if province is not None:
        due = due.filter(account__customer__in=in_province(PersonalCustomer.objects.all(), province))
    expired = 0
    while ids := list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            statements.write(statements.LOCK_ACCOUNTS_OF_LOTS, [ids])
            expired += statements.write(statements.EXPIRE_LOTS, [ids, as_of, as_of])
    return expired
