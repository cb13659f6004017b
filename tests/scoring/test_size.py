"""Size classes, first match wins (spec §3.6.1); every number goes through the night's own statement."""

from datetime import date
from typing import Any

import pytest
from django.db.models import CharField

from clients.choices import ClientStatus
from clients.models import Client, ClientClassHistory
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit
from crm.base.expressions import evaluate, first_code, first_match
from crm.params import registry
from crm.params.models import ParamValue
from scoring import rules, services
from scoring.reading import explain_size
from tests.factories import make_client, make_member, make_unit

TODAY = date(2026, 6, 15)
Org = dict[str, OrgUnit]


def classify(client: Client) -> tuple[str, str]:
    services.classify_sizes(as_of=TODAY)
    client.refresh_from_db()
    return client.size_class, client.size_rule


CASES = [
    pytest.param({"mobile_count": 301}, "A", "SZ-A1", marks=pytest.mark.spec("E001", "S0-12")),
    pytest.param({"mobile_count": 300}, "B", "SZ-B1", marks=pytest.mark.spec("E002", "D-01")),
    pytest.param({"mobile_users_cm": 200, "mobile_users_ct": 60, "mobile_users_cu": 39}, "B", "SZ-B1",
                 marks=pytest.mark.spec("E003", "D-02", "S0-16")),
    pytest.param({"mobile_count": 150}, "B", "SZ-B1", marks=pytest.mark.spec("E004", "S0-16")),
    pytest.param({"mobile_count": 149, "employee_total": 200}, "C", "SZ-C",
                 marks=pytest.mark.spec("E005", "S0-19")),
    pytest.param({"mobile_count": 4, "employee_total": 5}, "C", "SZ-C", marks=pytest.mark.spec("E006")),
    pytest.param({"mobile_count": 0, "employee_total": 0}, "D", "SZ-D",
                 marks=pytest.mark.spec("E008", "S0-20")),
    pytest.param({"mobile_count": 20, "tax_rank_province": 100, "tax_year": 2026}, "A", "SZ-A2",
                 marks=pytest.mark.spec("E010", "S0-13")),
    pytest.param({"mobile_count": 20, "tax_rank_province": 100, "tax_year": 2025}, "A", "SZ-A2"),
    pytest.param({"mobile_count": 20, "tax_rank_province": 100, "tax_year": 2024}, "D", "SZ-D"),
    pytest.param({"mobile_count": 20, "tax_rank_province": 101, "tax_year": 2026}, "D", "SZ-D"),
    pytest.param({"mobile_count": 20, "tax_rank_province": 0, "tax_year": 2026}, "D", "SZ-D"),
    pytest.param({"mobile_count": 20, "tax_rank_city": 100, "tax_year": 2026}, "B", "SZ-B2",
                 marks=pytest.mark.spec("E012", "S0-17")),
    pytest.param({"mobile_count": 20, "tax_rank_city": 101, "tax_year": 2026}, "D", "SZ-D"),
    pytest.param({"institution_type": "JG", "institution_subtype": "JG8", "is_party_gov_military": True,
                  "employee_total": 12}, "A", "SZ-A3", marks=pytest.mark.spec("E014", "S0-14")),
    pytest.param({"is_provincial_media": True, "mobile_count": 40}, "A", "SZ-A4",
                 marks=pytest.mark.spec("E015", "S0-14")),
    pytest.param({"key_industry": "AIRPORT", "mobile_count": 10}, "A", "SZ-A5",
                 marks=pytest.mark.spec("E016", "S0-15")),
    pytest.param({"key_industry": "", "main_activity": "出租汽车", "employee_total": 10}, "C", "SZ-C",
                 marks=pytest.mark.spec("E017")),
    pytest.param({"institution_type": "GT", "institution_subtype": "", "employee_total": 3}, "D", "SZ-D",
                 marks=pytest.mark.spec("E022")),
    pytest.param({"mobile_users_cm": None, "mobile_users_ct": None, "mobile_users_cu": None,
                  "employee_total": 50}, "C", "SZ-C", marks=pytest.mark.spec("E024", "D-24")),
    pytest.param({"mobile_count": 0, "mobile_users_cm": 400}, "D", "SZ-D"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "size_class", "rule"), CASES)
