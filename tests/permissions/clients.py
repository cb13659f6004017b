"""Who may open, make and change client files."""

from typing import Any

from clients.models import BulkRun, HandOver, SavedView
from clients.services import merging
from crm.base import clock
from tests import factories
from tests.clients.papers import make_paper, upload
from tests.permissions.lines import Line, Status, World, only, same

READERS = ("owner", "colleague", "head", "leader", "gcdept", "provadmin", "auditor")
MAKERS = ("owner", "colleague", "stranger", "head", "provadmin")
NO_VERB = {"leader": 403, "gcdept": 403, "auditor": 403, "sysadmin": 403}


def build(world: World) -> None:
    """Add files in every state of filing and products in every state, all the owner's."""

    def file(**fields: Any) -> Any:
        client = factories.make_client(world.org["unit"], world.owner, **fields)
        factories.make_contact(client, "KEY_PERSON")
        factories.make_contact(client)
        return client

    world.draft = file(filing="DRAFT")
    world.waiting = file(filing="SUBMITTED", submitted_by=world.owner)
    world.empty = factories.make_client(world.org["unit"], world.owner)
    world.ordered = factories.make_client_product(world.acme)
    world.open = factories.make_client_product(world.acme, status="OPEN", opened_on=factories.LONG_AGO)
    world.halted = factories.make_client_product(world.acme, status="SUSPENDED", opened_on=factories.LONG_AGO)
    world.paper = make_paper(world.acme, world.owner)
    world.old_paper = make_paper(world.acme, world.owner)
    world.handover = HandOver.objects.create(
        giver=world.owner, taker=world.colleague, org_unit=world.org["unit"], starts_on=factories.FAR_OFF,
        reason="调岗", created_by=world.head,
    )  # fmt: skip
    world.handover.rows.create(client=world.acme)
    world.done_handover = HandOver.objects.create(
        giver=world.colleague, taker=world.owner, org_unit=world.org["unit"], starts_on=factories.LONG_AGO,
        reason="休假", created_by=world.head, state="DONE",
    )  # fmt: skip
    world.done_handover.rows.create(client=world.acme, outcome="MOVED")
    world.parent = factories.make_client(world.org["unit"], world.owner)
    world.twin = factories.make_client(world.org["unit"], world.owner)
    world.proposed = merging.propose_merge(
        actor=world.owner, survivor_id=world.acme.pk, loser_id=world.twin.pk, reason="同一家单位"
    )
    world.third, world.fourth = (factories.make_client(world.org["unit"], world.owner) for _ in range(2))
    world.site = world.acme.sites.create(name="岘港办事处", country="越南")
    world.view = SavedView.objects.create(user=world.head, name="沉默客户", query="status=SILENT")
    world.bulk_run = BulkRun.objects.create(
        actor=world.head,
        act="assign",
        rows=[
            {
                "client": world.acme.pk,
                "label": "x",
                "ok": True,
                "message": "",
                "before": {"am": None, "gave": 0},
            }
        ],
    )
    world.co = world.acme.assignments.create(user=world.head, kind="CO", from_on=factories.LONG_AGO)


def _read() -> dict[str, Any]:
    return only(*READERS, status=200, others=404, sysadmin=403)


def _write(status: Status) -> dict[str, Any]:
    """Owner, head and administrator change; a colleague only reads; a stranger sees nothing."""
    return only("owner", "head", "provadmin", status=status, others=403, stranger=404, **NO_VERB)


def _decide(status: int) -> dict[str, Any]:
    return only("head", "provadmin", status=status, others=403)


def _acme(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk}


def _file(world: World) -> dict[str, Any]:
    return {
        "name": "新安江渔业合作社", "institution_type": "QY", "region_scope": "LOCAL", "unit_relation": "HQ",
        "influence_level": 0, "ict_demand_score": 0, "org_unit": world.org["unit"].pk,
    }  # fmt: skip


def _change(world: World) -> dict[str, Any]:
    return _file(world) | {"version": 1}


