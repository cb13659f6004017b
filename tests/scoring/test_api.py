"""Points, scores and feeds over REST."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.base import clock
from members.models import PersonalCustomer
from scoring import services
from scoring.models import PointEntry, PointMovement
from tests.factories import make_customer, make_user
from tests.scoring.conftest import Bill, lots, send_code

Api = Callable[[User | None], APIClient]
Browse = Callable[[User | None], Browser]
V1 = "/api/v1"


@pytest.fixture
def boss(org: dict[str, OrgUnit]) -> User:
    """Return the billing system, which may feed and read."""
    user = User.objects.create(staff_no="boss", full_name="BOSS", is_system=True)
    ApiClient.objects.create(name="BOSS", user=user, unit=org["province"], scopes=["feeds", "read"])
    return user


@pytest.fixture
def rich(org: dict[str, OrgUnit], acme: Client, bill: Bill) -> PersonalCustomer:
    person = make_customer(org["unit"], acme)
    month = clock.add_months(clock.month_of(clock.today()), -1)
    bill(month, 500_00, of=person, settled=clock.now())
    services.post_settled_bills(as_of=clock.today(), customer_ids=[person.pk])
    return person


def test_an_account_and_its_lines_are_read(rich: PersonalCustomer, owner: User, api: Api) -> None:
    found = api(owner).get(f"{V1}/customers/{rich.pk}/points").json()
    assert (found["balance"], found["deducted"], len(found["lots"])) == (500, 0, 1)
    lines = api(owner).get(f"{V1}/customers/{rich.pk}/points/entries").json()
    assert [line["points"] for line in lines["results"]] == [500]
    assert "next" in lines


@pytest.mark.spec("E128", "E130", "E131")
def test_redemption_answers_with_codes_and_repeats_safely(
    rich: PersonalCustomer, owner: User, colleague: User, api: Api
) -> None:
    url = f"{V1}/customers/{rich.pk}/points:redeem"
    client = api(owner)
    assert client.post(url, {"points": 10}).json()["code"] == "OTP_REQUIRED"
    code = send_code(rich, owner)
    too_much = client.post(url, {"points": 501, "code": code})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "POINTS_INSUFFICIENT")
    User.objects.filter(pk=colleague.pk).update(mobile="13900002222")
    staff = client.post(url, {"points": 10, "code": code, "beneficiary": "13900002222"})
    assert staff.json()["code"] == "STAFF_BENEFICIARY"
    key = {"Idempotency-Key": "r-1"}
    first = client.post(url, {"points": 10, "code": code}, headers=key)
    again = client.post(url, {"points": 10, "code": code}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["lines"][0]["points"] == -10
    other = client.post(url, {"points": 11, "code": code}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "IDEMPOTENCY_MISMATCH")
    assert lots(rich)[clock.add_months(clock.month_of(clock.today()), -1).year] == 490


@pytest.mark.spec("E132", "S0-70")
def test_rewards_and_adjustments_wait_for_a_second_person(
    rich: PersonalCustomer, head: User, org: dict[str, OrgUnit], owner: User, api: Api
) -> None:
    second = make_user("second", Role.DEPT_HEAD, org["unit"])
    given = {"points": 20, "remark": "多记"}
    assert api(owner).post(f"{V1}/customers/{rich.pk}/points:adjust", given).status_code == 403
    made = api(head).post(f"{V1}/customers/{rich.pk}/points:adjust", given).json()
    alone = api(head).post(f"{V1}/point-proposals/{made['id']}:approve")
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    assert [p["id"] for p in api(second).get(f"{V1}/point-proposals").json()["results"]] == [made["id"]]
    booked = api(second).post(f"{V1}/point-proposals/{made['id']}:approve")
    assert booked.json()["kind"] == "DEDUCT_ADJUST"
    reward = {"points": 5, "reward_reason": "VAS", "remark": "试用"}
    offer = api(head).post(f"{V1}/customers/{rich.pk}/points:reward", reward).json()
    assert api(second).post(f"{V1}/point-proposals/{offer['id']}:decline").status_code == 204
    undo = {"movement": booked.json()["id"], "reason": "错"}
    back = api(head).post(f"{V1}/customers/{rich.pk}/points:reverse", undo)
    assert (back.status_code, back.json()["points"]) == (201, 20)
    assert sum(lots(rich).values()) == 500


@pytest.mark.spec("S0-68", "S0-69", "E119", "E120")
def test_bills_are_fed_in_bulk_and_posted_at_once(
    customer: PersonalCustomer, boss: User, owner: User, api: Api
) -> None:
    row = {
        "msisdn": customer.msisdn, "month": "2026-03-01", "total_fen": 200_00, "paid_fen": 128_90,
        "agency_fee_fen": 20_00,
    }  # fmt: skip
    feed = api(boss)

    def send(*rows: dict[str, object]) -> dict[str, object]:
        answer = feed.post(f"{V1}/feeds/bills", {"rows": rows})
        assert answer.status_code == 200, answer.json()
        return dict(answer.json())

    assert send(row)["posted"] == 0  # not settled yet
    settled = row | {"settled_at": "2026-04-05T10:00:00+08:00"}
    stranger = settled | {"msisdn": "13000000000"}
    found = send(settled, stranger)
    assert found["posted"] == 1
    assert [r["outcome"] for r in found["rows"]] == ["updated", "rejected"]  # type: ignore[attr-defined]
    assert lots(customer) == {2026: 108}
    assert send(settled)["posted"] == 0
    refund = send(settled | {"paid_fen": 100_00})
    assert refund["refunded"] == 1
    assert lots(customer) == {2026: 80}
    assert send(settled | {"paid_fen": 100_00})["refunded"] == 0
    assert PointEntry.objects.count() == 2
    assert api(owner).post(f"{V1}/feeds/bills", {"rows": [row]}).status_code == 403


@pytest.mark.spec("S0-68", "S0-69")
def test_the_last_bill_of_who_left_earns_and_nobody_spends_it(
    org: dict[str, OrgUnit], boss: User, owner: User, acme: Client, api: Api, browse: Browse
) -> None:
    """The number, and every code sent to it, may be somebody else's."""
    gone = make_customer(org["unit"], acme, in_net_to=date(2026, 3, 20))
    new = make_customer(org["unit"], acme, msisdn=gone.msisdn, in_net_from=date(2026, 6, 1))
    row = {
        "msisdn": gone.msisdn, "month": "2026-03-01", "total_fen": 100_00, "paid_fen": 100_00,
        "settled_at": "2026-07-05T10:00:00+08:00",
    }  # fmt: skip
    answer = api(boss).post(f"{V1}/feeds/bills", {"rows": [row]}).json()
    assert (answer["posted"], lots(gone), lots(new)) == (1, {2026: 100}, {})
    code = api(owner).post(f"{V1}/customers/{gone.pk}/points:code")
    assert (code.status_code, code.json()["code"]) == (409, "CUSTOMER_LEFT")
    spent = api(owner).post(f"{V1}/customers/{gone.pk}/points:redeem", {"points": 1, "code": "123456"})
    assert (spent.status_code, spent.json()["code"]) == (409, "CUSTOMER_LEFT")
    page = browse(owner).get(f"/scoring/customers/{gone.pk}/").content.decode()
    assert "2026-03-20" in page
    assert f"/scoring/customers/{gone.pk}/redeem/" not in page


