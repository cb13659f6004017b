"""Stars, high value and labels of customers (spec §3.6.3): rules, monthly runs, daily labels."""

from datetime import date
from typing import Any

import pytest

from clients.choices import ClientStatus
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.expressions import evaluate, first_code, first_match
from crm.params.models import ParamValue
from members.models import Contact, Member, PersonalCustomer
from scoring import rules, services
from scoring.models import CustomerMarks, FlagRun, MarkChange, StarModelVersion, StarRun
from tests.factories import make_client, make_customer
from tests.scoring.conftest import Bill

Org = dict[str, OrgUnit]
MAY = date(2026, 5, 1)
RUN = date(2026, 6, 3)  # the night of 2 June passes 3 June: May is evaluated


@pytest.fixture
def s1(db: None) -> StarModelVersion:
    return StarModelVersion.objects.get(name="S1")


def star(s1: StarModelVersion, **facts: Any) -> tuple[int, str]:
    """Evaluate the night's table over a plain dict. Units: `avg6` in fen."""
    from django.db.models import SmallIntegerField

    given: dict[str, Any] = {
        "brand": "OTHER", "influential": False, "months_in_net": 24, "points_last_year": 0, "spend6_fen": 0,
    } | facts  # fmt: skip
    if "avg6" in given:
        given["spend6_fen"] = given.pop("avg6") * 6
    table = rules.star_rules(s1.numbers)
    found = evaluate(
        {
            "star": first_match(table, default=0, output=SmallIntegerField()),
            "rule": first_code(table, default="ST-0"),
        },
        given,
    )
    return found["star"], found["rule"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"brand": "GOTONE", "points_last_year": 20_000}, (6, "ST-6a"),
                     marks=pytest.mark.spec("E159", "S3-01", "S3-02"), id="E159"),
        pytest.param({"brand": "GOTONE", "points_last_year": 19_999}, (4, "ST-4a"),
                     marks=pytest.mark.spec("S3-02")),
        pytest.param({"points_last_year": 20_000}, (1, "ST-1"), marks=pytest.mark.spec("S3-02")),
        pytest.param({"brand": "GOTONE", "influential": True}, (6, "ST-6b"), marks=pytest.mark.spec("S3-02")),
        pytest.param({"influential": True}, (1, "ST-1"), marks=pytest.mark.spec("S3-02")),
        pytest.param({"avg6": 300_00}, (5, "ST-5"), marks=pytest.mark.spec("E161", "S3-03"), id="E161"),
        pytest.param({"brand": "GOTONE", "avg6": 300_00}, (5, "ST-5"), marks=pytest.mark.spec("S3-03")),
        pytest.param({"brand": "GOTONE", "avg6": 299_99}, (4, "ST-4a"),
                     marks=pytest.mark.spec("E162", "S3-04"), id="E162-gotone"),
        pytest.param({"avg6": 299_99}, (4, "ST-4b"), marks=pytest.mark.spec("E162", "S3-04"), id="E162"),
        pytest.param({"brand": "GOTONE", "avg6": 10_00}, (4, "ST-4a"), marks=pytest.mark.spec("E163"),
                     id="E163"),
        pytest.param({"avg6": 120_00}, (4, "ST-4b"), marks=pytest.mark.spec("E164", "S3-04"), id="E164-120"),
        pytest.param({"avg6": 119_99}, (3, "ST-3"), marks=pytest.mark.spec("E164", "S3-05")),
        pytest.param({"avg6": 80_00}, (3, "ST-3"), marks=pytest.mark.spec("E164", "S3-05")),
        pytest.param({"avg6": 79_99}, (2, "ST-2"), marks=pytest.mark.spec("E164", "S3-06")),
        pytest.param({"avg6": 50_00}, (2, "ST-2"), marks=pytest.mark.spec("E164", "S3-06")),
        pytest.param({"avg6": 49_99}, (1, "ST-1"), marks=pytest.mark.spec("E164", "S3-07")),
        pytest.param({"avg6": 0}, (1, "ST-1"), marks=pytest.mark.spec("E164", "S3-07")),
        pytest.param({"avg6": 500_00, "months_in_net": 5}, (0, "ST-0"), marks=pytest.mark.spec("E165"),
                     id="E165"),
        pytest.param({"avg6": 500_00, "months_in_net": 6}, (5, "ST-5"), marks=pytest.mark.spec("E165")),
    ],
)  # fmt: skip
def test_the_star_of_a_customer(
    s1: StarModelVersion, facts: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert star(s1, **facts) == expected


def test_no_fen_is_lost_in_the_average(s1: StarModelVersion) -> None:
    """A sum one fen short of six times the threshold stays below it."""
    assert star(s1, spend6_fen=300_00 * 6 - 1)[0] == 4
    assert star(s1, spend6_fen=300_00 * 6)[0] == 5


@pytest.mark.spec("S3-01", "S3-32")
def test_the_run_of_a_month_gives_stars_once(bill: Bill, customer: PersonalCustomer, org: Org) -> None:
    PersonalCustomer.objects.update(brand="OTHER")
    rich, poor = customer, make_customer(org["unit"], brand="OTHER")
    gone = make_customer(org["unit"], brand="OTHER", in_net_to=date(2026, 4, 1))
    for back in range(6):
        bill(clock.add_months(MAY, -back), 300_00, of=rich)
        bill(clock.add_months(MAY, -back), 49_99, of=poor)
        bill(clock.add_months(MAY, -back), 900_00, of=gone)
    assert services.run_stars(as_of=RUN) == 2
    stars = dict(PersonalCustomer.objects.values_list("pk", "star"))
    assert (stars[rich.pk], stars[poor.pk], stars[gone.pk]) == (5, 1, 0)
    run = StarRun.objects.get()
    assert (run.month, run.counts, run.customers) == (MAY, {"1": 1, "5": 1}, 2)
    before = list(CustomerMarks.objects.order_by("pk").values())
    for as_of in (RUN, date(2026, 6, 4), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)):
        assert services.run_stars(as_of=as_of) == 0
    assert list(CustomerMarks.objects.order_by("pk").values()) == before
    assert MarkChange.objects.filter(kind="STAR").count() == 2
    services.run_stars(as_of=date(2026, 7, 3))
    assert list(StarRun.objects.order_by("month").values_list("month", flat=True)) == [MAY, date(2026, 6, 1)]


