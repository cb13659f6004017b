"""Who may do what with visits and logs."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from crm.base import clock
from tests.permissions.lines import Line, World, only, same
from visits import services
from visits.models import GiftRequest, VisitLog
from visits.services.debt import next_week


def picture(colour: str, size: tuple[int, int] = (8, 8)) -> bytes:
    """Return a small PNG."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def _planned(world: World) -> Any:
    return services.plan_visit(
        actor=world.owner, client=world.acme, planned_at=clock.now(), purposes=["P2"], place="三楼"
    )


def _asked(world: World) -> GiftRequest:
    return services.request_gift(
        actor=world.owner, client=world.acme, stock=world.stock, quantity=1, reason="合同周年"
    )


def _handed_out(world: World) -> GiftRequest:
    gift = services.approve_gift(actor=world.head, request_id=_asked(world).pk)
    return services.hand_out(actor=world.head, request_id=gift.pk)


def build(world: World) -> None:
    """Plan a visit, and hand in the log of another, for the owner."""
    world.visit = _planned(world)
    world.photo = services.add_visit_photo(
        actor=world.owner,
        visit=world.visit,
        upload=SimpleUploadedFile("a.png", picture("red")),
        key=uuid4(),
    )
    visit = _planned(world)
    services.write_log(
        actor=world.owner, visit=visit, values={"opinion_asked": True, "results": {"P2": "聊了近期用网情况"}}
    )
    world.log = services.submit_log(actor=world.owner, visit=visit)
    assert isinstance(world.log, VisitLog)
    world.meeting, _fresh = services.call_meeting(
        actor=world.head, unit=world.org["unit"], kind="MORNING", held_on=clock.today()
    )
    tea = services.add_gift(actor=world.head, code="TEA", name="茶叶礼盒", unit_value_fen=800)
    world.stock = services.take_in(actor=world.head, gift=tea, unit=world.org["unit"], quantity=100)
    world.gift = _asked(world)
    world.approved = services.approve_gift(actor=world.head, request_id=_asked(world).pk)
    world.collected = _handed_out(world)
    world.signed = services.sign_for(
        actor=world.owner, request_id=_handed_out(world).pk, signed_by="王建国", signed_on=clock.today()
    )
    values = _call_values(world)
    for name in ("slot1_at", "slot2_at"):
        values[name] = datetime.fromisoformat(values[name])
    world.call = services.book_call(actor=world.owner, **(values | {"client": world.acme}))
    world.missed = services.note_missed(actor=world.owner, number="13900000008")
    world.task = services.give_task(
        actor=world.head,
        user=world.owner,
        task="走访五家",
        due_on=clock.today(),
        meeting_id=world.meeting.pk,
    )


def _call_values(world: World) -> dict[str, Any]:
    tomorrow = clock.now() + timedelta(days=1)
    return {
        "client": world.acme.pk,
        "purpose": "专线续约",
        "benefit": "续约可免一个月月租",
        "purposes": ["P1"],
        "slot1_at": tomorrow.isoformat(),
        "slot2_at": (tomorrow + timedelta(hours=3)).isoformat(),
    }


def _missed(_world: World) -> dict[str, Any]:
    now = clock.now() - timedelta(hours=1)
    return {"number": "13900000009", "day": f"{now:%Y-%m-%d}", "at": f"{now:%H:%M}"}


def _visit(world: World) -> dict[str, Any]:
    return {"pk": world.visit.pk}


def _photo(world: World) -> dict[str, Any]:
    return {"pk": world.visit.pk, "photo": world.photo.pk}


def _log(world: World) -> dict[str, Any]:
    return {"pk": world.log.pk}


def _of(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk}


def _signature(_world: World) -> dict[str, Any]:
    return {"signed_by": "王建国", "signed_on": clock.today().isoformat()}


def _gift(w: World) -> dict[str, Any]:
    return {"client": w.acme.pk, "stock": w.stock.pk, "quantity": 1, "reason": "合同周年"}


