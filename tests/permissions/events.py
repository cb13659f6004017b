"""Who may do what with on-site events; the sign-in page is the one page of strangers."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from clients.models import Product
from crm.base import clock
from tests.permissions.lines import Line, World, only, same
from visits import services
from visits.models import OnSiteEvent
from visits.rules.events import PARTS

WORDS = {name: "写了" for part in PARTS[1:] for name in part}
PHONE = "13800001111"


def _draft(world: World) -> OnSiteEvent:
    starts = clock.now() + timedelta(hours=1)
    event = services.plan_event(
        actor=world.owner, client=world.acme, title="食堂进驻营销", place="一号食堂", place_kind="CANTEEN",
        starts_at=starts, ends_at=starts + timedelta(hours=2), warmup_plan="群通知",
        materials_needed=["BANNER"],
    )  # fmt: skip
    services.add_staff(actor=world.owner, event_id=event.pk, user=world.colleague)
    services.add_staff(actor=world.owner, event_id=event.pk, helper="王小红")
    services.add_product(
        actor=world.owner, event_id=event.pk, product=Product.objects.get(code="VNET"), script="话术",
        tariff="10 元", system_ready=True, target_qty=5,
    )  # fmt: skip
    services.tick(actor=world.owner, event_id=event.pk, materials=["BANNER"])
    return event


def _submitted(world: World) -> OnSiteEvent:
    return services.submit_event(actor=world.owner, event_id=_draft(world).pk)


def _approved(world: World) -> OnSiteEvent:
    return services.approve_event(actor=world.head, event_id=_submitted(world).pk)


def _warm(world: World) -> OnSiteEvent:
    return services.warm_up_event(actor=world.owner, event_id=_approved(world).pk)


def _running(world: World) -> OnSiteEvent:
    event = _warm(world)
    return services.start_event(actor=world.owner, event_id=event.pk, now=event.starts_at)


def _finished(world: World) -> OnSiteEvent:
    event = services.finish_event(actor=world.owner, event_id=_running(world).pk)
    services.write_evaluation(
        actor=world.owner, event_id=event.pk, values=WORDS, results={event.products.get().pk: 4}
    )
    return event


def build(world: World) -> None:
    """Put one event into each state, with somebody signed in and a photo."""
    world.event_draft = _draft(world)
    world.event_submitted = _submitted(world)
    world.event_approved = _approved(world)
    world.event_warm = _warm(world)
    world.event_running = _running(world)
    services.sign_in_at_stand(
        actor=world.owner, event_id=world.event_running.pk, name="张三", msisdn=PHONE, consent=True
    )
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    world.event_photo = services.add_photo(
        actor=world.owner, event_id=world.event_running.pk, upload=SimpleUploadedFile("a.jpg", out.getvalue())
    )
    world.event_finished = _finished(world)
    world.event_evaluated = services.hand_in_evaluation(actor=world.owner, event_id=_finished(world).pk)


def _in(state: str, *row: str) -> Any:
    def kwargs(world: World) -> dict[str, Any]:
        event = getattr(world, f"event_{state}")
        return {"pk": event.pk} | ({"row": getattr(event, row[0]).first().pk} if row else {})

    return kwargs


def _helper(world: World) -> dict[str, Any]:
    return {"pk": world.event_draft.pk, "row": world.event_draft.staff.get(user=world.colleague).pk}


def _photo(world: World) -> dict[str, Any]:
    return {"pk": world.event_running.pk, "row": world.event_photo.pk}


def _code(world: World) -> dict[str, Any]:
    return {"token": world.event_running.sign_in_token}


def _person(_world: World) -> dict[str, Any]:
    return {"name": "李四", "msisdn": "13800002222", "consent": "on"}


def _plan(_world: World) -> dict[str, Any]:
    on = clock.today() + timedelta(days=3)
    return {
        "title": "食堂", "place": "东门", "place_kind": "GATE", "starts_at": f"{on}T11:00",
        "ends_at": f"{on}T14:00",
    }  # fmt: skip


def _plan_api(world: World) -> dict[str, Any]:
    on = clock.today() + timedelta(days=3)
    return _plan(world) | {
        "client": world.acme.pk,
        "starts_at": clock.at(on, 11).isoformat(),
        "ends_at": clock.at(on, 14).isoformat(),
    }


def _reason(_world: World) -> dict[str, Any]:
    return {"reason": "改期"}


CANNOT = {"leader": 403, "gcdept": 403, "provadmin": 403, "sysadmin": 403, "auditor": 403}
READS = same(200, stranger=404, sysadmin=403)
STANDS = {"gcdept": 403, "provadmin": 403, "auditor": 403, "leader": 403, "sysadmin": 403, "stranger": 404}


def _own(status: int) -> dict[str, Any]:
    return same(status, colleague=403, stranger=404, **CANNOT)


def _decides(status: int) -> dict[str, Any]:
    # Whoever lacks the verb altogether is told before anything is looked up.
    return only("head", "leader", status=status, stranger=404)


def _decides_api(status: int) -> dict[str, Any]:
    return only("head", "leader", status=status)


ROUTES = {
    "visits:event-join": Line(
        kwargs=_code, get=same(200, anonymous=200), data=_person, post=same(201, anonymous=201)
    ),
    "visits:events": Line(get=same(200, sysadmin=403)),
    "visits:event-report": Line(get=same(200, sysadmin=403)),
    "visits:event-brief": Line(kwargs=lambda w: {"pk": w.acme.pk}, get=READS),
    "visits:event-new": Line(kwargs=lambda w: {"pk": w.acme.pk}, get=_own(200), data=_plan, post=_own(302)),
    "visits:event": Line(kwargs=_in("draft"), get=READS),
    "visits:event-edit": Line(kwargs=_in("draft"), get=_own(200), data=_plan, post=_own(302)),
    "visits:event-staff": Line(kwargs=_in("draft"), data=lambda w: {"helper": "外援"}, post=_own(302)),
    "visits:event-products": Line(
        kwargs=_in("draft"),
        data=lambda w: {"product": Product.objects.get(code="CLOUD").pk, "target_qty": 3},
        post=_own(302),
    ),
    "visits:event-product": Line(
        kwargs=_in("draft", "products"), get=_own(200), data=lambda w: {"target_qty": 9}, post=_own(302)
    ),
    "visits:event-gifts": Line(
        kwargs=_in("draft"), data=lambda w: {"stock": w.stock.pk, "quantity": 1}, post=_own(302)
    ),
    "visits:event-staff-remove": Line(kwargs=_helper, post=_own(302)),
    "visits:event-staff-lead": Line(kwargs=_helper, post=_own(302)),
    "visits:event-product-remove": Line(kwargs=_in("draft", "products"), post=_own(302)),
    "visits:event-gift-remove": Line(
        kwargs=lambda w: {"pk": w.event_draft.pk, "row": 999_999}, post=_own(404) | {"colleague": 403}
    ),
    "visits:event-tick-materials": Line(
        kwargs=_in("draft"), data=lambda w: {"code": ["BANNER"]}, post=_own(302)
    ),
    "visits:event-tick-site": Line(kwargs=_in("running"), data=lambda w: {"code": ["DRESS"]}, post=_own(302)),
    "visits:event-submit": Line(kwargs=_in("draft"), post=_own(302)),
    "visits:event-withdraw": Line(kwargs=_in("submitted"), post=_own(302)),
    "visits:event-approve": Line(kwargs=_in("submitted"), post=_decides(302)),
    "visits:event-warm-up": Line(kwargs=_in("approved"), post=_own(302)),
    "visits:event-start": Line(kwargs=_in("warm"), post=_own(302)),
    "visits:event-finish": Line(kwargs=_in("running"), post=_own(302)),
    "visits:event-hand-in": Line(kwargs=_in("finished"), post=_own(302)),
    "visits:event-close": Line(kwargs=_in("evaluated"), post=_decides(302)),
    "visits:event-renew-code": Line(kwargs=_in("approved"), post=_own(302)),
    "visits:event-return": Line(kwargs=_in("submitted"), data=_reason, post=_decides(302)),
    "visits:event-reopen": Line(kwargs=_in("approved"), data=_reason, post=_own(302)),
    "visits:event-cancel": Line(kwargs=_in("draft"), data=_reason, post=_own(302)),
    "visits:event-stand": Line(
        kwargs=_in("running"), get=same(200, **STANDS), data=_person, post=same(302, **STANDS)
    ),
    "visits:event-attendees": Line(
        kwargs=_in("running"), get=READS, post=only("owner", "head", stranger=404)
    ),
    "visits:event-poster": Line(kwargs=_in("approved"), get=READS),
    "visits:event-code": Line(kwargs=_in("approved"), get=READS),
    "visits:event-evaluation": Line(
        kwargs=_in("finished"), get=_own(200), data=lambda w: {"success": "好"}, post=_own(302)
    ),
    # No file was chosen: the page is shown again.
    "visits:event-photos": Line(kwargs=_in("running"), post=_own(400)),
    "visits:event-photo": Line(kwargs=_photo, get=READS),
    "visits:event-photo-remove": Line(kwargs=_photo, post=_own(302)),
    "visits:event-print-plan": Line(kwargs=_in("draft"), get=READS),
    "visits:event-print-effect": Line(kwargs=_in("finished"), get=READS),
    "api-onsite-events": Line(get=same(200, sysadmin=403), data=_plan_api, post=_own(201)),
    "api-onsite-event": Line(
        kwargs=_in("draft"), get=READS, data=lambda w: {"title": "改名"}, patch=_own(200)
    ),
    "api-onsite-event-attendees": Line(
        kwargs=_in("running"),
        get=READS,
        data=lambda w: {"name": "李四", "msisdn": "13800002222", "key": str(uuid4())},
        post=same(201, **STANDS),
    ),
    "api-onsite-event-tick": Line(
        kwargs=_in("draft"), data=lambda w: {"materials": ["BANNER"]}, post=_own(200)
    ),
    "api-onsite-event-submit": Line(kwargs=_in("draft"), post=_own(200)),
    "api-onsite-event-withdraw": Line(kwargs=_in("submitted"), post=_own(200)),
    "api-onsite-event-approve": Line(kwargs=_in("submitted"), post=_decides_api(200)),
    "api-onsite-event-return": Line(kwargs=_in("submitted"), data=_reason, post=_decides_api(200)),
    "api-onsite-event-reopen": Line(kwargs=_in("approved"), data=_reason, post=_own(200)),
    "api-onsite-event-cancel": Line(kwargs=_in("draft"), data=_reason, post=_own(200)),
    "api-onsite-event-warmup": Line(kwargs=_in("approved"), post=_own(200)),
    "api-onsite-event-start": Line(kwargs=_in("warm"), post=_own(200)),
    "api-onsite-event-finish": Line(kwargs=_in("running"), post=_own(200)),
    "api-onsite-event-evaluate": Line(
        kwargs=_in("finished"), data=lambda w: {"success": "好"}, post=_own(200)
    ),
    "api-onsite-event-handin": Line(kwargs=_in("finished"), post=_own(200)),
    "api-onsite-event-close": Line(kwargs=_in("evaluated"), post=_decides_api(200)),
}
