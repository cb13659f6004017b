"""Gifts: asked for, approved by another, taken from stock, signed for by the client, called back about."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.params import registry
from tests import factories
from visits import services
from visits.models import Gift, GiftMove, GiftRequest, GiftStock, Visit, VisitLog
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]
LIMIT = registry.declared()["gift.limit_yuan"]


@pytest.fixture
def stock(head: User, org: dict[str, OrgUnit]) -> GiftStock:
    """Put ten tea boxes into the unit's stock."""
    tea = services.add_gift(actor=head, code="TEA", name="茶叶礼盒", unit_value_fen=4800)
    return services.take_in(actor=head, gift=tea, unit=org["unit"], quantity=10)


def asked(owner: User, client: Client, stock: GiftStock, **fields: Any) -> GiftRequest:
    """Ask for two."""
    values: dict[str, Any] = {"quantity": 2, "reason": "合同周年"}
    return services.request_gift(actor=owner, client=client, stock=stock, **values | fields)


def handed_out(owner: User, head: User, client: Client, stock: GiftStock) -> GiftRequest:
    """Ask, approve and hand out."""
    gift = asked(owner, client, stock)
    services.approve_gift(actor=head, request_id=gift.pk)
    return services.hand_out(actor=head, request_id=gift.pk)


def on_hand(stock: GiftStock) -> int:
    """Return what the row says, having checked that it is the sum of its moves."""
    now = GiftStock.objects.get(pk=stock.pk).on_hand
    assert now == (stock.moves.aggregate(n=Sum("quantity"))["n"] or 0)
    return now


@pytest.mark.spec("S0-85", "S1-36")
def test_a_gift_goes_from_the_stock_to_a_signed_receipt(
    owner: User, head: User, leader: User, acme: Client, stock: GiftStock
) -> None:
    gift = asked(owner, acme, stock)
    assert (gift.state, gift.value_fen, on_hand(stock)) == ("REQUESTED", 9600, 10)
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.hand_out(actor=head, request_id=gift.pk)
    services.approve_gift(actor=head, request_id=gift.pk)
    services.hand_out(actor=head, request_id=gift.pk)
    assert on_hand(stock) == 8
    with pytest.raises(Invalid, match="SIGNER_REQUIRED"):
        services.sign_for(actor=owner, request_id=gift.pk, signed_by=" ", signed_on=clock.today())
    services.sign_for(actor=owner, request_id=gift.pk, signed_by="王建国", signed_on=clock.today())
    services.call_back(actor=leader, request_id=gift.pk, result="CONFIRMED")
    gift.refresh_from_db()
    assert (gift.state, gift.signed_by, gift.callback) == ("SIGNED", "王建国", "CONFIRMED")
    with pytest.raises(BusinessError, match="CALLED_BACK"):
        services.call_back(actor=leader, request_id=gift.pk, result="DENIED")