def _meeting(world: World) -> dict[str, Any]:
    return {"pk": world.meeting.pk}


def _task(world: World) -> dict[str, Any]:
    return {"pk": world.task.pk}


def _record(_world: World) -> dict[str, Any]:
    return {"key_work": "竞标", "special": "", "minutes": ""}


def _new_task(world: World) -> dict[str, Any]:
    return {"user": world.owner.pk, "task": "回访", "target": 1, "due_on": clock.today().isoformat()}


def _client(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk}


def _reason(_world: World) -> dict[str, Any]:
    return {"reason": "客户改期"}


def _plan(world: World) -> dict[str, Any]:
    return {
        "client": world.acme.pk,
        "planned_at": clock.now().isoformat(),
        "purposes": ["P2"],
        "place": "三楼",
    }


SEES = {"stranger": 404, "sysadmin": 403}
READS = same(200, **SEES)
# Whoever may not change visits at all is told so before anything is looked up.
CANNOT = {"leader": 403, "gcdept": 403, "provadmin": 403, "sysadmin": 403, "auditor": 403}
OWN_PAGE = same(200, colleague=403, stranger=404, **CANNOT)
OWN_ACT = same(302, colleague=403, stranger=404, **CANNOT)
OWN_API = same(200, colleague=403, stranger=404, **CANNOT)
DECIDES = {
    "owner": 403,
    "colleague": 403,
    "stranger": 403,
    "gcdept": 403,
    "provadmin": 403,
    "sysadmin": 403,
    "auditor": 403,
}


def _keeps(status: int) -> dict[str, Any]:
    return only("head", status=status, stranger=404)


def _owns(status: int) -> dict[str, Any]:
    return only("owner", status=status, stranger=404)


def _calls(status: int) -> dict[str, Any]:
    return only("leader", "gcdept", "auditor", status=status, stranger=404)


HOLDS = only("head", "leader", status=302)


def _week(world: World) -> dict[str, Any]:
    first, _last = next_week(clock.today())
    return {"batch": BATCH, "visit": [f"{world.acme.pk}|{clock.at(first, 9).isoformat()}"]}


def _api_week(world: World) -> dict[str, Any]:
    first, _last = next_week(clock.today())
    visits = [{"client": world.acme.pk, "planned_at": clock.at(first, 9).isoformat()}]
    return {"batch": BATCH, "visits": visits}


def _solution(world: World) -> dict[str, Any]:
    return {"pk": world.visit.pk, "solution": world.solution.pk}


