"""The value model (spec §3.6.2): scores, bands, ties, sub-classes, runs, events."""

from datetime import date
from decimal import Decimal
from fractions import Fraction as Fr
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.models import Client, ClientClassHistory, RevenueMonth
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.expressions import evaluate
from crm.base.models import OutboxEvent
from crm.params.models import ParamValue
from scoring import rules, services
from scoring.models import ClientFacts, TierModelVersion, TierRun
from scoring.reading import explain_tier
from scoring.services.tier import Distribution
from tests.factories import make_client, make_unit

AS_OF = date(2026, 6, 15)
Org = dict[str, OrgUnit]


@pytest.fixture
def v1(db: None) -> TierModelVersion:
    return TierModelVersion.objects.get(name="v1")


def scored(v1: TierModelVersion, **facts: Any) -> dict[str, str]:
    """Evaluate the night's expressions over a plain dict."""
    new = {f"new_{name}": value for name, value in rules.scores(v1.numbers).items()}
    found = evaluate(new, {**facts, **rules.indicators(v1.numbers)})
    return {name.removeprefix("new_"): str(value) for name, value in found.items()}


P: dict[str, Any] = {
    "revenue_12m_fen": 60_000_00 * 12, "revenue_months": 12,
    "revenue_prev_12m_fen": 60_000_00 * 12 * 10 // 11,
    "mobiles": 400, "mobiles_own": 320, "ict_demand_score": 3, "influence_level": 4, "social_weight": 100,
}  # fmt: skip


@pytest.mark.spec("E030", "S0-21")
def test_client_p(v1: TierModelVersion) -> None:
    found = scored(v1, **P)
    assert {k: found[k] for k in ("cv", "pv", "sv", "total", "strategic")} == {
        "cv": "96.00", "pv": "35.56", "sv": "90.00", "total": "76.67", "strategic": "57.33",
    }  # fmt: skip


@pytest.mark.spec("E031", "S0-22")
def test_client_q(v1: TierModelVersion) -> None:
    """The example's figures need CV3 = 20, which is 100 of 500 mobiles; 100 of 600 gives CV3 = 16.67."""
    q = P | {
        "revenue_12m_fen": 8_000_00 * 12, "revenue_prev_12m_fen": 8_000_00 * 12 * 10 // 14,
        "mobiles": 500, "mobiles_own": 100, "ict_demand_score": 5, "influence_level": 5,
    }  # fmt: skip
    found = scored(v1, **q)
    assert {k: found[k] for k in ("cv", "pv", "sv", "total", "strategic")} == {
        "cv": "33.60", "pv": "93.33", "sv": "100.00", "total": "64.80", "strategic": "96.00",
    }  # fmt: skip
    found = scored(v1, **(q | {"mobiles": 600}))
    assert (found["cv3"], found["cv"], found["pv"], found["total"]) == ("16.67", "32.93", "93.33", "64.47")


@pytest.mark.spec("E032", "S0-23")
def test_client_r(v1: TierModelVersion) -> None:
    r = P | {
        "revenue_12m_fen": 12_000_00 * 12, "revenue_prev_12m_fen": 12_000_00 * 12 * 100 // 105,
        "mobiles": 200, "mobiles_own": 180, "ict_demand_score": 2, "influence_level": 2, "social_weight": 60,
    }  # fmt: skip
    found = scored(v1, **r)
    assert {k: found[k] for k in ("cv", "pv", "sv", "total")} == {
        "cv": "52.40", "pv": "18.89", "sv": "50.00", "total": "41.87",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code", "value"),
    [
        ({"revenue_12m_fen": 50_000_00 * 12}, "cv1", "100.00"),
        ({"revenue_12m_fen": 49_999_00 * 12}, "cv1", "100.00"),  # 99.998 rounds half up
        ({"revenue_12m_fen": 49_990_00 * 12}, "cv1", "99.98"),
        ({"revenue_12m_fen": -1}, "cv1", "0.00"),
        ({"revenue_months": 1}, "cv2", "8.33"),
        ({"mobiles": 0, "mobiles_own": 0}, "cv3", "0.00"),
        ({"mobiles": 10, "mobiles_own": 20}, "cv3", "100.00"),
        ({"mobiles": 300, "mobiles_own": 0}, "pv1", "100.00"),
        ({"mobiles": 299, "mobiles_own": 0}, "pv1", "99.67"),
        ({"mobiles": 10, "mobiles_own": 20}, "pv1", "0.00"),
        ({"revenue_12m_fen": 150, "revenue_prev_12m_fen": 100}, "pv3", "100.00"),
        ({"revenue_12m_fen": 149, "revenue_prev_12m_fen": 100}, "pv3", "98.00"),
        ({"revenue_12m_fen": 90, "revenue_prev_12m_fen": 100}, "pv3", "0.00"),
        ({"revenue_12m_fen": 90, "revenue_prev_12m_fen": 0}, "pv3", "0.00"),
        ({"influence_level": 5}, "sv1", "100.00"),
        ({"social_weight": 60}, "sv2", "60.00"),
    ],
)
def test_an_indicator_is_linear_and_capped(
    v1: TierModelVersion, facts: dict[str, int], code: str, value: str
) -> None:
    assert scored(v1, **(P | facts))[code] == value


