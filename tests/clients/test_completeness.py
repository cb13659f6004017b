"""How full a file is: 24 required and 20 optional rules (spec §3.3)."""

from typing import Any

import pytest

from clients import services
from clients.models import Client
from clients.rules import completeness
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db

OPTIONAL: dict[str, Any] = {
    "short_name": "茶社", "uscc": "91350100M000100Y43", "licence_no": "A1", "email": "a@example.com",
    "website": "example.com", "founded_on": "2001-01-01", "registered_capital_fen": 0, "tax_rank_province": 9,
    "tax_rank_city": 1, "monthly_telecom_spend_fen": 0, "competitor_contract_ends_on": "2027-01-01",
    "decision_chain": "校长定", "budget_month": 11, "remark": "好客",
}  # fmt: skip


@pytest.fixture
def full(org: dict[str, OrgUnit], owner: User) -> Client:
    """Return a file with every required field, and influence and demand, which zero fills."""
    client = factories.make_client(
        org["unit"], owner, industry_id="6621", main_activity="茶",
        grid=factories.make_grid("G1", org["unit"]), phone_public="0571-1", address="路 1",
        postal_address="路 1", postcode="310000", employee_total=0,
        mobile_users_cm=0, mobile_users_ct=0, mobile_users_cu=0,
    )  # fmt: skip
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    return client


def grade(client: Client, **changes: Any) -> str:
    """Change a file behind the services and grade it."""
    if changes:
        Client.objects.filter(pk=client.pk).update(**changes)
    services.refresh_completeness([client.pk])
    client.refresh_from_db()
    return client.completeness


def take(count: int) -> dict[str, Any]:
    """Return that many optional fields."""
    return dict(list(OPTIONAL.items())[:count])


def test_there_are_24_required_and_20_optional_rules() -> None:
    """The dictionary of the specification is whole."""
    assert (len(completeness.REQUIRED), len(completeness.OPTIONAL)) == (24, 20)


@pytest.mark.spec("E109", "E110", "S0-57", "S0-58", "D-32")
def test_half_of_the_optional_fields_make_a_file_complete(full: Client) -> None:
    """Two of twenty are filled by zero: nine in all are basic, ten complete."""
    assert grade(full, **take(7)) == "BASIC"
    assert grade(full, **take(8)) == "COMPLETE"


@pytest.mark.spec("E108", "S0-56")
def test_one_missing_required_field_makes_a_file_incomplete(full: Client) -> None:
    """However many optional fields are filled."""
    assert grade(full, **OPTIONAL) == "COMPLETE"
    assert grade(full, phone_public="") == "INCOMPLETE"


@pytest.mark.spec("E112", "S1-68")
@pytest.mark.parametrize("blank", ["", "   ", "\t\n", "\u3000"])
def test_blanks_are_not_filled(full: Client, blank: str) -> None:
    """A name of blanks is missing."""
    assert grade(full, name=blank) == "INCOMPLETE"


@pytest.mark.spec("E113", "E024")
def test_conditional_rules_count_only_where_they_are_asked(full: Client) -> None:
    """Bank level for banks, cluster kind for clusters, parent for units; null counts are missing."""
    assert grade(full) == "BASIC"
    assert grade(full, key_industry="BANK") == "INCOMPLETE"
    assert grade(full, bank_level="HQ") == "BASIC"
    assert grade(full, institution_type="JL", institution_subtype="") == "INCOMPLETE"
    assert grade(full, cluster_kind="VILLAGE") == "BASIC"
    assert grade(full, unit_relation="BRANCH") == "INCOMPLETE"
    assert grade(full, unit_relation="HQ", mobile_users_ct=None) == "INCOMPLETE"


@pytest.mark.spec("S1-72")
@pytest.mark.parametrize(("industry", "level"), [("J", "INCOMPLETE"), ("66", "INCOMPLETE"), ("662", "BASIC")])
def test_the_industry_is_asked_down_to_the_group(full: Client, industry: str, level: str) -> None:
    """Section and division alone are not enough."""
    assert grade(full, industry_id=industry) == level


@pytest.mark.spec("S1-81")
def test_a_key_person_without_mobile_does_not_fill_the_rule(full: Client) -> None:
    """Name, position and mobile are asked of the key person; who left does not count."""
    assert grade(full) == "BASIC"
    full.contacts.filter(kind="KEY_PERSON").update(mobile="")
    assert grade(full) == "INCOMPLETE"
    full.contacts.filter(kind="KEY_PERSON").update(mobile="13900000001")
    assert grade(full) == "BASIC"
    full.contacts.filter(kind="CONTACT").update(left_on="2026-01-01")
    assert grade(full) == "INCOMPLETE"


def test_the_night_grades_all_and_is_quiet_twice(full: Client) -> None:
    """One statement; a second run changes nothing."""
    assert services.grade_completeness(as_of=clock.today()) == 1
    assert services.grade_completeness(as_of=clock.today()) == 0


def test_the_explanation_is_the_same_rule(full: Client) -> None:
    """What the explanation misses is what the grade misses."""
    grade(full, address=" ", budget_month=3)
    missing = {a.rule.code for a in services.explain_completeness(full) if a.filled is False}
    assert "address" in missing
    assert "budget_month" not in missing
    assert {a.rule.code for a in services.explain_completeness(full) if a.filled is None} == {
        "parent", "bank_level", "cluster_kind",
    }  # fmt: skip


def test_a_write_grades_at_once(full: Client, owner: User) -> None:
    """The manager sees the level without waiting for the night."""
    changed = services.update_client(actor=owner, client_id=full.pk, values={"remark": "好客"})
    assert changed.completeness == "BASIC"
