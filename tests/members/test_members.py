"""Members: who may be one, and of which type."""

from typing import Any

import pytest

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base.errors import BusinessError
from members import rules, services
from members.models import Member
from members.services.refusals import refusals
from tests import factories


def number(tail: Any = 1, **fields: Any) -> dict[str, Any]:
    return {"msisdn": f"138{tail:08d}", "name": "王芳", "position": "会计", **fields}


@pytest.mark.spec("E099", "E100", "E101", "S1-80")
@pytest.mark.parametrize(
    ("field", "value"), [("person_kind", "STUDENT"), ("line_kind", "M2M"), ("line_kind", "TD_LANDLINE")]
)
def test_students_m2m_cards_and_td_landlines_are_refused(
    acme: Client, owner: User, field: str, value: str
) -> None:
    with pytest.raises(BusinessError) as refused:
        services.add_member(client=acme, actor=owner, **number(**{field: value}))
    assert refused.value.code == "MEMBER_KIND_FORBIDDEN"
    assert field in refused.value.fields
    member = services.add_member(client=acme, actor=owner, **number())
    with pytest.raises(BusinessError) as refused:
        services.update_member(member=member, actor=owner, version=None, **{field: value})
    assert refused.value.code == "MEMBER_KIND_FORBIDDEN"


@pytest.mark.spec("E099", "S1-80")
def test_the_database_refuses_them_too(acme: Client) -> None:
    for field, value in (("person_kind", "STUDENT"), ("line_kind", "M2M"), ("line_kind", "TD_LANDLINE")):
        with pytest.raises(BusinessError, match="MEMBER_KIND_FORBIDDEN"), refusals():
            factories.make_member(acme, **{field: value})


@pytest.mark.spec("E099")
def test_a_teacher_of_a_school_is_a_member(acme: Client, owner: User) -> None:
    teacher = services.add_member(client=acme, actor=owner, **number(position="教师", person_kind="STAFF"))
    assert teacher.type == "2"


@pytest.mark.spec("E102", "E103", "E104", "S1-66", "S1-78", "S1-79")
@pytest.mark.parametrize(
    ("asked", "source", "employment", "verified", "given"),
    [
        ("2", "CAMPAIGN", "REGULAR", False, "3"),  # E102
        ("2", "ADDRESS_BOOK", "TEMP", True, "3"),  # E103
        ("4", "ADDRESS_BOOK", "REGULAR", True, "2"),  # E104
        ("2", "ADDRESS_BOOK", "REGULAR", False, "3"),
        ("1", "ADDRESS_BOOK", "REGULAR", False, "3"),
        ("1", "ADDRESS_BOOK", "TEMP", True, "3"),
        ("1", "ADDRESS_BOOK", "REGULAR", True, "1"),
        ("2", "CALL_BEHAVIOUR", "REGULAR", True, "3"),
        ("1", "CALL_BEHAVIOUR", "REGULAR", True, "3"),
        ("2", "CAMPAIGN", "REGULAR", True, "2"),
        ("4", "CAMPAIGN", "REGULAR", True, "4"),
        ("4", "BOSS", "REGULAR", True, "4"),
    ],
)
def test_the_type_follows_from_source_employment_and_verification(
    acme: Client, owner: User, asked: str, source: str, employment: str, verified: bool, given: str
) -> None:
    fields: dict[str, Any] = {"type": asked, "source": source, "employment": employment, "verified": verified}
    assert services.add_member(client=acme, actor=owner, **number(**fields)).type == given
    # The same expression over a whole base.
    Member.objects.update(type=asked)
    changed = services.apply_type_rules(Member.objects.all())
    assert changed == (asked != given)
    assert Member.objects.get().type == given
    assert services.apply_type_rules(Member.objects.all()) == 0


@pytest.mark.spec("S1-78")
def test_a_number_that_loses_its_verification_becomes_a_call_member(acme: Client, owner: User) -> None:
    member = services.add_member(client=acme, actor=owner, **number())
    assert services.update_member(member=member, actor=owner, verified=False).type == "3"
    acme.refresh_from_db()
    assert acme.members_active == 1


def test_every_type_rule_names_its_source() -> None:
    for rule in rules.TYPE_RULES:
        assert rule.source.startswith(("S1-", "D-"))
    assert len({rule.code for rule in rules.TYPE_RULES}) == len(rules.TYPE_RULES)


