"""A head is away and a colleague stands in: for thirty days at most, and never for own acts."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import Delegation, OrgUnit, User
from crm.accounts.services import delegate, end_delegation
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.trail import record
from tests import factories

pytestmark = pytest.mark.django_db
Speak = Callable[[User | None], APIClient]
TODAY = clock.today()


def fresh(user: User) -> User:
    """Return the person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def lend(head: User, deputy: User, first: date = TODAY, days: int = 5, **fields: object) -> Delegation:
    """Let the deputy stand in for the head."""
    values = {"actor": head, "from_user": head, "to_user": deputy, "role": "DEPT_HEAD", "reason": "年假"}
    last = first + timedelta(days=days - 1)
    return delegate(**values | {"valid_from": first, "valid_to": last} | fields)  # type: ignore[arg-type]


def test_the_deputy_may_what_the_head_may_while_it_lasts(head: User, colleague: User, acme: Client) -> None:
    assert not colleague.can("visits.approve_log")
    lent = lend(head, colleague, days=2)
    assert fresh(colleague).can("visits.approve_log")
    assert fresh(colleague).scope.covers(acme.org_unit, "visits.approve_log")
    assert fresh(colleague).scope.writes(acme.org_unit)
    Delegation.objects.filter(pk=lent.pk).update(
        valid_from=TODAY - timedelta(days=2), valid_to=TODAY - timedelta(days=1)
    )
    assert not fresh(colleague).can("visits.approve_log")


def test_it_begins_on_its_day(head: User, colleague: User) -> None:
    lend(head, colleague, first=TODAY + timedelta(days=1))
    assert not fresh(colleague).can("visits.approve_log")


def test_thirty_days_are_the_most(head: User, colleague: User) -> None:
    with pytest.raises(Invalid, match="PERIOD"):
        lend(head, colleague, days=31)
    assert lend(head, colleague, days=30).valid_to == TODAY + timedelta(days=29)


def test_the_database_knows_thirty_days_too(head: User, colleague: User) -> None:
    lent = lend(head, colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=lent.pk).update(valid_to=TODAY + timedelta(days=30))


def test_nobody_lends_what_another_holds(head: User, owner: User, colleague: User, leader: User) -> None:
    with pytest.raises(Forbidden, match="NOT_YOURS"):
        lend(head, colleague, actor=owner)
    with pytest.raises(Invalid, match="ROLE_NOT_HELD"):
        lend(head, colleague, role="UNIT_LEADER")
    lend(head, colleague)
    with pytest.raises(Invalid, match="ROLE_NOT_HELD"):  # what is lent cannot be lent on
        lend(fresh(colleague), leader)


def test_an_administrator_lends_for_a_head_who_fell_ill_but_not_to_themselves(
    head: User, colleague: User, sysadmin: User
) -> None:
    with pytest.raises(Invalid, match="DEPUTY_UNSUITABLE"):
        lend(head, sysadmin, actor=sysadmin)
    assert lend(head, colleague, actor=sysadmin).created_by == sysadmin


def test_the_deputy_is_near_and_active_and_no_administrator(
    head: User, colleague: User, org: dict[str, OrgUnit], sysadmin: User
) -> None:
    far = factories.make_user("far", "AM", org["far_unit"])
    for wrong in (far, sysadmin, head):
        with pytest.raises(Invalid, match="DEPUTY_UNSUITABLE"):
            lend(head, wrong)
    User.objects.filter(pk=colleague.pk).update(status="DISABLED")
    with pytest.raises(Invalid, match="DEPUTY_UNSUITABLE"):
        lend(head, colleague)


def test_two_do_not_stand_in_at_once(head: User, colleague: User, owner: User) -> None:
    first = lend(head, colleague, days=3)
    with pytest.raises(BusinessError, match="DELEGATION_OVERLAP"):
        lend(head, owner, first=TODAY + timedelta(days=2))
    lend(head, owner, first=TODAY + timedelta(days=3))
    end_delegation(actor=head, delegation_id=first.pk)
    assert not fresh(colleague).can("visits.approve_log")


def test_a_head_who_left_lends_nothing(head: User, colleague: User) -> None:
    lend(head, colleague)
    User.objects.filter(pk=head.pk).update(status="DISABLED")
    assert not fresh(colleague).can("visits.approve_log")


def test_own_acts_and_the_heads_count_as_ones_own(head: User, colleague: User, owner: User) -> None:
    lend(head, colleague)
    scope = fresh(colleague).scope
    assert scope.is_self(colleague.pk)
    assert scope.is_self(head.pk)
    assert not scope.is_self(owner.pk)


def test_the_trail_names_whose_place_it_was(head: User, colleague: User, acme: Client) -> None:
    lend(head, colleague)
    record(actor=fresh(colleague), action="clients.changed", entity=acme, unit=acme.org_unit)
    assert AuditEvent.objects.latest("id").data["stands_in_for"] == head.full_name
    record(actor=head, action="clients.changed", entity=acme, unit=acme.org_unit)
    assert "stands_in_for" not in AuditEvent.objects.latest("id").data


def test_a_scope_still_costs_one_query(
    head: User, colleague: User, django_assert_num_queries: Callable[..., object]
) -> None:
    lend(head, colleague)
    person = fresh(colleague)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        person.can("visits.approve_log")


def test_the_page_lends_and_takes_back(
    browse: Callable[[User], Browser], head: User, colleague: User
) -> None:
    page = browse(head)
    form = {
        "held": head.assignments.get().pk,
        "to_user": colleague.pk,
        "valid_from": TODAY.isoformat(),
        "valid_to": (TODAY + timedelta(days=30)).isoformat(),
        "reason": "年假",
    }
    wrong = page.post("/accounts/delegations/", form)
    assert wrong.status_code == 400
    assert "三十天" in wrong.content.decode()
    assert page.post("/accounts/delegations/", form | {"valid_to": TODAY.isoformat()}).status_code == 302
    lent = Delegation.objects.get()
    assert colleague.full_name in page.get("/accounts/delegations/").content.decode()
    assert browse(colleague).post(f"/accounts/delegations/{lent.pk}/end/").status_code == 302
    lent.refresh_from_db()
    assert lent.ended_at


def test_the_api_does_the_same(api: Speak, head: User, colleague: User, stranger: User) -> None:
    body = {"to_user": "colleague", "role": "DEPT_HEAD", "reason": "年假"}
    body |= {"valid_from": TODAY.isoformat(), "valid_to": TODAY.isoformat()}
    made = api(head).post("/api/v1/delegations", body, format="json")
    assert made.status_code == 201
    assert api(stranger).get("/api/v1/delegations").json() == []
    assert api(stranger).post(f"/api/v1/delegations/{made.json()['id']}:end").status_code == 404
    for _twice in range(2):
        ended = api(colleague).post(f"/api/v1/delegations/{made.json()['id']}:end")
        assert ended.status_code == 200
        assert ended.json()["ended_at"]
