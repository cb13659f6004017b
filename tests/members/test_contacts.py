"""Key persons and contacts: one and five, whatever comes at the same time."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import AMAssignment, Client
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError
from members import services
from members.models import Contact, Member
from members.services.refusals import refusals
from tests import factories


def person(name: str = "李梅", **fields: Any) -> dict[str, Any]:
    return {"name": name, "position": "经理", "mobile": "13800001111", **fields}


@pytest.mark.spec("E094", "S1-82")
def test_a_second_key_person_is_refused(acme: Client, owner: User) -> None:
    services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    with pytest.raises(BusinessError) as refused:
        services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person("王强"))
    assert refused.value.code == "KEY_PERSON_EXISTS"
    assert "kind" in refused.value.fields
    assert acme.contacts.count() == 1


@pytest.mark.spec("E095", "S1-82")
def test_five_contacts_are_right_and_the_sixth_is_refused(acme: Client, owner: User) -> None:
    for number in range(5):
        services.add_contact(client=acme, actor=owner, kind="CONTACT", **person(f"联系人{number}"))
    with pytest.raises(BusinessError) as refused:
        services.add_contact(client=acme, actor=owner, kind="CONTACT", **person("第六人"))
    assert refused.value.code == "CONTACT_LIMIT"
    # A key person does not count among the five, and one who left makes room.
    services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person("关键人"))
    services.leave_contact(contact=acme.contacts.get(name="联系人0"), actor=owner)
    services.add_contact(client=acme, actor=owner, kind="CONTACT", **person("第六人"))
    acme.refresh_from_db()
    assert (acme.key_persons_active, acme.contacts_active) == (1, 5)


@pytest.mark.spec("S1-81", "S1-82")
def test_one_person_may_be_key_person_and_contact(acme: Client, owner: User) -> None:
    services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    acme.refresh_from_db()
    assert (acme.key_persons_active, acme.contacts_active) == (1, 1)


@pytest.mark.spec("E094", "E095")
def test_the_limits_hold_against_changes_of_kind_and_client(
    acme: Client, org: dict[str, OrgUnit], owner: User
) -> None:
    other = factories.make_client(org["unit"], owner)
    first = services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    moving = services.add_contact(client=other, actor=owner, kind="KEY_PERSON", **person("王强"))
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", **person("赵敏"))
    with pytest.raises(BusinessError) as refused:
        services.update_contact(contact=contact, actor=owner, kind="KEY_PERSON")
    assert refused.value.code == "KEY_PERSON_EXISTS"
    with pytest.raises(BusinessError, match="KEY_PERSON_EXISTS"), refusals():
        Contact.objects.filter(pk=moving.pk).update(client=acme)
    Contact.objects.filter(pk=first.pk).delete()
    Contact.objects.filter(pk=moving.pk).update(client=acme)
    acme.refresh_from_db()
    other.refresh_from_db()
    assert (acme.key_persons_active, other.key_persons_active) == (1, 0)


@pytest.mark.spec("E097", "S1-81")
def test_the_only_key_person_of_a_filed_client_leaves_only_against_a_replacement(
    acme: Client, owner: User
) -> None:
    key = services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    with pytest.raises(BusinessError) as refused:
        services.leave_contact(contact=key, actor=owner)
    assert refused.value.code == "KEY_PERSON_NEEDED"
    with pytest.raises(BusinessError) as refused:
        services.update_contact(contact=key, actor=owner, kind="CONTACT")
    assert refused.value.code == "KEY_PERSON_NEEDED"
    new = services.leave_contact(contact=key, actor=owner, replacement=person("新任"))
    assert new is not None
    assert list(acme.contacts.active().filter(kind="KEY_PERSON")) == [new]
    key.refresh_from_db()
    assert key.left_on == clock.today()


@pytest.mark.spec("E097")
def test_a_draft_may_lose_its_key_person(org: dict[str, OrgUnit], owner: User) -> None:
    draft = factories.make_client(org["unit"], owner, filing="DRAFT")
    key = services.add_contact(client=draft, actor=owner, kind="KEY_PERSON", **person())
    services.leave_contact(contact=key, actor=owner)
    assert not draft.contacts.active().exists()


@pytest.mark.spec("E097")
def test_a_failed_replacement_keeps_the_old_key_person(acme: Client, owner: User) -> None:
    key = services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    with pytest.raises(TypeError):
        services.replace_key_person(client=acme, actor=owner, name="新任", status="ACTIVE")
    key.refresh_from_db()
    assert key.left_on is None


def test_the_old_key_person_may_stay_as_a_contact(acme: Client, owner: User) -> None:
    key = services.add_contact(client=acme, actor=owner, kind="KEY_PERSON", **person())
    new = services.replace_key_person(client=acme, actor=owner, stays_contact=True, **person("新任"))
    key.refresh_from_db()
    assert (key.kind, key.left_on, new.kind) == ("CONTACT", None, "KEY_PERSON")


@pytest.mark.spec("S1-84")
def test_a_new_position_is_dated(acme: Client, owner: User) -> None:
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    assert contact.position_changed_on is None
    contact = services.update_contact(contact=contact, actor=owner, position="总监")
    assert contact.position_changed_on == clock.today()
    told = services.update_contact(
        contact=contact, actor=owner, position="副总", position_changed_on=date(2026, 1, 5)
    )
    assert told.position_changed_on == date(2026, 1, 5)


@pytest.mark.spec("S1-83")
@pytest.mark.parametrize(
    ("mobile", "carrier"), [("13800001111", "CM"), ("13300001111", "CT"), ("18600001111", "CU"), ("", "")]
)
def test_the_operator_is_guessed_by_prefix(acme: Client, owner: User, mobile: str, carrier: str) -> None:
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", name="王强", mobile=mobile)
    assert contact.carrier == carrier


def test_a_change_of_an_older_version_is_refused_and_says_who_was_faster(
    acme: Client, owner: User, head: User
) -> None:
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    services.update_contact(contact=contact, actor=head, version=1, position="总监")
    with pytest.raises(BusinessError) as refused:
        services.update_contact(contact=contact, actor=owner, version=1, position="主管")
    assert refused.value.code == "STALE"
    assert "head" in str(refused.value.message)
    contact.refresh_from_db()
    assert contact.position == "总监"


def test_who_left_is_history_and_the_day_cannot_lie_ahead(acme: Client, owner: User) -> None:
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    with pytest.raises(BusinessError) as refused:
        services.leave_contact(contact=contact, actor=owner, left_on=clock.today() + timedelta(days=1))
    assert refused.value.code == "LEFT_IN_FUTURE"
    services.leave_contact(contact=contact, actor=owner)
    with pytest.raises(BusinessError) as refused:
        services.update_contact(contact=contact, actor=owner, name="别名")
    assert refused.value.code == "ALREADY_LEFT"


def test_a_closed_client_takes_no_people(acme: Client, owner: User) -> None:
    Client.objects.filter(pk=acme.pk).update(status="CLOSED")
    acme.refresh_from_db()
    with pytest.raises(BusinessError) as refused:
        services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    assert refused.value.code == "CLIENT_CLOSED"


def test_acts_leave_a_trace_without_personal_data(acme: Client, owner: User) -> None:
    contact = services.add_contact(client=acme, actor=owner, kind="CONTACT", **person())
    services.update_contact(contact=contact, actor=owner, mobile="13900002222")
    trail = list(AuditEvent.objects.filter(entity="members.contact").order_by("id"))
    assert [event.action for event in trail] == ["members.contact_added", "members.contact_changed"]
    assert trail[1].data["fields"] == ["mobile"]
    assert "13900002222" not in str([event.data for event in trail])


def together(client: Client, actor: User, kind: str) -> list[str]:
    """Insert two contacts over two real connections at the same moment; return both answers."""
    barrier = threading.Barrier(2)
    answers: list[str] = []

    def insert(number: int) -> None:
        try:
            barrier.wait(10)
            services.add_contact(client=client, actor=actor, kind=kind, **person(f"并发{number}"))
            answers.append("ok")
        except BusinessError as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(answers)


@pytest.mark.spec("E095")
@pytest.mark.django_db(transaction=True)
def test_two_inserts_at_four_contacts_give_exactly_one(acme: Client, owner: User) -> None:
    for number in range(4):
        factories.make_contact(acme, name=f"联系人{number}")
    assert together(acme, owner, "CONTACT") == ["CONTACT_LIMIT", "ok"]
    assert acme.contacts.count() == 5


@pytest.mark.spec("E094")
@pytest.mark.django_db(transaction=True)
def test_two_key_persons_at_once_give_exactly_one(acme: Client, owner: User) -> None:
    assert together(acme, owner, "KEY_PERSON") == ["KEY_PERSON_EXISTS", "ok"]
    assert acme.contacts.count() == 1


@pytest.fixture
def two_clients(org: dict[str, OrgUnit]) -> list[Client]:
    return [factories.make_client(org["unit"]), factories.make_client(org["unit"])]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["contact", "key", "member", "leave", "return", "kind", "move", "delete", "type"]),
        st.integers(0, 1),
        st.integers(0, 99),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_counts_in_the_client_equal_the_rows_after_any_sequence_of_changes(
    two_clients: list[Client], steps: list[tuple[str, int, int]]
) -> None:
    Contact.objects.all().delete()
    Member.objects.all().delete()
    today = clock.today()
    for verb, which, choice in steps:
        client, other = two_clients[which], two_clients[1 - which]
        contacts = list(client.contacts.order_by("pk"))
        members = list(client.members.order_by("pk"))
        contact = contacts[choice % len(contacts)] if contacts else None
        member = members[choice % len(members)] if members else None
        try:
            with refusals():
                if verb == "contact":
                    factories.make_contact(client, traits="喜欢喝茶" if choice % 2 else "")
                elif verb == "key":
                    factories.make_contact(client, "KEY_PERSON", birthday=today if choice % 2 else None)
                elif verb == "member":
                    factories.make_member(client, type=str(choice % 4 + 1))
                elif verb == "leave" and contact:
                    Contact.objects.filter(pk=contact.pk).update(left_on=today)
                    Member.objects.filter(client=client, pk__lte=member.pk if member else 0).update(
                        left_on=today
                    )
                elif verb == "return":
                    client.contacts.update(left_on=None)
                elif verb == "kind" and contact:
                    kind = "CONTACT" if contact.kind == "KEY_PERSON" else "KEY_PERSON"
                    Contact.objects.filter(pk=contact.pk).update(kind=kind)
                elif verb == "move":
                    client.contacts.filter(pk=contact.pk if contact else 0).update(client=other)
                    client.members.update(client=other)
                elif verb == "delete" and contact:
                    contact.delete()
                elif verb == "type" and member:
                    Member.objects.filter(pk=member.pk).update(type=str(choice % 4 + 1))
        except BusinessError:
            continue
    for client in two_clients:
        client.refresh_from_db()
        live = client.contacts.active()
        keys = live.filter(kind="KEY_PERSON")
        assert client.key_persons_active == keys.count() <= 1
        assert client.contacts_active == live.filter(kind="CONTACT").count() <= 5
        assert client.key_birthdays == keys.exclude(birthday=None).count()
        assert client.key_traits == keys.exclude(traits="").count()
        assert client.members_active == client.members.active().filter(type__in="123").count()


def test_people_are_seen_with_their_client_and_not_beyond(
    acme: Client, foreign: Client, owner: User, colleague: User, stranger: User, head: User, sysadmin: User
) -> None:
    mine, theirs = factories.make_contact(acme), factories.make_contact(foreign)
    for user in (owner, colleague, head):
        assert list(Contact.objects.visible_to(user)) == [mine], user
    assert list(Contact.objects.visible_to(stranger)) == [theirs]
    assert not Contact.objects.visible_to(sysadmin).exists()
    AMAssignment.objects.create(client=foreign, user=owner, kind="CO", from_on=factories.LONG_AGO)
    RoleAssignment.objects.filter(user=stranger).update(valid_to=date(2021, 1, 1))
    assert set(Contact.objects.visible_to(User.objects.get(pk=owner.pk))) == {mine, theirs}
    assert not Contact.objects.visible_to(User.objects.get(pk=stranger.pk)).exists()


@pytest.mark.parametrize("name", ["\u200b", " \u202e\u200f ", "\x01\x7f"])
def test_a_name_of_marks_that_nobody_sees_is_no_name(acme: Client, owner: User, name: str) -> None:
    with pytest.raises(BusinessError) as refused:
        services.add_contact(client=acme, actor=owner, kind="CONTACT", **person(name))
    assert (refused.value.status, list(refused.value.fields)) == (400, ["name"])
    with pytest.raises(BusinessError):
        services.add_member(client=acme, actor=owner, name=name, msisdn="13800001111", position="职员")
    assert not acme.contacts.exists()


def test_marks_that_nobody_sees_leave_a_name(acme: Client, owner: User) -> None:
    contact = services.add_contact(
        client=acme, actor=owner, kind="CONTACT", **person("王\x01\u200b建\u202e国")
    )
    assert contact.name == "王建国"
