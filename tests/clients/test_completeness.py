"""How full a file is: 24 required and 20 optional rules (spec §3.3)."""

from datetime import timedelta
from typing import Any

import pytest

from clients import services
from clients.models import Client
from clients.rules import completeness
from clients.services.freshness import stale_filter
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import Forbidden, Invalid
from crm.base.models import Notification
from members.services import add_contact
from tests import factories
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db

OPTIONAL: dict[str, Any] = {
    "short_name": "茶社", "uscc": "91350100M000100Y43", "licence_no": "A1", "email": "a@example.com",
    "website": "example.com", "founded_on": "2001-01-01", "registered_capital_fen": 0, "tax_rank_province": 9,
    "tax_rank_city": 1, "monthly_telecom_spend_fen": 0, "influence_level": 0,
    "ict_demand_score": 0, "competitor_contract_ends_on": "2027-01-01",
    "decision_chain": "校长定", "budget_month": 11, "remark": "好客",
}  # fmt: skip


@pytest.fixture
def full(org: dict[str, OrgUnit], owner: User) -> Client:
    """Return a file with every required field and nothing else."""
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
    """Nine of twenty are basic, ten complete; zero fills a field."""
    assert grade(full, **take(9)) == "BASIC"
    assert grade(full, **take(10)) == "COMPLETE"


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


@pytest.mark.parametrize("field", ["influence_level", "ict_demand_score"])
def test_a_judgement_nobody_made_is_missing_and_zero_fills(full: Client, field: str) -> None:
    """Influence and demand are unknown until somebody judges them."""

    def missing() -> set[str]:
        return {a.rule.code for a in services.explain_completeness(full) if a.filled is False}

    assert field in missing()
    grade(full, **{field: 0})
    assert field not in missing()


@pytest.mark.spec("S0-53")
def test_an_administrator_decides_what_the_file_asks(full: Client, sysadmin: User, owner: User) -> None:
    """Required, optional or not asked: the level, the explanation and the filter follow alike."""
    take_ten = take(10)
    assert grade(full, **take_ten) == "COMPLETE"

    def missing(code: str) -> bool:
        rule = next(r for r in completeness.RULES if r.code == code)
        return Client.objects.filter(rule.missing, pk=full.pk).exists()

    services.set_field_level(actor=sysadmin, code="remark", level="REQUIRED", reason="省公司通知")
    assert grade(full) == "INCOMPLETE"
    assert missing("remark")
    services.set_field_level(actor=sysadmin, code="remark", level="OFF", reason="撤销")
    assert grade(full) == "COMPLETE"
    assert "remark" not in {a.rule.code for a in services.explain_completeness(full)}
    services.set_field_level(actor=sysadmin, code="phone_public", level="OPTIONAL", reason="无号码单位多")
    assert grade(full, phone_public="") == "COMPLETE"  # ten of twenty
    services.set_field_level(actor=sysadmin, code="address", level="OPTIONAL", reason="试点")
    assert grade(full, address="") == "BASIC"  # ten of twenty-one
    assert AuditEvent.objects.filter(action="clients.field_rule_changed").count() == 4


def test_field_rules_need_a_reason_a_known_field_and_the_right(sysadmin: User, provadmin: User) -> None:
    """What decides about every file of the company is not changed in passing."""
    with pytest.raises(Invalid):
        services.set_field_level(actor=sysadmin, code="remark", level="OFF", reason=" ")
    with pytest.raises(Invalid):
        services.set_field_level(actor=sysadmin, code="nothing", level="OFF", reason="x")
    with pytest.raises(Forbidden):
        services.set_field_level(actor=provadmin, code="remark", level="OFF", reason="x")
    assert not services.set_field_level(actor=sysadmin, code="remark", level="OPTIONAL", reason="x")


@pytest.mark.spec("S0-53")
def test_the_page_of_fields_changes_a_rule(
    full: Client, sysadmin: User, provadmin: User, browse: Any
) -> None:
    """The system administrator changes, the province administrator reads."""
    browser = browse(sysadmin)
    assert browser.get("/clients/fields/").status_code == 200
    answer = browser.post("/clients/fields/remark/", {"level": "REQUIRED", "reason": "省公司通知"})
    assert answer.status_code == 302
    assert grade(full, **take(10)) == "INCOMPLETE"
    other = browse(provadmin)
    assert "省公司通知" in other.get("/clients/fields/").content.decode()
    assert other.post("/clients/fields/remark/", {"level": "OFF", "reason": "x"}).status_code == 403


