"""The last days of the demonstration: nights that really ran, and what people did between them."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from clients.choices import ClientStatus, ProductStatus
from clients.models import Client, ClientProduct
from clients.services import feeds, lifecycle, products
from crm.accounts.models import User
from crm.base import clock
from crm.jobs import services as jobs
from crm.jobs.models import JobRun
from members.models import MonthlyBill
from members.services import BillRow, record_bills
from scoring import services as scoring
from workbench.demo.calls import call_and_share
from workbench.demo.cards import issue_cards
from workbench.demo.desk import act_at_the_desk
from workbench.demo.events import hold_events
from workbench.demo.field import act_in_the_field
from workbench.demo.organisation import CITIES
from workbench.demo.plans import plan_numbers

Say = Callable[[str], None]
EARLIER_NIGHTS = 3


def are_over() -> bool:
    """Say whether the nights ran."""
    return JobRun.objects.exists()


def live(say: Say) -> None:
    """Run earlier nights, let people act, and run the night of yesterday.

    Each act goes through its service, so that states, tiers, points and traces are real.
    """
    today = clock.today()
    for back in range(EARLIER_NIGHTS + 1, 1, -1):
        _night(today - timedelta(days=back), say)
    rng = Random(20260402)  # noqa: S311 - a demonstration must be the same every time
    say(f"         acts on clients: {_act_on_clients(rng, today)}")
    say(f"         bills that gave money back: {_refund(User.objects.get(staff_no='provadmin'), today)}")
    say(f"         meetings, tasks and gifts: {act_in_the_field()}")
    say(f"         calls and solutions: {call_and_share()}")
    say(f"         on-site events: {hold_events()}")
    say(f"         VIP e-cards: {issue_cards()}")
    say(f"         opinions, urgent needs and spot checks: {act_at_the_desk()}")
    say(f"         plans with numbers: {plan_numbers()}")
    _night(today - timedelta(days=1), say)


def _night(day: date, say: Say) -> None:
    outcomes = jobs.run_night(day, by_hand=False, force=False)
    rows, milliseconds = sum(o.rows for o in outcomes), sum(o.ms for o in outcomes)
    say(f"         night of {day}: {rows} rows in {milliseconds} ms")
    for outcome in outcomes:
        if outcome.state != JobRun.State.DONE:
            say(f"         night of {day}: {outcome.step} {outcome.state} {outcome.error}")


def _act_on_clients(rng: Random, today: date) -> int:
    """Open, cancel and use products, and change head counts, so that the last night has something to find."""
    admin = User.objects.get(staff_no="provadmin")
    month, acts = clock.month_of(today), 0
    for _city_code, _city, districts in CITIES:
        for code, _name, _count in districts:
            mine = Client.objects.filter(org_unit__code=f"U{code}").order_by("pk")
            ordered = ClientProduct.objects.filter(
                client__in=mine, client__status=ClientStatus.POTENTIAL, status=ProductStatus.ORDERED
            ).select_related("product")
            for product in ordered.filter(product__needs_circuit=False)[:2]:
                products.open_product(actor=admin, product_id=product.pk)
                acts += 1
            leaving = mine.filter(status=ClientStatus.ACTIVE, parent=None, key_industry="")[5:6]
            for client in leaving:
                for pk in client.products.filter(
                    status__in=[ProductStatus.OPEN, ProductStatus.SUSPENDED]
                ).values_list("pk", flat=True):
                    products.cancel_product(actor=admin, product_id=pk)
                acts += 1
            silent = ClientProduct.objects.filter(
                client__in=mine.filter(status=ClientStatus.SILENT), status=ProductStatus.OPEN
            ).order_by("client", "pk")[:3]
            feeds.store_traffic({(product.pk, month): rng.randint(300, 9000) for product in silent})
            lifecycle.refresh_status({product.client_id for product in silent}, as_of=today)
            acts += len(silent)
            growing = mine.filter(status=ClientStatus.ACTIVE, mobile_users_cm__range=(120, 160))[:3]
            for client in growing:
                Client.objects.filter(pk=client.pk).update(
                    mobile_users_cm=(client.mobile_users_cm or 0) + 180, influence_level=5
                )
                acts += 1
    return acts


def _refund(actor: User, today: date) -> int:
    """Let the billing system give money back for twelve bills, and the ledger follow."""
    bills = list(
        MonthlyBill.objects.exclude(posted_at=None)
        .filter(paid_fen__gte=20000)
        .select_related("customer")
        .order_by("pk")[:12]
    )
    rows = [
        BillRow(
            msisdn=bill.customer.msisdn, month=bill.bill_month, total_fen=bill.total_fen,
            paid_fen=bill.paid_fen - 5000, agency_fee_fen=bill.agency_fee_fen, discount_fen=bill.discount_fen,
            settled_at=bill.settled_at,
        )
        for bill in bills
        if bill.customer.in_net_to is None
    ]  # fmt: skip
    changed = [
        r.bill_id for r in record_bills(rows=rows, actor=actor) if r.outcome == "updated" and r.bill_id
    ]
    for bill in MonthlyBill.objects.filter(pk__in=changed).select_related("customer"):
        scoring.refund_bill(bill=bill, as_of=today)
    return len(changed)
