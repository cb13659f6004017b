"""A role opens its own sub-tree, on its own days, and nothing else."""

from datetime import date, timedelta

import pytest

from clients.models import Client
from crm.accounts import services
from crm.accounts.choices import Role, UnitType
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.jobs.models import JobRun
from tests import factories

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """Return the person as the next request sees them."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [(-5, -1, False), (-5, 0, True), (0, 0, True), (0, None, True), (1, None, False)],
)
def test_an_assignment_holds_from_its_first_day_to_its_last(
    org: dict[str, OrgUnit], first: int, last: int | None, holds: bool
) -> None:
    today = clock.today()
    user = factories.make_user("dated", Role.DEPT_HEAD, org["unit"])
    RoleAssignment.objects.filter(user=user).update(
        valid_from=today + timedelta(days=first),
        valid_to=None if last is None else today + timedelta(days=last),
    )
    assert again(user).can("visits.approve_log") is holds


@pytest.mark.spec("E203")
def test_clients_are_seen_by_scope(
    owner: User, colleague: User, stranger: User, head: User, gcdept: User, acme: Client, foreign: Client
) -> None:
    seen = {
        user.staff_no: set(Client.objects.visible_to(user)) for user in (owner, colleague, stranger, head)
    }
    assert seen == {"owner": {acme}, "colleague": {acme}, "stranger": {foreign}, "head": {acme}}
    assert set(Client.objects.visible_to(gcdept)) == {acme, foreign}
    assert set(Client.objects.writable_by(owner)) == {acme}
    assert not Client.objects.writable_by(colleague)


@pytest.mark.spec("E212")
def test_the_system_administrator_sees_no_client(sysadmin: User, acme: Client) -> None:
    assert not Client.objects.visible_to(sysadmin)


def test_a_second_role_does_not_widen_the_first(
    org: dict[str, OrgUnit], sysadmin: User, acme: Client, foreign: Client
) -> None:
    RoleAssignment.objects.create(
        user=sysadmin, role=Role.DEPT_HEAD, unit=org["unit"], valid_from=factories.LONG_AGO
    )
    both = again(sysadmin)
    assert set(Client.objects.visible_to(both)) == {acme}
    assert both.scope.covers(org["far_unit"], "accounts.manage")


def test_nights_of_other_provinces_are_not_seen(org: dict[str, OrgUnit], gcdept: User) -> None:
    for scope in ("", "P33", "P62"):
        JobRun.objects.create(step="tier", scope=scope, business_date=date(2026, 1, 1))
    assert set(JobRun.objects.visible_to(gcdept).values_list("scope", flat=True)) == {"", "P33"}


@pytest.fixture
def city_admin(org: dict[str, OrgUnit]) -> User:
    """Return an administrator of one city."""
    return factories.make_user("cityadmin", Role.SYSADMIN, org["city"])


def test_an_administrator_touches_nobody_outside_the_own_sub_tree(
    org: dict[str, OrgUnit], city_admin: User, owner: User
) -> None:
    far = factories.make_user("far", Role.AM, org["far_unit"])
    with pytest.raises(NotFound):
        services.reset_password(actor=city_admin, person=far)
    with pytest.raises(NotFound):
        services.change_person(actor=city_admin, person=far, full_name="x")
    with pytest.raises(NotFound):
        services.disable_person(actor=city_admin, person=far)
    with pytest.raises(Invalid, match="UNIT_OUT_OF_SCOPE"):
        services.change_person(actor=city_admin, person=owner, org_unit=org["far_unit"])
    with pytest.raises(Invalid, match="UNIT_OUT_OF_SCOPE"):
        services.create_person(actor=city_admin, staff_no="x", full_name="x", org_unit=org["far_unit"])
    assert services.change_person(actor=city_admin, person=owner, full_name="改名").full_name == "改名"


def test_whoever_holds_a_role_further_up_is_out_of_reach(
    org: dict[str, OrgUnit], city_admin: User, owner: User
) -> None:
    RoleAssignment.objects.create(
        user=owner, role=Role.PROV_ADMIN, unit=org["province"], valid_from=factories.LONG_AGO
    )
    with pytest.raises(NotFound):
        services.reset_password(actor=city_admin, person=owner)


def test_roles_are_granted_inside_the_sub_tree_and_never_to_oneself(
    org: dict[str, OrgUnit], city_admin: User, owner: User
) -> None:
    today = clock.today()
    with pytest.raises(Invalid, match="UNIT_OUT_OF_SCOPE"):
        services.assign_role(
            actor=city_admin, person=owner, role=Role.DEPT_HEAD, unit=org["province"], valid_from=today
        )
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.assign_role(
            actor=city_admin, person=city_admin, role=Role.DEPT_HEAD, unit=org["unit"], valid_from=today
        )
    given = services.assign_role(
        actor=city_admin, person=owner, role=Role.DEPT_HEAD, unit=org["unit"], valid_from=today
    )
    with pytest.raises(BusinessError, match="ROLE_OVERLAP"):
        services.assign_role(
            actor=city_admin, person=owner, role=Role.DEPT_HEAD, unit=org["unit"], valid_from=today
        )
    assert again(owner).can("visits.approve_log")
    services.end_role(actor=city_admin, assignment=given)
    assert not again(owner).can("visits.approve_log")


@pytest.mark.spec("S1-05")
def test_a_unit_moves_only_where_its_kind_may_stand(org: dict[str, OrgUnit], sysadmin: User) -> None:
    with pytest.raises(Invalid, match="UNIT_RANK"):
        services.move_unit(actor=sysadmin, unit=org["city"], parent=org["far_unit"])
    with pytest.raises(Invalid, match="UNIT_CYCLE"):
        services.move_unit(actor=sysadmin, unit=org["unit"], parent=org["dept"])
    assert org["unit"].type == UnitType.PRODUCTION_UNIT
    moved = services.move_unit(actor=sysadmin, unit=org["unit"], parent=org["other_city"])
    assert OrgUnit.objects.get_parent(moved) == org["other_city"]
    assert OrgUnit.objects.get(code="D330106").path.startswith(moved.path)
    assert not OrgUnit.objects.find_problems()[0]


def test_a_unit_goes_out_of_use_only_when_empty(
    org: dict[str, OrgUnit], sysadmin: User, acme: Client
) -> None:
    with pytest.raises(BusinessError, match="UNIT_NOT_EMPTY"):
        services.deactivate_unit(actor=sysadmin, unit=org["unit"])
    assert not services.deactivate_unit(actor=sysadmin, unit=org["dept"]).active


def test_a_client_system_sees_its_unit_by_its_scopes(
    org: dict[str, OrgUnit], sysadmin: User, acme: Client, foreign: Client
) -> None:
    system, _token = services.create_system(actor=sysadmin, name="BOSS", unit=org["unit"], scopes=["read"])
    assert set(Client.objects.visible_to(again(system.user))) == {acme}
    assert not again(system.user).can("clients.change")
    services.change_system(actor=sysadmin, system=system, unit=org["city"], scopes=["read", "write"])
    assert set(Client.objects.visible_to(again(system.user))) == {acme, foreign}
    assert again(system.user).can("clients.change")


@pytest.mark.spec("S1-98")
@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.AM, "visits.write_log", "visits.approve_log"),
        (Role.DEPT_HEAD, "visits.approve_log", "visits.spot_check"),
        (Role.UNIT_LEADER, "visits.spot_check", "visits.write_log"),
        (Role.GC_DEPT, "visits.inspect_week", "visits.approve_log"),
    ],
)
def test_the_roles_the_handbook_names_do_what_it_says(
    org: dict[str, OrgUnit], owner: User, role: Role, may: str, may_not: str
) -> None:
    RoleAssignment.objects.filter(user=owner).delete()
    RoleAssignment.objects.create(user=owner, role=role, unit=org["unit"], valid_from=clock.today())
    assert again(owner).can(may)
    assert not again(owner).can(may_not)
