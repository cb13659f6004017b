"""Pages of rewards and points in figures, the statement on paper, the roster as imported (R11)."""

import contextlib
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.exports.exportables import exportable_of
from crm.exports.services import preview_count
from crm.intake.models import ImportBatch, RowError
from crm.intake.services.undoing import undo_now
from members.models import PersonalCustomer
from scoring import reading, services
from scoring.models import LedgerProof, PointEntry, PointMovement, PointProposal, RewardBudget
from tests.factories import make_customer
from tests.scoring.conftest import Bill, lots

Browse = Callable[[User | None], Browser]
TODAY = clock.today()


@pytest.fixture
def rich(org: dict[str, OrgUnit], acme: Client, bill: Bill, head: User, second: User) -> PersonalCustomer:
    """Return a customer with points of three years, some spent, after a night."""
    person = make_customer(org["unit"], acme)
    for back, points in ((2, 400), (1, 300), (0, 200)):
        month = date(TODAY.year - back, 1, 1)
        bill(month, points * 100, of=person, settled=clock.at(TODAY - timedelta(days=1)))
    services.post_settled_bills(as_of=TODAY)
    services.deduct(
        customer=person,
        kind="DEDUCT_POLICY",
        points=50,
        reason="优惠",
        operator=head,
        approver=second,
        key="k",
    )
    services.prove_ledger(as_of=TODAY)
    return person


# ---- Points in figures


@pytest.mark.spec("R11", "S0-71", "S0-72")
def test_the_report_says_what_is_held_and_what_expires_when(
    rich: PersonalCustomer, head: User, stranger: User, browse: Browse, org: dict[str, OrgUnit]
) -> None:
    years = reading.held_by_year(head)
    assert [(y.lot_year - TODAY.year, y.points, y.expires_on.year - TODAY.year) for y in years] == [
        (-2, 350, 0), (-1, 300, 1), (0, 200, 2),
    ]  # fmt: skip
    month = reading.flows(head, as_of=TODAY)[-1]
    assert (month.consumption, month.by_policy, month.redeemed, month.held) == (900, 50, 0, 850)
    page = browse(head).get(reverse("scoring:points")).content.decode()
    assert "850" in page
    assert "350" in page
    assert reading.held_by_year(stranger) == []
    assert "850" not in browse(stranger).get(reverse("scoring:points")).content.decode()
    foreign = browse(head).get(reverse("scoring:points"), {"unit": org["other_unit"].pk})
    assert foreign.status_code == 404


@pytest.mark.spec("R11")
def test_the_api_tells_liability_forecast_and_flows(
    rich: PersonalCustomer,
    head: User,
    stranger: User,
    org: dict[str, OrgUnit],
    api: Callable[[User], APIClient],
) -> None:
    body = api(head).get("/api/v1/points").json()
    year = date(TODAY.year, 12, 31).isoformat()
    assert (body["held"], body["worth_fen"], body["expiring"], body["expires_on"]) == (850, 850, 350, year)
    assert [line["points"] for line in body["years"]] == [350, 300, 200]
    assert (body["months"][-1]["consumption"], body["months"][-1]["by_policy"]) == (900, 50)
    assert sum(line["points"] for line in body["units"]) == 850
    assert sum(line["expiring"] for line in body["units"]) == 350
    assert api(stranger).get("/api/v1/points").json()["held"] == 0
    assert api(head).get(f"/api/v1/points?unit={org['unit'].code}").json()["held"] == 850
    assert api(head).get(f"/api/v1/points?unit={org['other_unit'].code}").status_code == 404
    assert [line["customer"] for line in api(head).get("/api/v1/points/expiring").json()["results"]] == [
        rich.pk
    ]


@pytest.mark.spec("R11")
def test_a_customer_takes_points_along_into_another_unit(
    rich: PersonalCustomer, org: dict[str, OrgUnit], provadmin: User, api: Callable[[User], APIClient]
) -> None:
    """What a unit holds by year is what its months add up to, on the page as in the API."""

    def told(unit: str) -> tuple[int, int, int]:
        answer = api(provadmin).get("/api/v1/points", {"unit": org[unit].code}).json()
        return answer["held"], answer["months"][-1]["held"], answer["months"][-1]["moved"]

    held = told("unit")[0]
    assert held > 0
    PersonalCustomer.objects.filter(pk=rich.pk).update(org_unit=org["far_unit"])
    for _again in range(2):
        services.prove_ledger(as_of=TODAY + timedelta(days=1))
        assert (told("unit"), told("far_unit")) == ((0, 0, -held), (held, held, held))
        assert told("province") == (held, held, 0)
    proof = LedgerProof.objects.first()
    assert proof
    assert proof.sound


@pytest.mark.spec("R11")
def test_the_list_of_who_loses_points_is_scoped_narrowed_and_exported(
    rich: PersonalCustomer, head: User, owner: User, stranger: User, browse: Browse
) -> None:
    url = reverse("scoring:points-expiring")
    assert "350" in browse(owner).get(url).content.decode()
    assert "350" not in browse(owner).get(url, {"least": 500}).content.decode()
    assert "350" not in browse(stranger).get(url).content.decode()
    assert preview_count(head, "points_expiring", "least=100") == 1
    assert preview_count(head, "points_expiring", "least=500") == 0
    assert exportable_of("points_expiring").personal


