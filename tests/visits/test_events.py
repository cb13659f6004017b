"""On-site marketing events: plan, guards, acts, sign-ins, evaluation, report."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from rest_framework.test import APIClient

from clients.models import Client, Product
from clients.services.handovers import plan_hand_over
from crm.accounts.models import OrgUnit, User
from crm.accounts.services import delegate
from crm.base import clock, workdays
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.models import Notification
from members.models import Member
from tests import factories
from visits import services
from visits.exports import event_rows
from visits.models import EventAttendee, EventProduct, GiftStock, OnSiteEvent
from visits.querysets.events import period
from visits.rules import events as rules
from visits.services.handovers import move_open_events
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
Org = dict[str, OrgUnit]
WORDS = {name: "写了" for part in rules.PARTS[1:] for name in part}


def planned(owner: User, client: Client, *, starts: datetime | None = None, **fields: Any) -> OnSiteEvent:
    """Plan an event in a week, without team or products."""
    starts = starts or clock.at(clock.today() + timedelta(days=7), 11)
    values: dict[str, Any] = {
        "title": "食堂进驻营销", "place": "一号食堂门口", "place_kind": "CANTEEN", "starts_at": starts,
        "ends_at": starts + timedelta(hours=3), "warmup_plan": "提前两天在职工群发通知",
    }  # fmt: skip
    return services.plan_event(actor=owner, client=client, **values | fields)


def product(event: OnSiteEvent, actor: User, code: str = "VNET", **fields: Any) -> EventProduct:
    """Add a product that is ready."""
    values: dict[str, Any] = {
        "script": "三句半话术", "tariff": "每月 10 元", "system_ready": True, "target_qty": 30,
    }  # fmt: skip
    return services.add_product(
        actor=actor, event_id=event.pk, product=Product.objects.get(code=code), **values | fields
    )


def ready(owner: User, client: Client, colleague: User, **fields: Any) -> OnSiteEvent:
    """Plan an event that may be handed in."""
    event = planned(owner, client, **fields)
    services.add_staff(actor=owner, event_id=event.pk, user=colleague, duty="受理")
    services.add_staff(actor=owner, event_id=event.pk, helper="王小红", duty="派单")
    product(event, owner)
    return OnSiteEvent.objects.get(pk=event.pk)


def approved(owner: User, client: Client, colleague: User, head: User, **fields: Any) -> OnSiteEvent:
    """Plan, hand in and approve an event."""
    event = ready(owner, client, colleague, **fields)
    services.submit_event(actor=owner, event_id=event.pk)
    return services.approve_event(actor=head, event_id=event.pk)


def running(owner: User, client: Client, colleague: User, head: User) -> OnSiteEvent:
    """Bring an event onto the site, beginning now."""
    event = approved(owner, client, colleague, head, starts=clock.now() + timedelta(hours=1))
    services.warm_up_event(actor=owner, event_id=event.pk)
    services.tick(actor=owner, event_id=event.pk, materials=event.materials_needed)
    earlier = clock.now() - timedelta(minutes=30)
    OnSiteEvent.objects.filter(pk=event.pk).update(
        starts_at=earlier, warmup_done_at=earlier - timedelta(days=1)
    )
    return services.start_event(actor=owner, event_id=event.pk)


def finished(owner: User, client: Client, colleague: User, head: User) -> OnSiteEvent:
    """Bring an event to its end."""
    return services.finish_event(actor=owner, event_id=running(owner, client, colleague, head).pk)


def picture(colour: str = "red") -> SimpleUploadedFile:
    """Return a small photo."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Keep photos of a test to the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.spec("E196", "S1-55")
@pytest.mark.parametrize(
    ("people", "leaders", "codes"),
    [
        (2, 1, {"EVENT_STAFF"}),
        (3, 0, {"EVENT_LEADER"}),
        (3, 2, {"EVENT_LEADER"}),
        (3, 1, set()),
        (2, 0, {"EVENT_STAFF", "EVENT_LEADER"}),
    ],
)
def test_three_people_and_exactly_one_leader(
    owner: User, acme: Client, colleague: User, head: User, people: int, leaders: int, codes: set[str]
) -> None:
    event = ready(owner, acme, colleague)
    services.submit_event(actor=owner, event_id=event.pk)
    rows = list(event.staff.order_by("id"))
    for place, row in enumerate(rows):
        event.staff.filter(pk=row.pk).update(is_leader=place < leaders)
        if place >= people:
            row.delete()
    if codes:
        with pytest.raises(BusinessError) as refusal:
            services.approve_event(actor=head, event_id=event.pk)
        assert set(refusal.value.details["codes"]) == codes
        assert refusal.value.status == 409
        assert OnSiteEvent.objects.get(pk=event.pk).state == "SUBMITTED"
    else:
        assert services.approve_event(actor=head, event_id=event.pk).state == "APPROVED"