def test_the_first_rule_that_holds_decides(
    org: Org, facts: dict[str, Any], size_class: str, rule: str
) -> None:
    client = make_client(org["unit"], **facts)
    assert classify(client) == (size_class, rule)


@pytest.mark.spec("E007", "E009", "D-02")
def test_headcount_is_the_larger_of_employees_and_active_members(org: Org) -> None:
    client = make_client(org["unit"], employee_total=3)
    members = [make_member(client) for _ in range(4)]
    assert classify(client) == ("D", "SZ-D")
    make_member(client, type="3")
    assert classify(client) == ("C", "SZ-C")
    members[0].left_on = TODAY
    members[0].save()
    make_member(client, type="4")  # others do not count
    assert classify(client) == ("D", "SZ-D")


@pytest.mark.spec("E018", "E019", "D-03", "S0-18")
def test_a_branch_of_a_class_a_client_is_b_unless_its_own_scale_is_a(org: Org) -> None:
    bank = make_client(org["unit"], key_industry="BANK", mobile_count=10)
    branch = make_client(
        org["unit"], parent=bank, unit_relation="BRANCH", key_industry="BANK", mobile_count=60
    )
    large = make_client(
        org["unit"], parent=bank, unit_relation="BRANCH", key_industry="BANK", mobile_count=350
    )
    taxed = make_client(
        org["unit"], parent=bank, unit_relation="BRANCH", tax_rank_province=1, tax_year=2026, mobile_count=1
    )
    assert classify(branch) == ("B", "SZ-0")
    assert classify(large) == ("A", "SZ-A1")
    assert classify(taxed) == ("A", "SZ-A2")


def test_only_the_direct_parent_counts_and_parents_come_first(org: Org) -> None:
    # Made child first, so that the order of ids is no help.
    grandchild = make_client(org["unit"], unit_relation="BRANCH", mobile_count=2)
    child = make_client(org["unit"], unit_relation="SECOND_LEVEL_UNIT", mobile_count=2)
    top = make_client(org["unit"], mobile_count=301)
    Client.objects.filter(pk=grandchild.pk).update(parent=child)
    Client.objects.filter(pk=child.pk).update(parent=top)
    assert services.classify_sizes(as_of=TODAY) == 3
    assert classify(child) == ("B", "SZ-0")
    assert classify(grandchild) == ("D", "SZ-D")


def test_a_unit_of_an_a_parent_may_be_told_to_use_its_own_criteria(org: Org) -> None:
    ParamValue.objects.create(key="size.branch_of_a", value="OWN_CRITERIA", effective_from=date(2026, 1, 1))
    bank = make_client(org["unit"], key_industry="BANK")
    branch = make_client(org["unit"], parent=bank, unit_relation="BRANCH", key_industry="BANK")
    outlet = make_client(org["unit"], parent=bank, unit_relation="OUTLET")
    second = make_client(org["unit"], parent=bank, unit_relation="SECOND_LEVEL_UNIT")
    assert classify(branch) == ("A", "SZ-A5")
    assert classify(second) == ("B", "SZ-B3")
    assert classify(outlet) == ("D", "SZ-D")


def test_a_circle_of_parents_ends_and_always_gives_the_same(org: Org) -> None:
    one = make_client(org["unit"], unit_relation="BRANCH", mobile_count=301)
    two = make_client(org["unit"], unit_relation="BRANCH", mobile_count=2)
    Client.objects.filter(pk=one.pk).update(parent=two)
    Client.objects.filter(pk=two.pk).update(parent=one)
    assert services.classify_sizes(as_of=TODAY) == 2
    assert services.classify_sizes(as_of=TODAY) == 0
    assert classify(one) == ("A", "SZ-A1")
    assert classify(two) == ("D", "SZ-D")


def test_a_second_night_changes_nothing_and_history_is_written_on_change_only(org: Org) -> None:
    client = make_client(org["unit"], mobile_count=301)
    assert services.classify_sizes(as_of=TODAY) == 1
    assert services.classify_sizes(as_of=TODAY) == 0
    Client.objects.filter(pk=client.pk).update(mobile_count=300)
    assert services.classify_sizes(as_of=TODAY) == 1
    changes = ClientClassHistory.objects.filter(client=client, axis="SIZE").order_by("id")
    assert [(c.old, c.new, c.rule) for c in changes] == [("", "A", "SZ-A1"), ("A", "B", "SZ-B1")]