@pytest.mark.django_db
@given(
    facts=st.fixed_dictionaries(
        {
            "revenue_12m_fen": st.integers(-1000, 100_000_00 * 12),
            "revenue_months": st.integers(0, 12),
            "revenue_prev_12m_fen": st.integers(0, 100_000_00 * 12),
            "mobiles": st.integers(0, 2000),
            "mobiles_own": st.integers(0, 2000),
            "ict_demand_score": st.integers(0, 5),
            "influence_level": st.integers(0, 5),
            "social_weight": st.sampled_from([0, 60, 100]),
        }
    )
)
@settings(max_examples=60, deadline=None)
def test_the_scores_equal_exact_fractions_rounded_half_up(facts: dict[str, int]) -> None:
    def clip(x: Fr) -> Fr:
        return min(max(x, Fr(0)), Fr(100))

    def two(x: Fr) -> str:
        n = (x * 100 + Fr(1, 2)) // 1
        return f"{n // 100}.{n % 100:02d}"

    f = facts
    own = Fr(100 * f["mobiles_own"], f["mobiles"]) if f["mobiles"] else Fr(0)
    last = f["revenue_prev_12m_fen"]
    growth = Fr(100 * (f["revenue_12m_fen"] - last), last) if last > 0 else Fr(0)
    cv = [clip(Fr(f["revenue_12m_fen"], 12 * 50_000)), Fr(100 * f["revenue_months"], 12), clip(own)]
    pv = [
        clip(Fr(100 * (f["mobiles"] - f["mobiles_own"]), 300)),
        Fr(20 * f["ict_demand_score"]),
        clip(2 * growth),
    ]
    sv = [Fr(20 * f["influence_level"]), Fr(f["social_weight"])]
    total = 30 * cv[0] + 10 * sum([*cv[1:], *pv, *sv], Fr(0))
    expected: dict[str, Fr] = {
        "cv": (30 * cv[0] + 10 * cv[1] + 10 * cv[2]) / 50,
        "pv": sum(pv, Fr(0)) / 3,
        "sv": sum(sv, Fr(0)) / 2,
        "total": total / 100,
        "strategic": 10 * sum([*pv, *sv], Fr(0)) / 50,
    }
    found = scored(TierModelVersion.objects.get(name="v1"), **facts)
    assert {name: found[name] for name in expected} == {name: two(x) for name, x in expected.items()}


@pytest.mark.parametrize(
    ("n", "a", "b"),
    [
        pytest.param(10, 1, 2, marks=pytest.mark.spec("E034", "S0-25")),
        pytest.param(100, 10, 20, marks=pytest.mark.spec("E035")),
        pytest.param(1, 0, 0, marks=pytest.mark.spec("E037")),
        pytest.param(11, 1, 2, marks=pytest.mark.spec("E038")),
        (0, 0, 0),
        (2, 0, 1),
        (5, 1, 0),  # 3.5 → 4 in C, 0.5 → 1 in A, none left for B
        (15, 2, 2),
    ],
)
def test_shares_round_half_up(n: int, a: int, b: int) -> None:
    assert rules.band_sizes(n, c_share=0.70, a_share=0.10) == (a, b)


def with_influence(org: Org, levels: list[int], **fields: Any) -> list[Client]:
    """Make clients whose score is 2 × level (SV1 alone: 10 × 20 × level / 100)."""
    return [make_client(org["unit"], influence_level=level, **fields) for level in levels]


