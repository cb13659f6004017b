"""Key accounts, segments, responsible units and regions: both sides of each boundary."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clients import services
from clients.models import Client, ClientClassHistory, Responsibility, RevenueMonth
from clients.rules.region import Place
from clients.services.regions import region_mismatches
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError
from crm.base.models import Region
from tests import factories

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 4, 15)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))


def paid(client: Client, *fen: int) -> None:
    """Record what a client paid in the three closed months before the day."""
    RevenueMonth.objects.bulk_create(
        RevenueMonth(client=client, month=month, revenue_fen=amount)
        for month, amount in zip(MONTHS, fen, strict=True)
    )


def judge(client: Client, province: OrgUnit) -> tuple[str, str, list[str]]:
    """Run the night's step and return what it says about a client."""
    services.derive_key_accounts(as_of=AS_OF, province=province)
    client.refresh_from_db()
    return client.segment, client.segment_rule, client.key_account_kinds


@pytest.mark.spec("E172", "S2-13", "S2-20", "D-20")
@pytest.mark.parametrize(
    ("fen", "segment"),
    [((299_999, 300_000, 300_001), "KEY"), ((299_999, 300_000, 300_000), "BUSINESS")],
)
def test_three_thousand_yuan_on_average_make_a_key_account(
    org: dict[str, OrgUnit], fen: tuple[int, int, int], segment: str
) -> None:
    """The average counts, not the single month; one fen less in three months is not enough."""
    client = factories.make_client(org["unit"])
    paid(client, *fen)
    assert judge(client, org["province"])[0] == segment


@pytest.mark.spec("S2-20")
def test_the_spend_in_the_file_counts_when_it_is_more(org: dict[str, OrgUnit]) -> None:
    """What they pay to all operators stands in the file; what they paid us is only a part of it."""
    client = factories.make_client(org["unit"], monthly_telecom_spend_fen=300_000)
    paid(client, 100, 100, 100)
    assert judge(client, org["province"])[:2] == ("KEY", "SPEND")


@pytest.mark.spec("E173", "S2-21")
def test_the_top_five_percent_of_a_city_are_local_key_accounts(org: dict[str, OrgUnit]) -> None:
    """Of twenty clients the first is in, the second is not; another city does not count."""
    clients = [
        factories.make_client(org["unit"], monthly_telecom_spend_fen=299_999 - place) for place in range(20)
    ]
    far = factories.make_client(org["far_unit"], monthly_telecom_spend_fen=299_999)
    assert judge(clients[0], org["province"]) == ("BUSINESS", "LOCAL_KEY", ["LOCAL_KEY"])
    clients[1].refresh_from_db()
    far.refresh_from_db()
    assert (clients[1].segment_rule, far.segment_rule) == ("BUSINESS", "BUSINESS")
    line = ClientClassHistory.objects.get(client=clients[0], axis="SEGMENT")
    assert (line.rule, line.reason) == ("LOCAL_KEY", "¥2,999.99 · 1/20")


@pytest.mark.spec("E174", "S2-20")
def test_a_township_government_is_a_key_account_whatever_it_spends(
    org: dict[str, OrgUnit],
) -> None:
    """200 yuan are enough for an organ."""
    client = factories.make_client(
        org["unit"], institution_type="JG", institution_subtype="JG8", is_party_gov_military=True,
        monthly_telecom_spend_fen=20_000,
    )  # fmt: skip
    assert judge(client, org["province"])[:2] == ("KEY", "ORGAN")


@pytest.mark.spec("S2-01", "S2-20", "S4-03")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"institution_type": "GT", "institution_subtype": "", "monthly_telecom_spend_fen": 900_000},
         ("PUBLIC", "INDIVIDUAL", [])),
        ({"institution_type": "JL", "institution_subtype": "", "cluster_kind": "VILLAGE"},
         ("PUBLIC", "INDIVIDUAL", [])),
        ({"region_scope": "TRANSNATIONAL"}, ("KEY", "WIDE", [])),
        ({"region_scope": "CROSS_PROVINCE"}, ("KEY", "WIDE", [])),
        ({"region_scope": "CROSS_CITY"}, ("BUSINESS", "BUSINESS", [])),
        ({"is_strategic": True}, ("KEY", "STRATEGIC", ["STRATEGIC"])),
        ({}, ("BUSINESS", "BUSINESS", [])),
    ],
)  # fmt: skip
def test_segments_follow_from_type_region_and_marks(
    org: dict[str, OrgUnit], values: dict[str, Any], expected: tuple[str, str, list[str]]
) -> None:
    """Each of the three segments, and why."""
    assert judge(factories.make_client(org["unit"], **values), org["province"]) == expected