@pytest.mark.spec("S1-81", "S0-56")
def test_a_new_key_person_grades_the_file_at_once(full: Client, owner: User) -> None:
    """The level follows the people too, not only the columns of the file."""
    full.contacts.filter(kind="KEY_PERSON").delete()
    assert grade(full) == "INCOMPLETE"
    add_contact(client=full, actor=owner, kind="KEY_PERSON", name="王", position="经理", mobile="13900001111")
    full.refresh_from_db()
    assert full.completeness == "BASIC"


@pytest.mark.spec("S1-54", "S2-25")
@pytest.mark.parametrize(("days", "is_stale"), [(90, False), (91, True)])
def test_data_is_stale_after_ninety_days(full: Client, days: int, is_stale: bool) -> None:
    """The ninetieth day is still fresh; a confirmation makes it fresh again."""
    today = clock.today()
    Client.objects.filter(pk=full.pk).update(updated_at=clock.at(today - timedelta(days=days), 12))
    stale = Client.objects.filter(stale_filter(today))
    assert stale.exists() is is_stale
    services.note_refreshed([full.pk], as_of=today - timedelta(days=90))
    assert not stale.exists()


@pytest.mark.spec("S1-54")
def test_the_night_tells_of_stale_files_once(full: Client, owner: User, org: dict[str, OrgUnit]) -> None:
    """On the day they become stale, one notice a manager; twice changes nothing, nor the day after."""
    today = clock.today()
    Client.objects.filter(pk=full.pk).update(updated_at=clock.at(today - timedelta(days=91), 12))
    assert services.note_stale_clients(as_of=today, province=org["province"]) == 1
    assert services.note_stale_clients(as_of=today, province=org["province"]) == 0
    assert services.note_stale_clients(as_of=today + timedelta(days=1), province=org["province"]) == 0
    notice = Notification.objects.get(user=owner, kind="clients.stale")
    assert notice.url.endswith("?mine=on&stale=on")


@pytest.mark.spec("S1-54")
def test_a_manager_confirms_from_the_card_and_others_may_not(
    full: Client, owner: User, colleague: User, browse: Any
) -> None:
    """The duty stands on the workbench until the data was changed or confirmed."""
    long_ago = clock.at(clock.today() - timedelta(days=200))
    Client.objects.filter(pk=full.pk).update(updated_at=long_ago)
    codes = {duty.code for duty in duties_of(owner, now=clock.now())}
    assert "stale_files" in codes
    browser = browse(owner)
    address = f"/clients/{full.pk}/confirm/"
    assert address in browser.get(f"/clients/{full.pk}/").content.decode()
    assert browse(colleague).post(address).status_code == 403
    assert browser.post(address).status_code == 302
    assert "stale_files" not in {duty.code for duty in duties_of(owner, now=clock.now())}
    assert address not in browser.get(f"/clients/{full.pk}/").content.decode()


@pytest.mark.spec("S0-56", "S0-57", "S0-58", "S0-61")
def test_the_report_counts_by_unit_and_manager_and_leads_to_the_lists(
    full: Client, foreign: Client, gcdept: User, browse: Any
) -> None:
    """Every figure is the length of the list behind it (R3)."""
    grade(full)
    grade(foreign)
    browser = browse(gcdept)
    page = browser.get("/clients/quality/").content.decode()
    unit = full.org_unit_id
    assert f"?unit={unit}&amp;completeness=BASIC" in page
    assert "50.0%" in page
    listed = browser.get(f"/clients/?unit={unit}&completeness=BASIC").content.decode()
    assert full.name in listed
    assert foreign.name not in listed
    by_am = browser.get("/clients/quality/?by=am").content.decode()
    assert "owner某" in by_am
    table = b"".join(browser.get("/clients/quality/csv/?by=am").streaming_content).decode()
    assert len(table.strip().splitlines()) == 4  # header, two managers, sum
    fragment = browser.get("/clients/quality/missing/").content.decode()
    assert "?missing=address" in fragment
    assert foreign.name in browser.get("/clients/?missing=address").content.decode()
    assert full.name not in browser.get("/clients/?missing=address").content.decode()


def test_a_chip_of_a_missing_field_leads_to_the_field(full: Client, owner: User, browse: Any) -> None:
    """One tap from what is owed to where it is filled."""
    grade(full, address="")
    page = browse(owner).get(f"/clients/{full.pk}/").content.decode()
    assert f"/clients/{full.pk}/edit/#field-address" in page
    assert 'id="field-address"' in browse(owner).get(f"/clients/{full.pk}/edit/").content.decode()


def test_a_write_grades_at_once(full: Client, owner: User) -> None:
    """The manager sees the level without waiting for the night."""
    changed = services.update_client(actor=owner, client_id=full.pk, values={"remark": "好客"})
    assert changed.completeness == "BASIC"