def run(org: Org, as_of: date = AS_OF) -> dict[int, str | None]:
    services.run_tiers(as_of=as_of, province=org["province"])
    return dict(Client.objects.values_list("pk", "value_tier"))


def letters(tiers: dict[int, str | None]) -> str:
    return "".join(sorted((tier or "-")[0] for tier in tiers.values()))


def with_revenue(org: Org, count: int) -> list[Client]:
    """Make clients with distinct scores: revenue of one closed month rises from one to the next."""
    clients = [make_client(org["unit"]) for _ in range(count)]
    RevenueMonth.objects.bulk_create(
        RevenueMonth(client=client, month=date(2026, 5, 1), revenue_fen=1_000_000_00 + n * 10_000_00)
        for n, client in enumerate(clients)
    )
    Client.objects.update(ict_demand_score=0)
    # The capped revenue is equal; mobiles make the difference.
    for n, client in enumerate(clients):
        Client.objects.filter(pk=client.pk).update(mobile_users_cm=0, mobile_users_ct=3 * n)
    return clients


@pytest.mark.spec("E034", "S0-25", "D-31")
def test_ten_clients_with_distinct_scores(org: Org) -> None:
    with_revenue(org, 10)
    assert letters(run(org)) == "ABBCCCCCCC"
    found = TierRun.objects.get()
    assert (found.universe, found.counts["C"], found.business_date) == (10, 7, date(2026, 6, 14))


def test_ties_are_lifted_into_the_better_band(org: Org) -> None:
    """Band A ends at the best, band B at the third of ten: whoever scores the same goes along."""
    clients = with_influence(org, [5, 4, 3, 3, 3, 2, 1, 1, 1, 1])
    tiers = run(org)
    assert [str(tiers[c.pk])[0] for c in clients] == list("ABBBBCCCCC")
    Client.objects.filter(pk=clients[1].pk).update(influence_level=5)
    tiers = run(org, date(2026, 6, 16))
    assert [str(tiers[c.pk])[0] for c in clients] == list("AABBBCCCCC")


@pytest.mark.spec("E040")
def test_a_score_of_nothing_is_always_c(org: Org) -> None:
    with_influence(org, [0] * 10)
    assert letters(run(org)) == "C" * 10


@pytest.mark.spec("E037")
def test_one_client_alone_is_c(org: Org) -> None:
    with_influence(org, [5])
    assert letters(run(org)) == "C"


@pytest.mark.spec("E041", "E042", "E022", "S0-26", "S0-27", "S0-52")
def test_individuals_and_clusters_are_d_and_not_counted(org: Org) -> None:
    shop = make_client(org["unit"], institution_type="GT", institution_subtype="", employee_total=3)
    village = make_client(org["unit"], institution_type="JL", institution_subtype="", cluster_kind="VILLAGE")
    RevenueMonth.objects.create(client=shop, month=date(2026, 5, 1), revenue_fen=90_000_00)
    with_influence(org, [1] * 3)
    tiers = run(org)
    assert (tiers[shop.pk], tiers[village.pk]) == ("D", "D")
    assert TierRun.objects.get().universe == 3
    assert not ClientFacts.objects.filter(client__in=[shop, village]).exists()


@pytest.mark.spec("E043")
def test_a_churned_client_loses_its_tier_and_the_history_keeps_it(org: Org) -> None:
    client = make_client(org["unit"], status="ACTIVE", influence_level=5)
    run(org)
    Client.objects.filter(pk=client.pk).update(status="CHURNED")
    assert run(org, date(2026, 6, 16))[client.pk] is None
    assert TierRun.objects.first().universe == 0  # type: ignore[union-attr]  # two runs exist
    changes = ClientClassHistory.objects.filter(client=client, axis="TIER").order_by("id")
    assert [(c.old, c.new) for c in changes] == [("", "C"), ("C", "")]


@pytest.mark.spec("E044", "S0-27")
def test_the_database_refuses_a_ranked_tier_for_an_individual_business(org: Org) -> None:
    shop = make_client(org["unit"], institution_type="GT", institution_subtype="")
    company = make_client(org["unit"])
    for client, tier in ((shop, "A1"), (company, "D")):
        with pytest.raises(IntegrityError, match="client_tier_fits_institution"), transaction.atomic():
            Client.objects.filter(pk=client.pk).update(value_tier=tier)


