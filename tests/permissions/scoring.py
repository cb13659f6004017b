"""Who may see scores and move points."""

from datetime import date, timedelta
from typing import Any

from crm.accounts.choices import Role
from crm.base import clock
from crm.intake.models import ImportBatch, ImportProgress
from members.models import MonthlyBill
from scoring import services
from scoring.models import (
    OneTimeCode,
    PointMovement,
    PointProposal,
    StarModelVersion,
    TierModelVersion,
    TierOverride,
    WhatIf,
)
from scoring.services.codes import _digest
from tests import factories
from tests.permissions.lines import Line, World, only, same

READERS = ("owner", "colleague", "head", "leader", "gcdept", "provadmin", "auditor")
CODE = "123456"
DAY = date(2026, 3, 1)


def build(world: World) -> None:
    """Give the customer of the owner's client points, a code, a movement and a proposal."""
    MonthlyBill.objects.create(
        customer=world.customer,
        bill_month=clock.add_months(clock.month_of(clock.today()), -2),
        total_fen=100_00,
        paid_fen=100_00,
        settled_at=clock.now() - timedelta(days=1),
    )
    services.post_settled_bills(as_of=clock.today(), customer_ids=[world.customer.pk])
    proposer = factories.make_user("proposer", Role.DEPT_HEAD, world.org["unit"])
    approver = factories.make_user("approver", Role.DEPT_HEAD, world.org["unit"])
    world.point_movement = services.deduct(
        customer=world.customer, kind="DEDUCT_POLICY", points=5, reason="优惠", operator=proposer,
        approver=approver, key="matrix",
    )  # fmt: skip
    world.point_proposal = services.propose(
        customer=world.customer, kind="DEDUCT_ADJUST", points=5, remark="多记", actor=proposer
    )
    world.point_reward = services.reward(
        customer=world.customer, points=5, reward_reason="VAS", operator=proposer, approver=approver,
        key="matrix-reward",
    )  # fmt: skip
    world.reward_budget = services.set_budget(
        unit=world.org["unit"], year=clock.today().year, quarter=0, points=1000, actor=world.provadmin
    )
    for name in ("reward_batch", "booked_batch"):
        batch = ImportBatch.objects.create(roster="rewards", owner=proposer, file_name="r.xlsx", file_size=1)
        ImportProgress.objects.create(batch=batch)
        PointProposal.objects.create(
            customer=world.customer, kind="EARN_REWARD", points=5, reward_reason="VAS", remark="回访",
            batch=batch, proposed_by=proposer,
        )  # fmt: skip
        setattr(world, name, batch)
    services.approve_grant(batch=world.booked_batch, actor=approver)
    numbers = TierModelVersion.objects.get(name="v1").numbers
    shares = {"c_percent": 70, "a_percent": 10}
    for name, state in (("tier_version", "DRAFT"), ("seen_version", "REVIEWED")):
        version = TierModelVersion.objects.create(
            name=name,
            state=state,
            numbers={**numbers, "shares": shares},
            province=world.org["province"],
            proposed_by=proposer,
        )
        setattr(world, name, version)
    WhatIf.objects.create(
        version=world.tier_version,
        numbers=world.tier_version.numbers,
        province=world.org["province"],
        state="DONE",
    )
    # On another client of the unit, so that one may be proposed for the first.
    world.override = TierOverride.objects.create(
        client=factories.make_client(world.org["unit"], world.owner, status="ACTIVE"),
        proposed_by=proposer,
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=30),
        tier="A2",
        reason="省重点工程",
        evidence="会议纪要",
    )
    services.enter_costs(
        province=world.org["province"], month=clock.today(), costs={"DATA": 100}, actor=world.provadmin
    )
    services.close_segments(as_of=clock.today(), province=world.org["province"])
    world.star_version = StarModelVersion.objects.create(
        name="S9",
        numbers=StarModelVersion.objects.get(name="S1").numbers,
        effective_from=clock.today() + timedelta(days=30),
        proposed_by=proposer,
    )
    OneTimeCode.objects.create(
        customer=world.customer,
        digest=_digest(world.customer, CODE),
        expires_at=clock.now() + timedelta(hours=1),
    )
    OneTimeCode.objects.update(created_at=clock.now() - timedelta(minutes=2))
    assert isinstance(world.point_movement, PointMovement)


def _read(status: int = 200) -> dict[str, Any]:
    return only(*READERS, status=status, others=404, sysadmin=403)


