"""Calls: what they need, what each outcome leads to, missed calls, greetings."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from clients.timeline import timeline
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from tests import factories
from tests.base.test_offline import queued
from visits import calendar, services
from visits.choices import CallResult, VisitState
from visits.models import Appointment, Holiday, MissedCall, Visit
from visits.reading import calls as reading
from visits.rules import calls as rules
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {"purpose": "专线续约", "benefit": "续约可免一个月月租", "purposes": ["P1"]}


def slots() -> dict[str, datetime]:
    """Return two times to offer."""
    tomorrow = clock.at(clock.today() + timedelta(days=1), 15)
    return {"slot1_at": tomorrow, "slot2_at": tomorrow + timedelta(hours=19)}


def booked(actor: User, client: Client, **values: Any) -> Appointment:
    """Prepare a call that asks for a visit."""
    return services.book_call(actor=actor, client=client, **(SAID | slots() | values))


@pytest.mark.spec("S1-19")
@pytest.mark.parametrize("missing", ["purpose", "benefit"])
def test_a_call_says_what_it_is_about_and_what_the_client_gains(
    owner: User, acme: Client, missing: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        booked(owner, acme, **{missing: " "})
    assert refusal.value.code == "PURPOSE_AND_BENEFIT"
    assert list(refusal.value.fields) == [missing]
    assert not Appointment.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=booked(owner, acme).pk).update(**{missing: ""})


@pytest.mark.spec("S1-28")
def test_two_times_are_offered(owner: User, acme: Client) -> None:
    one = slots()["slot1_at"]
    for given, code in (
        ({"slot2_at": None}, "SLOTS_REQUIRED"),
        ({"slot1_at": None, "slot2_at": None}, "SLOTS_REQUIRED"),
        ({"slot1_at": one, "slot2_at": one}, "SLOTS_ALIKE"),
        ({"slot1_at": clock.now() - timedelta(hours=3)}, "SLOT_PAST"),
    ):
        with pytest.raises(Invalid) as refusal:
            booked(owner, acme, **given)
        assert refusal.value.code == code
    made = booked(owner, acme)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(slot2_at=made.slot1_at)


@pytest.mark.spec("S1-28")
@pytest.mark.parametrize(
    ("now", "first", "second"),
    [
        ("2026-11-26T09:00", "2026-11-26T15:00", "2026-11-27T10:00"),
        ("2026-11-26T14:30", "2026-11-27T15:00", "2026-11-30T10:00"),
        ("2026-11-28T09:00", "2026-11-30T15:00", "2026-12-01T10:00"),
    ],
)
def test_the_times_offered_first_lie_on_working_days(now: str, first: str, second: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=clock.BUSINESS_ZONE)
    found = rules.offered(
        moment, calendar.next_working_day, works_today=calendar.is_working_day(moment.date())
    )
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in found] == [first, second]


@pytest.mark.spec("S1-30", "S1-26")
def test_an_agreed_call_plans_and_confirms_the_visit(owner: User, acme: Client) -> None:
    call = booked(owner, acme)
    for given, code in (
        ({"place": "三楼"}, "TIME_REQUIRED"),
        ({"agreed_at": call.slot1_at}, "PLACE_REQUIRED"),
    ):
        with pytest.raises(Invalid) as refusal:
            services.note_result(actor=owner, call=call, result=CallResult.CONFIRMED, **given)
        assert refusal.value.code == code
    call.refresh_from_db()
    assert call.is_open
    assert not Visit.objects.exists()
    made = services.note_result(
        actor=owner, call=call, result=CallResult.CONFIRMED, agreed_at=call.slot1_at, place="三楼会议室"
    )
    visit = Visit.objects.get()
    assert made.visit == visit
    assert (visit.state, visit.place, visit.planned_at) == (VisitState.CONFIRMED, "三楼会议室", call.slot1_at)
    assert (visit.purposes, visit.purpose_note, visit.benefit) == (["P1"], SAID["purpose"], SAID["benefit"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=call.pk).update(place="")
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.note_result(actor=owner, call=call, result=CallResult.REFUSED, note="不办")


@pytest.mark.spec("S1-30")
def test_a_call_confirms_the_visit_it_is_about(owner: User, acme: Client) -> None:
    visit = services.plan_visit(
        actor=owner, client=acme, planned_at=clock.now(), purposes=["P4"], place="一楼"
    )
    call = booked(owner, acme, visit=visit)
    services.note_result(
        actor=owner, call=call, result=CallResult.CONFIRMED, agreed_at=call.slot2_at, place="二楼"
    )
    visit.refresh_from_db()
    assert Visit.objects.count() == 1
    assert (visit.state, visit.place, visit.planned_at) == (VisitState.CONFIRMED, "二楼", call.slot2_at)
    assert visit.purposes == ["P4"]


@pytest.mark.spec("S1-21", "S1-28")
@pytest.mark.parametrize("result", ["INCONVENIENT", "ABSENT", "NO_ANSWER", "POSTPONED"])
def test_who_could_not_talk_is_called_again(owner: User, acme: Client, result: str) -> None:
    call = booked(owner, acme)
    with pytest.raises(Invalid) as refusal:
        services.note_result(actor=owner, call=call, result=result)
    assert refusal.value.code == "AGAIN_REQUIRED"
    again = clock.now() + timedelta(hours=2)
    services.note_result(actor=owner, call=call, result=result, again_at=again, note="请下午再打")
    following = Appointment.objects.get(follows=call)
    assert (following.is_open, following.call_at, following.purpose) == (True, again, SAID["purpose"])
    late = clock.now() + timedelta(days=4)
    services.note_result(actor=owner, call=following, result=result, again_at=late)
    # The times offered are over by then: others are offered.
    third = Appointment.objects.get(follows=following)
    assert third.slot1_at is not None
    assert third.slot1_at > late


@pytest.mark.spec("S1-28")
def test_a_refusal_says_why_and_a_request_for_a_visit_has_an_answer(owner: User, acme: Client) -> None:
    call = booked(owner, acme)
    with pytest.raises(Invalid) as refusal:
        services.note_result(actor=owner, call=call, result=CallResult.REFUSED)
    assert refusal.value.code == "REASON_REQUIRED"
    with pytest.raises(Invalid) as refusal:
        services.note_result(actor=owner, call=call, result=CallResult.SPOKEN)
    assert refusal.value.code == "ANSWER_REQUIRED"
    services.note_result(actor=owner, call=call, result=CallResult.REFUSED, note="今年预算已用完")
    assert not Visit.objects.exists()
    assert not Appointment.objects.to_make().exists()


@pytest.mark.spec("S1-23")
def test_a_balance_call_names_no_amount(owner: User, acme: Client) -> None:
    values: dict[str, Any] = {"kind": "ARREARS", "benefit": "号码保持正常使用"}
    with pytest.raises(Invalid) as refusal:
        services.book_call(actor=owner, client=acme, purpose="您已经欠费 128 元", **values)
    assert refusal.value.code == "ARREARS_WORDING"
    call = services.book_call(actor=owner, client=acme, purpose="话费余额已用完", **values)
    done = services.note_result(actor=owner, call=call, result=CallResult.SPOKEN)
    assert done.result == CallResult.SPOKEN
    assert not [field.name for field in Appointment._meta.fields if field.name.endswith("_fen")]


@pytest.mark.spec("S1-22")
def test_birthdays_are_announced_until_somebody_greets(
    owner: User, colleague: User, acme: Client, org: dict[str, OrgUnit]
) -> None:
    today = date(2026, 11, 26)
    born = factories.make_contact(
        acme, "KEY_PERSON", name="王建国", salutation="王总", birthday=date(1970, 11, 28)
    )
    factories.make_contact(acme, name="李梅", birthday=date(1980, 12, 20))
    other = factories.make_client(org["unit"], colleague)
    factories.make_contact(other, birthday=date(1975, 11, 26))
    found, total = reading.greetings(owner, today)
    assert [(row.contact, row.on) for row in found] == [(born, date(2026, 11, 28))]
    assert total == 1
    call = services.book_call(
        actor=owner, client=acme, kind="GREETING", contact=born, purpose="生日问候", benefit="常来常往"
    )
    services.note_result(actor=owner, call=call, result=CallResult.SPOKEN)
    Appointment.objects.update(called_at=clock.at(today))
    assert reading.greetings(owner, today) == ([], 0)


@pytest.mark.spec("S1-22")
def test_born_on_29_february_is_greeted_in_plain_years_too(owner: User, acme: Client) -> None:
    factories.make_contact(acme, birthday=date(1980, 2, 29))
    found, _total = reading.greetings(owner, date(2027, 2, 26))
    assert [row.on for row in found] == [date(2027, 2, 28)]
    found, _total = reading.greetings(owner, date(2028, 2, 27))
    assert [row.on for row in found] == [date(2028, 2, 29)]


@pytest.mark.spec("S1-22")
def test_key_persons_are_greeted_before_a_holiday(owner: User, acme: Client) -> None:
    key = factories.make_contact(acme, "KEY_PERSON")
    factories.make_contact(acme)
    Holiday.objects.filter(day__year=2027).delete()
    for day in (1, 2, 3):
        Holiday.objects.create(day=date(2027, 5, day), kind="HOLIDAY", name="劳动节")
    assert reading.greetings(owner, date(2027, 4, 20)) == ([], 0)
    found, total = reading.greetings(owner, date(2027, 4, 28))
    assert [(row.contact, row.occasion, row.on) for row in found] == [(key, "劳动节", date(2027, 5, 1))]
    assert total == 1
    # Once it has begun it is no longer ahead.
    assert reading.greetings(owner, date(2027, 5, 2)) == ([], 0)


def test_a_greeting_needs_somebody(owner: User, acme: Client) -> None:
    with pytest.raises(Invalid) as refusal:
        services.book_call(actor=owner, client=acme, kind="GREETING", purpose="问候", benefit="常来常往")
    assert refusal.value.code == "CONTACT_REQUIRED"


@pytest.mark.spec("S0-92")
@pytest.mark.parametrize(
    ("missed", "due"),
    [
        ("2026-11-26T10:00", "2026-11-26T10:30"),
        ("2026-11-26T17:30", "2026-11-26T18:00"),
        ("2026-11-26T17:45", "2026-11-27T09:15"),
        ("2026-11-26T07:00", "2026-11-26T09:30"),
        ("2026-11-27T19:00", "2026-11-30T09:30"),
        ("2026-11-28T11:00", "2026-11-30T09:30"),
    ],
)
def test_a_missed_call_is_returned_within_working_time(missed: str, due: str) -> None:
    moment = datetime.fromisoformat(missed).replace(tzinfo=clock.BUSINESS_ZONE)
    found = rules.due_back(
        moment, minutes=30, from_hour=9, to_hour=18, next_day=calendar.next_working_day,
        works=calendar.is_working_day(moment.date()),
    )  # fmt: skip
    assert f"{found:%Y-%m-%dT%H:%M}" == due


@pytest.mark.spec("S0-92")
def test_a_missed_call_is_a_duty_until_it_is_returned(owner: User, colleague: User, acme: Client) -> None:
    who = factories.make_contact(acme, mobile="13900001234")
    missed = services.note_missed(actor=owner, number="+86 139-0000-1234")
    assert services.note_missed(actor=owner, number="13900001234", missed_at=missed.missed_at) == missed
    assert (missed.client, missed.contact) == (acme, who)
    duties = [duty for duty in duties_of(owner, now=clock.now()) if duty.code == "missed_call"]
    assert [(duty.title, duty.due) for duty in duties] == [(acme.name, missed.due_at)]
    with pytest.raises(Forbidden):
        services.return_missed(actor=colleague, missed=missed)
    done = services.return_missed(actor=owner, missed=missed, note="已约周五")
    assert not done.was_late
    assert not [duty for duty in duties_of(owner, now=clock.now()) if duty.code == "missed_call"]
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.return_missed(actor=owner, missed=missed)


@pytest.mark.spec("S0-92")
def test_the_exchange_and_the_head_note_calls_others_missed(
    owner: User, head: User, stranger: User, org: dict[str, OrgUnit]
) -> None:
    system = factories.make_system("pbx", org["city"], ["write", "read"])
    for actor in (head, system):
        assert services.note_missed(actor=actor, owner=owner, number="13900001234").owner == owner
    with pytest.raises(Forbidden):
        services.note_missed(actor=stranger, owner=owner, number="13900001234")
    for number in ("", "12a45", "1" * 30):
        with pytest.raises(Invalid) as refusal:
            services.note_missed(actor=owner, number=number)
        assert refusal.value.code == "BAD_NUMBER"


def test_calls_are_seen_in_the_unit_and_moved_by_their_owner(
    owner: User, colleague: User, stranger: User, head: User, acme: Client
) -> None:
    call = booked(owner, acme)
    assert [call] == list(Appointment.objects.visible_to(colleague))
    assert not Appointment.objects.visible_to(stranger)
    with pytest.raises(Forbidden):
        services.change_call(actor=colleague, call=call, purpose="别的事")
    with pytest.raises(NotFound):
        services.change_call(actor=stranger, call=call, purpose="别的事")
    assert services.change_call(actor=head, call=call, purpose="别的事").version == 2
    with pytest.raises(BusinessError, match="STALE"):
        services.change_call(actor=owner, call=call, version=1, purpose="再改")


def test_the_same_call_sent_fifty_times_is_one(owner: User, colleague: User, acme: Client) -> None:
    key = uuid4()
    made = {booked(owner, acme, client_key=key).pk for _time in range(50)}
    assert len(made) == 1
    other = factories.make_client(acme.org_unit, owner, name="另一家公司")
    for person, client in ((colleague, acme), (owner, other)):
        with pytest.raises(BusinessError, match="KEY_TAKEN"):
            booked(person, client, client_key=key)
    assert Appointment.objects.count() == 1


def test_open_calls_go_along_when_a_client_changes_hands(owner: User, colleague: User, acme: Client) -> None:
    from visits.services.calls import move_open_calls

    call, done = booked(owner, acme), booked(owner, acme)
    services.note_result(actor=owner, call=done, result=CallResult.REFUSED, note="不办")
    moved = move_open_calls(
        client_ids=[acme.pk], giver=owner, taker=colleague, from_on=clock.today(), actor=None
    )
    call.refresh_from_db()
    done.refresh_from_db()
    assert (moved, call.owner, done.owner) == (1, colleague, owner)


@pytest.mark.spec("S1-90")
def test_a_call_that_was_made_stands_in_the_client_s_timeline(owner: User, acme: Client) -> None:
    booked(owner, acme)
    services.note_result(actor=owner, call=booked(owner, acme), result=CallResult.REFUSED, note="合同未到期")
    told = [line for line in timeline(acme) if line["what"] == "call"]
    assert len(told) == 1
    assert "合同未到期" in told[0]["text"]


# ---- Pages


def _sent(**values: Any) -> dict[str, Any]:
    day = clock.today() + timedelta(days=1)
    return {
        "purpose": SAID["purpose"], "benefit": SAID["benefit"], "purposes": ["P1"], "channel": "PHONE",
        "slot1_day": f"{day}", "slot1_time": "15:00", "slot2_day": f"{day + timedelta(days=1)}",
        "slot2_time": "10:00", "agreed": "slot2", "place": "三楼会议室", "client_key": str(uuid4()),
    } | values  # fmt: skip


@pytest.mark.spec("S1-19", "S1-20", "S1-28", "S1-30")
def test_one_screen_holds_people_cards_times_and_the_outcome(
    browse: Callable[[User | None], Browser], owner: User, acme: Client
) -> None:
    key = factories.make_contact(acme, "KEY_PERSON", name="王建国", salutation="总", mobile="13900001234")
    page = browse(owner)
    text = page.get(f"/visits/calls/for/{acme.pk}/").content.decode()
    assert 'href="tel:13900001234"' in text
    for words in ("请问您是", "二择一", "等客户先挂", "王总"):
        assert words in text
    answer = page.post(f"/visits/calls/for/{acme.pk}/", _sent(result="CONFIRMED", contact=key.pk))
    visit = Visit.objects.get()
    assert answer["Location"] == f"/visits/{visit.pk}/"
    assert (visit.state, visit.contact) == (VisitState.CONFIRMED, key)
    call = Appointment.objects.get()
    assert visit.planned_at == call.slot2_at
    read = page.get(f"/visits/calls/{call.pk}/").content.decode()
    assert "三楼会议室" in read
    assert "已约定" in read


@pytest.mark.spec("S1-30")
def test_a_confirmed_call_without_a_place_keeps_what_was_typed_and_saves_nothing(
    browse: Callable[[User | None], Browser], owner: User, acme: Client
) -> None:
    answer = browse(owner).post(f"/visits/calls/for/{acme.pk}/", _sent(result="CONFIRMED", place=" "))
    assert answer.status_code == 422
    assert "请填写见面地点" in answer.content.decode()
    assert SAID["benefit"] in answer.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.spec("S1-25")
def test_how_the_key_person_is_addressed_is_asked_once_and_kept(
    browse: Callable[[User | None], Browser], owner: User, acme: Client
) -> None:
    key = factories.make_contact(acme, "KEY_PERSON", name="王建国", salutation="")
    page = browse(owner)
    refused = page.post(f"/visits/calls/for/{acme.pk}/", _sent(contact=key.pk))
    assert refused.status_code == 422
    assert "怎么称呼" in refused.content.decode()
    page.post(f"/visits/calls/for/{acme.pk}/", _sent(contact=key.pk, salutation="王总"))
    key.refresh_from_db()
    assert key.salutation == "王总"
    assert Appointment.objects.get().contact == key


@pytest.mark.spec("S1-21")
def test_a_call_that_stands_in_the_list_is_made_from_there(
    browse: Callable[[User | None], Browser], owner: User, head: User, acme: Client
) -> None:
    page = browse(owner)
    page.post(f"/visits/calls/for/{acme.pk}/", _sent(result=""))
    call = Appointment.objects.get()
    assert f"/visits/calls/{call.pk}/" in page.get("/visits/calls/").content.decode()
    assert acme.name in browse(head).get("/visits/calls/").content.decode()
    day = clock.today() + timedelta(days=1)
    page.post(
        f"/visits/calls/{call.pk}/",
        _sent(result="INCONVENIENT", again_day=f"{day}", again_time="09:30", version=1),
    )
    call.refresh_from_db()
    assert call.result == CallResult.INCONVENIENT
    following = Appointment.objects.get(follows=call)
    assert "不方便" in page.get(f"/visits/calls/{following.pk}/").content.decode()
    assert "不方便" in page.get("/visits/calls/?view=made").content.decode()


@pytest.mark.spec("S0-92")
def test_a_missed_call_is_noted_and_returned_on_the_phone(
    browse: Callable[[User | None], Browser], owner: User, head: User
) -> None:
    page = browse(owner)
    now = clock.now() - timedelta(minutes=5)
    page.post(
        "/visits/calls/missed/", {"number": "13900001234", "day": f"{now:%Y-%m-%d}", "at": f"{now:%H:%M}"}
    )
    missed = MissedCall.objects.get()
    assert 'href="tel:13900001234"' in page.get("/visits/calls/?view=missed").content.decode()
    assert "13900001234" not in browse(head).get("/visits/calls/?view=missed").content.decode()
    wrong = page.post("/visits/calls/missed/", {"number": "abcde", "day": f"{now:%Y-%m-%d}", "at": "00:00"})
    assert wrong.status_code == 422
    page.post(f"/visits/calls/missed/{missed.pk}/returned/", {"note": "已约"})
    missed.refresh_from_db()
    assert missed.returned_at


@pytest.mark.spec("S1-19", "S1-30", "S0-92")
def test_the_api_books_notes_and_returns(
    api: Callable[[User | None], APIClient], owner: User, acme: Client
) -> None:
    client = api(owner)
    times = {name: moment.isoformat() for name, moment in slots().items()}
    made = client.post("/api/v1/appointments", SAID | times | {"client": acme.pk}, format="json")
    assert (made.status_code, made.json()["result"]) == (201, "")
    where = f"/api/v1/appointments/{made.json()['id']}"
    refused = client.post(f"{where}:result", {"result": "CONFIRMED", "place": "三楼"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "TIME_REQUIRED")
    body = {"result": "CONFIRMED", "place": "三楼", "agreed_at": times["slot1_at"]}
    done = client.post(f"{where}:result", body, format="json").json()
    assert Visit.objects.get(pk=done["visit"]).state == VisitState.CONFIRMED
    assert client.get("/api/v1/appointments?open=true").json()["results"] == []
    missed = client.post("/api/v1/missed-calls", {"number": "13900001234"}, format="json").json()
    returned = client.post(f"/api/v1/missed-calls/{missed['id']}:return", {"note": "已约"}, format="json")
    assert returned.json()["returned_at"]


def test_what_came_of_a_call_goes_out_of_the_queue_once_with_the_time_of_the_phone(
    browse: Callable[[User | None], Browser], owner: User, acme: Client
) -> None:
    call = booked(owner, acme)
    slot = call.slot1_at
    assert slot is not None
    later = call.slot2_at
    assert later is not None
    local, second = slot.astimezone(clock.BUSINESS_ZONE), later.astimezone(clock.BUSINESS_ZONE)
    data = {
        "version": call.version, "purpose": call.purpose, "benefit": call.benefit, "purposes": ["P1"],
        "channel": call.channel, "slot1_day": local.date(), "slot1_time": f"{local:%H:%M}",
        "slot2_day": second.date(), "slot2_time": f"{second:%H:%M}", "result": "CONFIRMED", "agreed": "slot1",
        "place": "三楼会议室",
    }  # fmt: skip
    at = f"/visits/calls/{call.pk}/"
    headers = queued(owner, ago=3600)
    answers = [browse(owner).post(at, data, headers=headers) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {200}, answers[0].content.decode()
    call.refresh_from_db()
    assert call.called_at is not None
    assert timedelta(minutes=59) < clock.now() - call.called_at < timedelta(minutes=61)
    assert Visit.objects.get().state == VisitState.CONFIRMED
    # Another person's answer came first: it is said, and nothing is written over it.
    again = browse(owner).post(at, data, headers=queued(owner))
    assert (again.status_code, again.json()["code"]) == (409, "WRONG_STATE")
