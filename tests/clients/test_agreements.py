"""Agreements: what a client signed, for how long, and what may not be opened without (S1-67, S1-85)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clients import services
from clients.models import Agreement, AuditTask, Client, ClientProduct, Product
from clients.rules.agreements import notice_stage
from crm.accounts.models import User
from crm.audit.history import changes_of
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db


def values(**changes: Any) -> dict[str, Any]:
    """Return what a plain service agreement says."""
    return {"no": "XY-2026-001", "type": "SERVICE", "scope": "LOCAL", "signed_on": date(2026, 3, 1)} | changes


@pytest.mark.spec("S1-67", "S0-29", "S0-30", "S0-31")
@pytest.mark.parametrize("kind", ["SERVICE", "COOPERATION", "VNET", "UNIFIED_PAY", "ICT"])
@pytest.mark.parametrize("scope", ["LOCAL", "CROSS_CITY", "CROSS_PROVINCE"])
def test_every_kind_and_scope_can_be_entered(acme: Client, owner: User, kind: str, scope: str) -> None:
    """It is in force from its signing when nothing else is said."""
    made = services.add_agreement(actor=owner, client_id=acme.pk, values=values(type=kind, scope=scope))
    made.refresh_from_db()
    assert (made.type, made.scope, made.effective_on) == (kind, scope, date(2026, 3, 1))


@pytest.mark.spec("E114")
def test_the_first_agreement_is_marked_and_found_by_watermark(acme: Client, owner: User) -> None:
    """Only the first of a client is a first signing; its row is the message, and a doubt is shown on it."""
    first = services.add_agreement(actor=owner, client_id=acme.pk, values=values())
    second = services.add_agreement(actor=owner, client_id=acme.pk, values=values(no="XY-2"))
    assert (first.first_signing, second.first_signing) == (True, False)
    assert list(services.first_signings(after=0)) == [first]
    assert list(services.first_signings(after=first.pk)) == []
    services.warn_agreement(actor=None, agreement_id=first.pk, warning="地址与现场不符")
    first.refresh_from_db()
    assert first.warning == "地址与现场不符"
    with pytest.raises(Invalid):
        services.change_agreement(actor=owner, agreement_id=first.pk, values={"warning": ""})


def test_a_number_stands_once_at_a_client_and_dates_make_sense(acme: Client, owner: User) -> None:
    """The same number again, an end before the beginning, a signing in the future: each is refused."""
    services.add_agreement(actor=owner, client_id=acme.pk, values=values())
    with pytest.raises(BusinessError) as twice:
        services.add_agreement(actor=owner, client_id=acme.pk, values=values())
    assert twice.value.code == "AGREEMENT_DUPLICATE"
    tomorrow = clock.today() + timedelta(days=1)
    for wrong, field in (
        ({"expires_on": date(2026, 2, 28)}, "expires_on"),
        ({"signed_on": tomorrow}, "signed_on"),
        ({"no": "  "}, "no"),
        ({"type": "OTHER"}, "type"),
    ):
        with pytest.raises(Invalid) as refused:
            services.add_agreement(actor=owner, client_id=acme.pk, values=values(no="XY-9") | wrong)
        assert field in refused.value.fields
    one_day = values(no="XY-10", effective_on=date(2026, 3, 1), expires_on=date(2026, 3, 1))
    assert services.add_agreement(actor=owner, client_id=acme.pk, values=one_day).pk
    today = values(no="XY-11", signed_on=clock.today())
    assert services.add_agreement(actor=owner, client_id=acme.pk, values=today).pk


def test_changes_are_kept_ended_with_a_reason_and_refused_to_others(
    acme: Client, owner: User, colleague: User, stranger: User
) -> None:
    """History keeps the old end; a colleague reads only; outside the scope there is nothing."""
    made = services.add_agreement(actor=owner, client_id=acme.pk, values=values())
    services.change_agreement(
        actor=owner, agreement_id=made.pk, values={"expires_on": date(2027, 3, 1)}, version=1
    )
    with pytest.raises(BusinessError) as stale:
        services.change_agreement(actor=owner, agreement_id=made.pk, values={"remark": "x"}, version=1)
    assert stale.value.code == "STALE"
    made.refresh_from_db()
    assert {field.name for change in changes_of(made) for field in change.fields} == {"expires_on"}
    with pytest.raises(Forbidden):
        services.end_agreement(actor=colleague, agreement_id=made.pk, reason="改签")
    with pytest.raises(NotFound):
        services.end_agreement(actor=stranger, agreement_id=made.pk, reason="改签")
    with pytest.raises(Invalid):
        services.end_agreement(actor=owner, agreement_id=made.pk, reason=" ")
    ended = services.end_agreement(actor=owner, agreement_id=made.pk, reason="改签新协议")
    assert ended.ended_on == clock.today()
    with pytest.raises(BusinessError):
        services.end_agreement(actor=owner, agreement_id=made.pk, reason="改签新协议")


@pytest.fixture
def line() -> Product:
    """Return the leased line of the catalogue: it counts always and needs agreement and circuit."""
    return Product.objects.get(code="LINE")


def _order(client: Client, actor: User, line: Product) -> ClientProduct:
    return services.order_product(
        actor=actor, client_id=client.pk, product=line, circuit_id="ZX0001", bandwidth_kbps=10240,
        on=date(2026, 1, 5),
    )  # fmt: skip


@pytest.mark.spec("E183", "S1-85")
def test_without_an_agreement_in_force_it_cannot_be_opened(acme: Client, owner: User, line: Product) -> None:
    """Not without one, not the day before it begins, not the day after it ended; on its last day it can."""
    row = _order(acme, owner, line)

    def opening(on: date) -> str:
        try:
            services.open_product(actor=owner, product_id=row.pk, on=on)
        except BusinessError as error:
            return error.code
        return "open"

    assert opening(date(2026, 3, 1)) == "AGREEMENT_REQUIRED"
    factories.make_agreement(acme, effective_on=date(2026, 3, 1), expires_on=date(2026, 3, 31))
    assert opening(date(2026, 2, 28)) == "AGREEMENT_REQUIRED"
    assert opening(date(2026, 4, 1)) == "AGREEMENT_REQUIRED"
    assert opening(date(2026, 3, 31)) == "open"
    row.refresh_from_db()
    assert row.agreement is not None


@pytest.mark.spec("E183")
def test_the_guard_is_one_for_page_api_and_feed(
    acme: Client, owner: User, line: Product, browse: Any, api: Any, org: Any
) -> None:
    """All three doors refuse with the same code and let it through once the agreement is there."""
    row = _order(acme, owner, line)
    page = browse(owner).post(reverse("clients:move_product", args=[acme.pk, row.pk, "open"]), follow=True)
    row.refresh_from_db()
    assert row.status == "ORDERED"
    assert "没有生效的协议" in page.content.decode()
    answer = api(owner).post(f"/api/v1/products/{row.pk}:open")
    assert (answer.status_code, answer.json()["code"]) == (409, "AGREEMENT_REQUIRED")
    feeder = factories.make_system("BOSSX", org["city"], ["feeds"])
    told = {
        "rows": [
            {"client_code": acme.client_code, "product_code": "OA", "external_id": "F1", "status": "OPEN"}
        ]
    }
    fed = api(feeder).post("/api/v1/feeds/products", told).json()["rows"]
    assert fed[0]["code"] == "AGREEMENT_REQUIRED"
    factories.make_agreement(acme)
    assert api(feeder).post("/api/v1/feeds/products", told).json()["rows"][0]["outcome"] == "stored"
    assert api(owner).post(f"/api/v1/products/{row.pk}:open").status_code == 200


@pytest.mark.spec("S0-37")
def test_a_churned_client_comes_back_under_an_agreement_only(acme: Client, owner: User) -> None:
    """Any product of a churned client needs an agreement in force (spec §3.4)."""
    old = factories.make_client_product(acme, status="OPEN", opened_on=date(2026, 1, 5))
    services.cancel_product(actor=owner, product_id=old.pk)
    anew = factories.make_client_product(acme)
    with pytest.raises(BusinessError) as refused:
        services.open_product(actor=owner, product_id=anew.pk)
    assert refused.value.code == "AGREEMENT_REQUIRED"
    factories.make_agreement(acme)
    services.open_product(actor=owner, product_id=anew.pk)
    acme.refresh_from_db()
    assert acme.status == "ONLINE"


@pytest.mark.parametrize(
    ("days", "stage"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_the_stage_of_a_notice_is_the_smallest_not_passed(days: int, stage: int | None) -> None:
    """90, 30 and 7 days, both sides of each."""
    assert notice_stage(days) == stage


def test_managers_are_told_once_a_stage_and_never_of_ended_ones(acme: Client, owner: User) -> None:
    """A second run the same night writes nothing; a missed night is made up by the next."""
    end = date(2027, 6, 30)
    factories.make_agreement(acme, expires_on=end)
    factories.make_agreement(acme, expires_on=end, ended_on=date(2026, 5, 1), end_reason="改签")

    def night(day: date) -> int:
        return services.remind_expiring(as_of=day)

    assert night(end - timedelta(days=91)) == 0
    assert night(end - timedelta(days=88)) == 1
    assert night(end - timedelta(days=88)) == 0
    assert night(end - timedelta(days=87)) == 0
    assert night(end - timedelta(days=30)) == 1
    assert night(end - timedelta(days=7)) == 1
    assert night(end + timedelta(days=1)) == 0
    told = Notification.objects.filter(user=owner, kind="agreement_expiring")
    assert told.count() == 3


def test_the_page_takes_the_paper_and_hands_it_out_as_a_file(
    acme: Client, owner: User, colleague: User, stranger: User, browse: Any
) -> None:
    """A script with a PDF's name is refused; who may see the client may fetch the paper, nobody else."""
    address = reverse("clients:agreement_new", args=[acme.pk])
    body = {key: str(value) for key, value in values().items()}
    fake = SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>")
    assert browse(owner).post(address, body | {"attachment": fake}).status_code == 422
    assert not Agreement.objects.exists()
    real = SimpleUploadedFile("合同.pdf", b"%PDF-1.7 body\n%%EOF")
    assert browse(owner).post(address, body | {"attachment": real}).status_code == 302
    made = Agreement.objects.get()
    assert "合同" not in str(made.attachment.name)
    paper = reverse("clients:agreement_paper", args=[acme.pk, made.pk])
    fetched = browse(colleague).get(paper)
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(fetched.streaming_content).startswith(b"%PDF")
    assert browse(stranger).get(paper).status_code == 404
    assert browse(colleague).post(address, body).status_code == 403