def test_only_our_own_services_count(bill: Bill, org: Org) -> None:
    """Discounts and what is collected for others are no consumption (decision 14)."""
    customer = make_customer(org["unit"], brand="OTHER")
    for back in range(6):
        bill(clock.add_months(MAY, -back), 310_00, agency=11_00, discount=500_00, of=customer)
    services.run_stars(as_of=RUN)
    marks = CustomerMarks.objects.get(pk=customer.pk)
    assert (marks.spend6_fen, marks.star_rule) == (299_00 * 6, "ST-4b")


def test_a_bill_not_yet_paid_counts_as_consumption(bill: Bill, org: Org) -> None:
    customer = make_customer(org["unit"], brand="OTHER")
    for back in range(6):
        bill(clock.add_months(MAY, -back), 300_00, settled=False, of=customer)
    services.run_stars(as_of=RUN)
    customer.refresh_from_db()
    assert customer.star == 5


@pytest.mark.spec("E165")
def test_months_in_the_network_are_counted_to_the_month(bill: Bill, org: Org) -> None:
    five = make_customer(org["unit"], in_net_from=date(2026, 1, 1))
    six = make_customer(org["unit"], in_net_from=date(2025, 12, 31))
    services.run_stars(as_of=RUN)
    rule = dict(CustomerMarks.objects.values_list("customer", "star_rule"))
    assert (rule[five.pk], rule[six.pk]) == ("ST-0", "ST-4a")


@pytest.mark.spec("S3-31")
def test_a_new_version_rules_from_its_day_on(bill: Bill, org: Org, s1: StarModelVersion) -> None:
    customer = make_customer(org["unit"], brand="OTHER")
    for back in range(7):
        bill(clock.add_months(date(2026, 6, 1), -back), 250_00, of=customer)
    StarModelVersion.objects.create(
        name="S2", state="PUBLISHED", numbers=s1.numbers | {"five_yuan": 250},
        effective_from=date(2026, 7, 1), published_at=clock.now(),
    )  # fmt: skip
    services.run_stars(as_of=date(2026, 6, 30))
    customer.refresh_from_db()
    assert customer.star == 4
    services.run_stars(as_of=date(2026, 7, 3))
    customer.refresh_from_db()
    assert customer.star == 5
    assert list(StarRun.objects.order_by("pk").values_list("version__name", flat=True)) == ["S1", "S2"]


