"""Exports: the rows of the list, nothing else, with a second person, once; and back in unchanged."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from openpyxl import load_workbook

from clients.models import AMAssignment, Client, NetworkCircuit, RevenueLine, RevenueMonth
from clients.services.search import search_columns
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError
from crm.exports import services
from crm.exports.exportables import exportable_of, exportables
from crm.exports.models import DownloadRequest
from crm.exports.writing import XlsxWriter, harmless
from crm.intake.resources import resources
from members.models import Contact, Member, MonthlyBill, PersonalCustomer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep the files of a test to itself."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def many(org: dict[str, OrgUnit], owner: User) -> Callable[[int], None]:
    """Return a function that files clients of the unit."""

    def make(count: int) -> None:
        Client.objects.bulk_create(
            Client(
                client_code=f"3301900{number:05d}",
                name=f"企业{number}",
                institution_type="QY",
                org_unit=org["unit"],
                am=owner,
            )
            for number in range(count)
        )

    return make


def ask(actor: User, name: str = "clients", **how: Any) -> DownloadRequest:
    """Ask for a list and let the worker do what it may."""
    made = services.request_export(actor=actor, name=name, **{"reason": "季度核对", **how})
    services.build(request_id=made.pk)
    made.refresh_from_db()
    return made


def taken(actor: User, made: DownloadRequest) -> bytes:
    file, _row = services.take(actor=actor, request=made)
    with file:
        return file.read()


def sheet(content: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(BusinessError) as error:
        act()
    return error.value.code


# ---- A second person


@pytest.mark.spec("E204", "S0-83")
@pytest.mark.parametrize(("rows", "waits"), [(200, False), (201, True)])
def test_more_than_200_rows_wait_for_a_second_person(
    many: Callable[[int], None], head: User, rows: int, waits: bool
) -> None:
    many(rows)
    made = ask(head)
    assert (made.state == "REQUESTED") is waits
    assert made.ready is not waits
    if waits:
        assert refused(lambda: services.take(actor=head, request=made)) == "NOT_APPROVED_DOWNLOAD"
    else:
        assert len(sheet(taken(head, made))) == rows + 1


@pytest.mark.spec("E204")
def test_nobody_lets_their_own_export_go_and_a_head_not_that_of_a_leader(
    many: Callable[[int], None],
    org: dict[str, OrgUnit],
    head: User,
    leader: User,
    gcdept: User,
    stranger: User,
) -> None:
    many(201)
    other = factories.make_user("head2", Role.DEPT_HEAD, org["unit"])
    far = factories.make_user("head3", Role.DEPT_HEAD, org["far_unit"])
    made = ask(head)
    assert refused(lambda: services.approve(actor=head, request=made)) == "SELF_APPROVAL"
    for person in (stranger, far):
        assert refused(partial(services.approve, actor=person, request=made)) == "NOT_FOUND"
    of_leader = ask(leader)
    assert refused(lambda: services.approve(actor=other, request=of_leader)) == "NOT_FOUND"
    for request, person in ((made, other), (of_leader, gcdept)):
        services.approve(actor=person, request=request)
        services.build(request_id=request.pk)
        request.refresh_from_db()
        assert (request.ready, request.decided_by) == (True, person)


def test_full_numbers_always_need_a_second_person(acme: Client, head: User, leader: User) -> None:
    member = factories.make_member(acme)
    masked = sheet(taken(head, ask(head, "members")))
    column = [str(c.label) for c in resources()["members"].columns].index(
        str(resources()["members"].by_name["msisdn"].label)
    )
    assert masked[1][column] == f"{member.msisdn[:3]}****{member.msisdn[-4:]}"
    made = ask(head, "members", plain=True)
    assert made.state == "REQUESTED"
    services.approve(actor=leader, request=made)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert sheet(taken(head, made))[1][column] == member.msisdn


def test_a_large_export_says_what_it_is_for_and_an_empty_one_is_refused(
    many: Any, head: User, acme: Client
) -> None:
    many(201)
    assert refused(lambda: ask(head, reason="")) == "REASON_REQUIRED"
    assert refused(lambda: ask(head, query="q=没有这样的客户")) == "NOTHING_TO_EXPORT"


def test_a_list_that_outgrows_what_nobody_approved_goes_back_to_wait(many: Any, head: User) -> None:
    many(200)
    made = services.request_export(actor=head, name="clients", reason="核对")
    factories.make_client(head.org_unit)  # type: ignore[arg-type]
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.rows_asked, made.approve_verb) == ("REQUESTED", 201, "exports.approve")
    assert not made.directory.exists()


def test_what_is_written_is_what_was_counted_and_approved(
    acme: Client, org: dict[str, OrgUnit], head: User, leader: User, browse: Any
) -> None:
    factories.make_member(acme)
    few = factories.make_client(org["unit"])
    factories.make_member(few)
    padding = "&".join(f"x{number}=aaaaaaaaaa" for number in range(100))
    form = {"file_format": "csv", "reason": "季度核对", "plain": "on"}
    answer = browse(head).post(f"/exports/new/?of=members&{padding}&client={few.pk}", form)
    made = DownloadRequest.objects.get()
    assert answer.status_code == 302
    assert (made.query, made.rows_asked) == (f"client={few.pk}", 1)
    services.approve(actor=leader, request=made)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert made.rows_written == 1


def test_more_filters_than_can_be_kept_are_refused(acme: Client, head: User, browse: Any) -> None:
    query = "&".join(f"status={state}" for state in ["ACTIVE", "SILENT"] * 50)
    assert (
        refused(lambda: services.request_export(actor=head, name="clients", query=query)) == "QUERY_TOO_LONG"
    )
    assert browse(head).get(f"/exports/new/?of=clients&{query}").status_code == 400
    assert not DownloadRequest.objects.exists()


def test_a_list_that_outgrows_what_was_approved_waits_for_approval_anew(
    acme: Client, head: User, leader: User
) -> None:
    factories.make_member(acme)
    made = ask(head, "members", plain=True)
    services.approve(actor=leader, request=made)
    factories.make_member(acme)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.rows_asked, made.decided_by) == ("REQUESTED", 2, None)
    assert not made.directory.exists()
    assert refused(lambda: services.take(actor=head, request=made)) == "NOT_APPROVED_DOWNLOAD"
    services.approve(actor=leader, request=made)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert (made.ready, made.rows_written) == (True, 2)


# ---- Once, within seven days


@pytest.mark.spec("E202")
@pytest.mark.parametrize(("days", "code"), [(6, ""), (7, "EXPIRED"), (8, "EXPIRED")])
def test_an_approved_file_comes_once_within_seven_days(
    many: Any, head: User, leader: User, monkeypatch: pytest.MonkeyPatch, days: int, code: str
) -> None:
    many(201)
    made = ask(head)
    services.approve(actor=leader, request=made)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    if code:
        assert refused(lambda: services.take(actor=head, request=made)) == code
        made.refresh_from_db()
        assert made.state == "EXPIRED"
    else:
        assert len(sheet(taken(head, made))) == 202
        made.refresh_from_db()
        assert made.state == "USED"
        assert refused(lambda: services.take(actor=head, request=made)) == "ALREADY_USED"
    assert not made.directory.exists()


@pytest.mark.spec("E202")
def test_a_rejected_export_is_not_downloaded_and_says_why(many: Any, head: User, leader: User) -> None:
    many(201)
    made = ask(head)
    assert refused(lambda: services.reject(actor=leader, request=made, note=" ")) == "REASON_REQUIRED"
    services.reject(actor=leader, request=made, note="范围太大")
    made.refresh_from_db()
    assert refused(lambda: services.take(actor=head, request=made)) == "NOT_APPROVED_DOWNLOAD"
    assert refused(lambda: services.approve(actor=leader, request=made)) == "NOT_NOW"


def test_a_file_is_its_owners_and_ends_with_the_role(acme: Client, head: User, leader: User) -> None:
    made = ask(head)
    assert refused(lambda: services.take(actor=leader, request=made)) == "NOT_FOUND"
    head.assignments.all().delete()
    fresh = User.objects.get(pk=head.pk)
    assert refused(lambda: services.take(actor=fresh, request=made)) == "FORBIDDEN"


@pytest.mark.spec("S0-83")
def test_every_step_leaves_a_trace_without_a_row(many: Any, head: User, leader: User) -> None:
    many(201)
    made = ask(head)
    refused(lambda: services.take(actor=head, request=made))
    services.approve(actor=leader, request=made)
    services.build(request_id=made.pk)
    taken(head, made)
    events = AuditEvent.objects.filter(entity="exports.downloadrequest").order_by("id")
    assert [event.action.removeprefix("exports.") for event in events] == [
        "requested",
        "approved",
        "written",
        "downloaded",
    ]
    assert events.last().data["rows"] == 201  # type: ignore[union-attr]
    assert "企业" not in json.dumps([event.data for event in events], ensure_ascii=False)


# ---- The rows of the list


@pytest.mark.spec("E203", "E204")
@pytest.mark.parametrize("name", sorted(exportables()))
def test_every_list_is_counted_by_its_own_rows(
    name: str, acme: Client, foreign: Client, head: User, gcdept: User, sysadmin: User
) -> None:
    actor = sysadmin if name == "users" else head
    found = exportable_of(name)
    count = found.rows(actor, QueryDict("")).count()
    assert services.preview_count(actor, name, "") == count
    rows = list(found.rows(actor, QueryDict("")).values_list(*(column.source for column in found.fields)))
    assert len(rows) == count  # no join multiplies a row


def test_the_file_has_the_rows_of_the_filtered_list_and_of_the_scope(
    acme: Client, foreign: Client, head: User, gcdept: User, browse: Any
) -> None:
    silent = factories.make_client(acme.org_unit, status="SILENT")
    for person, query, names in (
        (head, "", {acme.name, silent.name}),
        (head, "status=SILENT", {silent.name}),
        (gcdept, "", {acme.name, silent.name, foreign.name}),
    ):
        content = sheet(taken(person, ask(person, query=query)))
        assert {row[1] for row in content[1:]} == names
        page = browse(person).get(f"/clients/?{query}").content.decode()
        assert all(name in page for name in names)


def test_who_may_not_export_is_refused(acme: Client, owner: User, sysadmin: User) -> None:
    for person, name in ((owner, "clients"), (sysadmin, "clients"), (owner, "users")):
        assert refused(partial(ask, person, name)) == "FORBIDDEN"


# ---- The file


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@A1", "\tx", "\r=1"])
def test_nothing_in_a_file_is_taken_for_a_formula(acme: Client, head: User, value: str) -> None:
    assert harmless(value).startswith("'")
    Client.objects.filter(pk=acme.pk).update(remark=value)
    for kind in ("xlsx", "csv"):
        content = taken(head, ask(head, file_format=kind))
        cells = (
            [str(cell) for cell in sheet(content)[1]]
            if kind == "xlsx"
            else next(r for i, r in enumerate(csv.reader(io.StringIO(content.decode("utf-8-sig")))) if i == 1)
        )
        assert not any(cell[:1] in "=+-@\t\r" for cell in cells if cell)


def test_a_csv_file_begins_with_the_mark_excel_knows(acme: Client, head: User) -> None:
    assert taken(head, ask(head, file_format="csv")).startswith(b"\xef\xbb\xbf")


def test_a_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    writer = XlsxWriter(tmp_path / "a.xlsx", "名单[1]", ["甲"], sheet_rows=2)
    for number in range(5):
        writer.row([number])
    writer.close()
    book = load_workbook(tmp_path / "a.xlsx")
    assert [(s.title, s.max_row) for s in book.worksheets] == [("名单1", 3), ("名单1 2", 3), ("名单1 3", 2)]


# ---- Stop and begin anew


def test_a_cancelled_export_stops_its_worker_and_leaves_no_file(
    many: Any, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.exports.writing.STEP", 10)
    many(100)
    made = services.request_export(actor=head, name="clients")
    seen = []

    real = services._tell

    def tell(row: DownloadRequest, count: int) -> None:
        seen.append(count)
        if len(seen) == 1:
            services.cancel(actor=head, request=made)
        real(row, count)

    monkeypatch.setattr(services, "_tell", tell)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert (seen, made.state, made.work) == ([10], "CANCELLED", "RUNNING")
    assert not any((Path(made.directory).parent).glob("*/*"))


def test_a_worker_that_died_is_replaced_and_the_file_is_whole(many: Any, head: User) -> None:
    many(50)
    made = services.request_export(actor=head, name="clients")
    long_ago = clock.now() - timedelta(minutes=10)
    DownloadRequest.objects.filter(pk=made.pk).update(work="RUNNING", done=20, beat_at=long_ago, attempts=1)
    assert services.sweep() == [made.pk]
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert (made.ready, made.rows_written, made.attempts) == (True, 50, 2)
    assert services.sweep() == []


def test_an_export_that_fails_again_and_again_is_given_up(many: Any, head: User) -> None:
    many(3)
    made = services.request_export(actor=head, name="clients")
    DownloadRequest.objects.filter(pk=made.pk).update(attempts=3)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    assert made.work == "FAILED"


# ---- Out and in again


@pytest.fixture
def world(org: dict[str, OrgUnit], acme: Client, owner: User, colleague: User) -> None:
    """Put a little of everything on file."""
    Client.objects.filter(pk=acme.pk).update(
        uscc="91350100M000100Y43", tax_year=2025, tax_rank_province=3, remark="=1+1", hq_region="330106",
        website="https://example.com", registered_capital_fen=123456, employee_total=12, is_benchmark=True,
        founded_on=date(2001, 2, 3), phone_public="0571-1234", short_name="龙井",
        **search_columns(acme.name, "龙井"),
    )  # fmt: skip
    person = factories.make_customer(org["unit"], acme, msisdn="13700000001", is_influential=True)
    # Who had a number before somebody else, with a bill of then.
    former = factories.make_customer(org["unit"], acme, msisdn="13700000002", in_net_to=date(2026, 2, 27))
    factories.make_customer(org["unit"], msisdn="13700000002", in_net_from=date(2026, 5, 1))
    MonthlyBill.objects.create(customer=former, bill_month=date(2026, 2, 1), total_fen=100, paid_fen=100)
    MonthlyBill.objects.create(
        customer=person, bill_month=date(2026, 3, 1), total_fen=12345, paid_fen=12300, settled_at=clock.now()
    )
    factories.make_contact(
        acme, "KEY_PERSON", carrier="CM", birthday=date(1980, 1, 2), traits="喜欢喝茶", email="a@example.com"
    )
    for mobile in ("", "13900000099"):
        factories.make_contact(
            acme, name="张伟", position="-经理", mobile=mobile, carrier="CM" if mobile else ""
        )
    AMAssignment.objects.create(client=acme, user=colleague, kind="CO", from_on=date(2026, 1, 1))
    factories.make_client(org["unit"], colleague, name="离任企业", **search_columns("离任企业", ""))
    User.objects.filter(pk=colleague.pk).update(status="DISABLED")
    factories.make_member(acme, joined_on=date(2024, 5, 6), remark="老员工")
    factories.make_member(acme, type="3", source="CALL_BEHAVIOUR")
    product = factories.make_product()
    opened = factories.make_client_product(
        acme, product, external_id="K1", status="OPEN", opened_on=date(2026, 1, 2), bandwidth_kbps=1000
    )
    gone = factories.make_client_product(acme, product, status="CANCELLED", cancelled_on=date(2025, 1, 2))
    opened.traffic.create(month=date(2026, 3, 1), amount=77)
    NetworkCircuit.objects.create(
        circuit_id="C-1", client_code=acme.client_code, client=acme, org_unit=org["unit"],
        bandwidth_kbps=1000, reported_on=date(2026, 3, 1), active=False,
    )  # fmt: skip
    RevenueMonth.objects.create(client=acme, month=date(2026, 3, 1), revenue_fen=-50)
    # With a key, without one, and without a product of the client's own.
    for month, own in ((2, opened), (2, gone), (3, None), (4, gone)):
        RevenueLine.objects.create(
            client=acme, product=product, client_product=own, month=date(2026, month, 1), revenue_fen=month
        )


@pytest.mark.spec("S1-52")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
# A roster of rewards is a list of acts, not of what is: read again it would give again.
@pytest.mark.parametrize("name", sorted(set(resources()) - {"rewards"}))
def test_what_was_exported_comes_back_unchanged(
    name: str,
    kind: str,
    world: None,
    org: dict[str, OrgUnit],
    provadmin: User,
    sysadmin: User,
    tmp_path: Path,
) -> None:
    if name not in exportables():
        pytest.fail(f"the roster {name} has no export")
    actor = sysadmin if name == "users" else provadmin
    second = factories.make_user(
        "second", Role.SYSADMIN if name == "users" else Role.PROV_ADMIN, org["group"]
    )
    made = services.request_export(actor=actor, name=name, file_format=kind, plain=True, reason="往返核对")
    services.approve(actor=second, request=made)
    services.build(request_id=made.pk)
    made.refresh_from_db()
    path = tmp_path / f"out.{kind}"
    path.write_bytes(taken(actor, made))
    out = io.StringIO()
    call_command("import_roster", name, str(path), "--json", "--commit", "--user", actor.staff_no, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["errors"] == []
    assert answer["read"] == (made.rows_written or 0) > 0
    assert answer["unchanged"] == answer["read"]


# ---- Pages and API


@pytest.mark.spec("S0-83")
@pytest.mark.parametrize("name", ["contacts", "members", "customers"])
def test_a_list_with_covered_names_covers_no_name_on_file(
    name: str, world: None, provadmin: User, tmp_path: Path
) -> None:
    made = ask(provadmin, name)
    path = tmp_path / "out.xlsx"
    path.write_bytes(taken(provadmin, made))
    before = {model: list(model._default_manager.values()) for model in (Contact, Member, PersonalCustomer)}
    out = io.StringIO()
    call_command(
        "import_roster", name, str(path), "--json", "--commit", "--user", provadmin.staff_no, stdout=out
    )
    answer = json.loads(out.getvalue())
    assert answer["read"] == answer["rejected"] == made.rows_written
    for model, rows in before.items():
        assert list(model._default_manager.values()) == rows


@pytest.mark.spec("E204")
def test_who_waits_sees_who_may_decide_and_is_told_when_nobody_may(
    many: Any, org: dict[str, OrgUnit], head: User, leader: User, provadmin: User, browse: Any
) -> None:
    many(201)
    waiting = browse(head).get(f"/exports/{ask(head).pk}/").content.decode()
    assert leader.full_name in waiting
    alone = ask(provadmin)
    assert services.deciders(alone) == []
    page = browse(provadmin)
    assert "notice-warn" in page.get(f"/exports/{alone.pk}/").content.decode()
    second = factories.make_user("admin2", Role.PROV_ADMIN, org["province"])
    assert services.deciders(alone) == [second]
    assert "notice-warn" not in page.get(f"/exports/{alone.pk}/").content.decode()
    services.approve(actor=second, request=alone)


def test_the_pages_lead_from_the_list_to_the_file(many: Any, head: User, leader: User, browse: Any) -> None:
    many(201)
    page = browse(head)
    form = page.get("/exports/new/?of=clients&status=POTENTIAL")
    assert "201" in form.content.decode()
    answer = page.post("/exports/new/?of=clients&status=POTENTIAL", {"file_format": "csv"})
    assert answer.status_code == 400
    answer = page.post(
        "/exports/new/?of=clients&status=POTENTIAL", {"file_format": "csv", "reason": "季度核对"}
    )
    made = DownloadRequest.objects.get()
    assert answer["Location"] == f"/exports/{made.pk}/"
    assert page.post(f"/exports/{made.pk}/download/").status_code == 403
    boss = browse(leader)
    assert f"/exports/{made.pk}/" in boss.get("/exports/").content.decode()
    assert boss.post(f"/exports/{made.pk}/approve/").status_code == 302
    services.build(request_id=made.pk)
    assert page.get(f"/exports/{made.pk}/progress/")["HX-Redirect"] == f"/exports/{made.pk}/"
    sent = page.post(f"/exports/{made.pk}/download/")
    assert b"".join(sent.streaming_content).count(b"\r\n") == 202
    assert page.post(f"/exports/{made.pk}/download/").status_code == 410


@pytest.mark.spec("E202", "E204")
def test_the_api_asks_polls_approves_and_downloads(many: Any, head: User, leader: User, api: Any) -> None:
    many(201)
    caller = api(head)
    asked = caller.post("/api/v1/exports", {"list": "clients", "reason": "季度核对"}, format="json")
    assert (asked.status_code, asked.json()["state"]) == (202, "REQUESTED")
    address = f"/api/v1/exports/{asked.json()['id']}"
    assert _refusal(caller, f"{address}:download") == (403, "NOT_APPROVED_DOWNLOAD")
    assert _refusal(caller, f"{address}:approve") == (403, "SELF_APPROVAL")
    assert api(leader).post(f"{address}:approve", {}, format="json").json()["state"] == "APPROVED"
    services.build(request_id=asked.json()["id"])
    assert caller.get(address).json()["ready"] is True
    sent = caller.post(f"{address}:download")
    assert len(sheet(b"".join(sent.streaming_content))) == 202
    assert _refusal(caller, f"{address}:download") == (410, "ALREADY_USED")


def _refusal(caller: Any, address: str) -> tuple[int, str]:
    """Return what an act is refused with; the refusal rolls back no more than itself."""
    with transaction.atomic():
        answer = caller.post(address, {}, format="json")
    return answer.status_code, answer.json()["code"]