@pytest.mark.spec("E045")
def test_the_same_night_again_changes_nothing_and_makes_no_second_run(org: Org) -> None:
    with_revenue(org, 10)
    assert services.run_tiers(as_of=AS_OF, province=org["province"]) > 0
    before = list(ClientFacts.objects.order_by("pk").values()), list(TierRun.objects.values())
    assert services.run_tiers(as_of=AS_OF, province=org["province"]) == 0
    assert before == (list(ClientFacts.objects.order_by("pk").values()), list(TierRun.objects.values()))
    assert OutboxEvent.objects.filter(kind="client.tier_changed").count() == 10


def test_a_quiet_next_night_writes_a_run_and_nothing_else(org: Org) -> None:
    with_revenue(org, 10)
    services.run_tiers(as_of=AS_OF, province=org["province"])
    facts = list(ClientFacts.objects.order_by("pk").values())
    assert services.run_tiers(as_of=date(2026, 6, 16), province=org["province"]) == 0
    assert facts == list(ClientFacts.objects.order_by("pk").values())
    assert TierRun.objects.count() == 2


def test_an_older_night_does_not_overwrite_a_newer_one(org: Org) -> None:
    with_revenue(org, 3)
    services.run_tiers(as_of=AS_OF, province=org["province"])
    assert services.run_tiers(as_of=date(2026, 6, 14), province=org["province"]) == 0
    assert TierRun.objects.count() == 1


def test_the_run_of_a_months_end_is_official_and_frozen(org: Org) -> None:
    clients = with_influence(org, [5] + [1] * 9)
    services.run_tiers(as_of=date(2026, 7, 1), province=org["province"])
    found = TierRun.objects.get()
    assert (found.business_date, found.official) == (date(2026, 6, 30), True)
    Client.objects.filter(pk=clients[0].pk).update(influence_level=0)
    assert services.run_tiers(as_of=date(2026, 7, 1), province=org["province"]) == 0
    assert services.run_tiers(as_of=date(2026, 7, 2), province=org["province"]) > 0
    assert [r.official for r in TierRun.objects.order_by("business_date")] == [True, False]


def test_the_universe_is_one_province_and_filed_clients_only(org: Org) -> None:
    other = make_unit("P34", "安徽公司", UnitType.PROVINCE, OrgUnit.objects.get(pk=org["group"].pk))
    make_client(other, influence_level=5)
    make_client(org["unit"], influence_level=5, filing="DRAFT")
    with_influence(org, [1] * 4)
    run(org)
    assert TierRun.objects.get().universe == 4
    assert services.run_tiers(as_of=AS_OF) > 0  # no province given: all of them
    assert TierRun.objects.count() == 2


@pytest.mark.spec("S0-21", "S0-22", "S0-23", "S0-24")
def test_sub_classes_compare_present_value_with_what_may_come(org: Org) -> None:
    """A band of one and a band of two, each on both sides of its boundary."""
    numbers: dict[str, Any] = {"mobile_users_cm": 30, "mobile_count": 30}  # CV3 = 100, CV = 20
    a = make_client(org["unit"], influence_level=5, ict_demand_score=5, **numbers)  # K = 40 > CV
    b_present = make_client(org["unit"], influence_level=5, **numbers)  # PV = 0 ≤ CV
    b_potential = make_client(org["unit"], ict_demand_score=5, mobile_users_cm=0)  # CV = 0 < PV
    rest = with_influence(org, [0] * 7)
    tiers = run(org)
    assert (tiers[a.pk], tiers[b_present.pk], tiers[b_potential.pk]) == ("A2", "B1", "B2")
    assert {tiers[c.pk] for c in rest} == {"C"}
    Client.objects.filter(pk=b_potential.pk).update(is_benchmark=True)
    Client.objects.filter(pk=a.pk).update(ict_demand_score=0)  # K = 20 = CV: at least is enough
    Client.objects.filter(pk=b_present.pk).update(influence_level=4)
    tiers = run(org, date(2026, 6, 16))
    assert (tiers[a.pk], tiers[b_potential.pk]) == ("A1", "B1")


@pytest.mark.parametrize("levels", [[5, 4, 3, 2, 1]])
def test_thresholds_may_replace_shares(org: Org, levels: list[int]) -> None:
    for key, value in (("tier.mode", "THRESHOLD"), ("tier.a_min", 8), ("tier.b_min", 4)):
        ParamValue.objects.create(key=key, value=value, effective_from=date(2026, 1, 1))
    clients = with_influence(org, levels)  # scores 10, 8, 6, 4, 2
    tiers = run(org)
    assert [str(tiers[c.pk])[0] for c in clients] == list("AABBC")


