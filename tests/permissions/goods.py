"""Who may see and change agreements, products, circuits, competitors and churn alerts."""

from datetime import date
from typing import Any

from clients.models import ChurnAlert, CircuitFinding, NeedTemplate, Product
from tests import factories
from tests.permissions.clients import READERS
from tests.permissions.lines import Line, World, only, same

NO_VERB = {"leader": 403, "gcdept": 403, "auditor": 403, "sysadmin": 403}


def build(world: World) -> None:
    """Add an agreement, an alert, a circuit difference and a product with a line, all the owner's."""
    world.agreement = factories.make_agreement(world.acme)
    world.alert = ChurnAlert.objects.create(
        client=world.acme, rule="SILENT", ref="2026-01-01", level="MID", facts={"since": "2026-01-01"},
        raised_on=date(2026, 1, 1), due_on=date(2026, 1, 5),
    )  # fmt: skip
    world.finding = CircuitFinding.objects.create(
        circuit_id="ZX1", verdict="BANDWIDTH", client=world.acme, org_unit=world.org["unit"],
        found_on=date(2026, 1, 1),
    )  # fmt: skip
    iot = Product.objects.get(code="IOT")
    world.iot = factories.make_client_product(
        world.acme, iot, status="OPEN", opened_on=factories.LONG_AGO, external_id="IOT-1"
    )
    world.line = world.iot.members.create(line_kind="M2M", number="14400000001", joined_on=factories.LONG_AGO)
    world.need = NeedTemplate.objects.first()
    world.vnet = Product.objects.get(code="VNET")


def _read() -> dict[str, Any]:
    return only(*READERS, status=200, others=404, sysadmin=403)


def _write(status: int) -> dict[str, Any]:
    return only("owner", "head", "provadmin", status=status, others=403, stranger=404, **NO_VERB)


def _acme(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk}


def _agreement(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk, "agreement": world.agreement.pk}


def _terms(_world: World) -> dict[str, Any]:
    return {"no": "XY-NEW", "type": "SERVICE", "scope": "LOCAL", "signed_on": "2026-01-05", "version": 1}


def _iot(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk, "product": world.iot.pk}


def _alert(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk, "alert": world.alert.pk}


def _seen(_world: World) -> dict[str, Any]:
    return {
        "operator": "CT",
        "action": "低价专线",
        "seen_on": "2026-01-05",
        "impact": "LOW",
        "disposition": "WATCH",
    }


def _outcome(_world: World) -> dict[str, Any]:
    return {"disposition": "RETAINED", "note": "已续约"}


def _settled(_world: World) -> dict[str, Any]:
    return {"disposition": "ACCEPTED", "note": "已核实"}


def _lines(_world: World) -> dict[str, Any]:
    return {"line_kind": "M2M", "numbers": "14400000002"}


def _catalogue(_world: World) -> dict[str, Any]:
    return {"code": "NEWONE", "name": "新产品", "name_en": "New product", "family": "DATA",
            "counts_as_ict": "NEVER", "pay_modes": ["UNIFIED"]}  # fmt: skip


def _need(_world: World) -> dict[str, Any]:
    return {"key_industry": "BANK", "text": "异地灾备", "position": 3}


KEEPERS = ("gcdept", "provadmin", "sysadmin")
AREA = same(200, sysadmin=403)


def _keep(status: int) -> dict[str, Any]:
    return only(*KEEPERS, status=status, others=403)