@pytest.mark.spec("S2-20", "S4-03")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"scope": "CROSS_CITY"}, ("KEY", "WIDE_AGREEMENT", ["GROUP"])),
        ({"scope": "LOCAL"}, ("BUSINESS", "BUSINESS", ["GROUP"])),
        ({"scope": "CROSS_CITY", "expires_on": date(2026, 4, 15)}, ("KEY", "WIDE_AGREEMENT", ["GROUP"])),
        ({"scope": "CROSS_CITY", "expires_on": date(2026, 4, 14)}, ("BUSINESS", "BUSINESS", [])),
    ],
)
def test_an_agreement_beyond_the_city_makes_a_cross_city_group_a_key_account(
    org: dict[str, OrgUnit], values: dict[str, Any], expected: tuple[str, str, list[str]]
) -> None:
    """In force up to its last day; any agreement in force makes a group account."""
    client = factories.make_client(org["unit"], region_scope="CROSS_CITY")
    client.agreements.create(
        no="A1", type="SERVICE", signed_on=date(2026, 1, 1), effective_on=date(2026, 1, 1), **values
    )
    assert judge(client, org["province"]) == expected


@pytest.mark.spec("S4-03")
def test_a_person_of_a_client_with_a_card_makes_a_vip_account(org: dict[str, OrgUnit]) -> None:
    """The card of a key person or contact counts from silver on; one who left does not count."""
    client = factories.make_client(org["unit"], is_strategic=True)
    contact = factories.make_contact(client, "KEY_PERSON")
    factories.make_customer(org["unit"], msisdn=contact.mobile, vip_grade="SILVER")
    assert judge(client, org["province"])[2] == ["VIP", "STRATEGIC"]
    contact.left_on = date(2026, 4, 1)
    contact.save()
    assert judge(client, org["province"])[2] == ["STRATEGIC"]


@pytest.mark.spec("S2-01")
def test_a_second_night_changes_nothing(org: dict[str, OrgUnit]) -> None:
    """The step is a pure function of the data."""
    factories.make_client(org["unit"], is_strategic=True)
    assert services.derive_key_accounts(as_of=AS_OF, province=org["province"]) > 0
    assert services.derive_key_accounts(as_of=AS_OF, province=org["province"]) == 0


@pytest.mark.spec("E176", "S2-22")
@pytest.mark.parametrize(
    ("values", "level", "unit"),
    [
        ({"national_rank": 500}, "GROUP", "group"),
        ({"national_rank": 501}, "LOCAL", "unit"),
        ({"national_rank": 501, "tax_rank_province": 100, "tax_year": 2025}, "PROVINCE", "province"),
        ({"tax_rank_province": 101, "tax_year": 2025}, "LOCAL", "unit"),
        ({"tax_rank_province": 100, "tax_year": 2024}, "LOCAL", "unit"),
    ],
)  # fmt: skip
def test_the_level_that_answers_first_follows_from_the_lists(
    org: dict[str, OrgUnit], values: dict[str, Any], level: str, unit: str
) -> None:
    """National top 500: the group; the province's list: the province; else the local network."""
    client = factories.make_client(org["unit"], is_strategic=True, **values)
    services.derive_key_accounts(as_of=AS_OF, province=org["province"])
    first = client.responsibilities.get(role="FIRST_RESPONSIBLE")
    assert (first.level, first.org_unit) == (level, org[unit])


@pytest.mark.spec("E176", "S2-22")
def test_the_city_of_headquarters_is_first_contact_and_branch_cities_are_contacts(
    org: dict[str, OrgUnit],
) -> None:
    """Each role at its place; a branch in the city of headquarters adds nothing."""
    client = factories.make_client(org["unit"], is_strategic=True, hq_region_id="330106")
    factories.make_client(org["far_unit"], parent=client, unit_relation="BRANCH", parent_authorized=True)
    factories.make_client(org["other_unit"], parent=client, unit_relation="BRANCH", parent_authorized=True)
    services.derive_key_accounts(as_of=AS_OF, province=org["province"])
    rows = {(row.role, row.org_unit) for row in client.responsibilities.all()}
    assert rows == {
        ("FIRST_RESPONSIBLE", org["unit"]),
        ("FIRST_CONTACT", org["city"]),
        ("CONTACT", org["other_city"]),
    }