def test_revenue_counts_the_twelve_closed_months_and_the_twelve_before(org: Org) -> None:
    client = make_client(org["unit"])
    for month, fen in (
        (date(2024, 5, 1), 1), (date(2024, 6, 1), 10), (date(2025, 5, 1), 100), (date(2025, 6, 1), 1000),
        (date(2026, 4, 1), 0), (date(2026, 5, 1), 10000), (date(2026, 6, 1), 100000),
    ):  # fmt: skip
        RevenueMonth.objects.create(client=client, month=month, revenue_fen=fen)
    run(org)
    facts = ClientFacts.objects.get()
    assert (facts.revenue_12m_fen, facts.revenue_months, facts.revenue_prev_12m_fen) == (11000, 2, 110)
    assert clock.closed_months(AS_OF, 12) == (date(2025, 6, 1), date(2026, 6, 1))


def test_public_standing_follows_the_size_rules(org: Org) -> None:
    expected = {
        make_client(org["unit"], is_party_gov_military=True).pk: 100,
        make_client(org["unit"], key_industry="GAS").pk: 100,
        make_client(org["unit"], tax_rank_province=1, tax_year=2026).pk: 100,
        make_client(org["unit"], tax_rank_city=1, tax_year=2026).pk: 60,
        make_client(org["unit"], mobile_count=500).pk: 0,
    }
    top = make_client(org["unit"], mobile_count=500)
    expected[make_client(org["unit"], parent=top, unit_relation="BRANCH").pk] = 60
    services.classify_sizes(as_of=AS_OF)
    run(org)
    found = dict(ClientFacts.objects.filter(client__in=expected).values_list("client", "social_weight"))
    assert found == expected


@pytest.mark.spec("E211")
def test_a_change_is_told_once_with_a_stable_event_id(org: Org) -> None:
    client = with_influence(org, [5])[0]
    run(org)
    event = OutboxEvent.objects.get(kind="client.tier_changed")
    assert event.payload["client_code"] == client.client_code
    assert (event.payload["old"], event.payload["new"], event.payload["model"]) == (None, "C", "v1")
    Client.objects.filter(pk=client.pk).update(value_tier=None)  # as if the night had been undone
    run(org)
    assert list(OutboxEvent.objects.values_list("event_id", flat=True)) == [event.event_id]


@pytest.mark.spec("E211")
def test_who_comes_back_to_a_tier_on_one_day_is_told_again(org: Org) -> None:
    """A step may be asked for again as often as an administrator likes; the last word is the true one."""
    client = with_influence(org, [5])[0]
    for status in ("ACTIVE", "CHURNED", "ACTIVE", "CHURNED", "ACTIVE"):
        Client.objects.filter(pk=client.pk).update(status=status)
        run(org)
    told = OutboxEvent.objects.filter(kind="client.tier_changed").order_by("pk")
    assert [event.payload["new"] for event in told] == ["C", None, "C", None, "C"]
    assert run(org) == {client.pk: "C"}
    assert told.count() == 5


@pytest.mark.spec("E046", "S3-32")
@pytest.mark.parametrize(("first", "then"), [(20, 20), (25, 20)])
def test_what_was_published_last_is_in_force_from_its_day(
    org: Org, v1: TierModelVersion, provadmin: User, first: int, then: int
) -> None:
    """Whichever was drafted first, and although the other would begin later."""
    drafted = [
        TierModelVersion.objects.create(name=name, numbers=v1.numbers, state="REVIEWED")
        for name in ("v2", "v3")
    ]
    services.publish_version(version=drafted[1], effective_from=date(2026, 6, first), actor=provadmin)
    services.publish_version(version=drafted[0], effective_from=date(2026, 6, then), actor=provadmin)
    for day, name in ((19, "v1"), (20, "v2"), (26, "v2")):
        found = TierModelVersion.objects.in_force(as_of=date(2026, 6, day), province=org["province"])
        assert found
        assert found.name == name
    assert TierModelVersion.objects.get(state="PUBLISHED").name == "v2"


