"""The ground floor's routes: accounts, trail, parameters, nights, API frame."""

import uuid
from datetime import date
from typing import Any

from knox.models import AuthToken

from crm.accounts.models import Delegation, RoleAssignment
from crm.accounts.services import create_system
from crm.base import clock
from crm.base.models import OutboxEvent
from crm.jobs.models import JobRun
from crm.outbox.models import Delivery, Endpoint
from tests import factories
from tests.permissions.lines import Line, World, only, same

TEAM = ("head", "leader", "gcdept", "provadmin", "sysadmin")
NIGHT_READERS = ("gcdept", "provadmin", "sysadmin", "auditor")
# Who sees a delegation of the team without being part of it.
WATCHING: dict[str, int] = {"head": 403, "gcdept": 403, "provadmin": 403}
NIGHT = date(2026, 11, 20)


def build(world: World) -> None:
    """Add a person without rights, an empty unit, a client system and a night."""
    world.newcomer = factories.make_user("newcomer", "KB_OWNER", world.org["unit"], full_name="新人某")
    world.closed = factories.make_user(
        "closed", "AM", world.org["unit"], full_name="离职某", status="DISABLED"
    )
    world.assignment = RoleAssignment.objects.get(user=world.newcomer)
    world.empty_unit = factories.make_unit("T1", "空班组", "TEAM", world.org["dept"])
    world.system, _token = create_system(actor=None, name="BOSS", unit=world.org["province"], scopes=["read"])
    world.token_key = AuthToken.objects.get(user=world.system.user).token_key
    world.endpoint = Endpoint.objects.create(
        name="BI", url="https://example.org/", kinds=["client.tier_changed"], salt=uuid.uuid4()
    )
    event = OutboxEvent.objects.create(event_id=uuid.uuid4(), kind="client.tier_changed", key="k", payload={})
    world.delivery = Delivery.objects.create(
        event=event, endpoint=world.endpoint, state="DEAD", next_at=clock.now()
    )
    world.delegation = Delegation.objects.create(
        from_user=world.leader,
        to_user=world.owner,
        role="UNIT_LEADER",
        valid_from=date(2099, 1, 1),
        valid_to=date(2099, 1, 5),
        reason="出差",
        created_by=world.leader,
    )
    world.job_run = JobRun.objects.create(step="purge", business_date=NIGHT, state="DONE")


def _person(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk}


def _unit(w: World) -> dict[str, Any]:
    return {"pk": w.empty_unit.pk}


def _system(w: World) -> dict[str, Any]:
    return {"pk": w.system.pk}


def _profile(w: World) -> dict[str, Any]:
    return {"mobile": "13900000000", "email": "", "language": "en"}


def _new_person(w: World) -> dict[str, Any]:
    return {"staff_no": "n1", "full_name": "赵六", "org_unit": w.org["unit"].pk}


def _role(w: World) -> dict[str, Any]:
    return {"role": "HALL", "unit": w.org["unit"].pk, "valid_from": "2026-11-01"}


def _is_system_manager(status: int) -> dict[str, Any]:
    return only("sysadmin", status=status, others=403)


def _delegation(w: World) -> dict[str, Any]:
    held = RoleAssignment.objects.get(user=w.head)
    return {
        "held": held.pk,
        "to_user": w.owner.pk,
        "valid_from": "2099-01-01",
        "valid_to": "2099-01-05",
        "reason": "年假",
    }


def _api_delegation(w: World) -> dict[str, Any]:
    return {
        "to_user": "owner",
        "role": "UNIT_LEADER",
        "valid_from": "2099-01-01",
        "valid_to": "2099-01-05",
        "reason": "年假",
    }