def _new(_world: World) -> dict[str, Any]:
    return {"name": "新安江渔业合作社", "institution_type": "QY"}


def _assign(world: World) -> dict[str, Any]:
    return {"manager": world.colleague.pk, "reason": "调岗"}


def _reason(_world: World) -> dict[str, Any]:
    return {"reason": "搬迁"}


def _order(_world: World) -> dict[str, Any]:
    return {
        "product": factories.make_product().pk, "pay_mode": "UNIFIED", "on": "2026-01-05",
    }  # fmt: skip


def _view(world: World) -> dict[str, Any]:
    return {"pk": world.view.pk}


def _own_view(status: int) -> dict[str, Any]:
    """The head made it: for everybody else it does not exist."""
    return only("head", status=status, others=404, sysadmin=403)


def _share() -> dict[str, Any]:
    """Who leads people shares own views; others have no such verb."""
    return only("head", status=302, others=403, leader=404, gcdept=404, provadmin=404)


def _draft(world: World) -> dict[str, Any]:
    return {"pk": world.draft.pk}


def _class(world: World) -> dict[str, Any]:
    return {"unit_relation": "HQ", "version": world.draft.version}


def _where(world: World) -> dict[str, Any]:
    return {"region_scope": "LOCAL", "version": world.draft.version}


def _hand_over(world: World) -> dict[str, Any]:
    return {
        "giver": world.owner.pk, "taker": world.colleague.pk, "starts_on": str(clock.today()),
        "reason": "调岗", "everything": "on", "plan": "1",
    }  # fmt: skip


def _involved() -> dict[str, Any]:
    """The two managers and who is over the unit see a hand-over."""
    return only(
        "owner", "colleague", "head", "leader", "gcdept", "provadmin", status=200, others=404, sysadmin=403
    )


AREA = same(200, sysadmin=403)
MAKE = only(*MAKERS, status=200, others=403)
OWN_THINGS = same(302, sysadmin=403)


def _proposed(world: World) -> dict[str, Any]:
    return {"pk": world.proposed.pk}


def _pair(status: int) -> dict[str, Any]:
    """Only who may change both files looks at them side by side."""
    return only("owner", "head", "provadmin", status=status, others=404, **NO_VERB)