@pytest.mark.spec("E114", "S0-59")
def test_a_first_signing_is_compared_and_a_differing_field_warns_on_the_agreement(
    acme: Client, owner: User, auditor: User, browse: Any
) -> None:
    """Entered on the page, found at night, compared by the auditor, doubted where it is shown, cleared."""
    Client.objects.filter(pk=acme.pk).update(address="龙井路 1 号")
    body = {key: str(value) for key, value in values().items()}
    address = reverse("clients:agreement_new", args=[acme.pk])
    assert browse(owner).post(address, body).status_code == 302
    browse(owner).post(address, body | {"no": "XY-2"})
    assert services.draw_due_audits(as_of=clock.today()) == 1
    assert services.draw_due_audits(as_of=clock.today()) == 0
    agreement = Agreement.objects.get(first_signing=True)
    task = AuditTask.objects.get()
    assert (task.agreement, task.origin, task.auditor) == (agreement, "FIRST_SIGNING", auditor)
    services.start_audit(actor=auditor, task_id=task.pk)
    task.lines.filter(verdict="MISSING").update(verdict="EXEMPT", reason="客户无")
    line = task.lines.get(field="address")
    services.save_sheet(actor=auditor, task_id=task.pk, lines={line.pk: {"paper_value": "龙井路 9 号"}})
    services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
    page = reverse("clients:agreement", args=[acme.pk, agreement.pk])
    agreement.refresh_from_db()
    assert "地址" in agreement.warning
    assert agreement.warning in browse(owner).get(page).content.decode()
    assert not Agreement.objects.get(no="XY-2").warning
    services.notify_manager(actor=auditor, task_id=task.pk)
    services.update_client(actor=owner, client_id=acme.pk, values={"address": "龙井路 9 号"})
    services.report_corrected(actor=owner, task_id=task.pk)
    services.verify_correction(actor=auditor, task_id=task.pk, accepted=True)
    agreement.refresh_from_db()
    assert agreement.warning == ""