@pytest.mark.spec("S1-55")
def test_who_has_left_does_not_count_in_the_team(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = ready(owner, acme, colleague)
    services.submit_event(actor=owner, event_id=event.pk)
    User.objects.filter(pk=colleague.pk).update(status="DISABLED")
    with pytest.raises(BusinessError, match="EVENT_STAFF"):
        services.approve_event(actor=head, event_id=event.pk)


@pytest.mark.spec("E197", "S1-57")
def test_a_product_not_ready_in_the_systems_holds_the_approval_up(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = ready(owner, acme, colleague)
    services.submit_event(actor=owner, event_id=event.pk)
    event.products.update(system_ready=False)
    with pytest.raises(BusinessError, match="EVENT_SYSTEM"):
        services.approve_event(actor=head, event_id=event.pk)
    event.products.update(system_ready=True)
    assert services.approve_event(actor=head, event_id=event.pk).state == "APPROVED"


@pytest.mark.spec("S1-57", "S1-59", "S1-60", "S1-56")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"script": ""}, "EVENT_SCRIPT"),
        ({"tariff": "  "}, "EVENT_TARIFF"),
        ({"system_ready": False}, "EVENT_SYSTEM"),
        ({"target_qty": None}, "EVENT_TARGET"),
        ({"needs_check": True}, "EVENT_SUPPORT"),
        ({"needs_check": True, "support_hall": "文三路营业厅"}, "EVENT_SUPPORT"),
        ({"needs_check": True, "support_hall": "文三路营业厅", "support_phone": "0571-88001234"}, None),
    ],
)
def test_a_product_is_handed_in_whole(
    owner: User, acme: Client, colleague: User, fields: dict[str, Any], code: str | None
) -> None:
    event = planned(owner, acme)
    services.add_staff(actor=owner, event_id=event.pk, user=colleague)
    services.add_staff(actor=owner, event_id=event.pk, helper="王小红")
    product(event, owner, **fields)
    if code is None:
        assert services.submit_event(actor=owner, event_id=event.pk).state == "SUBMITTED"
        return
    with pytest.raises(BusinessError) as refusal:
        services.submit_event(actor=owner, event_id=event.pk)
    assert refusal.value.details["codes"] == [code]