def test_units_are_rolled_up_one_step_at_a_time(
    rich: PersonalCustomer, provadmin: User, org: dict[str, OrgUnit]
) -> None:
    on = reading.next_expiry(TODAY)
    top = reading.held_by_unit(provadmin, expires_on=on)
    assert [(line.unit, line.points, line.expiring, line.below) for line in top] == [
        (org["city"], 850, 350, True)
    ]
    below = reading.held_by_unit(provadmin, expires_on=on, unit=org["city"])
    assert [(line.unit, line.below) for line in below] == [(org["unit"], False)]


# ---- The statement


def test_a_period_keeps_its_lines_and_the_true_balances(
    rich: PersonalCustomer, head: User, second: User
) -> None:
    services.reward(
        customer=rich, points=7, reward_reason="VAS", operator=head, approver=second, key="back",
        as_of=TODAY - timedelta(days=400),
    )  # fmt: skip
    lines, _more = reading.statement_of(rich, since=TODAY)
    assert [line.balance for line in lines] == [850, 900, 700, 400]
    lines, _more = reading.statement_of(rich, until=TODAY - timedelta(days=1))
    assert [(line.points, line.balance) for line in lines] == [(7, 857)]
    assert reading.balance_before(rich, TODAY) == 7


@pytest.mark.spec("S0-65")
def test_the_statement_says_what_expires_and_comes_on_paper_and_as_files(
    rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    browser = browse(owner)
    page = browser.get(reverse("scoring:statement", args=[rich.pk])).content.decode()
    assert f"350 分将于 {TODAY.year}-12-31" in page
    paper = browser.get(reverse("scoring:statement-paper", args=[rich.pk]), {"since": TODAY.isoformat()})
    assert rich.name in paper.content.decode()
    pdf = browser.get(reverse("scoring:statement-pdf", args=[rich.pk]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]  # a file
    book = browser.get(reverse("scoring:statement-xlsx", args=[rich.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]  # a file
    assert sheet is not None
    rows = [row[4:] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [(400, 400), (300, 700), (200, 900), (-50, 850)]


def test_others_get_the_statement_masked(rich: PersonalCustomer, auditor: User, browse: Browse) -> None:
    for name in ("statement", "statement-paper"):
        page = browse(auditor).get(reverse(f"scoring:{name}", args=[rich.pk])).content.decode()
        assert rich.msisdn not in page


def test_a_reward_is_taken_back_from_the_page(
    rich: PersonalCustomer, head: User, second: User, browse: Browse
) -> None:
    given = services.reward(
        customer=rich, points=30, reward_reason="VAS", operator=head, approver=second, key="w"
    )
    answer = browse(head).post(reverse("scoring:take-back", args=[given.pk]), {"reason": "发错"})
    assert answer.status_code == 302
    proposal = PointProposal.objects.get(takes_back=given)
    browse(second).post(reverse("scoring:decide", args=[proposal.pk]), {"decision": "approve"})
    assert PointMovement.objects.get(reverses=given).points == 30
    assert sum(lots(rich).values()) == 850


# ---- Rosters through the import


@pytest.fixture
def budget(org: dict[str, OrgUnit], provadmin: User) -> RewardBudget:
    return services.set_budget(unit=org["province"], year=TODAY.year, quarter=0, points=500, actor=provadmin)


@pytest.mark.spec("S0-70")
def test_a_roster_becomes_proposals_within_the_budget_and_undo_sets_it_free(
    org: dict[str, OrgUnit],
    budget: RewardBudget,
    provadmin: User,
    gcdept: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    people = [make_customer(org["unit"]) for _ in range(4)]
    rows = [["手机号", "积分", "原因", "备注"]]
    rows += [[p.msisdn, str(n), "调查", "回访活动"] for p, n in zip(people, (200, 300, 1, 50), strict=True)]
    rows += [[people[0].msisdn, "5", "调查", ""], ["13912345678", "5", "调查", ""]]
    (tmp_path / "rewards.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")

    def take_in() -> ImportBatch:
        arguments = ("rewards", str(tmp_path / "rewards.csv"), "--commit", "--user", provadmin.staff_no)
        with contextlib.suppress(SystemExit):
            call_command("import_roster", *arguments, "--json", stdout=io.StringIO())
        return ImportBatch.objects.latest("pk")

    batch = take_in()
    assert (batch.created, batch.rejected) == (2, 4)
    codes = set(RowError.objects.filter(batch=batch).values_list("code", flat=True))
    assert codes == {"BUDGET_EXCEEDED", "DUPLICATE_KEY", "CUSTOMER_NOT_FOUND"}
    budget.refresh_from_db()
    assert (budget.reserved, budget.left) == (500, 0)
    undo_now(actor=provadmin, batch=batch)
    budget.refresh_from_db()
    assert (budget.reserved, PointProposal.objects.count()) == (0, 0)
    batch = take_in()
    budget.refresh_from_db()
    assert (budget.reserved, budget.left) == (500, 0)
    assert not PointEntry.objects.exists()
    assert services.approve_grant(batch=batch, actor=gcdept) == 500
    budget.refresh_from_db()
    assert (budget.reserved, budget.spent) == (0, 500)
    assert [sum(lots(p).values()) for p in people] == [200, 300, 0, 0]
