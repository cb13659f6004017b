"""Pages of scores and points, through a browser's requests."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import MonthlyBill, PersonalCustomer
from scoring import services
from scoring.models import LedgerProof, OneTimeCode, PointLot, PointMovement, PointProposal
from tests.factories import make_customer, make_user
from tests.scoring.conftest import lots, send_code

Browse = Callable[[User | None], Browser]


@pytest.fixture
def rich(acme: Client, org: dict[str, OrgUnit]) -> PersonalCustomer:
    """Return a customer of `acme` with 500 points of this year."""
    person = make_customer(org["unit"], acme, name="张三丰")
    today = clock.today()
    MonthlyBill.objects.create(
        customer=person, bill_month=clock.add_months(clock.month_of(today), -1), total_fen=500_00,
        paid_fen=500_00,
        settled_at=clock.now() - timedelta(hours=1),
    )  # fmt: skip
    services.post_settled_bills(as_of=today, customer_ids=[person.pk])
    return person


@pytest.fixture
def night(acme: Client) -> None:
    Client.objects.filter(pk=acme.pk).update(mobile_users_cm=200, employee_total=30, influence_level=5)
    services.classify_sizes(as_of=clock.today())
    services.run_tiers(as_of=clock.today())


@pytest.mark.usefixtures("night")
def test_the_tab_explains_tier_and_size_with_their_numbers(
    acme: Client, rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    page = browse(owner).get(reverse("scoring:client", args=[acme.pk])).content.decode()
    assert "SZ-B1" in page
    assert "手机 200 部" in page
    assert "v1" in page
    assert "张三丰" in page
    for name, words in (("why-tier", "影响力"), ("why-size", "SZ-A5")):
        url = reverse(f"scoring:{name}", args=[acme.pk])
        whole = browse(owner).get(url).content.decode()
        part = browse(owner).get(url, headers={"HX-Request": "true"}).content.decode()
        assert words in part
        assert "<html" not in part
        assert "<html" in whole


def test_a_client_no_night_has_seen_says_so(acme: Client, owner: User, browse: Browse) -> None:
    page = browse(owner).get(reverse("scoring:client", args=[acme.pk])).content.decode()
    assert "尚未评估" in page
    assert "尚未分类" in page


def test_people_of_other_units_see_no_scores(
    acme: Client, rich: PersonalCustomer, stranger: User, browse: Browse
) -> None:
    for name, pk in (("client", acme.pk), ("why-tier", acme.pk), ("statement", rich.pk)):
        assert browse(stranger).get(reverse(f"scoring:{name}", args=[pk])).status_code == 404


def test_a_colleague_sees_the_statement_masked(
    rich: PersonalCustomer, owner: User, colleague: User, browse: Browse
) -> None:
    url = reverse("scoring:statement", args=[rich.pk])
    assert "张三丰" in browse(owner).get(url).content.decode()
    masked = browse(colleague).get(url).content.decode()
    assert "张三丰" not in masked
    assert rich.msisdn not in masked
    assert "张*" in masked


def test_the_statement_names_what_expires_and_when(
    rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    lot = PointLot.objects.get()
    page = browse(owner).get(reverse("scoring:statement", args=[rich.pk])).content.decode()
    assert f"{lot.expires_on:%Y-%m-%d}" in page
    assert re.search(r"stat-value\">500<", page)


def test_points_are_redeemed_on_the_page_once_however_often_the_form_is_sent(
    rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    browser = browse(owner)
    url = reverse("scoring:statement", args=[rich.pk])
    key = re.search(r'name="key" value="([0-9a-f-]+)"', browser.get(url).content.decode())
    assert key
    form = {"points": 120, "code": send_code(rich, owner), "beneficiary": "", "key": key.group(1)}
    for _twice in range(2):
        answer = browser.post(reverse("scoring:redeem", args=[rich.pk]), form, follow=True)
        assert "已兑换 120 分" in answer.content.decode()
    assert sum(lots(rich).values()) == 380


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_counted_although_nothing_else_is_written(
    rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    code = send_code(rich, owner)
    form = {
        "points": 1,
        "code": f"{(int(code) + 1) % 1_000_000:06d}",
        "key": "6b0f4a52-0c8e-4f57-9f2b-0c9a3e0d1111",
    }
    answer = browse(owner).post(
        reverse("scoring:redeem", args=[rich.pk]),
        form,
        headers={"Referer": "http://testserver/scoring/"},
    )
    assert answer.status_code == 302
    assert OneTimeCode.objects.get().attempts == 1
    assert not PointMovement.objects.exists()


def test_two_people_give_points_on_the_page(
    rich: PersonalCustomer, head: User, org: dict[str, OrgUnit], browse: Browse
) -> None:
    second = make_user("second", Role.DEPT_HEAD, org["unit"])
    form = {"kind": "EARN_REWARD", "points": 50, "reward_reason": "SURVEY", "remark": "访谈"}
    browse(head).post(reverse("scoring:propose", args=[rich.pk]), form)
    proposal = PointProposal.objects.get()
    url = reverse("scoring:decide", args=[proposal.pk])
    refused = browse(head).post(url, {"decision": "approve"})
    assert refused.status_code == 403
    assert sum(lots(rich).values()) == 500
    browse(second).post(url, {"decision": "approve"})
    assert sum(lots(rich).values()) == 550
    page = browse(head).get(reverse("scoring:statement", args=[rich.pk])).content.decode()
    assert "市场调查" in page


def test_a_deduction_is_reversed_from_its_line(
    rich: PersonalCustomer, head: User, org: dict[str, OrgUnit], browse: Browse
) -> None:
    second = make_user("second", Role.DEPT_HEAD, org["unit"])
    movement = services.deduct(
        customer=rich, kind="DEDUCT_POLICY", points=50, reason="优惠", operator=head, approver=second, key="k"
    )
    url = reverse("scoring:reverse", args=[movement.pk])
    statement = reverse("scoring:statement", args=[rich.pk])
    assert url in browse(head).get(statement).content.decode()
    browse(head).post(url, {"reason": "记错"})
    assert sum(lots(rich).values()) == 500
    assert url not in browse(head).get(statement).content.decode()


def test_what_expires_this_year_stands_on_the_card(
    acme: Client, rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    url = reverse("scoring:expiring", args=[acme.pk])
    assert "无到期" in browse(owner).get(url).content.decode()
    PointLot.objects.update(expires_on=clock.today().replace(month=12, day=31))
    page = browse(owner).get(url).content.decode()
    assert "500" in page
    assert "1 人" in page


@pytest.mark.usefixtures("night")
def test_the_model_page_shows_weights_distribution_and_runs(owner: User, browse: Browse) -> None:
    page = browse(owner).get(reverse("scoring:model")).content.decode()
    assert "50,000 元" in page
    assert '"tiers"' in page
    assert "最近运行" in page


def test_the_proof_page_is_green_or_names_the_account(
    rich: PersonalCustomer, owner: User, browse: Browse
) -> None:
    url = reverse("scoring:proof")
    assert "尚未核对" in browse(owner).get(url).content.decode()
    services.prove_ledger(as_of=clock.today())
    assert "余额与封存一致" in browse(owner).get(url).content.decode()
    LedgerProof.objects.all().delete()
    PointLot.objects.update(earned_reward=1)
    services.prove_ledger(as_of=clock.today())
    page = browse(owner).get(url).content.decode()
    assert "有 1 个账户与流水不符" in page
    assert reverse("scoring:statement", args=[rich.pk]) in page