def test_a_number_is_an_active_member_of_one_legal_person(
    acme: Client, foreign: Client, owner: User, org: dict[str, OrgUnit]
) -> None:
    mine = factories.make_client(org["unit"], owner, name="西湖书院")
    services.add_member(client=acme, actor=owner, **number(1))
    factories.make_member(foreign, **number(2))
    with pytest.raises(BusinessError) as refused:
        services.add_member(client=mine, actor=owner, **number(1))
    assert refused.value.code == "MEMBER_ELSEWHERE"
    assert acme.name in str(refused.value.message)  # may be opened, so it is named
    with pytest.raises(BusinessError) as refused:
        services.add_member(client=mine, actor=owner, **number(2))
    assert refused.value.code == "MEMBER_ELSEWHERE"
    assert foreign.name not in str(refused.value.message)
    assert not refused.value.details
    with pytest.raises(BusinessError) as refused:
        services.add_member(client=acme, actor=owner, **number(1))
    assert refused.value.code == "MEMBER_EXISTS"


def test_a_cluster_may_repeat_a_number_of_a_legal_person(
    acme: Client, owner: User, org: dict[str, OrgUnit]
) -> None:
    village = factories.make_client(
        org["unit"], owner, institution_type="JL", institution_subtype="", cluster_kind="VILLAGE"
    )
    services.add_member(client=acme, actor=owner, **number())
    assert services.add_member(client=village, actor=owner, **number()).exclusive is False


def test_a_move_ends_one_membership_and_begins_another(
    acme: Client, owner: User, org: dict[str, OrgUnit]
) -> None:
    other = factories.make_client(org["unit"], owner)
    old = services.add_member(client=acme, actor=owner, **number(remark="老员工"))
    new = services.move_member(member=old, to=other, actor=owner)
    old.refresh_from_db()
    assert old.left_on is not None
    assert old.left_on == new.joined_on
    assert (new.client, new.remark, new.left_on) == (other, "老员工", None)
    acme.refresh_from_db()
    other.refresh_from_db()
    assert (acme.members_active, other.members_active) == (0, 1)
    assert AuditEvent.objects.filter(action="members.member_moved", entity_id=str(new.pk)).exists()


def test_a_refused_move_changes_nothing(acme: Client, owner: User, org: dict[str, OrgUnit]) -> None:
    closed = factories.make_client(org["unit"], owner, status="CLOSED")
    member = services.add_member(client=acme, actor=owner, **number())
    with pytest.raises(BusinessError) as refused:
        services.move_member(member=member, to=closed, actor=owner)
    assert refused.value.code == "CLIENT_CLOSED"
    member.refresh_from_db()
    assert member.left_on is None


def test_a_number_comes_back_after_it_left(acme: Client, owner: User) -> None:
    member = services.add_member(client=acme, actor=owner, **number())
    services.leave_member(member=member, actor=owner)
    with pytest.raises(BusinessError) as refused:
        services.leave_member(member=member, actor=owner)
    assert refused.value.code == "ALREADY_LEFT"
    assert services.add_member(client=acme, actor=owner, **number()).pk != member.pk


def test_one_value_is_revealed_for_a_reason_and_leaves_a_trace(
    acme: Client, colleague: User, org: dict[str, OrgUnit]
) -> None:
    contact = factories.make_contact(acme, mobile="13912345678")
    with pytest.raises(BusinessError) as refused:
        services.reveal(actor=colleague, of=contact, field="mobile", reason=" 查 ")
    assert refused.value.code == "REASON_REQUIRED"
    with pytest.raises(BusinessError) as refused:
        services.reveal(actor=colleague, of=contact, field="traits", reason="客户回电核实")
    assert refused.value.code == "NOT_REVEALABLE"
    assert services.revealed_today(colleague) == 0
    assert (
        services.reveal(actor=colleague, of=contact, field="mobile", reason="客户回电核实") == "13912345678"
    )
    event = AuditEvent.objects.get(action="members.revealed")
    assert (event.actor, event.unit, event.data["field"]) == (colleague, org["unit"], "mobile")
    assert event.data["reason"] == "客户回电核实"
    assert "13912345678" not in str(event.data)
    assert services.revealed_today(colleague) == 1
    hall = factories.make_user("hall", "HALL", org["unit"])
    with pytest.raises(BusinessError) as refused:
        services.reveal(actor=hall, of=contact, field="mobile", reason="客户回电核实")
    assert refused.value.status == 403