BATCH = "6a2f4d3e-8a1c-4f0e-9a55-0d6f1b1f0c22"
ROUTES = {
    # Before the visit
    "visits:prep-sheet": Line(kwargs=_of("visit"), get=READS),
    "visits:fitting": Line(kwargs=_of("visit"), get=READS),
    "visits:consult": Line(kwargs=_solution, post=OWN_ACT),
    "api-visit-consulted": Line(
        kwargs=_of("visit"), data=lambda w: {"solution": w.solution.pk}, post=OWN_API
    ),
    # Visits owed
    "visits:debt": Line(get=same(200, gcdept=403, provadmin=403, sysadmin=403, auditor=403)),
    # A client in a colleague's hands is refused, one of another unit is not there.
    "visits:debt-week": Line(
        get=same(200, **CANNOT), data=_week, post=same(302, colleague=403, stranger=404, **CANNOT)
    ),
    "visits:debt-filled": Line(kwargs=lambda _w: {"batch": BATCH}, get=same(200, **CANNOT)),
    "visits:debt-undo": Line(kwargs=lambda _w: {"batch": BATCH}, post=same(302, **CANNOT)),
    "api-visit-debt": Line(get=same(200, sysadmin=403)),
    "api-visit-debt-week": Line(get=same(200, **CANNOT)),
    "api-visit-debt-fill": Line(data=_api_week, post=same(201, colleague=403, stranger=404, **CANNOT)),
    "api-visit-debt-undo": Line(data=lambda _w: {"batch": BATCH}, post=same(200, **CANNOT)),
    # Calls
    "visits:calls": Line(get=same(200, sysadmin=403)),
    # A form that is not filled in is shown again with what is wrong.
    "visits:call-new": Line(kwargs=_of("acme"), get=OWN_PAGE, post=OWN_PAGE | {"owner": 422, "head": 422}),
    "visits:call": Line(
        kwargs=_of("call"), get=READS, post=only("owner", "head", status=422, others=403, stranger=404)
    ),
    "visits:missed-new": Line(get=same(200, **CANNOT), data=_missed, post=same(302, **CANNOT)),
    "visits:missed-return": Line(kwargs=_of("missed"), post=OWN_ACT),
    "api-appointments": Line(
        get=same(200, sysadmin=403), data=_call_values, post=OWN_API | {"owner": 201, "head": 201}
    ),
    "api-appointment": Line(
        kwargs=_of("call"), get=READS, data=lambda _w: {"benefit": "省一半费用"}, patch=OWN_API
    ),
    "api-appointment-result": Line(
        kwargs=_of("call"), data=lambda _w: {"result": "REFUSED", "note": "今年不办"}, post=OWN_API
    ),
    "api-missed-calls": Line(
        get=same(200, sysadmin=403), data=lambda _w: {"number": "13900000007"}, post=same(201, **CANNOT)
    ),
    "api-missed-call": Line(kwargs=_of("missed"), get=READS),
    "api-missed-call-return": Line(kwargs=_of("missed"), post=OWN_API),
    # Gifts
    "visits:gifts": Line(get=same(200, sysadmin=403)),
    "visits:gift-new": Line(kwargs=_of("acme"), get=OWN_PAGE, data=_gift, post=OWN_ACT),
    "visits:gift": Line(kwargs=_of("gift"), get=READS),
    "visits:gift-approve": Line(kwargs=_of("gift"), post=_keeps(302)),
    "visits:gift-hand-out": Line(kwargs=_of("approved"), post=_keeps(302)),
    "visits:gift-give-back": Line(kwargs=_of("collected"), post=_keeps(302)),
    "visits:gift-withdraw": Line(kwargs=_of("gift"), post=_owns(302)),
    "visits:gift-refuse": Line(kwargs=_of("gift"), data=_reason, post=_keeps(302)),
    "visits:gift-sign": Line(kwargs=_of("collected"), data=_signature, post=_owns(302)),
    "visits:gift-call": Line(kwargs=_of("signed"), data=lambda w: {"result": "CONFIRMED"}, post=_calls(302)),
    "visits:gift-stock": Line(
        get=only("head"),
        data=lambda w: {"gift": w.stock.gift_id, "org_unit": w.org["unit"].pk, "quantity": 1},
        post=only("head", status=302),
    ),
    "visits:gift-kind": Line(
        data=lambda w: {"code": "PEN", "name": "钢笔", "value_yuan": "30"}, post=only("head", status=302)
    ),
    "visits:gift-count": Line(
        kwargs=_of("stock"), data=lambda w: {"counted": 3, "note": "盘点"}, post=only("head", status=302)
    ),
    "api-gift-stock": Line(get=same(200, sysadmin=403)),
    "api-gift-requests": Line(
        get=same(200, sysadmin=403), data=_gift, post=OWN_API | {"owner": 201, "head": 201}
    ),
    "api-gift-request": Line(kwargs=_of("gift"), get=READS),
    "api-gift-approve": Line(kwargs=_of("gift"), post=_keeps(200)),
    "api-gift-refuse": Line(kwargs=_of("gift"), data=_reason, post=_keeps(200)),
    "api-gift-collect": Line(kwargs=_of("approved"), post=_keeps(200)),
    "api-gift-sign": Line(kwargs=_of("collected"), data=_signature, post=_owns(200)),
    "api-gift-giveback": Line(kwargs=_of("collected"), post=_keeps(200)),
    "api-gift-withdraw": Line(kwargs=_of("gift"), post=_owns(200)),
    "api-gift-callback": Line(kwargs=_of("signed"), data=lambda w: {"result": "CONFIRMED"}, post=_calls(200)),
    # Meetings and tasks
    "visits:meetings": Line(
        get=same(200, sysadmin=403),
        data=lambda w: {
            "org_unit": w.org["unit"].pk,
            "kind": "EVENING",
            "held_on": clock.today().isoformat(),
        },
        post=HOLDS,
    ),
    "visits:meeting": Line(
        kwargs=_meeting, get=READS, data=_record, post=only("head", "leader", status=302, stranger=404)
    ),
    "visits:meeting-begin": Line(kwargs=_meeting, post=HOLDS),
    "visits:meeting-end": Line(kwargs=_meeting, post=only("head", "leader", status=409)),
    "visits:task-add": Line(kwargs=_meeting, data=_new_task, post=HOLDS),
    "visits:tasks": Line(get=same(200, sysadmin=403)),
    "visits:task-report": Line(
        kwargs=_task, data=lambda w: {"done": 1}, post=only("owner", "head", status=302, stranger=404)
    ),
    "visits:task-drop": Line(kwargs=_task, post=HOLDS),
    "api-meetings": Line(
        get=same(200, sysadmin=403),
        data=lambda w: {"org_unit": w.org["unit"].code, "kind": "EVENING", "held_on": "2026-11-20"},
        post=only("head", "leader", status=201),
    ),
    "api-meeting": Line(
        kwargs=_meeting, get=READS, data=lambda w: {"key_work": "竞标"}, patch=only("head", "leader")
    ),
    "api-meeting-begin": Line(kwargs=_meeting, post=only("head", "leader")),
    "api-meeting-end": Line(kwargs=_meeting, post=only("head", "leader", status=409)),
    "api-daily-tasks": Line(
        get=same(200, sysadmin=403),
        data=lambda w: {"user": "owner", "task": "回访", "due_on": clock.today().isoformat()},
        post=only("head", "leader", status=201),
    ),
    "api-daily-task": Line(kwargs=_task, get=READS),
    "api-daily-task-report": Line(
        kwargs=_task, data=lambda w: {"done": 1}, post=only("owner", "head", stranger=404)
    ),
    "api-daily-task-drop": Line(kwargs=_task, post=only("head", "leader")),
    "visits:list": Line(get=same(200, sysadmin=403)),
    "visits:today-pages": Line(get=same(200, sysadmin=403)),
    "visits:late": Line(kwargs=_visit, post=OWN_ACT),
    "visits:record": Line(get=same(200, **CANNOT), post=same(422, **CANNOT)),
    "visits:place": Line(
        kwargs=_client,
        get=OWN_PAGE,
        data=lambda _w: {"latitude": "30.25", "longitude": "120.15", "read_from": "WGS"},
        post=OWN_ACT,
    ),
    # Photos go with the log: its writer's alone.
    "visits:photos": Line(
        kwargs=_visit,
        data=lambda _w: {"photo": SimpleUploadedFile("b.png", picture("blue"))},
        post=only("owner", status=302, others=403, stranger=404),
    ),
    "visits:photo": Line(kwargs=_photo, get=READS),
    "visits:photo-remove": Line(kwargs=_photo, post=only("owner", status=302, others=403, stranger=404)),
    # A body of JSON is no picture.
    "api-visit-photos": Line(
        kwargs=_visit, get=READS, post=same((403, 404, 415), owner=415, anonymous=401, sysadmin=403)
    ),
    "visits:choose-client": Line(get=same(200, **CANNOT)),
    "visits:plan": Line(kwargs=_client, get=OWN_PAGE, post=OWN_PAGE),
    "visits:visit": Line(kwargs=_visit, get=READS),
    # A form that is not filled in is shown again with what is wrong.
    "visits:edit": Line(kwargs=_visit, get=OWN_PAGE, post=OWN_PAGE),
    "visits:prepare": Line(kwargs=_visit, post=OWN_ACT),
    "visits:postpone": Line(kwargs=_visit, get=OWN_PAGE, post=OWN_PAGE | {"owner": 422, "head": 422}),
    "visits:cancel": Line(kwargs=_visit, get=OWN_PAGE, data=_reason, post=OWN_ACT),
    "visits:no-show": Line(kwargs=_visit, get=OWN_PAGE, data=_reason, post=OWN_ACT),
    "visits:confirm": Line(kwargs=_visit, post=OWN_ACT),
    "visits:check-in": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    "visits:check-out": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    "visits:keep-promise": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    # A log is written by the visit's owner alone; a post without purposes shows the form again.
    "visits:log": Line(kwargs=_visit, get=READS, post=only("owner", status=422, others=403, stranger=404)),
    "visits:log-draft": Line(kwargs=_visit, post=only("owner", status=200, others=403, stranger=404)),
    "visits:of-client": Line(kwargs=_client, get=READS),
    "visits:brief": Line(kwargs=_client, get=READS),
    "visits:desk": Line(get=same(200, **DECIDES)),
    "visits:desk-entry": Line(kwargs=_log, get=same(200, **DECIDES)),
    "visits:approve": Line(kwargs=_log, post=same(302, **DECIDES)),
    "visits:return": Line(kwargs=_log, data=_reason, post=same(302, **DECIDES)),
    "visits:approve-many": Line(data=lambda w: {"log": [w.log.pk]}, post=same(200, **DECIDES)),
    "api-visits": Line(
        get=same(200, sysadmin=403), data=_plan, post=same(201, colleague=403, stranger=404, **CANNOT)
    ),
    "api-visits-record": Line(
        data=lambda w: (
            _plan(w)
            | {
                "client_key": "6a2f4d3e-8a1c-4f0e-9a55-0d6f1b1f0c11",
                "log": {"opinion_asked": True, "results": {"P2": "聊了近况"}},
            }
        ),
        post=same(201, colleague=403, stranger=404, **CANNOT),
    ),
    "api-visit": Line(kwargs=_visit, get=READS, data=lambda _w: {"place": "一楼"}, patch=OWN_API),
    "api-visit-confirm": Line(kwargs=_visit, post=OWN_API),
    "api-visit-checkin": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    "api-visit-checkout": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    "api-visit-followup": Line(kwargs=_visit, post=same(409, colleague=403, stranger=404, **CANNOT)),
    "api-visit-cancel": Line(kwargs=_visit, data=_reason, post=OWN_API),
    "api-visit-noshow": Line(kwargs=_visit, data=_reason, post=OWN_API),
    "api-visit-postpone": Line(
        kwargs=_visit,
        data=lambda w: _reason(w) | {"planned_at": clock.now().isoformat()},
        post=same(201, colleague=403, stranger=404, **CANNOT),
    ),
    "api-visit-logs": Line(
        get=same(200, sysadmin=403),
        data=lambda w: {"visit": w.visit.pk, "opinion_asked": True, "results": {"P2": "聊了近况"}},
        post=only("owner", status=201, others=403, stranger=404),
    ),
    "api-visit-log": Line(
        kwargs=_log,
        get=READS,
        data=lambda _w: {"lessons": "多听"},
        patch=only("owner", status=409, others=403, stranger=404),
    ),
    "api-visit-log-submit": Line(kwargs=_log, post=only("owner", status=409, others=403, stranger=404)),
    "api-visit-log-approve": Line(kwargs=_log, post=same(200, **DECIDES)),
    "api-visit-log-return": Line(kwargs=_log, data=_reason, post=same(200, **DECIDES)),
    "api-visit-logs-approve": Line(data=lambda w: {"logs": [w.log.pk]}, post=same(200, **DECIDES)),
}
