"""Where numbers belong: the address book, call behaviour, runs with a preview and a way back, coverage."""

from datetime import date, timedelta
from typing import Any

import pytest

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.params import services as param_services
from members import services
from members.models import BookEntry, CoverageMonth, Member, RehomingRun
from tests import factories


def other(client: Client, msisdn: str, **fields: Any) -> Member:
    """Make a member of type 4."""
    return factories.make_member(client, msisdn=msisdn, type="4", source="BOSS", **fields)


def in_book(client: Client, msisdn: str) -> None:
    BookEntry.objects.create(client=client, msisdn=msisdn, collected_on=clock.today())


def speaks(number: str, client: Client, how_many: int, *, days_ago: int = 1) -> None:
    """Let a number speak with so many ordinary members of a client."""
    day = clock.today() - timedelta(days=days_ago)
    rows = [(number, factories.make_member(client).msisdn, day) for _ in range(how_many)]
    services.record_call_ties(rows=rows)


def run(actor: User, unit: OrgUnit) -> RehomingRun:
    """Prepare, confirm and apply."""
    prepared = services.prepare_rehoming(actor=actor, unit=unit)
    started = services.start_rehoming(actor=actor, run=prepared)
    services.work_rehoming(started.pk)
    started.refresh_from_db()
    return started


@pytest.mark.spec("S1-77", "S1-66")
def test_a_number_in_the_address_book_becomes_an_ordinary_member(
    acme: Client, org: dict[str, OrgUnit], head: User
) -> None:
    member = other(acme, "13900000001")
    in_book(acme, member.msisdn)
    done = run(head, org["unit"])
    member.refresh_from_db()
    assert (member.type, member.source) == ("2", "ADDRESS_BOOK")
    assert (done.state, done.done) == ("APPLIED", 1)


@pytest.mark.spec("S1-77", "S1-66")
@pytest.mark.parametrize(("ties", "kind"), [(2, "4"), (3, "3")])
def test_call_behaviour_counts_from_three_members_on(
    acme: Client, org: dict[str, OrgUnit], head: User, ties: int, kind: str
) -> None:
    member = other(acme, "13900000001")
    speaks(member.msisdn, acme, ties)
    prepared = services.prepare_rehoming(actor=head, unit=org["unit"])
    assert prepared.total == (kind == "3")
    if prepared.total:
        services.work_rehoming(services.start_rehoming(actor=head, run=prepared).pk)
    member.refresh_from_db()
    assert member.type == kind


@pytest.mark.spec("S1-77")
@pytest.mark.parametrize(("days_ago", "found"), [(90, 1), (91, 0)])
def test_calls_count_for_ninety_days(
    acme: Client, org: dict[str, OrgUnit], head: User, days_ago: int, found: int
) -> None:
    member = other(acme, "13900000001")
    speaks(member.msisdn, acme, 3, days_ago=days_ago)
    assert services.prepare_rehoming(actor=head, unit=org["unit"]).total == found


@pytest.mark.spec("S1-77", "S1-78")
@pytest.mark.parametrize("fields", [{"verified": False}, {"employment": "TEMP"}])
def test_unsure_numbers_and_temporary_staff_become_call_members_even_from_the_book(
    acme: Client, org: dict[str, OrgUnit], head: User, fields: dict[str, Any]
) -> None:
    member = other(acme, "13900000001", **fields)
    in_book(acme, member.msisdn)
    run(head, org["unit"])
    member.refresh_from_db()
    assert member.type == "3"