ROUTES: dict[str, Line] = {
    "clients:market": Line(get=AREA),
    "clients:churn": Line(get=AREA),
    "clients:competitors": Line(get=AREA),
    "clients:ict": Line(get=AREA),
    "clients:circuits": Line(get=AREA),
    "clients:circuit_settle": Line(
        kwargs=lambda w: {"pk": w.finding.pk},
        data=_settled,
        get=only("owner", "colleague", "head", "provadmin", status=200, others=403, stranger=404),
        post=_write(302),
    ),
    "clients:catalogue": Line(get=same(200)),
    "clients:catalogue_new": Line(data=_catalogue, get=_keep(200), post=_keep(302)),
    "clients:catalogue_product": Line(
        kwargs=lambda w: {"pk": w.vnet.pk},
        data=lambda w: _catalogue(w) | {"version": 1},
        get=_keep(200),
        post=_keep(302),
    ),
    "clients:need_new": Line(data=_need, get=_keep(200), post=_keep(302)),
    "clients:need_edit": Line(
        kwargs=lambda w: {"pk": w.need.pk}, data=_need, get=_keep(200), post=_keep(302)
    ),
    "clients:agreements": Line(kwargs=_acme, get=_read()),
    "clients:agreement": Line(kwargs=_agreement, get=_read()),
    # Nobody has put a paper into this agreement: whoever may look finds none.
    "clients:agreement_paper": Line(kwargs=_agreement, get=same(404, sysadmin=403)),
    "clients:agreement_new": Line(kwargs=_acme, data=_terms, get=_write(200), post=_write(302)),
    "clients:agreement_edit": Line(kwargs=_agreement, data=_terms, get=_write(200), post=_write(302)),
    "clients:agreement_end": Line(
        kwargs=_agreement, data=lambda w: {"reason": "改签"}, get=_write(200), post=_write(302)
    ),
    "clients:competition": Line(kwargs=_acme, get=_read()),
    "clients:sighting_new": Line(kwargs=_acme, data=_seen, get=_write(200), post=_write(302)),
    "clients:risk_new": Line(
        kwargs=_acme, data=lambda w: {"reason": "合同到期", "level": "LOW"}, get=_write(200), post=_write(302)
    ),
    "clients:dispose": Line(kwargs=_alert, data=_outcome, get=_write(200), post=_write(302)),
    "clients:acknowledge": Line(kwargs=_alert, post=_write(302)),
    "clients:product": Line(kwargs=_iot, get=_read()),
    "clients:product_terms": Line(
        kwargs=_iot,
        data=lambda w: {"pay_mode": "UNIFIED", "bound": "on", "version": 1},
        get=_write(200),
        post=_write(302),
    ),
    "clients:add_lines": Line(kwargs=_iot, data=_lines, post=_write(302)),
    "clients:remove_line": Line(kwargs=lambda w: _iot(w) | {"line": w.line.pk}, post=_write(302)),
    "api-client-agreements": Line(
        kwargs=_acme,
        data=lambda w: {"no": "XY-API", "type": "ICT", "signed_on": "2026-01-05"},
        get=_read(),
        post=_write(201),
    ),
    "api-agreement": Line(
        kwargs=lambda w: {"pk": w.agreement.pk},
        data=lambda w: {"remark": "续签"},
        get=_read(),
        patch=_write(200),
    ),
    "api-agreement-end": Line(
        kwargs=lambda w: {"pk": w.agreement.pk}, data=lambda w: {"reason": "改签"}, post=_write(200)
    ),
    "api-catalogue": Line(data=_catalogue, get=AREA, post=_keep(201)),
    "api-catalogue-product": Line(
        kwargs=lambda w: {"pk": w.vnet.pk}, data=lambda w: {"active": False}, patch=_keep(200)
    ),
    "api-product-terms": Line(
        kwargs=lambda w: {"pk": w.iot.pk}, data=lambda w: {"bound": True}, patch=_write(200)
    ),
    "api-product-lines": Line(
        kwargs=lambda w: {"pk": w.iot.pk},
        data=lambda w: {"line_kind": "M2M", "numbers": ["14400000003"]},
        get=_read(),
        post=_write(200),
    ),
    "api-product-lines-remove": Line(
        kwargs=lambda w: {"pk": w.iot.pk}, data=lambda w: {"ids": [w.line.pk]}, post=_write(200)
    ),
    "api-client-revenue-lines": Line(kwargs=_acme, get=_read()),
    "api-circuit-findings": Line(get=AREA),
    "api-circuit-settle": Line(kwargs=lambda w: {"pk": w.finding.pk}, data=_settled, post=_write(200)),
    "api-competitors": Line(get=AREA),
    "api-client-competitors": Line(kwargs=_acme, data=_seen, get=_read(), post=_write(201)),
    "api-market-share": Line(get=AREA),
    "api-churn-alerts": Line(get=AREA),
    "api-churn-alert": Line(kwargs=lambda w: {"pk": w.alert.pk}, get=_read()),
    "api-client-churn": Line(kwargs=_acme, data=lambda w: {"reason": "合同到期"}, post=_write(201)),
    "api-churn-acknowledge": Line(kwargs=lambda w: {"pk": w.alert.pk}, post=_write(200)),
    "api-churn-dispose": Line(kwargs=lambda w: {"pk": w.alert.pk}, data=_outcome, post=_write(200)),
    # Only client systems with the scope `feeds` report figures.
    "api-feed-circuits": Line(post=same(403)),
}