@pytest.mark.spec("S1-60")
def test_a_target_is_at_least_one(owner: User, acme: Client) -> None:
    event = planned(owner, acme)
    with pytest.raises(Invalid, match="EVENT_TARGET"):
        product(event, owner, target_qty=0)
    row = product(event, owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        EventProduct.objects.filter(pk=row.pk).update(target_qty=0)


@pytest.mark.spec("S1-55", "S1-56", "S1-57")
def test_all_that_is_missing_is_said_at_once_and_in_its_place(
    owner: User, acme: Client, browse: Callable[[User], Browser]
) -> None:
    event = planned(owner, acme, warmup_plan="")
    with pytest.raises(BusinessError) as refusal:
        services.submit_event(actor=owner, event_id=event.pk)
    assert set(refusal.value.details["codes"]) == {"EVENT_STAFF", "EVENT_PRODUCTS", "EVENT_WARMUP"}
    assert set(refusal.value.fields) == {"staff", "products", "warmup_plan"}
    answer = browse(owner).post(reverse("visits:event-submit", args=[event.pk]))
    page = answer.content.decode()
    assert answer.status_code == 409
    for code in ("EVENT_STAFF", "EVENT_PRODUCTS", "EVENT_WARMUP"):
        assert page.count(f'data-code="{code}"') == 2  # in the list, and where it is mended
    assert OnSiteEvent.objects.get(pk=event.pk).state == "DRAFT"


@pytest.mark.spec("S1-56")
def test_the_warm_up_comes_before_the_begin(owner: User, acme: Client, colleague: User, head: User) -> None:
    event = approved(owner, acme, colleague, head)
    with pytest.raises(BusinessError, match="EVENT_WARMUP_LATE"):
        services.warm_up_event(actor=owner, event_id=event.pk, now=event.starts_at)
    warmed = services.warm_up_event(
        actor=owner, event_id=event.pk, now=event.starts_at - timedelta(minutes=1)
    )
    assert warmed.state == "WARMED_UP"
    with pytest.raises(IntegrityError), transaction.atomic():
        OnSiteEvent.objects.filter(pk=event.pk).update(warmup_done_at=event.starts_at)


@pytest.mark.spec("S1-56", "S1-58")
def test_the_material_is_ready_before_the_event_begins(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = approved(owner, acme, colleague, head, materials_needed=["BANNER", "FORMS"])
    services.warm_up_event(actor=owner, event_id=event.pk)
    services.tick(actor=owner, event_id=event.pk, materials=["BANNER"])
    with pytest.raises(BusinessError, match="EVENT_MATERIAL"):
        services.start_event(actor=owner, event_id=event.pk, now=event.starts_at)
    services.tick(actor=owner, event_id=event.pk, materials=["BANNER", "FORMS"])
    with pytest.raises(BusinessError, match="EVENT_NOT_YET"):
        services.start_event(actor=owner, event_id=event.pk)
    assert services.start_event(actor=owner, event_id=event.pk, now=event.starts_at).state == "RUNNING"
    with pytest.raises(Invalid, match="CODE_UNKNOWN"):
        services.tick(actor=owner, event_id=event.pk, site=["NONSENSE"])


@pytest.mark.spec("S1-61")
def test_the_site_checklist_is_ticked_on_the_site_and_printed(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    event = approved(owner, acme, colleague, head)
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.tick(actor=owner, event_id=event.pk, site=["DRESS"])
    event = running(owner, acme, colleague, head)
    browse(owner).post(reverse("visits:event-tick-site", args=[event.pk]), {"code": ["DRESS", "SAFETY"]})
    event.refresh_from_db()
    assert event.site_checks == ["DRESS", "SAFETY"]
    services.finish_event(actor=owner, event_id=event.pk)
    page = browse(owner).get(reverse("visits:event-print-effect", args=[event.pk])).content.decode()
    assert page.count("☑") == 2
    assert page.count("□") == 4


def test_nobody_approves_or_closes_an_own_event(
    head: User, leader: User, acme: Client, colleague: User, owner: User
) -> None:
    event = ready(head, acme, colleague)
    services.submit_event(actor=head, event_id=event.pk)
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_event(actor=head, event_id=event.pk)
    with pytest.raises(Forbidden):
        services.approve_event(actor=owner, event_id=event.pk)
    assert services.approve_event(actor=leader, event_id=event.pk).state == "APPROVED"
    with pytest.raises(IntegrityError), transaction.atomic():
        OnSiteEvent.objects.filter(pk=event.pk).update(decided_by=head)


def test_illegal_steps_change_nothing(owner: User, acme: Client, colleague: User, head: User) -> None:
    event = ready(owner, acme, colleague)
    for act in (
        services.warm_up_event, services.start_event, services.finish_event, services.hand_in_evaluation,
        services.withdraw_event,
    ):  # fmt: skip
        with pytest.raises(BusinessError, match="WRONG_STATE"):
            act(actor=owner, event_id=event.pk)
    for act in (services.approve_event, services.close_event):
        with pytest.raises(BusinessError, match="WRONG_STATE"):
            act(actor=head, event_id=event.pk)
    services.submit_event(actor=owner, event_id=event.pk)
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.add_staff(actor=owner, event_id=event.pk, helper="某人")
    event.refresh_from_db()
    assert event.state == "SUBMITTED"


def test_every_state_is_reached_and_left_as_the_spec_says() -> None:
    path = list(zip(rules.PATH, rules.PATH[1:], strict=False))
    steps = {(move.before, move.after) for move in rules.MOVES}
    assert set(path) <= steps
    assert {before for before, _after in steps} == set(rules.PATH) - {"CLOSED"}


def test_a_plan_goes_back_with_a_reason_and_comes_again(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = ready(owner, acme, colleague)
    services.submit_event(actor=owner, event_id=event.pk)
    assert Notification.objects.filter(user=head, kind="event").count() == 1
    with pytest.raises(Invalid, match="REASON_REQUIRED"):
        services.return_event(actor=head, event_id=event.pk, reason=" ")
    back = services.return_event(actor=head, event_id=event.pk, reason="目标太低")
    assert (back.state, back.reason) == ("DRAFT", "目标太低")
    assert Notification.objects.filter(user=owner, kind="event").count() == 1
    services.submit_event(actor=owner, event_id=event.pk)
    assert services.approve_event(actor=head, event_id=event.pk).reason == ""


@pytest.mark.spec("S0-85")
def test_gifts_leave_the_stock_on_approval_and_what_is_left_comes_back(
    owner: User, acme: Client, colleague: User, head: User, org: Org
) -> None:
    tea = services.add_gift(actor=head, code="TEA", name="茶叶", unit_value_fen=5000)
    stock = services.take_in(actor=head, gift=tea, unit=org["unit"], quantity=20)
    event = ready(owner, acme, colleague, starts=clock.now() + timedelta(hours=1))
    row = services.add_event_gift(actor=owner, event_id=event.pk, stock=stock, quantity=30)
    services.submit_event(actor=owner, event_id=event.pk)
    with pytest.raises(BusinessError, match="GIFT_OUT_OF_STOCK"):
        services.approve_event(actor=head, event_id=event.pk)
    event.gifts.filter(pk=row.pk).update(quantity=12)
    services.approve_event(actor=head, event_id=event.pk)
    assert GiftStock.objects.get(pk=stock.pk).on_hand == 8
    services.reopen_event(actor=owner, event_id=event.pk, reason="换一天")
    assert GiftStock.objects.get(pk=stock.pk).on_hand == 20
    services.submit_event(actor=owner, event_id=event.pk)
    services.approve_event(actor=head, event_id=event.pk)
    services.warm_up_event(actor=owner, event_id=event.pk)
    services.tick(actor=owner, event_id=event.pk, materials=event.materials_needed)
    services.start_event(actor=owner, event_id=event.pk, now=event.starts_at)
    services.finish_event(actor=owner, event_id=event.pk)
    result = {event.products.get().pk: 25}
    with pytest.raises(Invalid, match="GIVEN"):
        services.write_evaluation(actor=owner, event_id=event.pk, values={}, given={row.pk: 13})
    services.write_evaluation(actor=owner, event_id=event.pk, values=WORDS, results=result)
    with pytest.raises(BusinessError, match="EVENT_GIFTS"):
        services.hand_in_evaluation(actor=owner, event_id=event.pk)
    services.write_evaluation(actor=owner, event_id=event.pk, values={}, given={row.pk: 10})
    services.hand_in_evaluation(actor=owner, event_id=event.pk)
    services.close_event(actor=head, event_id=event.pk)
    assert GiftStock.objects.get(pk=stock.pk).on_hand == 10
    moves = list(stock.moves.filter(event=event).order_by("id").values_list("kind", "quantity"))
    assert moves == [("OUT", -12), ("BACK", 12), ("OUT", -12), ("BACK", 2)]


def test_an_event_called_off_gives_its_gifts_back(
    owner: User, acme: Client, colleague: User, head: User, org: Org
) -> None:
    tea = services.add_gift(actor=head, code="TEA", name="茶叶", unit_value_fen=5000)
    stock = services.take_in(actor=head, gift=tea, unit=org["unit"], quantity=20)
    event = ready(owner, acme, colleague)
    services.add_event_gift(actor=owner, event_id=event.pk, stock=stock, quantity=5)
    services.submit_event(actor=owner, event_id=event.pk)
    services.approve_event(actor=head, event_id=event.pk)
    off = services.cancel_event(actor=owner, event_id=event.pk, reason="食堂装修")
    assert (off.state, off.sign_in_token) == ("CANCELLED", None)
    assert GiftStock.objects.get(pk=stock.pk).on_hand == 20
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.cancel_event(actor=owner, event_id=event.pk, reason="再来")


@pytest.mark.spec("S1-62")
@pytest.mark.parametrize("left_out", [*WORDS, "result_qty"])
def test_no_closing_without_all_five_parts(
    owner: User, acme: Client, colleague: User, head: User, left_out: str
) -> None:
    event = finished(owner, acme, colleague, head)
    words = {name: ("" if name == left_out else text) for name, text in WORDS.items()}
    results = {} if left_out == "result_qty" else {event.products.get().pk: 20}
    services.write_evaluation(actor=owner, event_id=event.pk, values=words, results=results)
    with pytest.raises(BusinessError) as refusal:
        services.hand_in_evaluation(actor=owner, event_id=event.pk)
    assert list(refusal.value.fields) == [left_out]
    services.write_evaluation(
        actor=owner, event_id=event.pk, values=WORDS, results={event.products.get().pk: 20}
    )
    assert services.hand_in_evaluation(actor=owner, event_id=event.pk).state == "EVALUATED"
    event.evaluation.__class__.objects.filter(event=event).update(success="")
    with pytest.raises(BusinessError, match="EVENT_EVALUATION"):
        services.close_event(actor=head, event_id=event.pk)


@pytest.mark.spec("S1-62")
def test_photos_are_wanted_and_not_required(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    event = finished(owner, acme, colleague, head)
    posted = WORDS | {f"result-{event.products.get().pk}": "31", "hand_in": "1"}
    posted[f"rating-{event.staff.earliest('id').pk}"] = "5"
    page = browse(owner).post(reverse("visits:event-evaluation", args=[event.pk]), posted, follow=True)
    assert "没有现场照片" in page.content.decode()
    event.refresh_from_db()
    assert event.state == "EVALUATED"
    assert event.staff.earliest("id").rating == 5
    services.return_event(actor=head, event_id=event.pk, reason="补照片")
    services.add_photo(actor=owner, event_id=event.pk, upload=picture(), caption="展台")
    services.add_photo(actor=owner, event_id=event.pk, upload=picture(), caption="同一张")
    photo = event.photos.get()
    answer = browse(head).get(reverse("visits:event-photo", args=[event.pk, photo.pk]))
    assert answer["Content-Type"] == "image/jpeg"
    services.hand_in_evaluation(actor=owner, event_id=event.pk)
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.remove_photo(actor=owner, event_id=event.pk, photo_id=photo.pk)
    closed = services.close_event(actor=head, event_id=event.pk)
    assert (closed.state, closed.closed_by) == ("CLOSED", head)


def test_a_photo_of_another_kind_is_refused_and_a_removed_one_is_gone(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = finished(owner, acme, colleague, head)
    with pytest.raises(Invalid, match="PAPER_KIND"):
        services.add_photo(
            actor=owner, event_id=event.pk, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.4 %%EOF")
        )
    photo = services.add_photo(actor=owner, event_id=event.pk, upload=picture())
    with pytest.raises(NotFound):
        services.remove_photo(actor=owner, event_id=event.pk, photo_id=photo.pk + 1)
    services.remove_photo(actor=owner, event_id=event.pk, photo_id=photo.pk)
    assert not event.photos.exists()


@pytest.mark.spec("S1-62")
def test_the_evaluation_is_due_in_working_days_and_reminded_of(
    owner: User, acme: Client, colleague: User, head: User
) -> None:
    event = running(owner, acme, colleague, head)
    friday = clock.at(date(2026, 11, 27), 15)
    event = services.finish_event(actor=owner, event_id=event.pk, now=friday)
    assert event.evaluation_due_on == date(2026, 12, 2) == workdays.after(date(2026, 11, 27), 3)
    due = event.evaluation_due_on
    assert services.settle_events(as_of=due - timedelta(days=1)) == 0
    assert services.settle_events(as_of=due) == 1  # the manager on the day
    assert services.settle_events(as_of=due) == 0
    assert services.settle_events(as_of=due + timedelta(days=1)) == 2  # and the head when it is late
    assert Notification.objects.filter(user=head, kind="event_late").count() == 1
    at = clock.at(due + timedelta(days=1), 9)
    assert [duty.colour for duty in duties_of(owner, now=at) if duty.code == "event_evaluation"] == ["bad"]
    assert [duty.code for duty in duties_of(head, now=at) if "event" in duty.code or "eval" in duty.code] == [
        "late_evaluations"
    ]


def test_what_waits_is_a_duty_of_who_decides(
    owner: User, acme: Client, colleague: User, head: User, leader: User
) -> None:
    event = ready(owner, acme, colleague)
    services.submit_event(actor=owner, event_id=event.pk)
    for person in (head, leader):
        assert "events_to_decide" in {duty.code for duty in duties_of(person, now=clock.now())}
    assert "events_to_decide" not in {duty.code for duty in duties_of(owner, now=clock.now())}


# ---- Sign-in


def signed(event: OnSiteEvent, msisdn: str = "13800000001", **fields: Any) -> None:
    """Sign somebody in by the code."""
    values: dict[str, Any] = {"name": "李四", "msisdn": msisdn, "consent": True, "address": "10.0.0.1"}
    services.sign_in_oneself(token=event.sign_in_token or "", **values | fields)


@pytest.mark.spec("S1-62")
def test_people_sign_in_by_the_code_once(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[..., Browser]
) -> None:
    event = running(owner, acme, colleague, head)
    url = reverse("visits:event-join", args=[event.sign_in_token])
    page = browse().get(url)
    assert page.status_code == 200
    assert "no-cache" in page["Cache-Control"]
    posted = {
        "name": "张 三",
        "msisdn": "138 0000 0002",
        "consent": "on",
        "interests": [event.products.get().pk],
    }
    answer = browse().post(url, posted)
    assert answer.status_code == 201
    row = event.attendees.get()
    assert (row.name, row.msisdn, row.via, row.consent) == ("张 三", "13800000002", "SELF", True)
    assert [interest.product.code for interest in row.interests.all()] == ["VNET"]
    assert row.origin
    assert "127.0.0.1" not in row.origin
    # Whoever comes again, under any name, hears the same, and nothing changes.
    again = browse().post(url, posted | {"name": "别人"})
    assert again.status_code == 201
    assert "张" not in again.content.decode()
    assert event.attendees.get().name == "张 三"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"msisdn": "12345"}, "11"),
        ({"name": " "}, "姓名"),
        ({"consent": ""}, "同意"),
        ({"msisdn": "１３８０００００００２", "consent": ""}, "同意"),
    ],
)
def test_a_sign_in_that_cannot_be_kept_says_why(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[..., Browser],
    fields: dict[str, str], word: str,
) -> None:  # fmt: skip
    event = running(owner, acme, colleague, head)
    posted = {"name": "张三", "msisdn": "13800000002", "consent": "on"} | fields
    answer = browse().post(reverse("visits:event-join", args=[event.sign_in_token]), posted)
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert not EventAttendee.objects.exists()


def test_the_code_opens_nothing_before_after_or_forged(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[..., Browser]
) -> None:
    event = approved(owner, acme, colleague, head)
    posted = {"name": "张三", "msisdn": "13800000002", "consent": "on"}

    def asks(token: str) -> list[int]:
        url = reverse("visits:event-join", args=[token])
        return [browse().get(url).status_code, browse().post(url, posted).status_code]

    token = event.sign_in_token or ""
    assert asks(token) == [410, 410]  # not begun
    event = running(owner, acme, colleague, head)
    token = event.sign_in_token or ""
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert asks(forged) == [404, 404]
    assert asks("x" * 500) == [404, 404]
    assert asks(token) == [200, 201]
    event.attendees.all().delete()
    late = clock.now() + timedelta(hours=10)
    with pytest.raises(BusinessError, match="SIGN_IN_CLOSED"):
        signed(event, now=late)
    old = token
    token = services.renew_code(actor=owner, event_id=event.pk).sign_in_token or ""
    assert asks(old) == [404, 404]
    services.finish_event(actor=owner, event_id=event.pk)
    assert asks(token) == [410, 410]
    assert not EventAttendee.objects.exists()


def test_a_flood_from_one_network_is_slowed_down(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[..., Browser], sysadmin: User
) -> None:
    from crm.params import services as params

    event = running(owner, acme, colleague, head)
    params.change(actor=sysadmin, key="event.sign_in_rate", value=2, effective_from=clock.today())
    for number in ("13800000001", "13800000002"):
        signed(event, number)
    with pytest.raises(BusinessError, match="SIGN_IN_TOO_FAST") as refusal:
        signed(event, "13800000003")
    assert refusal.value.status == 429
    signed(event, "13800000003", address="10.0.0.2")
    signed(event, "13800000004", now=clock.now() + timedelta(minutes=11))
    assert event.attendees.count() == 4


def test_the_stand_signs_in_once_however_often_it_is_sent(
    owner: User, acme: Client, colleague: User, head: User, stranger: User, browse: Callable[[User], Browser]
) -> None:
    event = running(owner, acme, colleague, head)
    url = reverse("visits:event-stand", args=[event.pk])
    key = str(uuid4())
    ahead = (clock.now() + timedelta(days=3)).isoformat()
    posted = {"name": "张三", "msisdn": "13800000002", "key": key, "signed_at": ahead}
    for _time in range(50):
        assert browse(colleague).post(url, posted).status_code == 302
    row = event.attendees.get()
    assert (row.via, row.consent, str(row.key)) == ("STAFF", False, key)
    assert row.signed_at <= clock.now()  # the phone's clock was wrong
    assert browse(head).get(url).status_code == 200
    assert browse(stranger).get(url).status_code == 404
    services.finish_event(actor=owner, event_id=event.pk)
    # What was written without a signal may come after the end.
    assert browse(colleague).post(url, posted | {"msisdn": "13800000009", "key": uuid4()}).status_code == 302
    assert event.attendees.count() == 2


def test_what_waited_on_the_phone_arrives_once_with_its_own_time(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    event = running(owner, acme, colleague, head)
    OnSiteEvent.objects.filter(pk=event.pk).update(started_at=clock.now() - timedelta(hours=1))
    url = reverse("visits:event-stand", args=[event.pk])
    sent = clock.now() + timedelta(hours=3)  # the phone's clock is wrong
    made = sent - timedelta(minutes=20)
    headers = {
        "X-Queue-User": str(colleague.pk), "Idempotency-Key": str(uuid4()),
        "X-Made-At": str(int(made.timestamp() * 1000)), "X-Sent-At": str(int(sent.timestamp() * 1000)),
    }  # fmt: skip
    posted = {"name": "张三", "msisdn": "13800000002", "key": str(uuid4())}
    for _time in range(3):
        answer = browse(colleague).post(url, posted, headers=headers)
        assert (answer.status_code, answer.json()["location"]) == (200, url)
    row = event.attendees.get()
    assert timedelta(minutes=19) < clock.now() - row.signed_at < timedelta(minutes=22)
    bad = browse(colleague).post(
        url, posted | {"msisdn": "1"}, headers=headers | {"Idempotency-Key": str(uuid4())}
    )
    assert bad.status_code == 400
    assert "msisdn" in bad.json()["fields"]


def test_only_the_team_stands_at_the_stand(
    owner: User, acme: Client, colleague: User, head: User, leader: User
) -> None:
    event = running(owner, acme, colleague, head)
    with pytest.raises(Forbidden, match="NOT_IN_TEAM"):
        services.sign_in_at_stand(actor=leader, event_id=event.pk, name="张三", msisdn="13800000002")


@pytest.mark.spec("S1-62", "S1-77")
def test_people_are_matched_with_members_and_customers_in_two_statements(
    owner: User, acme: Client, foreign: Client, colleague: User, head: User
) -> None:
    event = running(owner, acme, colleague, head)
    member = factories.make_member(acme, msisdn="13800000001")
    factories.make_member(foreign, msisdn="13800000002")
    for tail in range(1, 9):
        signed(event, f"1380000000{tail}")
    with CaptureQueriesContext(connection) as queries:
        assert services.match_attendees(event_id=event.pk) == 1
    assert sum(query["sql"].startswith("UPDATE") for query in queries) == 2
    assert event.attendees.exclude(member=None).get().member == member
    assert services.match_attendees() == 0


@pytest.mark.spec("E102", "S1-77")
def test_who_agreed_is_taken_into_the_members_as_type_three(
    owner: User, acme: Client, foreign: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    event = running(owner, acme, colleague, head)
    factories.make_member(foreign, msisdn="13800000002")
    signed(event, "13800000001")
    signed(event, "13800000002")
    services.sign_in_at_stand(actor=owner, event_id=event.pk, name="不同意", msisdn="13800000003")
    services.finish_event(actor=owner, event_id=event.pk)
    url = reverse("visits:event-attendees", args=[event.pk])
    chosen = {"attendee": list(event.attendees.values_list("pk", flat=True))}
    answer = browse(owner).post(url, chosen)
    assert answer.status_code == 200
    made = Member.objects.get(client=acme, msisdn="13800000001")
    assert (made.type, made.source, made.verified) == ("3", "CAMPAIGN", False)
    assert answer.content.decode().count("notice-warn") == 1  # the number of the other client stays there
    assert not Member.objects.filter(msisdn="13800000003").exists()
    assert event.attendees.get(msisdn="13800000001").member == made
    browse(owner).post(url, chosen)
    assert Member.objects.filter(client=acme).count() == 1


def test_numbers_are_masked_for_who_only_looks(
    owner: User, acme: Client, colleague: User, head: User, leader: User, browse: Callable[[User], Browser]
) -> None:
    event = running(owner, acme, colleague, head)
    signed(event, "13812345678")
    url = reverse("visits:event-attendees", args=[event.pk])
    assert "13812345678" in browse(owner).get(url).content.decode()
    assert "13812345678" not in browse(leader).get(url).content.decode()


# ---- Papers, report, API


def closed_event(owner: User, acme: Client, colleague: User, head: User, result: int = 24) -> OnSiteEvent:
    """Bring an event to its close."""
    event = finished(owner, acme, colleague, head)
    services.write_evaluation(
        actor=owner, event_id=event.pk, values=WORDS, results={event.products.get().pk: result}
    )
    services.hand_in_evaluation(actor=owner, event_id=event.pk)
    return services.close_event(actor=head, event_id=event.pk)


@pytest.mark.spec("S1-62")
def test_plan_and_effect_are_printed_as_forms(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    event = closed_event(owner, acme, colleague, head)
    plan = browse(owner).get(reverse("visits:event-print-plan", args=[event.pk])).content.decode()
    assert "集团进驻营销方案表" in plan
    assert acme.name in plan
    assert event.form_no in plan
    assert "王小红" in plan
    effect = browse(head).get(reverse("visits:event-print-effect", args=[event.pk])).content.decode()
    assert "集团进驻营销效果表" in effect
    assert "80%" in effect


@pytest.mark.spec("R9", "S1-60")
def test_the_report_compares_targets_and_results_in_scope(
    owner: User, acme: Client, colleague: User, head: User, stranger: User, browse: Callable[[User], Browser]
) -> None:
    event = closed_event(owner, acme, colleague, head)
    running(owner, acme, colleague, head)
    page = browse(head).get(reverse("visits:event-report")).content.decode()
    assert event.title in page
    assert "80%" in page
    assert "events-effect" in page
    assert event.title not in browse(stranger).get(reverse("visits:event-report")).content.decode()
    rows = event_rows(head, QueryDict(""))
    assert [(row.target, row.result, row.signed) for row in rows] == [(30, 24, 0)]
    assert not event_rows(head, QueryDict("from=2020-01-01&to=2020-02-01")).exists()
    assert period({"from": "rubbish", "to": "2026-03-31"}, clock.today())[1] == date(2026, 3, 31)


def test_the_client_s_card_and_timeline_tell_of_the_event(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    closed_event(owner, acme, colleague, head)
    page = browse(owner).get(reverse("visits:event-brief", args=[acme.pk])).content.decode()
    assert "24" in page
    assert "30" in page
    shown = browse(owner).get(reverse("clients:history", args=[acme.pk])).content.decode()
    assert "食堂进驻营销" in shown


def test_an_event_of_others_is_not_there(
    owner: User,
    acme: Client,
    stranger: User,
    browse: Callable[[User], Browser],
    api: Callable[[User], APIClient],
) -> None:
    event = planned(owner, acme)
    with pytest.raises(NotFound):
        services.submit_event(actor=stranger, event_id=event.pk)
    with pytest.raises(NotFound):
        planned(stranger, acme)
    assert browse(stranger).get(reverse("visits:event", args=[event.pk])).status_code == 404
    assert api(stranger).get(reverse("api-onsite-event", args=[event.pk])).status_code == 404
    assert api(stranger).get(reverse("api-onsite-events")).json()["results"] == []


def test_a_helper_from_another_unit_sees_the_event_and_nothing_else(
    owner: User, acme: Client, gcdept: User, org: Org, stranger: User
) -> None:
    event = planned(owner, acme)
    with pytest.raises(Invalid, match="STAFF_UNKNOWN"):
        services.add_staff(actor=owner, event_id=event.pk, user=stranger)
    services.add_staff(actor=owner, event_id=event.pk, user=gcdept)
    with pytest.raises(Invalid, match="STAFF_TWICE"):
        services.add_staff(actor=owner, event_id=event.pk, user=gcdept)
    helper = services.add_staff(actor=owner, event_id=event.pk, helper="外援")
    with pytest.raises(Invalid, match="STAFF_LEADER"):
        services.choose_leader(actor=owner, event_id=event.pk, staff_id=helper.pk)
    services.choose_leader(actor=owner, event_id=event.pk, staff_id=event.staff.get(user=gcdept).pk)
    assert event.staff.filter(is_leader=True).get().user == gcdept


def test_the_api_plans_runs_and_closes_an_event(
    owner: User,
    acme: Client,
    colleague: User,
    head: User,
    api: Callable[[User], APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # At ten: an event that is planned shortly before midnight begins on the next day.
    ten = clock.at(clock.today(), 10)
    monkeypatch.setattr(clock, "now", lambda: ten)
    starts = clock.now() + timedelta(minutes=30)
    body = {
        "client": acme.pk, "title": "春季进驻", "place": "大厅", "place_kind": "LOBBY",
        "starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "warmup_plan": "群通知", "materials_needed": ["BANNER"],
        "staff": [{"staff_no": "owner", "is_leader": True}, {"staff_no": "colleague"}, {"helper": "王小红"}],
        "products": [
            {"product": "VNET", "script": "话术", "tariff": "10 元", "system_ready": True, "target_qty": 5}
        ],
    }  # fmt: skip
    key = {"Idempotency-Key": "plan-1"}
    made = api(owner).post(reverse("api-onsite-events"), body, headers=key)
    assert made.status_code == 201, made.json()
    assert api(owner).post(reverse("api-onsite-events"), body, headers=key).json()["id"] == made.json()["id"]
    pk = made.json()["id"]

    def act(person: User, verb: str, data: dict[str, Any] | None = None) -> Any:
        return api(person).post(reverse(f"api-onsite-event-{verb}", args=[pk]), data or {})

    stale = api(owner).patch(
        reverse("api-onsite-event", args=[pk]), {"title": "改名"}, headers={"If-Match": '"999"'}
    )
    assert stale.status_code == 412
    changed = api(owner).patch(reverse("api-onsite-event", args=[pk]), {"staff": [{"helper": "独一人"}]})
    assert len(changed.json()["staff"]) == 1
    refused = act(owner, "submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "EVENT_STAFF")
    assert set(refused.json()["details"]["codes"]) == {"EVENT_STAFF", "EVENT_LEADER"}
    api(owner).patch(reverse("api-onsite-event", args=[pk]), {"staff": body["staff"]})
    assert act(owner, "submit").json()["state"] == "SUBMITTED"
    assert act(owner, "approve").status_code == 403
    assert act(head, "approve").json()["state"] == "APPROVED"
    assert act(owner, "warmup").json()["state"] == "WARMED_UP"
    assert act(owner, "tick", {"materials": ["BANNER"]}).json()["materials_ready"] == ["BANNER"]
    assert act(owner, "start").json()["state"] == "RUNNING"
    people = reverse("api-onsite-event-attendees", args=[pk])
    one = {
        "key": str(uuid4()),
        "name": "张三",
        "msisdn": "13800000002",
        "products": ["VNET"],
        "consent": True,
    }
    assert api(colleague).post(people, one).status_code == 201
    assert api(colleague).post(people, one).status_code == 200
    shown = api(owner).get(people).json()["results"]
    assert [(row["msisdn"], row["products"]) for row in shown] == [("13800000002", ["VNET"])]
    assert act(owner, "finish").json()["evaluation_due_on"]
    assert act(owner, "evaluate", WORDS | {"results": {"VNET": 4}}).json()["products"][0]["result_qty"] == 4
    assert act(owner, "handin").json()["state"] == "EVALUATED"
    assert act(head, "return", {"reason": "补充"}).json()["state"] == "FINISHED"
    assert act(owner, "handin").json()["state"] == "EVALUATED"
    assert act(head, "close").json()["state"] == "CLOSED"


def test_a_list_of_events_does_not_ask_once_for_each(
    owner: User, acme: Client, colleague: User, head: User, browse: Callable[[User], Browser]
) -> None:
    def asked() -> int:
        browser = browse(owner)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("visits:events"))
        return len(queries)

    planned(owner, acme)
    asked()
    few = asked()
    for _n in range(5):
        planned(owner, acme)
    assert asked() == few


def test_a_plan_is_made_and_changed_on_its_pages(
    owner: User, acme: Client, colleague: User, head: User, org: Org, browse: Callable[[User], Browser]
) -> None:
    browser = browse(owner)
    on = clock.today() + timedelta(days=3)
    form = {
        "title": "网页计划", "place": "东门", "place_kind": "GATE", "starts_at": f"{on}T11:00",
        "ends_at": f"{on}T10:00", "warmup_plan": "海报", "materials_needed": ["DESK"],
    }  # fmt: skip
    new = reverse("visits:event-new", args=[acme.pk])
    assert browser.post(new, form).status_code == 400  # ends before it begins
    assert browser.post(new, form | {"ends_at": f"{on}T14:00"}).status_code == 302
    event = OnSiteEvent.objects.get()
    assert event.starts_at == clock.at(on, 11)

    def post(name: str, data: dict[str, Any] | None = None, *args: Any) -> int:
        return browser.post(reverse(f"visits:event-{name}", args=[event.pk, *args]), data or {}).status_code

    assert post("staff", {"user": colleague.pk, "duty": "受理"}) == 302
    assert post("staff", {"helper": ""}) == 400
    assert post("staff", {"helper": "王小红"}) == 302
    assert post("staff-lead", {}, event.staff.get(user=colleague).pk) == 302
    assert event.staff.get(is_leader=True).user == colleague
    vnet = Product.objects.get(code="VNET")
    assert post("products", {"product": vnet.pk, "target_qty": 0}) == 400
    assert post("products", {"product": vnet.pk, "target_qty": 10}) == 302
    row = event.products.get()
    assert browser.get(reverse("visits:event-product", args=[event.pk, row.pk])).status_code == 200
    whole = {"script": "话术", "tariff": "10 元", "target_qty": 12, "system_ready": "on"}
    assert post("product", whole, row.pk) == 302
    row.refresh_from_db()
    assert (row.target_qty, row.system_ready) == (12, True)
    tea = services.add_gift(actor=head, code="TEA", name="茶叶", unit_value_fen=5000)
    stock = services.take_in(actor=head, gift=tea, unit=org["unit"], quantity=20)
    assert post("gifts", {"stock": stock.pk, "quantity": 3}) == 302
    assert post("gift-remove", {}, event.gifts.get().pk) == 302
    edit = form | {"ends_at": f"{on}T15:00", "version": 1}
    assert post("edit", edit) == 409  # an older version
    event.refresh_from_db()
    assert post("edit", edit | {"version": event.version}) == 302
    assert post("submit") == 302
    assert post("withdraw") == 302
    assert post("product-remove", {}, row.pk) == 302
    assert post("cancel", {"reason": ""}) == 400
    assert post("cancel", {"reason": "客户改期"}) == 302
    event.refresh_from_db()
    assert event.state == "CANCELLED"


# ---- Hand-over and calendar


def test_events_ahead_go_along_when_a_client_changes_hands(
    owner: User, colleague: User, head: User, acme: Client
) -> None:
    ahead = approved(owner, acme, colleague, head)
    over = finished(owner, acme, colleague, head)
    theirs = planned(owner, acme)
    OnSiteEvent.objects.filter(pk=theirs.pk).update(decided_by=colleague)
    moved = move_open_events(
        client_ids=[acme.pk], giver=owner, taker=colleague, from_on=clock.today(), actor=None
    )
    owners = dict(OnSiteEvent.objects.values_list("pk", "owner"))
    assert (moved, owners) == (1, {ahead.pk: colleague.pk, over.pk: owner.pk, theirs.pk: owner.pk})
    # It runs on in the new hands: the team stays, and the approval counts.
    services.warm_up_event(actor=colleague, event_id=ahead.pk)


def test_a_hand_over_of_the_client_takes_its_events_along(
    owner: User, colleague: User, head: User, acme: Client
) -> None:
    event = approved(owner, acme, colleague, head)
    handover = plan_hand_over(actor=head, giver=owner, taker=colleague, reason="调岗")
    event.refresh_from_db()
    assert handover.taker == colleague
    assert event.owner == colleague


def test_events_stand_in_the_calendar_of_their_month_and_of_the_week(
    browse: Callable[[User | None], Browser], owner: User, stranger: User, acme: Client
) -> None:
    starts = clock.at(clock.add_months(clock.month_of(clock.today()), 1).replace(day=15), 11)
    event = planned(owner, acme, starts=starts, ends_at=starts + timedelta(days=1))
    page = browse(owner).get("/visits/events/", {"view": "month", "month": f"{starts:%Y-%m}"})
    days = {day.day: [one.pk for one in day.events] for day in page.context["days"]}
    on = starts.date()
    assert days[on] == days[on + timedelta(days=1)] == [event.pk]
    assert sum(map(len, days.values())) == 2
    assert len(days) % 7 == 0
    assert page.content.decode().count(event.title) == 2
    week = browse(owner).get("/visits/week/", {"day": str(on)})
    assert event.title in week.content.decode()
    other = browse(stranger).get("/visits/events/", {"view": "month", "month": f"{starts:%Y-%m}"})
    assert not any(day.events for day in other.context["days"])
    # A month that is none is this one.
    page = browse(owner).get("/visits/events/", {"view": "month", "month": "2026-13"})
    assert page.context["month"] == clock.month_of(clock.today())


def test_a_sending_that_names_another_person_is_refused_and_nobody_is_lost(
    owner: User, colleague: User, head: User, acme: Client
) -> None:
    event = running(owner, acme, colleague, head)
    key = uuid4()
    sent: dict[str, Any] = {"actor": owner, "event_id": event.pk, "name": "张三", "msisdn": "13800000011"}
    first, fresh = services.sign_in_at_stand(key=key, **sent)
    again, twice = services.sign_in_at_stand(key=key, **sent)
    assert (first, fresh, twice) == (again, True, False)
    with pytest.raises(BusinessError, match="KEY_TAKEN"), transaction.atomic():
        services.sign_in_at_stand(key=key, **sent | {"name": "李四", "msisdn": "13800000012"})
    # Under a key of its own the same number is the row that is there.
    assert services.sign_in_at_stand(key=uuid4(), **sent) == (first, False)


@pytest.mark.spec("S1-55")
def test_a_deputy_of_the_head_hears_of_plans_and_late_evaluations(
    owner: User, colleague: User, head: User, acme: Client, org: dict[str, OrgUnit]
) -> None:
    deputy, today = factories.make_user("stand-in", "AM", org["unit"]), clock.today()
    delegate(
        actor=head, from_user=head, to_user=deputy, role="DEPT_HEAD", valid_from=today,
        valid_to=today + timedelta(days=20), reason="休假",
    )  # fmt: skip
    services.submit_event(actor=owner, event_id=ready(owner, acme, colleague).pk)
    assert Notification.objects.filter(user=deputy, kind="event").exists()
    event = finished(owner, acme, colleague, head)
    OnSiteEvent.objects.filter(pk=event.pk).update(evaluation_due_on=today - timedelta(days=1))
    services.settle_events(as_of=today)
    late = Notification.objects.filter(kind="event_late").values_list("user__staff_no", flat=True)
    assert set(late) == {"owner", "head", "stand-in"}