def _redeem(status: int) -> dict[str, Any]:
    """Account managers of the unit redeem; a stranger sees no customer; others have no verb."""
    return only("owner", "colleague", status=status, others=403, stranger=404)


def _adjust(status: int) -> dict[str, Any]:
    return only("head", "provadmin", status=status, others=403)


def _approve(status: int) -> dict[str, Any]:
    return only("head", "provadmin", "gcdept", status=status, others=403)


def _exporters() -> dict[str, Any]:
    return only("head", "leader", "gcdept", "provadmin", status=200, others=403)


def _acme(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk}


def _customer(world: World) -> dict[str, Any]:
    return {"pk": world.customer.pk}


def _proposal(world: World) -> dict[str, Any]:
    return {"pk": world.point_proposal.pk}


def _waiting(world: World) -> dict[str, Any]:
    return {"pk": world.reward_batch.pk}


def _booked(world: World) -> dict[str, Any]:
    return {"pk": world.booked_batch.pk}


def _budget(world: World) -> dict[str, Any]:
    return {"unit": world.org["unit"].pk, "year": clock.today().year, "quarter": 1, "points": 100}


def _version(world: World) -> dict[str, Any]:
    return {"pk": world.tier_version.pk}


def _fields(version: TierModelVersion) -> dict[str, Any]:
    """Return the studio's form as it is shown."""
    weights, caps = version.numbers["weights"], version.numbers["caps"]
    return (
        {f"weight_{code}": n for code, n in weights.items()}
        | {f"cap_{code}": n for code, n in caps.items()}
        | version.numbers["shares"]
    )


REDEEM = {"points": 10, "code": CODE, "key": "6b0f4a52-0c8e-4f57-9f2b-0c9a3e0d1111"}
REWARD = {"points": 10, "reward_reason": "SURVEY", "remark": "访谈"}
ADJUST = {"points": 10, "kind": "DEDUCT_ADJUST", "remark": "多记"}


def _override(_world: Any) -> dict[str, str]:
    """Return a decision from today on; a run may begin before midnight and come here after it."""
    return {
        "tier": "A1",
        "reason": "省重点工程",
        "evidence": "会议纪要",
        "starts_on": clock.today().isoformat(),
        "ends_on": (clock.today() + timedelta(days=90)).isoformat(),
    }


