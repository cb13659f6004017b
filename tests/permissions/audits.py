"""Who plans and runs information audits, and who corrects."""

from typing import Any

from clients import services
from clients.models import AuditTask
from tests import factories
from tests.permissions.lines import Line, World, only, same

READERS = ("owner", "colleague", "head", "leader", "gcdept", "provadmin", "auditor")


def build(world: World) -> None:
    """Add a plan and audits of the owner's clients in every state."""
    auditor = world.auditor
    world.audit_plan = services.plan_audit(
        actor=auditor, name="季度稽核", kind="REALITY", unit=world.org["unit"], seed=1, sample_size=1,
    )  # fmt: skip

    def audit() -> AuditTask:
        client = factories.make_client(world.org["unit"], world.owner)
        return services.audit_on_the_spot(actor=auditor, client_id=client.pk, kind="REALITY")

    world.audit_new = audit()
    world.audit_running = services.start_audit(actor=auditor, task_id=audit().pk)
    world.audit_found = services.start_audit(actor=auditor, task_id=audit().pk)
    world.audit_asked = services.start_audit(actor=auditor, task_id=audit().pk)
    world.audit_told = services.start_audit(actor=auditor, task_id=audit().pk)
    for task in (world.audit_found, world.audit_asked, world.audit_told):
        services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    for task in (world.audit_asked, world.audit_told):
        services.notify_manager(actor=auditor, task_id=task.pk)
    services.report_corrected(actor=world.owner, task_id=world.audit_told.pk, note="已改")


def _read(status: int = 200) -> dict[str, Any]:
    return only(*READERS, status=status, others=404, sysadmin=403)


def _run(status: int, **exceptions: Any) -> dict[str, Any]:
    return only("auditor", status=status, others=403, **exceptions)


CORRECT = only("owner", "head", "provadmin", status=302, others=403, stranger=404)
PLAN = {"name": "抽查", "kind": "REALITY", "seed": 1, "sample_size": 1, "period": "ONCE"}


def _at(name: str, **more: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk} | more


ROUTES: dict[str, Line] = {
    "clients:audits": Line(get=same(200, sysadmin=403)),
    "clients:audit_rates": Line(get=same(200, sysadmin=403)),
    "clients:new_audit_plan": Line(
        data=lambda w: PLAN
        | {"unit": w.org["unit"].pk, "auditor": w.auditor.pk, "first_on": "2026-01-05"},
        get=_run(200), post=_run(302),
    ),
    "clients:audit_plan": Line(kwargs=_at("audit_plan"), get=_read()),
    "clients:end_audit_plan": Line(kwargs=_at("audit_plan"), post=_run(302)),
    "clients:audit": Line(kwargs=_at("audit_running"), get=_read()),
    "clients:print_audit": Line(kwargs=_at("audit_running"), get=_read()),
    "clients:print_notice": Line(kwargs=_at("audit_asked"), get=_read()),
    "clients:audit_act": Line(
        kwargs=_at("audit_asked", act="corrected"), data=lambda _w: {"note": "已改"}, post=CORRECT
    ),
    "clients:client_audits": Line(kwargs=lambda w: {"pk": w.acme.pk}, get=_read()),
    "clients:begin_audit": Line(
        kwargs=lambda w: {"pk": w.draft.pk}, data=lambda _w: {"kind": "CONSISTENCY"}, post=_run(302)
    ),
    "clients:print_file": Line(kwargs=lambda w: {"pk": w.acme.pk}, get=_read()),
    "api-audit-plans": Line(
        data=lambda w: PLAN | {"unit": w.org["unit"].code}, get=same(200, sysadmin=403), post=_run(201)
    ),
    "api-audit-plan": Line(kwargs=_at("audit_plan"), get=_read()),
    "api-audit-plan-end": Line(kwargs=_at("audit_plan"), post=_run(200)),
    "api-audits": Line(get=same(200, sysadmin=403)),
    "api-audit": Line(kwargs=_at("audit_running"), get=_read()),
    "api-audit-start": Line(kwargs=_at("audit_new"), post=_run(200)),
    "api-audit-save": Line(kwargs=_at("audit_running"), data=lambda _w: {"lines": []}, post=_run(200)),
    "api-audit-finish": Line(
        kwargs=_at("audit_running"), data=lambda _w: {"rest_agrees": True}, post=_run(200)
    ),
    "api-audit-notify": Line(kwargs=_at("audit_found"), post=_run(200)),
    "api-audit-corrected": Line(
        kwargs=_at("audit_asked"), data=lambda _w: {"note": "已改"},
        post=only("owner", "head", "provadmin", status=200, others=403, stranger=404),
    ),
    "api-audit-verify": Line(kwargs=_at("audit_told"), post=_run(200)),
}  # fmt: skip
