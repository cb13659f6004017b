"""Who may do what with opinions, urgent needs, spot checks and reports of conduct."""

from typing import Any

from crm.base import clock
from tests.permissions.lines import Line, World, only, same
from tests.permissions.visits import _client, _planned, _reason, _visit
from visits import services
from visits.models import EscalationRequest, OpinionForm, SpotDraw, SpotSample


def _asked(world: World, procedure: str = "PRIORITY") -> EscalationRequest:
    return services.ask_superior(
        actor=world.owner, visit=_planned(world), procedure=procedure, need="今天必须开通专线"
    )


def _drawn(world: World) -> SpotDraw:
    today = clock.today()
    return services.draw_spot_check(
        actor=world.leader, unit=world.org["unit"], target="LOG", first_on=today, last_on=today
    )


def build(world: World) -> None:
    """Note opinions, ask the superior, draw a check, record a report."""
    world.opinion = services.note_opinion(actor=world.owner, visit=world.visit, text="希望账单更清楚")
    other = services.note_opinion(actor=world.owner, visit=world.visit, text="办理太慢")
    world.answered = services.answer_opinion(actor=world.head, opinion=other, answer="已优化")
    world.urgent = _asked(world)
    world.granted = services.grant_urgent(
        actor=world.head, request=_asked(world, "ON_SITE"), allowed="先受理", hours=4
    )
    world.draw = _drawn(world)
    world.sample = SpotSample.objects.filter(draw=world.draw).first()
    world.conduct = services.report_conduct(
        actor=world.auditor, kind="ASKED_FOR_GIFTS", channel="HOTLINE", text="客户说被索要购物卡",
        unit=world.org["unit"], about=world.owner,
    )  # fmt: skip
    assert isinstance(world.opinion, OpinionForm)


def _of(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk}


def _period(_world: World) -> dict[str, Any]:
    today = clock.today().isoformat()
    return {"target": "LOG", "first_on": today, "last_on": today}


def _report(_world: World) -> dict[str, Any]:
    return {"kind": "OTHER", "channel": "HALL", "text": "客户到营业厅反映"}


def _grant(_world: World) -> dict[str, Any]:
    return {"allowed": "先办后补", "hours": 4}


def _answer(_world: World) -> dict[str, Any]:
    return {"answer": "已转网络部处理"}


def _feedback(_world: World) -> dict[str, Any]:
    return {"feedback": "已电话告知"}


SEES = {"stranger": 404, "sysadmin": 403}
READS = same(200, **SEES)
CANNOT = {"leader": 403, "gcdept": 403, "provadmin": 403, "sysadmin": 403, "auditor": 403}
LIST = same(200, sysadmin=403)


def _decides(status: int) -> dict[str, Any]:
    return only("head", "leader", status=status)


def _owns(status: int, **others: int) -> dict[str, Any]:
    return only("owner", status=status, stranger=404) | others


def _audits(status: int) -> dict[str, Any]:
    return only("auditor", status=status)


def _leads(status: int) -> dict[str, Any]:
    return only("leader", status=status)


def _records(status: int) -> dict[str, Any]:
    return only("head", "leader", "auditor", status=status)


# A report is the auditor's, and its recorder's; a head or leader is told that there is none.
REPORT = only("auditor") | {"head": 404, "leader": 404}
CHECKS = only("leader", "auditor")
PEOPLE = same(200, gcdept=403, provadmin=403, sysadmin=403)