@pytest.mark.spec("S1-77")
def test_a_number_moves_to_the_client_whose_members_it_speaks_with_and_back(
    acme: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    home = factories.make_client(org["unit"], owner)
    member = other(acme, "13900000001")
    speaks(member.msisdn, home, 4)
    prepared = services.prepare_rehoming(actor=head, unit=org["unit"])
    move = prepared.moves.get()
    assert (move.from_client, move.to_client, move.reason, move.evidence) == (acme, home, "CALLS", 4)
    member.refresh_from_db()
    assert member.client_id == acme.pk, "a preview changes nothing"
    services.work_rehoming(services.start_rehoming(actor=head, run=prepared).pk)
    now = Member.objects.active().get(msisdn=member.msisdn)
    member.refresh_from_db()
    assert (now.client_id, now.type) == (home.pk, "3")
    assert member.left_on == clock.today(), "the old membership stays as history"
    prepared.refresh_from_db()
    assert services.undo_rehoming(actor=head, run=prepared) == {"UNDONE": 1, "KEPT": 0}
    back = Member.objects.active().get(msisdn=member.msisdn)
    assert (back.pk, back.type, back.source) == (member.pk, "4", "BOSS")


@pytest.mark.spec("S1-77")
def test_the_own_client_wins_and_the_book_wins_over_calls(
    acme: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    far = factories.make_client(org["unit"], owner)
    first, second = other(acme, "13900000001"), other(acme, "13900000002")
    speaks(first.msisdn, acme, 3)
    speaks(first.msisdn, far, 5)
    speaks(second.msisdn, acme, 5)
    in_book(far, second.msisdn)
    moves = {m.member_id: m for m in services.prepare_rehoming(actor=head, unit=org["unit"]).moves.all()}
    assert moves[first.pk].to_client_id == acme.pk
    assert (moves[second.pk].to_client_id, moves[second.pk].reason) == (far.pk, "BOOK")


def test_what_changed_since_the_preview_is_skipped_and_since_the_run_is_kept(
    acme: Client, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    gone, changed = other(acme, "13900000001"), other(acme, "13900000002")
    for member in (gone, changed):
        in_book(acme, member.msisdn)
    prepared = services.prepare_rehoming(actor=head, unit=org["unit"])
    services.leave_member(member=gone, actor=owner)
    services.work_rehoming(services.start_rehoming(actor=head, run=prepared).pk)
    assert prepared.moves.get(member=gone).outcome == "SKIPPED"
    services.update_member(member=changed, actor=owner, position="主管")
    prepared.refresh_from_db()
    assert services.undo_rehoming(actor=head, run=prepared) == {"UNDONE": 0, "KEPT": 1}
    changed.refresh_from_db()
    assert (changed.type, changed.position) == ("2", "主管")


def test_rows_left_out_stay_as_they_are(acme: Client, org: dict[str, OrgUnit], head: User) -> None:
    one, two = other(acme, "13900000001"), other(acme, "13900000002")
    for member in (one, two):
        in_book(acme, member.msisdn)
    prepared = services.prepare_rehoming(actor=head, unit=org["unit"])
    services.choose_moves(run=prepared, chosen=False, moves=[prepared.moves.get(member=two).pk])
    services.work_rehoming(services.start_rehoming(actor=head, run=prepared).pk)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.type, two.type) == ("2", "4")
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.start_rehoming(actor=head, run=prepared)


def test_nobody_re_homes_beyond_their_scope(
    acme: Client, foreign: Client, org: dict[str, OrgUnit], head: User, owner: User, leader: User
) -> None:
    in_book(foreign, other(foreign, "13900000001").msisdn)
    assert services.prepare_rehoming(actor=head, unit=org["unit"]).total == 0
    for actor, unit in ((head, org["other_unit"]), (leader, org["unit"])):
        with pytest.raises(Forbidden, match="NOT_YOURS"):
            services.prepare_rehoming(actor=actor, unit=unit)


@pytest.mark.spec("S1-77", "S1-79")
def test_the_night_settles_what_stays_and_a_second_night_changes_nothing(
    acme: Client, org: dict[str, OrgUnit], owner: User
) -> None:
    home = factories.make_client(org["unit"], owner)
    staying, moving = other(acme, "13900000001"), other(acme, "13900000002")
    in_book(acme, staying.msisdn)
    in_book(home, moving.msisdn)
    day = date(2026, 5, 2)
    assert services.rehome_members(as_of=day, province=org["province"]) > 0
    assert services.rehome_members(as_of=day, province=org["province"]) == 0
    staying.refresh_from_db()
    moving.refresh_from_db()
    assert (staying.type, moving.type, moving.client_id) == ("2", "4", acme.pk)


@pytest.mark.spec("S1-04", "S1-79")
def test_coverage_is_type_two_of_employees_and_signing_is_signed_of_target(
    org: dict[str, OrgUnit], owner: User
) -> None:
    signed = factories.make_client(org["unit"], owner, employee_total=10, status="ACTIVE")
    factories.make_client(org["unit"], owner, employee_total=30)
    factories.make_client(
        org["unit"], owner, institution_type="JL", institution_subtype="", employee_total=99
    )
    for kind in ("2", "2", "2", "1", "3", "4"):
        factories.make_member(signed, type=kind)
    services.rehome_members(as_of=date(2026, 5, 1), province=org["province"])
    row = CoverageMonth.objects.get()
    assert (row.month, row.unit, row.am) == (date(2026, 4, 1), org["unit"], owner)
    assert (row.target, row.signed, row.employees, row.ordinary, row.active) == (2, 1, 40, 3, 5)
    assert row.low == 1, "thirty percent exactly is not low"


@pytest.mark.spec("S1-79")
def test_the_count_of_ordinary_members_follows_every_change(acme: Client, owner: User) -> None:
    member = factories.make_member(acme)
    acme.refresh_from_db()
    assert acme.members_ordinary == 1
    services.update_member(member=member, actor=owner, verified=False)
    acme.refresh_from_db()
    assert acme.members_ordinary == 0


@pytest.mark.spec("S1-79", "S1-66", "E104")
def test_a_pasted_column_becomes_type_two_members(acme: Client, owner: User) -> None:
    pasted = "姓名\t手机\t职务\n王芳\t138 0000 0001\t会计\n+86-13800000002 李雷 出纳\n韩梅,13800000003"
    lines = services.read_lines(pasted.replace("138 0000 0001", "13800000001"), position="职员")
    counts = services.collect_book(client=acme, actor=owner, lines=lines)
    assert counts == {"NEW": 3}
    found = {m.name: (m.msisdn, m.position, m.type) for m in acme.members.all()}
    assert found == {
        "王芳": ("13800000001", "会计", "2"),
        "李雷": ("13800000002", "出纳", "2"),
        "韩梅": ("13800000003", "职员", "2"),
    }
    again = services.collect_book(
        client=acme, actor=owner, lines=services.read_lines(pasted, position="职员")
    )
    assert again.get("NEW", 0) == 0


@pytest.mark.spec("S1-65", "S1-80", "E099", "E100")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("王芳 13800000001", "职务"),
        ("13800000001 会计", "职务"),
        ("王芳 1380000 会计", "11"),
        ("小明 13800000001 学生", "学生"),
        ("水表 1064812345678 设备", "M2M"),
    ],
)
def test_a_line_that_cannot_be_entered_says_why(acme: Client, owner: User, line: str, said: str) -> None:
    read = services.check_lines(services.read_lines(line), client=acme, actor=owner)
    assert read[0].verdict == "BAD"
    assert said in read[0].note
    services.collect_book(client=acme, actor=owner, lines=read)
    assert not acme.members.exists()