@pytest.mark.spec("S0-85")
def test_nobody_approves_or_calls_back_about_an_own_gift(
    head: User, owner: User, leader: User, acme: Client, stock: GiftStock
) -> None:
    Client.objects.filter(pk=acme.pk).update(am=head)
    own = asked(head, Client.objects.get(pk=acme.pk), stock)
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_gift(actor=head, request_id=own.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftRequest.objects.filter(pk=own.pk).update(decided_by=head)
    Client.objects.filter(pk=acme.pk).update(am=owner)
    gift = handed_out(owner, head, Client.objects.get(pk=acme.pk), stock)
    services.sign_for(actor=owner, request_id=gift.pk, signed_by="王建国", signed_on=clock.today())
    with pytest.raises(Forbidden):  # who approved does not ask
        services.call_back(actor=head, request_id=gift.pk, result="CONFIRMED")
    services.call_back(actor=leader, request_id=gift.pk, result="DENIED", note="没有收到")
    assert AuditEvent.objects.filter(action="visits.gift_denied").exists()


def test_stock_is_never_below_nothing(owner: User, head: User, acme: Client, stock: GiftStock) -> None:
    services.count_stock(actor=head, stock_id=stock.pk, counted=1, note="盘点")
    gift = asked(owner, acme, stock)
    services.approve_gift(actor=head, request_id=gift.pk)
    with pytest.raises(BusinessError, match="GIFT_OUT_OF_STOCK"):
        services.hand_out(actor=head, request_id=gift.pk)
    gift.refresh_from_db()
    assert (gift.state, on_hand(stock)) == ("APPROVED", 1)


def worth(stock: GiftStock, yuan: int) -> None:
    """Say what one of the stock is worth."""
    Gift.objects.filter(pk=stock.gift_id).update(unit_value_fen=yuan * 100)
    stock.gift.unit_value_fen = yuan * 100


@pytest.mark.spec("X-26")
def test_gifts_of_one_visit_stay_within_the_limit(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    worth(stock, 100_000)
    with pytest.raises(Invalid, match="GIFT_LIMIT") as refusal:
        asked(owner, acme, stock, quantity=1000)
    assert list(refusal.value.fields) == ["quantity"]
    assert "200" in str(refusal.value.message)
    worth(stock, 100)
    visit, other = gift_visit(owner, acme), gift_visit(owner, acme)
    first = asked(owner, acme, stock, visit=visit)  # 200 yuan are allowed
    with pytest.raises(Invalid, match="GIFT_LIMIT"):
        asked(owner, acme, stock, visit=visit, quantity=1)
    asked(owner, acme, stock, visit=other)
    # What was refused does not count any more.
    services.refuse_gift(actor=head, request_id=first.pk, reason="太多")
    asked(owner, acme, stock, visit=visit)


@pytest.mark.spec("X-26")
def test_gifts_without_a_visit_count_together_until_they_are_signed_for(
    owner: User, head: User, acme: Client, stock: GiftStock, org: dict[str, OrgUnit]
) -> None:
    worth(stock, 100)
    gift = handed_out(owner, head, acme, stock)
    with pytest.raises(Invalid, match="GIFT_LIMIT"):
        asked(owner, acme, stock, quantity=1)
    asked(owner, factories.make_client(org["unit"], owner, name="别的客户有限公司"), stock)
    signed(owner, gift)
    asked(owner, acme, stock)


@pytest.mark.spec("X-26")
def test_an_approval_minds_the_limit_of_its_day(
    owner: User, head: User, acme: Client, stock: GiftStock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift, second = asked(owner, acme, stock), asked(owner, acme, stock)  # 96 yuan each
    monkeypatch.setitem(registry._declared, "gift.limit_yuan", replace(LIMIT, default=100))
    services.approve_gift(actor=head, request_id=gift.pk)
    with pytest.raises(BusinessError, match="GIFT_LIMIT"):
        services.approve_gift(actor=head, request_id=second.pk)
    second.refresh_from_db()
    assert second.state == "REQUESTED"
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.approve_gift(actor=head, request_id=gift.pk)


def test_moves_of_stock_are_never_changed(stock: GiftStock) -> None:
    for change in (
        lambda: GiftMove.objects.update(quantity=99),
        lambda: GiftMove.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert on_hand(stock) == 10


def test_what_is_not_given_goes_back_and_counts_have_reasons(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    gift = handed_out(owner, head, acme, stock)
    services.give_back(actor=head, request_id=gift.pk)
    assert on_hand(stock) == 10
    with pytest.raises(Invalid, match="REASON_REQUIRED"):
        services.count_stock(actor=head, stock_id=stock.pk, counted=9, note="")
    services.count_stock(actor=head, stock_id=stock.pk, counted=9, note="一盒破损")
    services.count_stock(actor=head, stock_id=stock.pk, counted=9, note="")
    assert on_hand(stock) == 9


@pytest.mark.spec("S0-85")
def test_a_missing_receipt_is_a_duty_after_three_days(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    gift = handed_out(owner, head, acme, stock)
    today = clock.today()
    for days, owed in ((3, False), (4, True)):
        GiftRequest.objects.filter(pk=gift.pk).update(collected_at=clock.at(today - timedelta(days=days)))
        duties = [duty.code for duty in duties_of(owner, now=clock.now())]
        assert ("unsigned_gift" in duties) is owed


def test_the_sample_to_call_back_is_the_same_each_time(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    services.take_in(actor=head, gift=Gift.objects.get(), unit=stock.org_unit, quantity=100)
    month = clock.today().replace(day=1)
    for _number in range(20):
        gift = handed_out(owner, head, acme, stock)
        services.sign_for(actor=owner, request_id=gift.pk, signed_by="王建国", signed_on=clock.today())
    half = {row.pk for row in GiftRequest.objects.sampled(month, pct=50)}
    assert half == {row.pk for row in GiftRequest.objects.sampled(month, pct=50)}
    assert 2 <= len(half) <= 18
    assert GiftRequest.objects.sampled(month, pct=0).count() == 0
    assert GiftRequest.objects.sampled(month, pct=100).count() == 20


def gift_visit(owner: User, client: Client) -> Visit:
    """Plan a visit that hands a gift over, with a log that lacks the receipt only."""
    visit = services.plan_visit(
        actor=owner, client=client, planned_at=clock.now(), purposes=["P3"], place="三楼"
    )
    values: dict[str, Any] = {"opinion_asked": True, "results": {"P3": "送上周年礼盒,客户很高兴"}}
    services.write_log(actor=owner, visit=visit, values=values)
    return visit


def submit(owner: User, visit: Visit, number: str) -> VisitLog:
    """Hand the log in with a receipt number."""
    services.write_log(actor=owner, visit=visit, values={"receipt_no": number})
    return services.submit_log(actor=owner, visit=visit)


def signed(owner: User, gift: GiftRequest) -> GiftRequest:
    """Note the client's signature."""
    return services.sign_for(actor=owner, request_id=gift.pk, signed_by="王建国", signed_on=clock.today())


@pytest.mark.spec("E186", "S0-85")
def test_a_receipt_number_of_ours_must_be_of_this_client_and_signed(
    owner: User, head: User, acme: Client, stock: GiftStock, org: dict[str, OrgUnit]
) -> None:
    other = factories.make_client(org["unit"], owner, name="别的客户有限公司")
    elsewhere = signed(owner, handed_out(owner, head, other, stock))
    visit = gift_visit(owner, acme)
    with pytest.raises(Invalid, match="RECEIPT_REQUIRED"):
        services.submit_log(actor=owner, visit=visit)
    with pytest.raises(Invalid, match="RECEIPT_UNKNOWN"):
        submit(owner, visit, elsewhere.receipt_no)
    mine = handed_out(owner, head, acme, stock)
    with pytest.raises(Invalid, match="RECEIPT_UNSIGNED") as refusal:
        submit(owner, visit, mine.receipt_no)
    assert list(refusal.value.fields) == ["receipt_no"]
    signed(owner, mine)
    log = submit(owner, visit, f" {mine.receipt_no.lower()} ")
    assert (log.state, log.receipt_no) == ("SUBMITTED", mine.receipt_no)
    assert Visit.objects.get(pk=visit.pk).state == "DONE"


@pytest.mark.spec("E186", "S0-85")
def test_a_receipt_of_ours_closes_one_log_only(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    gift = signed(owner, handed_out(owner, head, acme, stock))
    first, second = gift_visit(owner, acme), gift_visit(owner, acme)
    log = submit(owner, first, gift.receipt_no)
    with pytest.raises(Invalid, match="RECEIPT_USED"):
        submit(owner, second, gift.receipt_no)
    # The log that was returned is handed in again with its own number, unless another took it meanwhile.
    services.return_log(actor=head, log=log, reason="签收单不是这次的")
    assert submit(owner, second, gift.receipt_no).state == "SUBMITTED"
    with pytest.raises(Invalid, match="RECEIPT_USED"):
        services.submit_log(actor=owner, visit=first)
    # A pad's number is no row of ours.
    assert submit(owner, first, "西湖-0118").state == "SUBMITTED"


@pytest.mark.spec("S0-85", "S1-36")
def test_a_gift_asked_for_a_visit_closes_that_visits_log(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    planned, other = gift_visit(owner, acme), gift_visit(owner, acme)
    gift = asked(owner, acme, stock, visit=planned)
    services.approve_gift(actor=head, request_id=gift.pk)
    services.hand_out(actor=head, request_id=gift.pk)
    signed(owner, gift)
    with pytest.raises(Invalid, match="RECEIPT_ELSEWHERE"):
        submit(owner, other, gift.receipt_no)
    # A visit that was not made leaves its gift to another one.
    services.cancel(actor=owner, visit=planned, reason="客户出差")
    assert submit(owner, other, gift.receipt_no).state == "SUBMITTED"


def test_the_log_page_says_which_receipt_is_not_signed(
    owner: User, head: User, acme: Client, stock: GiftStock, browse: Browse
) -> None:
    visit, phone = gift_visit(owner, acme), browse(owner)
    gift = handed_out(owner, head, acme, stock)
    page, address = reverse("visits:log", args=[visit.pk]), reverse("visits:gift", args=[gift.pk])
    assert address in phone.get(page).content.decode()
    signed(owner, gift)
    assert address not in phone.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_logs_with_one_receipt_one_is_taken(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    gift = signed(owner, handed_out(owner, head, acme, stock))
    visits = [gift_visit(owner, acme) for _ in range(2)]
    results: list[str] = []

    def hand_in(visit: Visit) -> None:
        try:
            submit(User.objects.get(pk=owner.pk), visit, gift.receipt_no)
            results.append("done")
        except BusinessError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=[visit]) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["RECEIPT_USED", "done"]


def test_gifts_stay_in_their_scope(
    owner: User, stranger: User, colleague: User, acme: Client, stock: GiftStock
) -> None:
    gift = asked(owner, acme, stock)
    with pytest.raises(NotFound):
        services.approve_gift(actor=stranger, request_id=gift.pk)
    with pytest.raises(Forbidden):
        services.approve_gift(actor=colleague, request_id=gift.pk)
    with pytest.raises((NotFound, Forbidden)):
        asked(colleague, acme, stock)


def test_the_pages_do_the_job(
    owner: User, head: User, acme: Client, stock: GiftStock, browse: Browse
) -> None:
    phone, desk = browse(owner), browse(head)
    form = {"stock": stock.pk, "quantity": 1, "reason": "合同周年"}
    phone.post(reverse("visits:gift-new", args=[acme.pk]), form)
    gift = GiftRequest.objects.get()
    assert "合同周年" in desk.get(reverse("visits:gift", args=[gift.pk])).content.decode()
    assert acme.name in desk.get(reverse("visits:gifts") + "?view=decide").content.decode()
    wrong = desk.post(reverse("visits:gift-refuse", args=[gift.pk]), {"reason": ""})
    assert wrong.status_code == 400
    desk.post(reverse("visits:gift-approve", args=[gift.pk]))
    desk.post(reverse("visits:gift-hand-out", args=[gift.pk]))
    early = {"signed_by": "王建国", "signed_on": (clock.today() - timedelta(days=1)).isoformat()}
    assert phone.post(reverse("visits:gift-sign", args=[gift.pk]), early).status_code == 400
    late = early | {"signed_on": clock.today().isoformat()}
    assert phone.post(reverse("visits:gift-sign", args=[gift.pk]), late).status_code == 302
    gift.refresh_from_db()
    assert gift.state == "SIGNED"


def test_the_api_does_the_job(
    owner: User, head: User, acme: Client, stock: GiftStock, api: Callable[[User], APIClient]
) -> None:
    body = {"client": acme.pk, "stock": stock.pk, "quantity": 1, "reason": "合同周年"}
    first = api(owner).post("/api/v1/gift-requests", body, format="json", headers={"Idempotency-Key": "g1"})
    again = api(owner).post("/api/v1/gift-requests", body, format="json", headers={"Idempotency-Key": "g1"})
    assert first.json()["id"] == again.json()["id"]
    url = f"/api/v1/gift-requests/{first.json()['id']}"
    assert api(owner).post(f"{url}:approve").status_code == 403
    assert api(head).post(f"{url}:approve").json()["state"] == "APPROVED"
    assert api(head).post(f"{url}:collect").json()["state"] == "COLLECTED"
    signed = {"signed_by": "王建国", "signed_on": clock.today().isoformat()}
    assert api(owner).post(f"{url}:sign", signed, format="json").json()["receipt_no"].startswith("LP")


@pytest.mark.django_db(transaction=True)
def test_two_heads_hand_out_the_last_one_once(
    owner: User, head: User, acme: Client, stock: GiftStock
) -> None:
    services.count_stock(actor=head, stock_id=stock.pk, counted=2, note="盘点")
    gifts = [asked(owner, acme, stock) for _ in range(2)]
    for gift in gifts:
        services.approve_gift(actor=head, request_id=gift.pk)
    results: list[str] = []

    def give(pk: int) -> None:
        try:
            services.hand_out(actor=User.objects.get(pk=head.pk), request_id=pk)
            results.append("done")
        except BusinessError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[gift.pk]) for gift in gifts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["GIFT_OUT_OF_STOCK", "done"]
    assert on_hand(stock) == 0