# ---- High value ---------------------------------------------------------------------------------------


def labels(customer: PersonalCustomer) -> list[str]:
    return list(CustomerMarks.objects.get(pk=customer.pk).labels)


@pytest.mark.spec("E155", "S0-78")
@pytest.mark.parametrize(("december", "holds"), [(140_00, True), (139_99, False)])
def test_static_high_value_is_the_last_quarter(
    bill: Bill, customer: PersonalCustomer, december: int, holds: bool
) -> None:
    bill(date(2025, 10, 1), 100_00)
    bill(date(2025, 11, 1), 120_00)
    bill(date(2025, 12, 1), december)
    services.run_flags(as_of=date(2026, 1, 2))
    assert CustomerMarks.objects.get().static_year == (2026 if holds else None)
    services.run_flags(as_of=date(2026, 12, 2))
    services.write_labels(as_of=date(2026, 12, 31))
    assert ("STATIC_HV" in labels(customer)) is holds
    services.write_labels(as_of=date(2027, 1, 1))
    assert "STATIC_HV" not in labels(customer)


@pytest.mark.spec("S0-78")
def test_who_joined_in_the_last_quarter_is_divided_by_three_too(
    bill: Bill, customer: PersonalCustomer
) -> None:
    bill(date(2025, 12, 1), 359_99)
    services.run_flags(as_of=date(2026, 1, 2))
    assert CustomerMarks.objects.get().static_year is None


@pytest.mark.spec("E157", "S0-79")
def test_dynamic_high_value_sticks_to_the_end_of_the_year(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2026, 4, 1), 119_99)
    bill(MAY, 120_00)
    for month in range(6, 13):
        bill(date(2026, month, 1), 10_00)
    held = {}
    for month in range(5, 13):
        services.run_flags(as_of=date(2026, month, 2))
        services.write_labels(as_of=date(2026, month, 2))
        held[month] = "DYNAMIC_HV" in labels(customer)
    assert held == {5: False} | dict.fromkeys(range(6, 13), True)
    services.write_labels(as_of=date(2026, 12, 31))
    assert "DYNAMIC_HV" in labels(customer)
    services.run_flags(as_of=date(2027, 1, 1))
    services.write_labels(as_of=date(2027, 1, 1))
    assert "DYNAMIC_HV" not in labels(customer)
    services.run_flags(as_of=date(2027, 1, 2))
    services.write_labels(as_of=date(2027, 1, 2))
    assert "DYNAMIC_HV" not in labels(customer)
    bill(date(2027, 1, 1), 120_00)
    services.run_flags(as_of=date(2027, 2, 2))
    services.write_labels(as_of=date(2027, 2, 2))
    assert "DYNAMIC_HV" in labels(customer)


@pytest.mark.spec("E158", "S0-80")
@pytest.mark.parametrize(("fen", "holds"), [(50_00, True), (49_99, False)])
def test_mid_high_is_the_average_of_three_months(
    bill: Bill, customer: PersonalCustomer, fen: int, holds: bool
) -> None:
    bill(date(2026, 2, 1), 900_00)  # outside the window
    for month in (3, 4, 5):
        bill(date(2026, month, 1), fen)
    services.run_flags(as_of=date(2026, 6, 2))
    assert CustomerMarks.objects.get().midhigh is holds
    assert MarkChange.objects.filter(kind="MIDHIGH").count() == holds


def test_flags_run_once_a_month_and_are_made_up_late(bill: Bill, customer: PersonalCustomer) -> None:
    bill(MAY, 150_00)
    assert services.run_flags(as_of=date(2026, 6, 1)) == 1  # April: the bills of May are not complete
    assert CustomerMarks.objects.get().dynamic_year is None
    assert services.run_flags(as_of=date(2026, 6, 9)) == 1
    assert services.run_flags(as_of=date(2026, 6, 9)) == services.run_flags(as_of=date(2026, 6, 20)) == 0
    assert services.run_flags(as_of=date(2026, 6, 1)) == 0  # an older month does not come back
    assert CustomerMarks.objects.get().dynamic_year == 2026
    assert list(FlagRun.objects.values_list("month", flat=True)) == [MAY, date(2026, 4, 1)]