def test_only_the_asked_province_is_touched_and_closed_clients_keep_their_class(org: Org) -> None:
    other = make_unit("P34", "安徽公司", UnitType.PROVINCE, OrgUnit.objects.get(pk=org["group"].pk))
    abroad = make_client(other, mobile_count=301)
    closed = make_client(org["unit"], status=ClientStatus.CLOSED, mobile_count=301)
    here = make_client(org["unit"], mobile_count=301)
    assert services.classify_sizes(as_of=TODAY, province=org["province"]) == 1
    for client, expected in ((abroad, ""), (closed, ""), (here, "A")):
        client.refresh_from_db()
        assert client.size_class == expected


@pytest.mark.spec("S0-18")
@pytest.mark.parametrize("first", ["here", "there"])
def test_units_in_other_provinces_follow_in_the_same_night_whichever_comes_first(
    org: Org, first: str
) -> None:
    """A circle over two provinces stands still, too."""
    far = make_unit("P35", "福建公司", UnitType.PROVINCE, org["group"], region_code="35")
    unit = make_unit("U350502", "鲤城区", UnitType.PRODUCTION_UNIT, far, region_code="350502")
    head = make_client(org["unit"], mobile_count=900)
    branch = make_client(unit, parent=head, unit_relation="BRANCH", mobile_count=1)
    outlet = make_client(org["unit"], parent=branch, unit_relation="BRANCH", mobile_count=1)
    one = make_client(org["unit"], mobile_count=900, unit_relation="BRANCH")
    two = make_client(unit, parent=one, mobile_count=900, unit_relation="BRANCH")
    Client.objects.filter(pk=one.pk).update(parent=two)

    def night() -> int:
        provinces = [org["province"], far] if first == "here" else [far, org["province"]]
        return sum(services.classify_sizes(as_of=TODAY, province=each) for each in provinces)

    assert night() > 0
    found = dict(Client.objects.values_list("pk", "size_class"))
    assert (found[head.pk], found[branch.pk], found[outlet.pk]) == ("A", "B", "D")
    assert night() == 0


def test_a_changed_threshold_is_used_from_its_day_on(org: Org) -> None:
    ParamValue.objects.create(key="size.a_min_exclusive", value=200, effective_from=date(2026, 7, 1))
    client = make_client(org["unit"], mobile_count=201)
    services.classify_sizes(as_of=date(2026, 6, 30))
    client.refresh_from_db()
    assert client.size_class == "B"
    services.classify_sizes(as_of=date(2026, 7, 1))
    client.refresh_from_db()
    assert client.size_class == "A"


def test_the_same_rules_answer_for_a_client_that_does_not_exist(db: None) -> None:
    table = rules.size_rules(registry.get_group("size.", as_of=TODAY))
    facts = {
        "mobiles": 60, "headcount": 60, "tax_rank_province": 0, "tax_rank_city": 0, "tax_age": 99,
        "is_party_gov_military": False, "is_provincial_media": False, "key_industry": "BANK",
        "parent_size": "A",
        "unit_relation": "BRANCH", "own_scale": False,
    }  # fmt: skip
    found = evaluate(
        {
            "size": first_match(table, default="D", output=CharField()),
            "rule": first_code(table, default=rules.SIZE_DEFAULT),
        },
        facts,
    )
    assert found == {"size": "B", "rule": "SZ-0"}


def test_the_explanation_ticks_every_rule_and_says_when_figures_moved_on(org: Org) -> None:
    client = make_client(org["unit"], mobile_count=300, employee_total=9)
    classify(client)
    why = explain_size(client, as_of=TODAY)
    assert [line.code for line in why.lines if line.holds] == ["SZ-B1", "SZ-C"]
    assert [line.code for line in why.lines if line.decided] == ["SZ-B1"]
    assert not why.stale
    Client.objects.filter(pk=client.pk).update(mobile_count=301)
    client.refresh_from_db()
    why = explain_size(client, as_of=TODAY)
    assert why.rule == "SZ-B1"
    assert why.stale