@pytest.mark.spec("S1-77", "S1-79")
def test_a_number_of_another_client_waits_for_re_homing_if_it_is_other_there(
    acme: Client, foreign: Client, org: dict[str, OrgUnit], owner: User, provadmin: User
) -> None:
    member = other(foreign, "13900000001")
    factories.make_member(foreign, msisdn="13900000002")
    lines = services.read_lines("王芳 13900000001 会计\n李雷 13900000002 出纳")
    assert services.collect_book(client=acme, actor=owner, lines=lines) == {"WAITS": 1, "OTHER": 1}
    assert lines[1].note.count(foreign.name) == 0, "a client out of sight is not named"
    run(provadmin, org["province"])
    assert Member.objects.active().get(msisdn=member.msisdn).client_id == acme.pk


def test_more_lines_than_the_page_takes_go_by_file(acme: Client) -> None:
    assert len(services.read_lines("\n".join(["王芳 13800000001 会计"] * 200))) == 200
    with pytest.raises(Invalid, match="TOO_MANY_LINES"):
        services.read_lines("\n".join(["王芳 13800000001 会计"] * 201))


@pytest.mark.spec("S1-82", "E095")
def test_the_parameter_lowers_the_limit_of_contacts(acme: Client, owner: User, sysadmin: User) -> None:
    param_services.change(
        actor=sysadmin, key="contact.max", value=2, effective_from=clock.today(), reason="试点"
    )
    for name in ("甲", "乙"):
        services.add_contact(client=acme, actor=owner, kind="CONTACT", name=name)
    with pytest.raises(BusinessError, match="CONTACT_LIMIT"):
        services.add_contact(client=acme, actor=owner, kind="CONTACT", name="丙")
    assert acme.contacts.count() == 2
