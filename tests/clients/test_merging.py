"""Two files of one client become one, and can be taken apart again."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ForeignKey
from django.utils import translation

from clients import services as client_services
from clients.models import AMAssignment, Client, ClientStatusHistory, Merge, RevenueMonth
from clients.services import merging
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from members import services as member_services
from members.models import Contact, Member
from tests import factories

USCC = "91350100M000100Y43"


def merge(survivor: Client, loser: Client, by: User, head: User, **choices: Any) -> Merge:
    proposed = merging.propose_merge(
        actor=by, survivor_id=survivor.pk, loser_id=loser.pk, reason="同一家单位", choices=choices
    )
    return merging.decide_merge(actor=head, merge_id=proposed.pk, approve=True)


@pytest.fixture
def twin(org: dict[str, OrgUnit], owner: User) -> Client:
    """Return a second file of acme."""
    return factories.make_client(
        org["unit"], owner, name="西湖龙井茶业公司", uscc=USCC, phone_public="87654321"
    )


def rows_of_clients(*clients: Client) -> dict[str, list[Any]]:
    """Return every row that points at the clients, with what a merge may change in it."""
    found = {}
    for relation in merging.relations(Client):
        if relation.is_history or relation.model is Merge:
            continue
        names = [each.attname for each in relation.model._meta.concrete_fields]
        watched = [
            n for n in names
            if n not in ("version", "updated_at", "updated_by_id", "status_changed_at", "account_opened_at")
        ]  # fmt: skip
        rows = relation.model._base_manager.filter(
            **{f"{relation.field}__in": [c.pk for c in clients]}
        ).order_by("pk")
        found[relation.label] = list(rows.values_list(*watched))
    # A closing and a reopening are two lines of history that stay.
    found.pop("clients.ClientStatusHistory.client")
    return found


def test_whatever_points_at_a_client_is_found_without_being_named() -> None:
    """Count the keys another way: through the reverse relations of the client."""
    known = {relation.label for relation in merging.relations(Client)}
    reverses: list[Any] = [each for each in Client._meta.get_fields(include_hidden=True) if each.auto_created]
    reverse = {
        f"{each.related_model._meta.label}.{each.field.name}"
        for each in reverses
        if not each.concrete and isinstance(each.field, ForeignKey) and each.related_model._meta.managed
    }
    assert known == reverse
    assert {"visits.Visit.client", "members.Member.client", "clients.ClientProduct.client"} <= known


_turn = itertools.count()
# What a row needs beyond its columns, for the model's own checks.
NEEDS: dict[str, dict[str, Any]] = {
    "clients.BranchSite": {"country": "SG"},
    "visits.Visit": {"purposes": ["P1"]},
    "clients.CompetitorInfo": {"disposition": "WATCH"},
    "visits.Appointment": {
        "slot1_at": datetime(2026, 7, 1, 2, tzinfo=UTC),
        "slot2_at": datetime(2026, 7, 2, 2, tzinfo=UTC),
    },
    "visits.EventAttendee": {"consent": True},
}


def _made(model: type[models.Model], **given: Any) -> models.Model:
    """Make a row of any model from its columns alone."""
    values: dict[str, Any] = NEEDS.get(model._meta.label, {}) | given
    for each in model._meta.local_concrete_fields:
        if each.name in values or (each.primary_key and not each.remote_field):
            continue
        if each.has_default() or each.null or each.blank or getattr(each, "generated", False):
            continue
        if each.has_db_default() or getattr(each, "auto_now", False) or getattr(each, "auto_now_add", False):
            continue
        values[each.name] = _value(each)
    return model._base_manager.create(**values)


def _value(each: Any) -> Any:
    if isinstance(each, ForeignKey):
        # Another one each time: some rows name two different people.
        found = list(each.related_model._base_manager.order_by("pk")[:5])
        return found[next(_turn) % len(found)] if found else _made(each.related_model)
    if each.choices:
        return each.choices[0][0]
    if isinstance(each, models.DateTimeField):
        return clock.now()
    if isinstance(each, models.DateField):
        return date(2026, 1, 1)
    if isinstance(each, models.BooleanField):
        return False
    if isinstance(each, models.JSONField):
        return {}
    if isinstance(each, ArrayField):
        return []
    if isinstance(each, models.IntegerField | models.DecimalField):
        return 1
    return "13800000000"[: each.max_length]


def test_no_row_of_any_floor_stays_behind_unless_its_floor_says_why(
    acme: Client, twin: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    """A new foreign key is tried here without being named: its row moves, or a mover says why it stays."""
    factories.make_contact(acme, "KEY_PERSON")
    for each in merging.movers(Client):
        relation = each.relation
        if each.stays or relation.model is Client:
            continue
        if not each.rows(twin).exists():
            _made(relation.model, **{relation.field: twin})
    merge(acme, twin, owner, head)
    left = {
        each.relation.label
        for each in merging.movers(Client)
        if not each.stays and each.rows(Client.objects.get(pk=twin.pk)).exists()
    }
    assert left == set()


@pytest.mark.spec("S1-73")
def test_a_merge_moves_everything_and_the_old_code_finds_the_survivor(
    acme: Client, twin: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    contact = factories.make_contact(twin, "KEY_PERSON", name="刘总")
    member = factories.make_member(twin)
    product = factories.make_client_product(twin)
    child = factories.make_client(org["unit"], owner, parent=twin)
    customer = factories.make_customer(org["unit"], twin)
    done = merge(acme, twin, owner, head, fields={"uscc": "loser", "phone_public": "loser"})
    for row in (contact, member, product, customer):
        row.refresh_from_db()
        assert row.client_id == acme.pk
    child.refresh_from_db()
    acme.refresh_from_db()
    twin.refresh_from_db()
    assert child.parent_id == acme.pk
    assert (twin.status, twin.merged_into_id) == ("CLOSED", acme.pk)
    assert (acme.uscc, acme.phone_public) == (USCC, "87654321")
    assert (acme.members_active, twin.members_active) == (1, 0)
    assert acme in Client.objects.search(twin.client_code)
    assert not AMAssignment.objects.filter(client=twin, to_on=None).exists()
    assert done.counts["members.Member.client"] == [1, 0]
    acts = set(AuditEvent.objects.filter(action="clients.merge_done").values_list("entity_id", flat=True))
    assert acts == {str(acme.pk), str(twin.pk)}


def test_nobody_decides_about_their_own_proposal(
    acme: Client, twin: Client, owner: User, head: User, colleague: User
) -> None:
    proposed = merging.propose_merge(actor=head, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")
    with pytest.raises(BusinessError, match="SELF_APPROVAL"):
        merging.decide_merge(actor=head, merge_id=proposed.pk, approve=True)
    with pytest.raises(Forbidden):
        merging.decide_merge(actor=owner, merge_id=proposed.pk, approve=True)
    with pytest.raises(Forbidden, match="NOT_YOURS"):
        merging.propose_merge(actor=colleague, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")
    with pytest.raises(BusinessError, match="ALREADY_PROPOSED"):
        merging.propose_merge(actor=owner, survivor_id=twin.pk, loser_id=acme.pk, reason="同一家单位")


def test_a_refusal_needs_a_word_and_changes_nothing(
    acme: Client, twin: Client, owner: User, head: User
) -> None:
    proposed = merging.propose_merge(actor=owner, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")
    with pytest.raises(Invalid, match="REASON_REQUIRED"):
        merging.decide_merge(actor=head, merge_id=proposed.pk, approve=False)
    refused = merging.decide_merge(actor=head, merge_id=proposed.pk, approve=False, word="两家不同单位")
    twin.refresh_from_db()
    assert refused.state == "REFUSED"
    assert twin.status != "CLOSED"


@pytest.mark.spec("S1-82", "E094", "E095")
@pytest.mark.parametrize(("chosen", "key"), [("survivor", "我方关键人"), ("loser", "对方关键人")])
def test_one_key_person_and_five_contacts_remain_and_nobody_is_lost(
    acme: Client, twin: Client, owner: User, head: User, chosen: str, key: str
) -> None:
    factories.make_contact(acme, "KEY_PERSON", name="我方关键人")
    factories.make_contact(twin, "KEY_PERSON", name="对方关键人")
    for client in (acme, twin):
        for _ in range(4):
            factories.make_contact(client)
    before = Contact.objects.count()
    merge(acme, twin, owner, head, key_person=chosen)
    live = acme.contacts.active()
    assert [c.name for c in live.filter(kind="KEY_PERSON")] == [key]
    assert live.filter(kind="CONTACT").count() == 5
    assert acme.contacts.count() == before == Contact.objects.count()


def test_a_number_active_on_both_sides_ends_once(org: dict[str, OrgUnit], owner: User, head: User) -> None:
    market = factories.make_client(org["unit"], owner, institution_type="JL", institution_subtype="")
    other = factories.make_client(org["unit"], owner, institution_type="JL", institution_subtype="")
    factories.make_member(market, msisdn="13812345678", exclusive=False)
    factories.make_member(other, msisdn="13812345678", exclusive=False)
    factories.make_member(other, msisdn="13812345679", exclusive=False)
    merge(market, other, owner, head)
    market.refresh_from_db()
    assert market.members_active == 2
    assert Member.objects.filter(client=market).count() == 3


@pytest.mark.spec("S1-73")
def test_revenue_of_the_same_month_is_added_and_not_counted_twice(
    acme: Client, twin: Client, owner: User, head: User
) -> None:
    month = date(2026, 3, 1)
    RevenueMonth.objects.create(client=acme, month=month, revenue_fen=100)
    RevenueMonth.objects.create(client=twin, month=month, revenue_fen=250)
    RevenueMonth.objects.create(client=twin, month=date(2026, 2, 1), revenue_fen=7)
    done = merge(acme, twin, owner, head)
    sums = RevenueMonth.objects.filter(client=acme).aggregate(s=models.Sum("revenue_fen"))["s"]
    assert sums == 357 == RevenueMonth.objects.aggregate(s=models.Sum("revenue_fen"))["s"]
    merging.undo_merge(actor=head, merge_id=done.pk)
    assert RevenueMonth.objects.get(client=acme).revenue_fen == 100
    assert RevenueMonth.objects.get(client=twin, month=month).revenue_fen == 250


@pytest.mark.spec("S1-73")
def test_taken_apart_everything_is_where_it_was(
    acme: Client, twin: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    for client in (acme, twin):
        factories.make_contact(client, "KEY_PERSON")
        for _ in range(3):
            factories.make_contact(client)
        factories.make_member(client)
        factories.make_client_product(client)
    factories.make_client(org["unit"], owner, parent=twin)
    before = rows_of_clients(acme, twin)
    files = list(
        Client.objects.filter(pk__in=[acme.pk, twin.pk])
        .order_by("pk")
        .values(
            "name",
            "uscc",
            "phone_public",
            "status",
            "closed_at",
            "merged_into",
            "search_text",
            "members_active",
        )
    )
    done = merge(acme, twin, owner, head, fields={"name": "loser", "uscc": "loser"}, key_person="loser")
    assert rows_of_clients(acme, twin) != before
    undone = merging.undo_merge(actor=head, merge_id=done.pk)
    assert undone.kept == []
    assert rows_of_clients(acme, twin) == before
    now = list(Client.objects.filter(pk__in=[acme.pk, twin.pk]).order_by("pk").values(*files[0]))
    for row in files:
        row["search_text"] = now[files.index(row)]["search_text"]
    assert now == files


def test_what_changed_since_the_merge_is_kept_and_named(
    acme: Client, twin: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    third = factories.make_client(org["unit"], owner)
    staying, going = factories.make_member(twin), factories.make_member(twin)
    done = merge(acme, twin, owner, head, fields={"phone_public": "loser"})
    moved = member_services.move_member(member=Member.objects.get(pk=going.pk), to=third, actor=owner)
    Member.objects.filter(pk=going.pk).update(client=third)
    client_services.update_client(actor=owner, client_id=acme.pk, values={"phone_public": "11112222"})
    undone = merging.undo_merge(actor=head, merge_id=done.pk)
    staying.refresh_from_db()
    acme.refresh_from_db()
    assert staying.client_id == twin.pk
    assert acme.phone_public == "11112222"
    assert moved.client_id == third.pk
    assert {(each["relation"], each.get("column", "")) for each in undone.kept} == {
        ("members.Member.client", ""),
        ("clients.Client", "phone_public"),
    }


def test_after_the_days_of_the_parameter_a_merge_stays(
    acme: Client, twin: Client, owner: User, head: User
) -> None:
    done = merge(acme, twin, owner, head)
    Merge.objects.filter(pk=done.pk).update(decided_at=clock.now() - timedelta(days=91))
    with pytest.raises(BusinessError, match="UNDO_EXPIRED"):
        merging.undo_merge(actor=head, merge_id=done.pk)
    Merge.objects.filter(pk=done.pk).update(decided_at=clock.now() - timedelta(days=89))
    assert merging.undo_merge(actor=head, merge_id=done.pk).state == "UNDONE"


def test_a_survivor_below_the_loser_takes_its_place_and_no_circle_closes(
    org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    top = factories.make_client(org["unit"], owner)
    loser = factories.make_client(org["unit"], owner, parent=top)
    between = factories.make_client(org["unit"], owner, parent=loser)
    survivor = factories.make_client(org["unit"], owner, parent=between)
    done = merge(survivor, loser, owner, head)
    survivor.refresh_from_db()
    between.refresh_from_db()
    assert (survivor.parent_id, between.parent_id) == (top.pk, survivor.pk)
    merging.undo_merge(actor=head, merge_id=done.pk)
    survivor.refresh_from_db()
    between.refresh_from_db()
    assert (survivor.parent_id, between.parent_id) == (between.pk, loser.pk)


def test_a_closed_file_is_not_merged(acme: Client, twin: Client, owner: User, head: User) -> None:
    client_services.close_client(actor=head, client_id=twin.pk, reason="注销")
    with pytest.raises(BusinessError, match="NOT_MERGEABLE"):
        merging.propose_merge(actor=owner, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")


def test_likely_duplicates_are_named_with_their_reasons(
    acme: Client, org: dict[str, OrgUnit], owner: User, stranger: User
) -> None:
    same: dict[str, Any] = {"name_key": "西湖龙井茶业", "phone_public": "87654321", "address": "龙井路1号"}
    Client.objects.filter(pk=acme.pk).update(**same)
    alike = factories.make_client(org["unit"], owner, **same)
    factories.make_client(org["unit"], owner, address="龙井路1号")
    acme.refresh_from_db()
    found = merging.candidates_of(acme, owner)
    assert [each.client for each in found] == [alike]
    assert len(found[0].reasons) == 3
    assert merging.candidates_of(acme, stranger) == []
    groups, following = merging.pairs(owner)
    assert [{c.pk for c in group} for group in groups] == [{acme.pk, alike.pk}]
    assert following == ""


def test_history_tells_what_was_and_is_not_rewritten(
    acme: Client, twin: Client, owner: User, head: User
) -> None:
    ClientStatusHistory.objects.create(
        client=twin, old="", new="POTENTIAL", reason="FILED", changed_on=date(2026, 1, 1)
    )
    merge(acme, twin, owner, head)
    assert ClientStatusHistory.objects.filter(client=twin, new="CLOSED").exists()
    assert not ClientStatusHistory.objects.filter(client=acme, reason="FILED").exists()


def test_the_number_of_statements_does_not_grow_with_the_rows(
    acme: Client, twin: Client, owner: User, head: User, django_assert_max_num_queries: Any
) -> None:
    Member.objects.bulk_create(
        Member(client=twin, msisdn=f"138{n:08d}", name="成员", position="职员", type="2") for n in range(1500)
    )
    proposed = merging.propose_merge(actor=owner, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")
    with django_assert_max_num_queries(160):
        merging.decide_merge(actor=head, merge_id=proposed.pk, approve=True)
    acme.refresh_from_db()
    assert acme.members_active == 1500


@pytest.mark.django_db
def test_what_goes_over_in_a_merge_is_named_in_words_whatever_floor_it_lies_on() -> None:
    """A model without a name of its own would show its class in English."""
    with translation.override("zh-hans"):
        unnamed = {
            relation.label: str(relation.words)
            for target in (Client, Contact)
            for relation in merging.relations(target)
            if not relation.is_history and str(relation.words).isascii()
        }
    assert unnamed == {}