ROUTES = {
    "scoring:client": Line(kwargs=_acme, get=_read()),
    "scoring:why-tier": Line(kwargs=_acme, get=_read()),
    "scoring:why-size": Line(kwargs=_acme, get=_read()),
    "scoring:expiring": Line(kwargs=_acme, get=_read()),
    "scoring:statement": Line(kwargs=_customer, get=_read()),
    "scoring:send-code": Line(kwargs=_customer, post=_redeem(302)),
    "scoring:redeem": Line(kwargs=_customer, data=lambda _w: REDEEM, post=_redeem(302)),
    "scoring:propose": Line(kwargs=_customer, data=lambda _w: ADJUST, post=_adjust(302)),
    "scoring:decide": Line(kwargs=_proposal, data=lambda _w: {"decision": "approve"}, post=_approve(302)),
    "scoring:reverse": Line(
        kwargs=lambda w: {"pk": w.point_movement.pk}, data=lambda _w: {"reason": "错"}, post=_adjust(302)
    ),
    "scoring:take-back": Line(
        kwargs=lambda w: {"pk": w.point_reward.pk}, data=lambda _w: {"reason": "错"}, post=_adjust(302)
    ),
    "scoring:statement-paper": Line(kwargs=_customer, get=_read()),
    "scoring:statement-pdf": Line(kwargs=_customer, get=_read()),
    "scoring:statement-xlsx": Line(kwargs=_customer, get=_read()),
    "scoring:points": Line(get=same(200, sysadmin=403)),
    "scoring:points-expiring": Line(get=same(200, sysadmin=403)),
    "scoring:budgets": Line(get=same(200, sysadmin=403)),
    "scoring:set-budget": Line(data=_budget, post=only("provadmin", "gcdept", status=302, others=403)),
    "scoring:budget": Line(
        kwargs=lambda w: {"pk": w.reward_budget.pk}, get=same(200, sysadmin=403, stranger=404)
    ),
    "scoring:rewards": Line(get=same(200, sysadmin=403)),
    "scoring:grant": Line(kwargs=_waiting, get=_read()),
    "scoring:decide-grant": Line(
        kwargs=_waiting, data=lambda _w: {"decision": "approve"}, post=_approve(302)
    ),
    "scoring:take-grant-back": Line(kwargs=_booked, data=lambda _w: {"reason": "错"}, post=_adjust(302)),
    "api-points-take-back": Line(
        kwargs=_customer,
        data=lambda w: {"movement": str(w.point_reward.pk), "reason": "错"},
        post=_adjust(201),
    ),
    "api-points-figures": Line(get=same(200, sysadmin=403)),
    "api-points-expiring": Line(get=same(200, sysadmin=403)),
    "api-ledger-proofs": Line(get=same(200, sysadmin=403)),
    "api-reward-budgets": Line(
        get=same(200, sysadmin=403),
        data=_budget,
        post=only("provadmin", "gcdept", status=201, others=403),
    ),
    "api-reward-grant": Line(kwargs=_waiting, get=_read()),
    "api-reward-grant-approve": Line(kwargs=_waiting, post=_approve(200)),
    "api-reward-grant-decline": Line(kwargs=_waiting, post=_approve(200)),
    "api-reward-grant-back": Line(kwargs=_booked, data=lambda _w: {"reason": "错"}, post=_adjust(201)),
    "scoring:reach": Line(get=same(200, sysadmin=403)),
    "scoring:reach-excluded": Line(get=same(200, sysadmin=403)),
    "scoring:reach-csv": Line(get=only("head", "leader", "gcdept", "provadmin", status=200, others=403)),
    "api-reach": Line(get=same(200, sysadmin=403)),
    "api-reach-excluded": Line(get=same(200, sysadmin=403)),
    "scoring:model": Line(get=same(200, sysadmin=403)),
    "scoring:proof": Line(get=same(200, sysadmin=403)),
    "api-points": Line(kwargs=_customer, get=_read()),
    "api-point-entries": Line(kwargs=_customer, get=_read()),
    "api-points-code": Line(kwargs=_customer, post=_redeem(204)),
    "api-points-redeem": Line(
        kwargs=_customer, data=lambda _w: {"points": 10, "code": CODE}, post=_redeem(201)
    ),
    "api-points-reward": Line(kwargs=_customer, data=lambda _w: REWARD, post=_adjust(201)),
    "api-points-adjust": Line(kwargs=_customer, data=lambda _w: ADJUST, post=_adjust(201)),
    "api-points-reverse": Line(
        kwargs=_customer,
        data=lambda w: {"movement": str(w.point_movement.pk), "reason": "错"},
        post=_adjust(201),
    ),
    "api-point-proposals": Line(get=same(200, sysadmin=403)),
    "api-point-proposal-approve": Line(kwargs=_proposal, post=_approve(201)),
    "api-point-proposal-decline": Line(kwargs=_proposal, post=_approve(204)),
    "api-score": Line(kwargs=_acme, get=_read()),
    "api-feed-tiers": Line(get=same(200, sysadmin=403)),
    "api-feed-bills": Line(
        data=lambda w: {
            "rows": [{"msisdn": w.customer.msisdn, "month": "2026-01-01", "total_fen": 1, "paid_fen": 1}]
        },
        post=same(403),
    ),
    "scoring:versions": Line(get=same(200, sysadmin=403)),
    "scoring:compare": Line(get=same(200, sysadmin=403)),
    "scoring:draft": Line(post=only("provadmin", "gcdept", status=302, others=403)),
    "scoring:studio": Line(
        kwargs=_version,
        data=lambda w: _fields(w.tier_version),
        get=same(200, sysadmin=403),
        post=only("provadmin", "gcdept", status=302, others=403),
    ),
    "scoring:ask": Line(kwargs=_version, post=only("provadmin", "gcdept", status=302, others=403)),
    "scoring:answer": Line(kwargs=_version, get=same(200, sysadmin=403)),
    "scoring:moved": Line(kwargs=_version, get=same(200, sysadmin=403)),
    "scoring:moved-csv": Line(kwargs=_version, get=_exporters()),
    "scoring:review": Line(kwargs=_version, post=only("provadmin", "gcdept", status=302, others=403)),
    "scoring:publish": Line(
        kwargs=lambda w: {"pk": w.seen_version.pk},
        data=lambda _w: {"effective_from": (clock.today() + timedelta(days=9)).isoformat()},
        post=only("provadmin", status=302, others=403),
    ),
    "scoring:migration": Line(get=same(200, sysadmin=403)),
    "scoring:migration-moved": Line(get=same(200, sysadmin=403)),
    "scoring:migration-csv": Line(get=_exporters()),
    "scoring:segments": Line(get=same(200, sysadmin=403)),
    "scoring:segments-csv": Line(get=_exporters()),
    "scoring:costs": Line(
        data=lambda _w: {"month": f"{clock.month_of(clock.today()):%Y-%m-%d}", "data": "12.30"},
        get=only("provadmin", status=200, others=403),
        post=only("provadmin", status=302, others=403),
    ),
    "scoring:concentration": Line(get=same(200, sysadmin=403)),
    "scoring:concentration-csv": Line(get=_exporters()),
    "api-migration": Line(get=same(200, sysadmin=403)),
    "api-migration-moved": Line(get=same(200, sysadmin=403)),
    "api-segments": Line(get=same(200, sysadmin=403)),
    "api-segment-costs": Line(
        data=lambda w: {
            "province": w.org["province"].code,
            "month": f"{clock.month_of(clock.today()):%Y-%m-%d}",
            "costs": {"DATA": 1230},
        },
        get=only("provadmin", status=200, others=403),
        post=only("provadmin", status=200, others=403),
    ),
    "api-concentration": Line(get=same(200, sysadmin=403)),
    "api-concentration-largest": Line(get=same(200, sysadmin=403)),
    "scoring:overrides": Line(get=same(200, sysadmin=403)),
    "scoring:decided": Line(kwargs=_acme, get=_read()),
    "scoring:override-propose": Line(
        kwargs=_acme,
        data=_override,
        get=only("head", status=200, others=403),
        post=only("head", status=302, others=403),
    ),
    "scoring:override-decide": Line(
        kwargs=lambda w: {"pk": w.override.pk},
        data=lambda _w: {"decision": "approve"},
        post=only("provadmin", status=302, others=403),
    ),
    "api-tier-models": Line(
        get=same(200, sysadmin=403), post=only("provadmin", "gcdept", status=201, others=403)
    ),
    "api-tier-model": Line(
        kwargs=_version,
        data=lambda w: {"shares": {"c_percent": 60, "a_percent": 10}},
        get=same(200, sysadmin=403),
        patch=only("provadmin", "gcdept", status=200, others=403),
    ),
    "api-tier-model-whatif": Line(
        kwargs=_version,
        get=same(200, sysadmin=403),
        post=only("provadmin", "gcdept", status=202, others=403),
    ),
    "api-tier-model-moved": Line(kwargs=_version, get=same(200, sysadmin=403)),
    "api-tier-model-review": Line(kwargs=_version, post=only("provadmin", "gcdept", status=200, others=403)),
    "api-tier-model-publish": Line(
        kwargs=lambda w: {"pk": w.seen_version.pk},
        data=lambda _w: {"effective_from": (clock.today() + timedelta(days=9)).isoformat()},
        post=only("provadmin", status=200, others=403),
    ),
    "api-tier-overrides": Line(
        data=lambda w: {"client": w.acme.pk} | _override(w),
        get=same(200, sysadmin=403),
        post=only("head", status=201, others=403),
    ),
    "api-override-approve": Line(
        kwargs=lambda w: {"pk": w.override.pk}, post=only("provadmin", status=200, others=403)
    ),
    "api-override-decline": Line(
        kwargs=lambda w: {"pk": w.override.pk},
        data=lambda _w: {"remark": "证据不足"},
        post=only("provadmin", status=200, others=403),
    ),
    "api-override-withdraw": Line(
        kwargs=lambda w: {"pk": w.override.pk},
        post=only("head", "provadmin", status=200, others=403),
    ),
    "scoring:standing": Line(kwargs=_customer, get=_read()),
    "scoring:stars": Line(get=same(200, sysadmin=403)),
    "scoring:star-propose": Line(
        data=lambda w: (
            w.star_version.numbers | {"effective_from": (clock.today() + timedelta(days=9)).isoformat()}
        ),
        get=only("provadmin", "gcdept", status=200, others=403),
        post=only("provadmin", "gcdept", status=302, others=403),
    ),
    "scoring:star-publish": Line(
        kwargs=lambda w: {"pk": w.star_version.pk}, post=only("provadmin", status=302, others=403)
    ),
    "api-queue-order": Line(
        data=lambda w: {"waiting": [{"msisdn": w.customer.msisdn, "since": clock.now().isoformat()}]},
        post=same(200, sysadmin=403),
    ),
    "api-standing": Line(kwargs=_customer, get=_read()),
    "api-feed-stars": Line(get=same(200, sysadmin=403)),
    "api-star-runs": Line(get=same(200, sysadmin=403)),
    "api-tier-runs": Line(get=same(200, sysadmin=403)),
}