@pytest.mark.spec("S0-80")
def test_the_next_run_uses_a_changed_threshold(bill: Bill, customer: PersonalCustomer) -> None:
    for month in range(1, 7):
        bill(date(2026, month, 1), 60_00)
    services.run_flags(as_of=date(2026, 6, 2))
    ParamValue.objects.create(key="midhigh.yuan", value=61, effective_from=date(2026, 6, 10))
    assert services.run_flags(as_of=date(2026, 6, 11)) == 0
    assert CustomerMarks.objects.get().midhigh is True
    services.run_flags(as_of=date(2026, 7, 2))
    assert CustomerMarks.objects.get().midhigh is False


# ---- Labels -------------------------------------------------------------------------------------------


@pytest.mark.spec("S3-08")
def test_seven_labels_from_what_is_known_today(bill: Bill, customer: PersonalCustomer, org: Org) -> None:
    client = make_client(org["unit"], status=ClientStatus.ACTIVE)
    PersonalCustomer.objects.update(is_influential=True)
    Contact.objects.create(client=client, kind="KEY_PERSON", name="甲", mobile=customer.msisdn)
    Contact.objects.create(client=client, kind="CONTACT", name="甲", mobile=customer.msisdn)
    Member.objects.create(client=client, msisdn=customer.msisdn, name="甲", position="员工", type="2")
    for month in (10, 11, 12):
        bill(date(2025, month, 1), 200_00, of=customer)
    for month, paid in ((1, 100_00), (2, 120_00), (3, 100_00), (4, 100_00), (5, 54_00)):
        bill(date(2026, month, 1), paid, of=customer)
    services.run_flags(as_of=date(2026, 6, 2))
    assert services.write_labels(as_of=date(2026, 6, 2)) == 1
    assert labels(customer) == [
        "KEY_PERSON", "CONTACT", "MEMBER", "STATIC_HV", "DYNAMIC_HV", "INFLUENTIAL",
    ]  # fmt: skip
    CustomerMarks.objects.update(prev3_fen=324_00)  # an average of 108 yuan: half of it is 54
    assert services.write_labels(as_of=date(2026, 6, 2)) == 1
    assert "CHURN_RISK" in labels(customer)
    assert services.write_labels(as_of=date(2026, 6, 2)) == 0
    assert MarkChange.objects.filter(kind="LABEL", new="CHURN_RISK").count() == 1


@pytest.mark.spec("S3-08")
@pytest.mark.parametrize("status", [ClientStatus.CHURNED, ClientStatus.CLOSED])
def test_a_client_that_left_gives_no_label(org: Org, status: str) -> None:
    client = make_client(org["unit"], status=ClientStatus.ACTIVE)
    customer = make_customer(org["unit"])
    Contact.objects.create(client=client, kind="KEY_PERSON", name="甲", mobile=customer.msisdn)
    services.write_labels(as_of=RUN)
    assert labels(customer) == ["KEY_PERSON"]
    type(client).objects.filter(pk=client.pk).update(status=status)
    assert services.write_labels(as_of=RUN) == 1
    assert labels(customer) == []
    assert MarkChange.objects.filter(old="KEY_PERSON", new="").count() == 1


def test_who_left_the_network_carries_no_label(org: Org) -> None:
    customer = make_customer(org["unit"], is_influential=True)
    services.write_labels(as_of=RUN)
    PersonalCustomer.objects.update(in_net_to=RUN)
    assert services.write_labels(as_of=RUN) == 1
    assert labels(customer) == []


@pytest.mark.spec("S3-08")
def test_a_label_that_is_switched_off_disappears(org: Org) -> None:
    customer = make_customer(org["unit"], is_influential=True)
    services.write_labels(as_of=RUN)
    ParamValue.objects.create(key="label.enabled", value=["KEY_PERSON"], effective_from=RUN)
    services.write_labels(as_of=RUN)
    assert labels(customer) == []