ROUTES = {
    # One's own account
    "home": Line(get=same(302)),
    "set_language": Line(data=lambda w: {"language": "en"}, post=same(302, anonymous=302)),
    "accounts:login": Line(
        get=same(302, anonymous=200),
        data=lambda w: {"username": "nobody", "password": "wrong"},
        post=same(302, anonymous=200),
    ),
    "accounts:logout": Line(post=same(302)),
    "accounts:password_change": Line(get=same(200), post=same(200)),
    "accounts:profile": Line(get=same(200), data=_profile, post=same(302)),
    "accounts:delegations": Line(get=same(200), data=_delegation, post=same(400, head=302, sysadmin=302)),
    "accounts:delegation_end": Line(
        kwargs=lambda w: {"pk": w.delegation.pk},
        post=same(404, leader=302, owner=302, sysadmin=302, **WATCHING),
    ),
    "api-delegations": Line(get=same(200), data=_api_delegation, post=same(400, leader=409)),
    "api-delegation-end": Line(
        kwargs=lambda w: {"pk": w.delegation.pk},
        post=same(404, leader=200, owner=200, sysadmin=200, **WATCHING),
    ),
    # People
    "accounts:users": Line(get=only(*TEAM)),
    "accounts:user": Line(
        kwargs=_person("newcomer"), get=only(*TEAM, owner=403, colleague=403, stranger=403, auditor=403)
    ),
    "accounts:user_add": Line(get=_is_system_manager(200), data=_new_person, post=_is_system_manager(200)),
    "accounts:user_edit": Line(
        kwargs=_person("newcomer"),
        get=_is_system_manager(200),
        data=lambda w: {"staff_no": "newcomer", "full_name": "新名", "org_unit": w.org["unit"].pk},
        post=_is_system_manager(302),
    ),
    "accounts:user_password": Line(kwargs=_person("newcomer"), post=_is_system_manager(200)),
    "accounts:user_unlock": Line(kwargs=_person("newcomer"), post=_is_system_manager(302)),
    "accounts:user_disable": Line(kwargs=_person("newcomer"), post=_is_system_manager(302)),
    "accounts:user_enable": Line(kwargs=_person("closed"), post=_is_system_manager(302)),
    "accounts:role_add": Line(kwargs=_person("newcomer"), data=_role, post=_is_system_manager(302)),
    "accounts:role_end": Line(kwargs=lambda w: {"pk": w.assignment.pk}, post=_is_system_manager(302)),
    # Units
    "accounts:units": Line(get=only(*TEAM)),
    "accounts:unit": Line(kwargs=_unit, get=_is_system_manager(200)),
    "accounts:unit_add": Line(
        kwargs=lambda w: {"pk": w.org["dept"].pk},
        data=lambda w: {"code": "T9", "name": "新班组", "type": "TEAM"},
        post=_is_system_manager(302),
    ),
    "accounts:unit_edit": Line(
        kwargs=_unit, data=lambda w: {"name": "改名班组"}, post=_is_system_manager(302)
    ),
    "accounts:unit_move": Line(
        kwargs=_unit, data=lambda w: {"parent": w.org["far_dept"].pk}, post=_is_system_manager(302)
    ),
    "accounts:unit_switch": Line(kwargs=_unit, post=_is_system_manager(302)),
    # Client systems
    "accounts:systems": Line(get=_is_system_manager(200)),
    "accounts:system_add": Line(
        get=_is_system_manager(200),
        data=lambda w: {"name": "BI", "unit": w.org["city"].pk, "scopes": ["read"]},
        post=_is_system_manager(200),
    ),
    "accounts:system": Line(
        kwargs=_system,
        get=_is_system_manager(200),
        data=lambda w: {"unit": w.org["city"].pk, "scopes": ["read", "write"]},
        post=_is_system_manager(302),
    ),
    "accounts:system_switch": Line(kwargs=_system, post=_is_system_manager(302)),
    "accounts:token_add": Line(kwargs=_system, post=_is_system_manager(200)),
    "accounts:token_revoke": Line(
        kwargs=lambda w: {"pk": w.system.pk, "token_key": w.token_key}, post=_is_system_manager(302)
    ),
    # Trail and parameters
    "audit:events": Line(get=only("sysadmin", "auditor")),
    "audit:seals": Line(query=lambda w: {"check": 1}, get=only("sysadmin", "auditor")),
    "params:list": Line(get=only("provadmin", "sysadmin")),
    "params:changes": Line(get=only("provadmin", "sysadmin")),
    "params:change": Line(
        kwargs=lambda w: {"key": "size.b_min"},
        get=only("provadmin", "sysadmin"),
        data=lambda w: {"value": 160, "effective_from": "2099-01-01", "reason": "省公司通知"},
        post=_is_system_manager(302),
    ),
    "api-parameters": Line(get=only("provadmin", "sysadmin")),
    "api-parameter": Line(kwargs=lambda w: {"key": "size.b_min"}, get=only("provadmin", "sysadmin")),
    "api-parameter-values": Line(
        kwargs=lambda w: {"key": "size.b_min"},
        get=only("provadmin", "sysadmin"),
        data=lambda w: {"value": 160, "reason": "省公司通知"},
        post=_is_system_manager(201),
    ),
    # Nights
    "outbox:list": Line(get=_is_system_manager(200)),
    "outbox:add": Line(
        data=lambda w: {"name": "Data", "url": "https://10.0.0.1/", "kinds": ["client.tier_changed"]},
        get=_is_system_manager(200),
        post=_is_system_manager(422),
    ),
    "outbox:switch": Line(kwargs=lambda w: {"pk": w.endpoint.pk}, post=_is_system_manager(302)),
    "outbox:replay": Line(kwargs=lambda w: {"pk": w.delivery.pk}, post=_is_system_manager(302)),
    "jobs:nights": Line(get=only(*NIGHT_READERS)),
    "jobs:night": Line(kwargs=lambda w: {"business_date": NIGHT}, get=only(*NIGHT_READERS)),
    "jobs:rerun": Line(kwargs=lambda w: {"pk": w.job_run.pk}, post=_is_system_manager(302)),
    "jobs:rerun_night": Line(kwargs=lambda w: {"business_date": NIGHT}, post=_is_system_manager(302)),
    "job-list": Line(get=only(*NIGHT_READERS)),
    "job-detail": Line(kwargs=lambda w: {"pk": w.job_run.pk}, get=only(*NIGHT_READERS)),
    "job-run": Line(
        data=lambda w: {"business_date": "2026-11-20", "step": "purge"}, post=_is_system_manager(202)
    ),
    # API frame and machines
    "api-index": Line(get=same(200)),
    "api-me": Line(get=same(200)),
    "api-schema": Line(get=same(200)),
    "api-docs": Line(get=same(200, anonymous=302)),
    # The installed application: nobody's name is in any of them.
    **{
        f"base:{name}": Line(get=same(200, anonymous=200))
        for name in ("worker", "manifest", "offline", "hello")
    },
    "base:healthz": Line(get=same(200, anonymous=200)),
    "base:readyz": Line(get=same((200, 503), anonymous=(200, 503))),
}
