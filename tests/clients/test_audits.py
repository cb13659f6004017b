"""Information audits: samples by seed, the sheet, corrections, consistency, first signings, grace."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients import services
from clients.choices import AuditKind, AuditPeriod
from clients.models import Agreement, AuditLine, AuditPlan, AuditTask, Client
from clients.rules.audits import sample_count, within_grace
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.params import services as params
from tests import factories
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
TODAY = clock.today


@pytest.fixture
def client(acme: Client) -> Client:
    """Return a client with a key person and a few values to compare."""
    Client.objects.filter(pk=acme.pk).update(phone_public="0571-88001234", address="龙井路 1 号")
    factories.make_contact(acme, "KEY_PERSON", name="王建国", position="总经理", mobile="13900001234")
    acme.refresh_from_db()
    return acme


def start(auditor: User, client: Client, kind: str = AuditKind.REALITY) -> AuditTask:
    """Begin an audit on the spot."""
    task = services.audit_on_the_spot(actor=auditor, client_id=client.pk, kind=kind)
    return services.start_audit(actor=auditor, task_id=task.pk)


def line(task: AuditTask, field: str) -> AuditLine:
    """Return the line of a field; people by the beginning of it."""
    return task.lines.get(field__startswith=field) if field.endswith(":") else task.lines.get(field=field)


def write(auditor: User, task: AuditTask, field: str, **values: Any) -> AuditLine:
    """Write one line of the sheet."""
    found = line(task, field)
    services.save_sheet(actor=auditor, task_id=task.pk, lines={found.pk: values})
    found.refresh_from_db()
    return found


def plan(auditor: User, unit: OrgUnit, **values: Any) -> AuditPlan:
    """Plan an audit of five clients."""
    given: dict[str, Any] = {
        "name": "季度稽核", "kind": AuditKind.CONSISTENCY, "unit": unit, "seed": 7, "sample_size": 5,
    } | values  # fmt: skip
    return services.plan_audit(actor=auditor, **given)


# ---- Plans and samples


@pytest.mark.spec("S0-60")
def test_the_same_seed_draws_the_same_clients(org: dict[str, OrgUnit], owner: User, auditor: User) -> None:
    """Whoever draws, whenever; another seed and the next round draw others."""
    for _ in range(40):
        factories.make_client(org["unit"], owner)

    def drawn(**values: Any) -> set[int]:
        made = plan(auditor, org["city"], **values)
        return set(made.tasks.values_list("client", flat=True))

    first = drawn()
    assert len(first) == 5
    assert drawn() == first
    assert drawn(seed=8) != first
    assert AuditPlan.objects.first().seed == 8  # type: ignore[union-attr]


@pytest.mark.spec("S0-60")
def test_a_population_is_filed_living_narrowed_and_never_the_auditors_own(
    org: dict[str, OrgUnit], owner: User, auditor: User
) -> None:
    """Drafts, closed files, other codes, other units and own clients are not drawn."""
    wanted = factories.make_client(org["unit"], owner, status="ACTIVE")
    factories.make_client(org["unit"], owner, status="SILENT")
    factories.make_client(org["unit"], owner, status="ACTIVE", filing="DRAFT")
    factories.make_client(org["far_unit"], status="ACTIVE")
    factories.make_client(org["unit"], auditor, status="ACTIVE")
    made = plan(auditor, org["city"], filters={"status": ["ACTIVE"]}, sample_size=None, sample_pct=100)
    assert list(made.tasks.values_list("client", flat=True)) == [wanted.pk]


@pytest.mark.parametrize(
    ("population", "size", "pct", "drawn"),
    [(10, 3, None, 3), (2, 3, None, 2), (10, None, 25, 3), (1, None, 1, 1)],
)
def test_a_sample_is_a_number_or_a_share_rounded_up(
    population: int, size: int | None, pct: int | None, drawn: int
) -> None:
    """A share never draws nobody."""
    assert sample_count(population, size=size, pct=pct) == drawn


@pytest.mark.spec("S0-60")
def test_a_periodic_plan_draws_each_round_once(org: dict[str, OrgUnit], owner: User, auditor: User) -> None:
    """The night draws on its day, moves the day on, and makes nothing when it runs twice."""
    for _ in range(8):
        factories.make_client(org["unit"], owner)
    first_on = TODAY() + timedelta(days=3)
    made = plan(auditor, org["city"], period=AuditPeriod.MONTHLY, first_on=first_on, sample_size=2)
    night = {"province": org["province"]}
    assert services.draw_due_audits(as_of=first_on - timedelta(days=1), **night) == 0
    assert services.draw_due_audits(as_of=first_on, **night) == 2
    assert services.draw_due_audits(as_of=first_on, **night) == 0
    made.refresh_from_db()
    assert made.next_on == clock.add_months(clock.month_of(first_on), 1)
    assert services.draw_due_audits(as_of=made.next_on, **night) == 2
    services.end_plan(actor=auditor, plan_id=made.pk)
    assert services.draw_due_audits(as_of=made.next_on + timedelta(days=90), **night) == 0


def test_a_plan_needs_one_measure_a_name_and_an_own_unit(
    org: dict[str, OrgUnit], owner: User, auditor: User
) -> None:
    """What is wrong is said at its field; who does not audit plans nothing."""
    with pytest.raises(Invalid) as refused:
        plan(auditor, org["far_unit"], name=" ", sample_pct=3)
    assert set(refused.value.fields) == {"name", "sample_size", "unit", "auditor"}
    with pytest.raises(Forbidden):
        plan(owner, org["unit"])


# ---- The sheet


@pytest.mark.spec("S0-55", "S0-59", "S1-69")
def test_the_sheet_freezes_the_system_and_compares_field_by_field(auditor: User, client: Client) -> None:
    """Name and announced phone stand on it; what is typed gives the verdict unless a person gives one."""
    task = start(auditor, client)
    Client.objects.filter(pk=client.pk).update(address="改过的地址")
    assert line(task, "address").system_value == "龙井路 1 号"
    assert line(task, "name").required
    assert write(auditor, task, "phone_public", real_value="０５７１ 88001234").verdict == "OK"
    assert write(auditor, task, "address", real_value="龙井路 2 号").verdict == "MISMATCH"
    assert write(auditor, task, "postcode", real_value="310000").verdict == "MISSING"
    assert write(auditor, task, "name", paper_value="别的", verdict="INVALID").verdict == "INVALID"
    with pytest.raises(Invalid) as refused:
        write(auditor, task, "employee_total", verdict="EXEMPT")
    assert refused.value.code == "REASON_REQUIRED"
    assert write(auditor, task, "employee_total", verdict="EXEMPT", reason="保密单位").verdict == "EXEMPT"


@pytest.mark.spec("S0-55", "S0-56")
def test_a_completeness_audit_asks_what_the_rules_ask(auditor: User, client: Client) -> None:
    """An empty required field is missing from the beginning, a filled one agrees."""
    task = start(auditor, client, AuditKind.COMPLETENESS)
    assert line(task, "postcode").verdict == "MISSING"
    assert line(task, "name").verdict == "OK"
    assert line(task, "key_person").verdict == "OK"
    assert not task.lines.filter(field="bank_level").exists()


@pytest.mark.spec("S1-84", "D-34")
@pytest.mark.parametrize(("days", "verdict"), [(30, "EXEMPT"), (31, "MISMATCH")])
def test_a_change_of_position_is_no_fault_for_thirty_days(
    auditor: User, client: Client, days: int, verdict: str
) -> None:
    """The thirtieth day is included; then it is a fault."""
    task = start(auditor, client)
    changed = TODAY() - timedelta(days=days)
    found = write(auditor, task, "position:", real_value="董事长", changed_on=changed)
    assert found.verdict == verdict
    assert bool(found.reason) is (verdict == "EXEMPT")


@pytest.mark.spec("S1-84")
def test_the_grace_is_a_parameter_and_holds_for_positions_only(
    auditor: User, client: Client, sysadmin: User
) -> None:
    """Another number of days moves the boundary; an address has no grace."""
    params.change(actor=sysadmin, key="position.grace_days", value=10, effective_from=TODAY(), reason="收紧")
    task = start(auditor, client)
    eleven = TODAY() - timedelta(days=11)
    assert write(auditor, task, "position:", real_value="董事长", changed_on=eleven).verdict == "MISMATCH"
    ten = TODAY() - timedelta(days=10)
    assert (
        write(auditor, task, "position:", real_value="书记", changed_on=ten, verdict="").verdict == "EXEMPT"
    )
    assert write(auditor, task, "address", real_value="别处", changed_on=TODAY()).verdict == "MISMATCH"
    assert not within_grace(TODAY() + timedelta(days=1), TODAY(), 30)


@pytest.mark.spec("S1-81", "S1-82", "S1-83")
def test_key_person_and_contacts_are_compared_without_showing_numbers(
    auditor: User, client: Client, browse: Browse
) -> None:
    """The auditor types what the paper says; the number of the system stays masked."""
    factories.make_contact(client, name="李敏", mobile="13800005678")
    task = start(auditor, client)
    assert task.lines.filter(field__startswith="mobile:").count() == 2
    page = browse(auditor).get(f"/clients/audits/{task.pk}/").content.decode()
    assert "139****1234" in page
    assert "13900001234" not in page
    key = task.lines.filter(field__startswith="mobile:").first()
    assert key is not None
    services.save_sheet(actor=auditor, task_id=task.pk, lines={key.pk: {"real_value": "13900001235"}})
    key.refresh_from_db()
    assert key.verdict == "MISMATCH"


# ---- From findings to closed


@pytest.mark.spec("S0-61", "S0-60")
def test_findings_go_to_the_manager_and_come_back_verified(
    auditor: User, owner: User, client: Client
) -> None:
    """PLANNED → RUNNING → FINDINGS → CORRECTION → VERIFIED → CLOSED; at the end the file is consistent."""
    task = start(auditor, client)
    write(auditor, task, "address", real_value="龙井路 2 号")
    with pytest.raises(Invalid) as refused:
        services.finish_audit(actor=auditor, task_id=task.pk)
    assert refused.value.code == "UNJUDGED"
    task = services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    # A required field that is empty was judged missing when the sheet began.
    assert task.state == "FINDINGS"
    client.refresh_from_db()
    assert client.consistency == "INCONSISTENT"
    task = services.notify_manager(actor=auditor, task_id=task.pk)
    assert task.correction_due_on == workdays.after(TODAY(), 5)
    assert "audit_findings" in {duty.code for duty in duties_of(owner, now=clock.now())}
    with pytest.raises(Invalid) as refused:
        services.report_corrected(actor=owner, task_id=task.pk)
    assert refused.value.code == "UNCHANGED"
    with pytest.raises(BusinessError) as early:
        services.verify_correction(actor=auditor, task_id=task.pk, accepted=True)
    assert early.value.code == "NOT_CORRECTED"
    services.update_client(actor=owner, client_id=client.pk, values={"address": "龙井路 2 号"})
    services.report_corrected(actor=owner, task_id=task.pk, note="其余字段待客户提供")
    assert "audit_findings" not in {duty.code for duty in duties_of(owner, now=clock.now())}
    assert "verify_corrections" in {duty.code for duty in duties_of(auditor, now=clock.now())}
    task = services.verify_correction(actor=auditor, task_id=task.pk, accepted=False, reason="邮编仍缺")
    assert (task.state, task.corrected_at) == ("CORRECTION", None)
    services.report_corrected(actor=owner, task_id=task.pk, note="客户无邮编")
    task = services.verify_correction(actor=auditor, task_id=task.pk, accepted=True)
    assert task.state == "CLOSED"
    assert line(task, "address").now_value == "龙井路 2 号"
    client.refresh_from_db()
    assert (client.consistency, client.consistency_on) == ("CONSISTENT", TODAY())


@pytest.mark.spec("S0-59")
def test_a_sheet_without_fault_closes_at_once(auditor: User, client: Client) -> None:
    """Nothing to correct, nobody to tell."""
    task = start(auditor, client)
    task.lines.filter(verdict="MISSING").update(verdict="EXEMPT", reason="客户无")
    task = services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    assert (task.state, task.faults) == ("CLOSED", 0)
    client.refresh_from_db()
    assert client.consistency == "CONSISTENT"


def test_states_follow_each_other_only(auditor: User, client: Client) -> None:
    """No step is taken twice or before its time."""
    task = start(auditor, client)
    with pytest.raises(BusinessError) as again:
        services.start_audit(actor=auditor, task_id=task.pk)
    assert again.value.code == "WRONG_STATE"
    with pytest.raises(BusinessError):
        services.notify_manager(actor=auditor, task_id=task.pk)
    with pytest.raises(BusinessError) as open_one:
        services.audit_on_the_spot(actor=auditor, client_id=client.pk, kind=task.kind)
    assert open_one.value.code == "AUDIT_OPEN"


def test_nobody_audits_an_own_client_or_takes_another_auditors_sheet(
    org: dict[str, OrgUnit], auditor: User, client: Client
) -> None:
    """Two people for two sides of the table."""
    other = factories.make_user("auditor2", Role.AUDITOR, org["city"])
    task = start(auditor, client)
    with pytest.raises(Forbidden) as refused:
        services.finish_audit(actor=other, task_id=task.pk)
    assert refused.value.code == "OTHER_AUDITOR"
    own = factories.make_client(org["unit"], other)
    with pytest.raises(Forbidden) as refused:
        services.audit_on_the_spot(actor=other, client_id=own.pk, kind=AuditKind.REALITY)
    assert refused.value.code == "SELF_AUDIT"


@pytest.mark.spec("E115", "S0-60")
def test_auditors_change_no_client_data_on_any_door(
    auditor: User, client: Client, browse: Browse, api: Callable[[User | None], APIClient]
) -> None:
    """Page, API and service refuse; the sheet itself writes nothing into the file."""
    before = Client.objects.values().get(pk=client.pk)
    assert browse(auditor).get(f"/clients/{client.pk}/edit/").status_code == 403
    assert browse(auditor).post(f"/clients/{client.pk}/edit/", {"address": "x"}).status_code == 403
    assert browse(auditor).post(f"/clients/{client.pk}/confirm/").status_code == 403
    answer = api(auditor).patch(f"/api/v1/clients/{client.pk}", {"address": "x"}, format="json")
    assert answer.status_code == 403
    with pytest.raises(Forbidden):
        services.update_client(actor=auditor, client_id=client.pk, values={"address": "x"})
    task = start(auditor, client)
    write(auditor, task, "address", real_value="x")
    with pytest.raises(Forbidden):
        services.report_corrected(actor=auditor, task_id=task.pk)
    assert Client.objects.values().get(pk=client.pk) == before


# ---- First signing


@pytest.mark.spec("E114", "S0-59")
def test_a_first_signing_is_compared_within_five_working_days(
    org: dict[str, OrgUnit], auditor: User, client: Client
) -> None:
    """The agreement is the message; a differing field puts a warning on it until it is corrected."""
    day = date(2026, 11, 20)  # a Friday
    agreement = Agreement.objects.create(
        client=client, no="HT-1", type="SERVICE", signed_on=day, effective_on=day, first_signing=True
    )
    Agreement.objects.create(client=client, no="HT-2", type="VNET", signed_on=day, effective_on=day)
    assert services.open_first_signings(as_of=day, province=org["province"]) == 1
    assert services.open_first_signings(as_of=day, province=org["province"]) == 0
    task = AuditTask.objects.get()
    assert (task.kind, task.origin, task.auditor) == ("CONSISTENCY", "FIRST_SIGNING", auditor)
    assert task.due_on == date(2026, 11, 27)
    services.start_audit(actor=auditor, task_id=task.pk)
    task.lines.filter(verdict="MISSING").update(verdict="EXEMPT", reason="客户无")
    write(auditor, task, "address", paper_value="龙井路 9 号")
    services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    agreement.refresh_from_db()
    assert "地址" in agreement.warning
    services.notify_manager(actor=auditor, task_id=task.pk)
    services.report_corrected(actor=client.am, task_id=task.pk, note="纸质有误,已更换")  # type: ignore[arg-type]
    services.verify_correction(actor=auditor, task_id=task.pk, accepted=True)
    agreement.refresh_from_db()
    assert agreement.warning == ""


# ---- In the browser and over the API


@pytest.mark.spec("S0-55", "S0-60", "S0-61")
def test_an_audit_from_the_card_to_the_closed_sheet_in_pages(
    auditor: User, owner: User, client: Client, browse: Browse
) -> None:
    """Begin at the card, write, finish, notify, correct, verify; a refusal keeps what was typed."""
    mine, theirs = browse(auditor), browse(owner)
    assert "audits/begin/" in mine.get(f"/clients/{client.pk}/audits/").content.decode()
    assert "audits/begin/" not in theirs.get(f"/clients/{client.pk}/audits/").content.decode()
    answer = mine.post(f"/clients/{client.pk}/audits/begin/", {"kind": "REALITY"})
    task = AuditTask.objects.get()
    assert answer["Location"] == f"/clients/audits/{task.pk}/"
    address = line(task, "address")
    sheet = {f"real-{address.pk}": "龙井路 2 号", f"paper-{address.pk}": "", f"reason-{address.pk}": ""}
    refused = mine.post(f"/clients/audits/{task.pk}/finish/", sheet)
    assert refused.status_code == 400
    assert "龙井路 2 号" in refused.content.decode()
    saved = mine.post(f"/clients/audits/{task.pk}/save/", sheet, headers={"HX-Request": "true"})
    assert "saved" in saved.content.decode() or "已保存" in saved.content.decode()
    assert theirs.post(f"/clients/audits/{task.pk}/finish/", {"rest_agrees": "on"}).status_code == 403
    assert mine.post(f"/clients/audits/{task.pk}/finish/", {"rest_agrees": "on"}).status_code == 302
    assert mine.post(f"/clients/audits/{task.pk}/notify/", {}).status_code == 302
    assert client.name in theirs.get("/clients/audits/").content.decode()
    assert theirs.post(f"/clients/audits/{task.pk}/corrected/", {}).status_code == 400
    assert theirs.post(f"/clients/audits/{task.pk}/corrected/", {"note": "已改"}).status_code == 302
    assert mine.post(f"/clients/audits/{task.pk}/verify/").status_code == 302
    task.refresh_from_db()
    assert task.state == "CLOSED"
    rates = mine.get("/clients/audits/rates/")
    assert [(row["audited"], row["faulty"]) for row in rates.context["lines"]] == [(1, 1)]
    assert "owner某" in mine.get("/clients/audits/rates/?by=am").content.decode()


@pytest.mark.spec("S0-60")
def test_a_plan_is_counted_before_it_draws(
    org: dict[str, OrgUnit], auditor: User, client: Client, browse: Browse
) -> None:
    """The preview draws nothing; the plan shows its seed."""
    given = {
        "name": "西湖抽查", "kind": "CONSISTENCY", "unit": org["unit"].pk, "auditor": auditor.pk,
        "sample_size": 1, "seed": 42, "period": "ONCE", "first_on": TODAY().isoformat(),
    }  # fmt: skip
    browser = browse(auditor)
    preview = browser.post("/clients/audits/plans/new/", given | {"preview": "1"})
    assert (preview.context["population"], preview.context["drawn"]) == (1, 1)
    assert not AuditPlan.objects.exists()
    assert browser.post("/clients/audits/plans/new/", given | {"sample_pct": 5}).status_code == 400
    answer = browser.post("/clients/audits/plans/new/", given)
    made = AuditPlan.objects.get()
    assert answer["Location"] == f"/clients/audits/plans/{made.pk}/"
    page = browser.get(answer["Location"]).content.decode()
    assert "42" in page
    assert client.name in page


@pytest.mark.spec("S0-55", "S0-61")
def test_other_systems_read_and_write_the_sheet(
    org: dict[str, OrgUnit], auditor: User, owner: User, stranger: User, client: Client,
    api: Callable[[User | None], APIClient],
) -> None:  # fmt: skip
    """The same rules over the API: verdicts, states, masking, scope."""
    mine = api(auditor)
    body = {"name": "抽查", "kind": "REALITY", "unit": org["unit"].code, "seed": 1, "sample_size": 3}
    assert mine.post("/api/v1/audit-plans", body, format="json").status_code == 201
    assert mine.post("/api/v1/audit-plans", body | {"kind": "X"}, format="json").status_code == 400
    assert api(owner).post("/api/v1/audit-plans", body, format="json").status_code == 403
    [task] = mine.get("/api/v1/audit-tasks").json()["results"]
    address = f"/api/v1/audit-tasks/{task['id']}"
    assert api(stranger).get(address).status_code == 404
    lines = mine.post(f"{address}:start").json()["lines"]
    by_field = {row["field"].split(":")[0]: row for row in lines}
    assert by_field["mobile"]["system_value"] == "139****1234"
    wrong = [{"id": by_field["address"]["id"], "real_value": "别处"}]
    sheet = mine.post(f"{address}:save", {"lines": wrong}, format="json").json()
    assert {row["field"]: row["verdict"] for row in sheet["lines"]}["address"] == "MISMATCH"
    assert mine.post(f"{address}:finish", {}, format="json").json()["code"] == "UNJUDGED"
    assert mine.post(f"{address}:finish", {"rest_agrees": True}, format="json").json()["state"] == "FINDINGS"
    assert mine.post(f"{address}:notify", {}, format="json").json()["state"] == "CORRECTION"
    told = api(owner).post(f"{address}:corrected", {"note": "已改"}, format="json")
    assert told.json()["correction_note"] == "已改"
    assert mine.post(f"{address}:verify", {"accepted": False}, format="json").status_code == 400
    assert mine.post(f"{address}:verify", {}, format="json").json()["state"] == "CLOSED"


# ---- On paper


@pytest.mark.spec("S0-59")
def test_forms_on_paper_carry_number_unit_fields_and_signatures(
    auditor: User, owner: User, client: Client, browse: Browse
) -> None:
    """Client file, audit sheet and notice of correction; no notice before there is something to correct."""
    file = browse(owner).get(f"/clients/{client.pk}/print/").content.decode()
    assert client.client_code in file
    assert "13900001234" in file  # the manager's own
    assert "signature-line" in file
    assert "139****1234" in browse(auditor).get(f"/clients/{client.pk}/print/").content.decode()
    task = start(auditor, client)
    write(auditor, task, "address", real_value="龙井路 2 号")
    sheet = browse(auditor).get(f"/clients/audits/{task.pk}/print/").content.decode()
    assert task.no in sheet
    assert "龙井路 2 号" in sheet
    assert browse(auditor).get(f"/clients/audits/{task.pk}/notice/").status_code == 404
    services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    services.notify_manager(actor=auditor, task_id=task.pk)
    notice = browse(owner).get(f"/clients/audits/{task.pk}/notice/").content.decode()
    assert "ZG" in notice
    assert "龙井路 2 号" in notice