ROUTES: dict[str, Line] = {
    "clients:merges": Line(get=same(200, **NO_VERB)),
    "clients:merge_card": Line(kwargs=_proposed, get=_read()),
    "clients:merge_decide": Line(kwargs=_proposed, data=lambda w: {"act": "approve"}, post=_decide(302)),
    "clients:merge_undo": Line(kwargs=_proposed, post=_decide(302)),
    "clients:duplicates": Line(
        kwargs=_acme, get=only("owner", "colleague", "head", "provadmin", status=200, others=404, **NO_VERB)
    ),
    "clients:compare": Line(
        kwargs=lambda w: {"pk": w.third.pk, "other": w.fourth.pk},
        data=lambda w: {"reason": "同一家单位"},
        get=_pair(200),
        post=_pair(302),
    ),
    "api-merges": Line(
        data=lambda w: {"survivor": w.third.pk, "loser": w.fourth.pk, "reason": "同一家单位"},
        get=same(200, sysadmin=403),
        post=_write(201),
    ),
    "api-merge": Line(kwargs=_proposed, get=_read()),
    "api-merge-decide": Line(kwargs=_proposed, data=lambda w: {"approve": True}, post=_decide(200)),
    "api-merge-undo": Line(kwargs=_proposed, post=_decide(409)),
    "api-client-duplicates": Line(
        kwargs=_acme, get=only("owner", "colleague", "head", "provadmin", status=200, others=404, **NO_VERB)
    ),
    "clients:quality": Line(get=same(200, sysadmin=403)),
    "clients:quality_missing": Line(get=same(200, sysadmin=403)),
    "clients:quality_csv": Line(get=only("head", "leader", "gcdept", "provadmin", status=200, others=403)),
    "clients:fields": Line(get=only("provadmin", "sysadmin", status=200, others=403)),
    "clients:set_field": Line(
        kwargs=lambda _w: {"code": "remark"},
        data=lambda _w: {"level": "OFF", "reason": "试"},
        post=only("sysadmin", status=302, others=403),
    ),
    "clients:confirm": Line(kwargs=_acme, post=_write(302)),
    "clients:list": Line(get=AREA),
    "clients:columns": Line(data=lambda w: {"column": ["status"]}, post=OWN_THINGS),
    "clients:save_view": Line(data=lambda w: {"name": "沉默", "query": "status=SILENT"}, post=OWN_THINGS),
    "clients:drop_view": Line(kwargs=_view, post=_own_view(302)),
    "clients:rename_view": Line(kwargs=_view, data=lambda w: {"name": "大户"}, post=_own_view(302)),
    "clients:share_view": Line(kwargs=_view, data=lambda w: {"shared": "no"}, post=_share()),
    "clients:open_with": Line(data=lambda w: {"query": "status=SILENT"}, post=OWN_THINGS),
    "clients:bulk": Line(
        kwargs=lambda w: {"code": "assign"},
        data=lambda w: _assign(w) | {"client": w.acme.pk, "sure": "1"},
        post=_decide(302),
    ),
    "clients:bulk_run": Line(kwargs=lambda w: {"pk": w.bulk_run.pk}, get=_own_view(200)),
    "clients:bulk_undo": Line(kwargs=lambda w: {"pk": w.bulk_run.pk}, post=_own_view(302)),
    "clients:pivot": Line(get=AREA),
    "clients:pivot_csv": Line(get=AREA),
    "clients:flow": Line(get=AREA),
    "clients:as_at": Line(kwargs=_acme, query=lambda w: {"on": "2026-01-31"}, get=_read()),
    "clients:new": Line(data=_file, get=MAKE, post=only(*MAKERS, status=302, others=403, stranger=400)),
    "clients:hints": Line(query=lambda w: {"name": "测试"}, get=MAKE),
    "clients:pick": Line(query=lambda w: {"q": "测试"}, get=AREA),
    "clients:pick_industry": Line(query=lambda w: {"q": "银行"}, get=AREA),
    "clients:pick_grid": Line(query=lambda w: {"q": "网格"}, get=AREA),
    "clients:pick_region": Line(query=lambda w: {"q": "杭州"}, get=AREA),
    "clients:pick_person": Line(query=lambda w: {"q": "某"}, get=AREA),
    "clients:card": Line(kwargs=_acme, get=_read()),
    "clients:file": Line(kwargs=_acme, get=_read()),
    "clients:edit": Line(kwargs=_acme, data=_change, get=_write(200), post=_write(302)),
    "clients:products": Line(kwargs=_acme, get=_read()),
    "clients:order_product": Line(kwargs=_acme, data=_order, post=_write(302)),
    "clients:move_product": Line(
        kwargs=lambda w: {"pk": w.acme.pk, "product": w.ordered.pk, "act": "open"}, post=_write(302)
    ),
    "clients:revenue": Line(kwargs=_acme, get=_read()),
    "clients:history": Line(kwargs=_acme, get=_read()),
    "clients:desk": Line(get=AREA),
    "clients:filing_identity": Line(kwargs=_draft, data=_change, get=_write(200), post=_write(302)),
    "clients:filing_classification": Line(kwargs=_draft, data=_class, get=_write(200), post=_write(302)),
    "clients:filing_place": Line(kwargs=_draft, data=_where, get=_write(200), post=_write(302)),
    "clients:filing_papers": Line(
        kwargs=_draft,
        data=lambda w: {"kind": "LICENCE", "file": upload()},
        get=_write(200),
        post=_write(302),
    ),
    "clients:filing_review": Line(kwargs=_draft, get=_write(200)),
    "clients:merge_draft": Line(kwargs=_draft, data=lambda w: {"parent": w.parent.pk}, post=_write(302)),
    "clients:give_up": Line(kwargs=_draft, post=_write(302)),
    "clients:papers": Line(
        kwargs=_acme,
        data=lambda w: {"kind": "OTHER", "file": upload()},
        get=_read(),
        post=_write(302),
    ),
    "clients:attachment": Line(kwargs=lambda w: {"pk": w.acme.pk, "paper": w.paper.pk}, get=_read()),
    "clients:remove_paper": Line(
        kwargs=lambda w: {"pk": w.acme.pk, "paper": w.old_paper.pk}, post=_write(302)
    ),
    "clients:handovers": Line(get=AREA),
    "clients:handover_new": Line(
        data=_hand_over, get=only("head", "provadmin", status=200), post=only("head", "provadmin", status=302)
    ),
    "clients:handover": Line(kwargs=lambda w: {"handover": w.handover.pk}, get=_involved()),
    "clients:handover_act": Line(
        kwargs=lambda w: {"handover": w.handover.pk, "act": "execute"},
        post=only("head", "provadmin", status=302, others=403),
    ),
    "clients:structure": Line(kwargs=_acme, get=_read()),
    "clients:take_region": Line(kwargs=_acme, post=_write(302)),
    "clients:add_site": Line(
        kwargs=_acme, data=lambda w: {"name": "河内办事处", "country": "越南"}, post=_write(302)
    ),
    "clients:remove_site": Line(kwargs=lambda w: {"pk": w.acme.pk, "site": w.site.pk}, post=_write(302)),
    "clients:why_segment": Line(kwargs=_acme, get=_read()),
    "clients:why_status": Line(kwargs=_acme, get=_read()),
    "clients:why_completeness": Line(kwargs=_acme, get=_read()),
    # Nobody has put a paper into this file: whoever may look finds none.
    "clients:paper": Line(
        kwargs=lambda w: {"pk": w.acme.pk, "name": "licence_scan"}, get=same(404, sysadmin=403)
    ),
    "clients:submit": Line(kwargs=lambda w: {"pk": w.draft.pk}, post=_write(302)),
    "clients:approve": Line(kwargs=lambda w: {"pk": w.waiting.pk}, post=_decide(302)),
    "clients:reject": Line(kwargs=lambda w: {"pk": w.waiting.pk}, data=_reason, post=_decide(302)),
    "clients:close": Line(kwargs=lambda w: {"pk": w.empty.pk}, data=_reason, post=_decide(302)),
    "clients:assign": Line(kwargs=_acme, data=_assign, post=_decide(302)),
    "clients:unassign": Line(kwargs=lambda w: {"pk": w.acme.pk, "assignment": w.co.pk}, post=_decide(302)),
    "clients:merge": Line(kwargs=_acme, data=lambda w: {"name": "妇联", "headcount": 4}, post=_write(302)),
    "api-clients": Line(get=AREA, data=_new, post=only(*MAKERS, status=201, others=403)),
    "api-clients-as-at": Line(query=lambda w: {"on": "2026-01-31"}, get=AREA),
    "api-clients-pivot": Line(query=lambda w: {"axes": ["status", "tier"]}, get=AREA),
    "api-clients-flow": Line(get=AREA),
    "api-client-as-at": Line(kwargs=_acme, query=lambda w: {"on": "2026-01-31"}, get=same(404, sysadmin=403)),
    "api-client-views": Line(data=lambda w: {"name": "沉默"}, get=AREA, post=same(201, sysadmin=403)),
    "api-client-view": Line(
        kwargs=_view, data=lambda w: {"name": "大户"}, patch=_own_view(200), delete=_own_view(204)
    ),
    "api-clients-act": Line(
        data=lambda w: {"act": "assign", "clients": [w.acme.pk], "values": {"manager": "colleague"}},
        post=_decide(200),
    ),
    "api-client-act": Line(kwargs=lambda w: {"pk": w.bulk_run.pk}, get=_own_view(200)),
    "api-client-act-undo": Line(kwargs=lambda w: {"pk": w.bulk_run.pk}, post=_own_view(200)),
    "api-clients-bulk": Line(data=lambda w: {"rows": [_new(w)]}, post=only(*MAKERS, status=200, others=403)),
    "api-client": Line(kwargs=_acme, data=lambda w: {"short_name": "龙井"}, get=_read(), patch=_write(200)),
    "api-client-submit": Line(kwargs=lambda w: {"pk": w.draft.pk}, post=_write(200)),
    "api-client-approve": Line(kwargs=lambda w: {"pk": w.waiting.pk}, post=_decide(200)),
    "api-client-reject": Line(kwargs=lambda w: {"pk": w.waiting.pk}, data=_reason, post=_decide(200)),
    "api-client-close": Line(kwargs=lambda w: {"pk": w.empty.pk}, data=_reason, post=_decide(200)),
    "api-client-assign": Line(kwargs=_acme, data=lambda w: {"am": "colleague"}, post=_decide(200)),
    "api-client-products": Line(
        kwargs=_acme,
        data=lambda w: {"product": factories.make_product().code},
        get=_read(),
        post=_write(201),
    ),
    # A paper comes as a form, which this walk does not send: who may write is told so before anything else.
    "api-client-papers": Line(
        kwargs=_acme,
        get=_read(),
        post=only("owner", "head", "provadmin", "colleague", status=415, others=403, stranger=404),
    ),
    "api-client-paper": Line(
        kwargs=lambda w: {"pk": w.acme.pk, "paper": w.paper.pk}, get=_read(), delete=_write(204)
    ),
    "api-client-obstacles": Line(kwargs=_draft, get=_read()),
    "api-client-merge": Line(kwargs=_draft, data=lambda w: {"parent": w.parent.pk}, post=_write(200)),
    "api-client-give-up": Line(kwargs=_draft, post=_write(204)),
    "api-handovers": Line(
        data=lambda w: {"giver": "owner", "taker": "colleague", "reason": "调岗"},
        get=AREA,
        post=only("head", "provadmin", status=201, others=403),
    ),
    "api-handover": Line(kwargs=lambda w: {"pk": w.handover.pk}, get=_involved()),
    "api-handover-execute": Line(kwargs=lambda w: {"pk": w.handover.pk}, post=_decide(200)),
    "api-handover-return": Line(kwargs=lambda w: {"pk": w.done_handover.pk}, post=_decide(200)),
    "api-handover-cancel": Line(kwargs=lambda w: {"pk": w.handover.pk}, post=_decide(200)),
    "api-client-structure": Line(kwargs=_acme, get=_read()),
    "api-client-take-region": Line(kwargs=_acme, post=_write(200)),
    "api-client-sites": Line(
        kwargs=_acme, data=lambda w: {"name": "曼谷办事处", "country": "泰国"}, post=_write(201)
    ),
    "api-client-site": Line(kwargs=lambda w: {"pk": w.acme.pk, "site": w.site.pk}, delete=_write(204)),
    "api-client-revenue": Line(kwargs=_acme, get=_read()),
    "api-client-history": Line(kwargs=_acme, get=_read()),
    "api-client-completeness": Line(kwargs=_acme, get=_read()),
    "api-product": Line(kwargs=lambda w: {"pk": w.ordered.pk}, get=_read()),
    "api-product-open": Line(kwargs=lambda w: {"pk": w.ordered.pk}, post=_write(200)),
    "api-product-suspend": Line(kwargs=lambda w: {"pk": w.open.pk}, post=_write(200)),
    "api-product-resume": Line(kwargs=lambda w: {"pk": w.halted.pk}, post=_write(200)),
    "api-product-cancel": Line(kwargs=lambda w: {"pk": w.open.pk}, post=_write(200)),
    # Only client systems with the scope `feeds` report figures.
    "api-feed-products": Line(post=same(403)),
    "api-feed-traffic": Line(post=same(403)),
    "api-feed-revenue": Line(post=same(403)),
}