@pytest.mark.spec("E120")
def test_a_bill_of_a_wrong_type_is_answered_by_itself(
    customer: PersonalCustomer, boss: User, api: Api
) -> None:
    row = {"msisdn": customer.msisdn, "month": "2026-03-01", "total_fen": 100, "paid_fen": 100}
    rows = [row | {"paid_fen": "1.5"}, None, row | {"month": "März"}, row, row | {"total_fen": -1}]
    answer = api(boss).post(f"{V1}/feeds/bills", {"rows": rows}, format="json")
    assert answer.status_code == 200, answer.json()
    found = answer.json()["rows"]
    assert [(each["index"], each["outcome"], each["code"]) for each in found] == [
        (0, "rejected", "INVALID"), (1, "rejected", "INVALID"), (2, "rejected", "INVALID"),
        (3, "created", ""), (4, "rejected", "AMOUNT_INVALID"),
    ]  # fmt: skip
    assert (found[0]["msisdn"], list(found[0]["fields"])) == (customer.msisdn, ["paid_fen"])
    assert list(found[2]["fields"]) == ["month"]
    assert customer.bills.get().total_fen == 100


@pytest.mark.spec("E211")
def test_scores_and_changes_are_read_by_other_systems(
    acme: Client, foreign: Client, boss: User, owner: User, api: Api
) -> None:
    services.classify_sizes(as_of=date(2026, 6, 15))
    services.run_tiers(as_of=date(2026, 6, 15))
    score = api(owner).get(f"{V1}/clients/{acme.pk}/score").json()
    assert (score["value_tier"]["tier"], score["value_tier"]["model"]) == ("C", "v1")
    assert {line["code"] for line in score["value_tier"]["lines"]} >= {"cv1", "sv2"}
    assert score["size_class"]["rule"] == "SZ-D"
    feed = api(boss).get(f"{V1}/feeds/tiers?changed_since=2026-06-15").json()["results"]
    assert {row["client_code"] for row in feed} == {acme.client_code, foreign.client_code}
    assert api(boss).get(f"{V1}/feeds/tiers?changed_since=2026-06-16").json()["results"] == []
    assert api(boss).get(f"{V1}/feeds/tiers?after={feed[0]['id']}").json()["results"] == feed[1:]
    assert api(boss).get(f"{V1}/feeds/tiers?changed_since=soon").status_code == 400
    mine = api(owner).get(f"{V1}/feeds/tiers").json()["results"]
    assert {row["client_code"] for row in mine} == {acme.client_code}
    runs = api(boss).get(f"{V1}/tier-runs").json()["results"]
    assert [(run["business_date"], run["universe"]) for run in runs] == [("2026-06-14", 2)]


def test_an_unknown_customer_is_not_found(rich: PersonalCustomer, stranger: User, api: Api) -> None:
    assert api(stranger).get(f"{V1}/customers/{rich.pk}/points").status_code == 404
    assert api(stranger).post(f"{V1}/customers/{rich.pk}/points:redeem", {"points": 1}).status_code == 404
    assert not PointMovement.objects.exists()