@pytest.mark.spec("S2-22")
def test_a_key_account_always_has_exactly_one_first_responsible(org: dict[str, OrgUnit]) -> None:
    """The database refuses a second one at once, and none when the transaction ends."""
    client = factories.make_client(org["unit"], is_strategic=True)
    services.derive_key_accounts(as_of=AS_OF, province=org["province"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    second = Responsibility(
        client=client, level="LOCAL", role="FIRST_RESPONSIBLE", org_unit=org["city"], since=AS_OF
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        client.responsibilities.filter(role="FIRST_RESPONSIBLE").delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_client(org["unit"], segment="KEY")


@pytest.mark.spec("S2-22")
def test_a_client_that_is_no_key_account_any_more_leaves_its_units(org: dict[str, OrgUnit]) -> None:
    """The rows go with the reason for them."""
    client = factories.make_client(org["unit"], is_strategic=True)
    services.derive_key_accounts(as_of=AS_OF, province=org["province"])
    Client.objects.filter(pk=client.pk).update(is_strategic=False)
    services.derive_key_accounts(as_of=AS_OF, province=org["province"])
    assert not client.responsibilities.exists()


def test_the_mark_of_the_head_counts_at_once(acme: Client, head: User) -> None:
    """A change of the file derives segment and responsibility in the same transaction."""
    services.update_client(actor=head, client_id=acme.pk, values={"is_strategic": True})
    acme.refresh_from_db()
    assert acme.segment == "KEY"
    assert acme.responsibilities.filter(role="FIRST_RESPONSIBLE").count() == 1


# ---- Region


@pytest.mark.spec("E178", "S0-28", "S0-29", "S0-30", "S0-31", "S0-32", "D-05", "D-06")
@pytest.mark.parametrize(
    ("branches", "scope"),
    [
        ([Place("410100")], "CROSS_PROVINCE"),
        ([Place("", "越南")], "TRANSNATIONAL"),
        ([Place("410100"), Place("", "越南")], "TRANSNATIONAL"),
        ([Place("370200")], "CROSS_CITY"),
        ([Place("371702"), Place("371721")], "LOCAL"),
        ([], "LOCAL"),
    ],
)
def test_the_region_follows_from_the_places_of_branches(branches: list[Place], scope: str) -> None:
    """Headquarters in Heze: branches in Henan, abroad, in Qingdao, in its own counties."""
    assert services.derive_region(Place("371700"), branches) == scope


@pytest.mark.spec("S0-32")
def test_a_region_against_the_branches_needs_a_reason_and_is_listed(
    acme: Client, owner: User, org: dict[str, OrgUnit]
) -> None:
    """The suggestion is taken with one act; the override says why and shows in the auditors' list."""
    henan = Region.objects.get_or_create(code="4101", defaults={"name": "郑州市", "level": 2})[0]
    services.add_site(actor=owner, client_id=acme.pk, name="郑州分公司", place=henan)
    assert list(region_mismatches(Client.objects.all())) == [acme]
    assert services.take_region(actor=owner, client_id=acme.pk).region_scope == "CROSS_PROVINCE"
    assert not region_mismatches(Client.objects.all()).exists()
    with pytest.raises(BusinessError) as refused:
        services.update_client(actor=owner, client_id=acme.pk, values={"region_scope": "LOCAL"})
    assert refused.value.code == "REGION_REASON_REQUIRED"
    services.update_client(
        actor=owner, client_id=acme.pk, values={"region_scope": "LOCAL", "region_reason": "分公司已停业"}
    )
    listed = region_mismatches(Client.objects.all()).get()
    assert (listed.region_scope, listed.suggested) == ("LOCAL", "CROSS_PROVINCE")


@pytest.mark.spec("S0-32")
def test_one_client_and_the_list_see_the_same_region(org: dict[str, OrgUnit]) -> None:
    """Clients below count as branches, at the place of their own headquarters or of their unit."""
    for branch, scope in (("unit", "LOCAL"), ("other_unit", "LOCAL"), ("far_unit", "CROSS_CITY")):
        client = factories.make_client(org["unit"], region_scope="TRANSNATIONAL")
        factories.make_client(org[branch], parent=client, unit_relation="BRANCH")
        assert services.suggest_region(client) == (scope, True)
        assert region_mismatches(Client.objects.filter(pk=client.pk)).get().suggested == scope


def test_a_site_lies_here_or_abroad(acme: Client, owner: User) -> None:
    """Neither and both are refused; so is the same name twice."""

    def add(**values: Any) -> Any:
        return services.add_site(actor=owner, client_id=acme.pk, name="河内办事处", **values)

    place = Region.objects.first() or Region.objects.create(code="41", name="河南省", level=1)
    for values in ({}, {"country": "越南", "place": place}):
        with pytest.raises(BusinessError):
            add(**values)
    assert add(country="越南").country == "越南"
    with pytest.raises(BusinessError):
        add(country="越南")