@pytest.mark.spec("E046")
def test_a_new_version_supersedes_the_old_and_leaves_its_results(
    org: Org, v1: TierModelVersion, provadmin: User
) -> None:
    with_revenue(org, 10)
    services.run_tiers(as_of=AS_OF, province=org["province"])
    history = list(ClientClassHistory.objects.values())
    old_run = TierRun.objects.values().get()
    numbers = v1.numbers | {"caps": v1.numbers["caps"] | {"pv1": 10}}
    v2 = TierModelVersion.objects.create(name="v2", numbers=numbers, state="REVIEWED")
    services.publish_version(version=v2, effective_from=date(2026, 6, 20), actor=provadmin)
    v1.refresh_from_db()
    assert v1.state == "SUPERSEDED"
    assert TierModelVersion.objects.in_force(as_of=date(2026, 6, 19), province=None) == v1
    services.run_tiers(as_of=date(2026, 6, 20), province=org["province"])
    assert TierRun.objects.values().get(pk=old_run["id"]) == old_run
    assert list(ClientClassHistory.objects.filter(pk__in=[h["id"] for h in history]).values()) == history
    assert set(ClientFacts.objects.values_list("run__version__name", flat=True)) == {"v2"}
    assert TierRun.objects.first().version == v2  # type: ignore[union-attr]  # just made


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {"cv1": 40}},
        {"weights": {"cv1": 130, "cv2": -90}},
        {"caps": {"pv1": 0}},
    ],
)
def test_a_version_with_wrong_numbers_is_not_published(
    v1: TierModelVersion, provadmin: User, change: dict[str, dict[str, int]]
) -> None:
    numbers = {name: part | change.get(name, {}) for name, part in v1.numbers.items()}
    bad = TierModelVersion.objects.create(name="bad", numbers=numbers, state="REVIEWED")
    with pytest.raises(Invalid, match="MODEL_NUMBERS"):
        services.publish_version(version=bad, effective_from=date(2027, 1, 1), actor=provadmin)


def test_a_version_is_published_once_and_never_for_nights_that_are_past(
    org: Org, v1: TierModelVersion, provadmin: User
) -> None:
    with pytest.raises(BusinessError, match="MODEL_STATE"):
        services.publish_version(version=v1, effective_from=date(2027, 1, 1), actor=provadmin)
    services.run_tiers(as_of=AS_OF, province=org["province"])
    v2 = TierModelVersion.objects.create(name="v2", numbers=v1.numbers, state="REVIEWED")
    with pytest.raises(BusinessError, match="MODEL_PAST"):
        services.publish_version(version=v2, effective_from=date(2026, 6, 14), actor=provadmin)
    services.publish_version(version=v2, effective_from=date(2026, 6, 15), actor=provadmin)


def test_a_night_without_a_model_says_so(org: Org, v1: TierModelVersion) -> None:
    v1.delete()
    with pytest.raises(BusinessError, match="NO_MODEL"):
        services.run_tiers(as_of=AS_OF, province=org["province"])


def test_the_explanation_adds_up_and_names_the_distance(org: Org) -> None:
    clients = with_revenue(org, 10)
    run(org)
    worst = Client.objects.get(pk=clients[0].pk)
    why = explain_tier(worst)
    assert why.total is not None
    assert abs(sum(line.points for line in why.lines) - why.total) <= Decimal("0.04")
    assert [name for name, _from in why.classes] == ["C", "B", "A"]
    limit_b = Decimal(str(dict(why.classes)["B"]))
    assert str(limit_b - why.total) in str(why.next)
    assert (why.model, why.as_of) == ("v1", date(2026, 6, 14))


def test_the_explanation_reads_what_was_stored_not_what_is_true_today(org: Org) -> None:
    client = with_influence(org, [5])[0]
    run(org)
    Client.objects.filter(pk=client.pk).update(influence_level=0)
    client = Client.objects.get(pk=client.pk)
    assert explain_tier(client).total == Decimal("10.00")


def test_places_are_counted_through_ties() -> None:
    found = Distribution.of([(Decimal("9.5"), 1), (Decimal(7), 3), (Decimal(0), 6)])
    assert [found.at(n) for n in (0, 1, 2, 4, 5, 11)] == [
        None, Decimal("9.5"), Decimal(7), Decimal(7), Decimal(0), None,
    ]  # fmt: skip
    assert found.universe == 10
    assert found.spread[:2] == [6, 4]