ROUTES = {
    "visits:notes": Line(kwargs=_visit, get=READS),
    "visits:opinions": Line(get=LIST),
    "visits:opinion": Line(kwargs=_of("opinion"), get=READS),
    "visits:opinion-print": Line(kwargs=_of("opinion"), get=READS),
    "visits:opinion-new": Line(
        kwargs=_client,
        get=same(200, colleague=403, stranger=404, **CANNOT),
        data=lambda w: {"text": "网速不稳", "kind": "NETWORK"},
        post=same(302, colleague=403, stranger=404, **CANNOT),
    ),
    "visits:opinion-note": Line(
        kwargs=_visit,
        data=lambda w: {"text": "网速不稳", "kind": "NETWORK"},
        post=same(302, colleague=403, stranger=404, **CANNOT),
    ),
    "visits:opinion-answer": Line(
        kwargs=_of("opinion"), data=_answer, post=only("head", "leader", "gcdept", status=302)
    ),
    "visits:opinion-feedback": Line(kwargs=_of("answered"), data=_feedback, post=_owns(302)),
    "visits:urgents": Line(get=LIST),
    "visits:urgent": Line(kwargs=_of("urgent"), get=READS),
    "visits:urgent-ask": Line(
        kwargs=_visit, data=lambda w: {"procedure": "CREDIT", "need": "临时授信"}, post=_owns(302)
    ),
    "visits:urgent-withdraw": Line(kwargs=_of("urgent"), post=_owns(302)),
    "visits:urgent-grant": Line(kwargs=_of("urgent"), data=_grant, post=_decides(302)),
    "visits:urgent-refuse": Line(kwargs=_of("urgent"), data=_reason, post=_decides(302)),
    "visits:urgent-revoke": Line(kwargs=_of("granted"), data=_reason, post=_decides(302)),
    "visits:checks": Line(get=PEOPLE | {"owner": 302, "colleague": 302, "stranger": 302, "head": 302}),
    "visits:check-draw": Line(data=lambda w: _period(w) | {"org_unit": w.org["unit"].pk}, post=_leads(302)),
    "visits:my-checks": Line(get=PEOPLE),
    "visits:quality": Line(get=only("head", "leader", "auditor")),
    "visits:check": Line(kwargs=_of("draw"), get=CHECKS),
    "visits:check-item": Line(
        kwargs=_of("sample"), get=CHECKS, data=lambda w: {"result": "OK"}, post=_leads(302)
    ),
    "visits:conduct": Line(get=_records(200)),
    "visits:conduct-new": Line(
        get=_records(200), data=lambda w: _report(w) | {"unit": w.org["unit"].pk}, post=_records(302)
    ),
    "visits:conduct-report": Line(kwargs=_of("conduct"), get=REPORT),
    "visits:conduct-take-up": Line(kwargs=_of("conduct"), post=_audits(302)),
    "visits:conduct-settle": Line(
        kwargs=_of("conduct"),
        data=lambda w: {"founded": "yes", "disposition": "已核实并处理"},
        post=_audits(302),
    ),
    "api-visit-log-changes": Line(kwargs=_of("log"), get=READS),
    "api-inbox": Line(get=same(200)),
    "api-spot-checks": Line(
        get=CHECKS, data=lambda w: _period(w) | {"org_unit": w.org["unit"].code}, post=_leads(201)
    ),
    "api-spot-check": Line(kwargs=_of("draw"), get=CHECKS),
    "api-spot-sample-state": Line(kwargs=_of("sample"), data=lambda w: {"result": "OK"}, post=_leads(200)),
    "api-quality-scores": Line(get=LIST),
    "api-opinions": Line(
        get=LIST,
        data=lambda w: {"visit": w.visit.pk, "text": "网速不稳"},
        post=same(201, colleague=403, stranger=404, **CANNOT),
    ),
    "api-opinion": Line(kwargs=_of("opinion"), get=READS),
    "api-opinion-answer": Line(
        kwargs=_of("opinion"), data=_answer, post=only("head", "leader", "gcdept", status=200)
    ),
    "api-opinion-feedback": Line(kwargs=_of("answered"), data=_feedback, post=_owns(200)),
    "api-urgent-needs": Line(
        get=LIST,
        data=lambda w: {"visit": w.visit.pk, "procedure": "CREDIT", "need": "临时授信"},
        post=_owns(201),
    ),
    "api-urgent-need": Line(kwargs=_of("urgent"), get=READS),
    "api-urgent-grant": Line(kwargs=_of("urgent"), data=_grant, post=_decides(200)),
    "api-urgent-refuse": Line(kwargs=_of("urgent"), data=_reason, post=_decides(200)),
    "api-urgent-withdraw": Line(kwargs=_of("urgent"), post=_owns(200)),
    "api-urgent-revoke": Line(kwargs=_of("granted"), data=_reason, post=_decides(200)),
    "api-conduct-reports": Line(
        get=_records(200), data=lambda w: _report(w) | {"unit": w.org["unit"].code}, post=_records(201)
    ),
    "api-conduct-report": Line(kwargs=_of("conduct"), get=REPORT),
    "api-conduct-takeup": Line(kwargs=_of("conduct"), post=_audits(200)),
    "api-conduct-settle": Line(
        kwargs=_of("conduct"), data=lambda w: {"founded": True, "disposition": "已核实"}, post=_audits(200)
    ),
}
