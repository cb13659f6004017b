"""How far the next tier is, in what people can do: true when it is done, and not less than that."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clients.models import Client
from crm.accounts.models import OrgUnit
from crm.base import clock
from scoring import services
from scoring.models import ClientFacts, TierModelVersion, TierRun
from scoring.reading import explain_tier
from scoring.reading.levers import ORDER, model_tier, ways_up
from tests.scoring.test_tier import with_revenue

Org = dict[str, OrgUnit]
pytestmark = pytest.mark.django_db


@pytest.fixture
def base(org: Org) -> Org:
    with_revenue(org, 10)
    for place, client in enumerate(Client.objects.order_by("pk")):
        client.mobile_users_ct = place * 10 + 1
        client.mobile_users_cm = 3
        client.save()
    services.run_tiers(as_of=clock.today(), province=org["province"])
    return org


def limits() -> dict[str, Decimal]:
    run = TierRun.objects.latest("pk")
    return {band: Decimal(limit) for band, limit in run.limits.items() if limit}


@pytest.mark.spec("S0-21", "S0-25")
def test_the_stored_result_is_what_the_rules_say_of_the_stored_facts(base: Org) -> None:
    numbers = TierModelVersion.objects.get(name="v1").numbers
    for facts in ClientFacts.objects.select_related("client"):
        assert model_tier(facts, numbers, limits()) == facts.client.value_tier


@pytest.mark.spec("S0-21")
def test_a_way_up_reaches_its_tier_and_one_step_less_does_not(base: Org) -> None:
    """Done in full it reaches the tier under the same limits; a step less leaves the client where it is."""
    numbers = TierModelVersion.objects.get(name="v1").numbers
    found = 0
    for facts in ClientFacts.objects.select_related("client"):
        tier = facts.client.value_tier or ""
        for way in ways_up(facts, numbers, limits(), tier):
            found += 1
            assert ORDER.index(way.tier) < ORDER.index(tier)
            step = 100 if way.lever == "revenue" else 1
            for amount, expected in ((way.amount, way.tier), (way.amount - step, None)):
                after = changed(facts, way.lever, amount)
                got = model_tier(after, numbers, limits())
                if expected:
                    assert got == expected
                else:
                    assert ORDER.index(got) >= ORDER.index(tier)
                facts.save()
    assert found


def changed(facts: ClientFacts, lever: str, amount: int) -> ClientFacts:
    """Return the same facts with the lever moved, stored as the night would."""
    again = ClientFacts.objects.get(pk=facts.pk)
    if lever == "revenue":
        again.revenue_12m_fen += amount * 1200
    else:
        again.mobiles_own += amount
    again.save()
    return again


@pytest.mark.spec("S0-21", "S0-25")
def test_the_panel_says_it_in_words_with_the_numbers_of_that_night(base: Org) -> None:
    """A version published later changes nothing of what yesterday's run is explained by."""
    client = Client.objects.filter(value_tier="C").order_by("-facts__total").first()
    assert client
    before = explain_tier(client)
    assert before.ways
    way = before.ways[0]
    assert f"{way.amount:,}" in str(way.sentence)
    assert way.tier in str(way.sentence)
    v1 = TierModelVersion.objects.get(name="v1")
    TierModelVersion.objects.create(
        name="v2",
        state="PUBLISHED",
        numbers=v1.numbers | {"caps": {code: cap * 2 for code, cap in v1.numbers["caps"].items()}},
        effective_from=clock.today() + timedelta(days=1),
    )
    after = explain_tier(client)
    assert (after.ways, after.lines, after.total, after.model) == (
        before.ways, before.lines, before.total, "v1",
    )  # fmt: skip


@pytest.mark.spec("S0-21")
def test_the_best_tier_has_no_way_up(base: Org) -> None:
    facts = ClientFacts.objects.select_related("client")[0]
    numbers = TierModelVersion.objects.get(name="v1").numbers
    assert ways_up(facts, numbers, limits(), "A1") == ()
