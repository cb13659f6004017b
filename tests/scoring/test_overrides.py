"""A tier by decision: proposed, approved, joined by the night, ended; never for individuals and clusters."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client, ClientClassHistory
from clients.services.merging import decide_merge, propose_merge, undo_merge
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.accounts.services import delegate
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.models import OutboxEvent
from scoring import services
from scoring.models import TierModelVersion, TierOverride
from scoring.reading import explain_tier
from scoring.services.overrides import last_day
from tests import factories
from tests.scoring.test_studio import answered
from tests.scoring.test_tier import with_revenue
from workbench.duties import duties_of

Org = dict[str, OrgUnit]
pytestmark = pytest.mark.django_db


@pytest.fixture
def base(org: Org) -> Org:
    """Evaluate ten clients: seven of them are C."""
    with_revenue(org, 10)
    services.run_tiers(as_of=clock.today(), province=org["province"])
    return org


@pytest.fixture
def ordinary(base: Org) -> Client:
    return Client.objects.filter(value_tier="C").order_by("pk")[0]


def proposed(client: Client, head: User, **fields: object) -> TierOverride:
    values = {
        "tier": "A2", "reason": "省重点工程", "evidence": "会议纪要", "ends_on": last_day(clock.today()),
    }  # fmt: skip
    return services.propose_override(client=client, actor=head, **(values | fields))  # type: ignore[arg-type]


def night(org: Org, day: date) -> int:
    return services.run_tiers(as_of=day, province=org["province"])


@pytest.mark.spec("§3.6.2", "E211")
def test_a_decision_holds_from_the_next_night_to_its_end_and_the_model_returns(
    base: Org, ordinary: Client, head: User, provadmin: User
) -> None:
    today = clock.today()
    override = proposed(ordinary, head, ends_on=today + timedelta(days=10))
    night(base, today + timedelta(days=1))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "C", "a proposal changes nothing"
    services.approve_override(override=override, actor=provadmin)
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "C", "the night applies it"
    night(base, today + timedelta(days=2))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "A2"
    change = ClientClassHistory.objects.filter(client=ordinary, axis="TIER").latest("pk")
    assert (change.old, change.new, change.rule) == ("C", "A2", "VT-M")
    event = OutboxEvent.objects.filter(kind="client.tier_changed", payload__client_id=ordinary.pk).latest(
        "pk"
    )
    assert (event.payload["new"], event.payload["rule"]) == ("A2", "VT-M")
    why = explain_tier(ordinary)
    assert (why.tier, why.model_tier, why.override) == ("A2", "C", override)
    assert night(base, today + timedelta(days=3)) == 0, "a quiet night writes nothing"
    night(base, today + timedelta(days=10))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "A2", "the last day is inclusive"
    night(base, today + timedelta(days=11))
    ordinary.refresh_from_db()
    override.refresh_from_db()
    assert (ordinary.value_tier, override.state) == ("C", "ENDED")
    assert explain_tier(ordinary).override is None


@pytest.mark.spec("S0-26", "S0-27", "E041", "E042", "E044")
def test_individuals_and_clusters_stay_d(base: Org, head: User, provadmin: User, ordinary: Client) -> None:
    shop = factories.make_client(base["unit"], institution_type="GT", institution_subtype="", status="ACTIVE")
    with pytest.raises(BusinessError, match="NOT_RANKED"):
        proposed(shop, head)
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverride.objects.create(
            client=shop, tier="A1", reason="x", evidence="x", starts_on=clock.today(), ends_on=clock.today(),
            proposed_by=head,
        )  # fmt: skip
    held = proposed(ordinary, head)
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverride.objects.filter(pk=held.pk).update(client=shop)
    # A client that turns into a cluster afterwards is D whatever was decided.
    services.approve_override(override=held, actor=provadmin)
    Client.objects.filter(pk=ordinary.pk).update(
        institution_type="JL", institution_subtype="", cluster_kind="VILLAGE", value_tier=None
    )
    night(base, clock.today() + timedelta(days=1))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "D"


@pytest.mark.parametrize(
    "wrong",
    [
        {"tier": "D"},
        {"starts_on": clock.today() + timedelta(days=5), "ends_on": clock.today()},
        {"ends_on": clock.today() + timedelta(days=400)},
        {"state": "APPROVED", "decided_by": "same"},
        {"state": "APPROVED"},
    ],
)
def test_the_database_refuses_what_no_decision_may_be(ordinary: Client, head: User, wrong: dict) -> None:
    today = clock.today()
    values = {"tier": "A1", "reason": "x", "evidence": "x", "starts_on": today, "ends_on": today}
    if wrong.get("decided_by"):
        wrong = wrong | {"decided_by": head}
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverride.objects.create(client=ordinary, proposed_by=head, **(values | wrong))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tier": "D"}, "tier"),
        ({"reason": " "}, "reason"),
        ({"evidence": ""}, "evidence"),
        ({"starts_on": date(2020, 1, 1)}, "starts_on"),
        ({"ends_on": last_day(clock.today()) + timedelta(days=1)}, "ends_on"),
        ({"ends_on": clock.today() - timedelta(days=1)}, "ends_on"),
    ],
)
def test_a_proposal_names_what_is_wrong(ordinary: Client, head: User, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(ordinary, head, **wrong)
    assert next(iter(refused.value.fields)) == field
    assert not TierOverride.objects.exists()


@pytest.mark.parametrize(
    ("start", "last"),
    [(date(2026, 3, 5), date(2027, 3, 5)), (date(2028, 2, 29), date(2029, 2, 28)),
     (date(2027, 3, 1), date(2028, 3, 1)), (date(2026, 12, 31), date(2027, 12, 31))],
)  # fmt: skip
def test_twelve_months_end_on_the_same_day(start: date, last: date) -> None:
    assert last_day(start) == last


def test_two_people_decide_and_one_proposal_waits(
    base: Org, ordinary: Client, head: User, provadmin: User
) -> None:
    override = proposed(ordinary, head)
    with pytest.raises(BusinessError, match="OVERRIDE_WAITING"):
        proposed(ordinary, head)
    with pytest.raises(Forbidden):
        services.approve_override(override=override, actor=head)
    services.approve_override(override=override, actor=provadmin)
    with pytest.raises(BusinessError, match="ALREADY_DECIDED"):
        services.approve_override(override=override, actor=provadmin)
    later = proposed(ordinary, head, tier="B1")
    services.approve_override(override=later, actor=provadmin)
    override.refresh_from_db()
    assert override.state == "ENDED", "a newer decision takes the place of the older one"
    with pytest.raises(Invalid):
        services.withdraw_override(override=later, actor=head)
    services.withdraw_override(override=later, actor=head, remark="合同终止")
    night(base, clock.today() + timedelta(days=1))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "C"


def test_who_holds_both_roles_cannot_approve_the_own_proposal(base: Org, ordinary: Client) -> None:
    both = factories.make_user("both", Role.PROV_ADMIN, base["province"])
    RoleAssignment.objects.create(
        user=both, role=Role.DEPT_HEAD, unit=base["unit"], valid_from=factories.LONG_AGO
    )
    both = User.objects.get(pk=both.pk)
    override = proposed(ordinary, both)
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_override(override=override, actor=both)


def test_nobody_approves_through_a_delegation_what_the_absent_one_proposed(
    base: Org, ordinary: Client, head: User
) -> None:
    """A head who is also the province's administrator lends that role: the deputy acts for the proposer."""
    RoleAssignment.objects.create(
        user=head, role=Role.PROV_ADMIN, unit=base["province"], valid_from=factories.LONG_AGO
    )
    override = proposed(ordinary, User.objects.get(pk=head.pk))
    deputy = factories.make_user("deputy", Role.PROV_ADMIN, base["province"])
    today = clock.today()
    delegate(
        actor=head, from_user=head, to_user=deputy, role="PROV_ADMIN", reason="休假", valid_from=today,
        valid_to=today + timedelta(days=3),
    )  # fmt: skip
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_override(override=override, actor=User.objects.get(pk=deputy.pk))


def test_a_later_decision_does_not_end_the_running_one_early(
    base: Org, ordinary: Client, head: User, provadmin: User
) -> None:
    today = clock.today()
    running = proposed(ordinary, head, ends_on=today + timedelta(days=100))
    services.approve_override(override=running, actor=provadmin)
    later = proposed(
        ordinary, head, tier="A1", starts_on=today + timedelta(days=101), ends_on=today + timedelta(days=200)
    )
    with pytest.raises(BusinessError, match="OVERRIDE_RUNNING"):
        services.approve_override(override=later, actor=provadmin)
    night(base, today + timedelta(days=1))
    ordinary.refresh_from_db()
    assert ordinary.value_tier == "A2"
    later.refresh_from_db()
    assert later.state == "PROPOSED"


@pytest.mark.spec("S3-31")
def test_a_whatif_keeps_what_people_decided(base: Org, ordinary: Client, head: User, provadmin: User) -> None:
    services.approve_override(override=proposed(ordinary, head), actor=provadmin)
    night(base, clock.today() + timedelta(days=1))
    draft = services.draft_version(province=base["province"], actor=provadmin)
    assert answered(draft, provadmin).moved == 0
    assert TierModelVersion.objects.filter(pk=draft.pk).exists()


def test_pages_lists_and_duties_show_it(
    base: Org, ordinary: Client, head: User, provadmin: User, browse: Callable[[User], Browser]
) -> None:
    Client.objects.filter(pk=ordinary.pk).update(org_unit=base["unit"])
    browser = browse(head)
    fields = {
        "tier": "A1", "reason": "省重点工程", "evidence": "纪要", "starts_on": clock.today().isoformat(),
        "ends_on": (clock.today() + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    refused = browser.post(f"/scoring/clients/{ordinary.pk}/override/", fields | {"ends_on": "2099-01-01"})
    assert refused.status_code == 422
    assert browser.post(f"/scoring/clients/{ordinary.pk}/override/", fields).status_code == 302
    override = TierOverride.objects.get()
    assert "tier_proposal" in {duty.code for duty in duties_of(provadmin, now=clock.now())}
    admin = browse(provadmin)
    assert ordinary.name in admin.get("/scoring/overrides/?tab=waiting").content.decode()
    admin.post(f"/scoring/overrides/{override.pk}/decide/", {"decision": "approve"})
    override.refresh_from_db()
    assert override.state == "APPROVED"
    assert "ending_tier" in {duty.code for duty in duties_of(head, now=clock.now())}
    night(base, clock.today() + timedelta(days=1))
    page = admin.get(f"/scoring/clients/{ordinary.pk}/").content.decode()
    assert "省重点工程" in page
    assert "模型结果" in page
    for code in ("decided", "ending"):
        listed = admin.get(f"/clients/?special={code}").content.decode()
        assert ordinary.name in listed
        assert Client.objects.filter(value_tier="B1").first().name not in listed  # type: ignore[union-attr]
    assert "A1" in admin.get(f"/scoring/clients/{ordinary.pk}/decided/").content.decode()


def test_the_api_proposes_approves_and_answers_404_outside(
    base: Org, ordinary: Client, head: User, provadmin: User, stranger: User, api: Callable[[User], APIClient]
) -> None:
    Client.objects.filter(pk=ordinary.pk).update(org_unit=base["unit"])
    body = {
        "client": ordinary.pk, "tier": "A1", "reason": "x", "evidence": "y",
        "ends_on": (clock.today() + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    made = api(head).post("/api/v1/tier-overrides", body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "PROPOSED")
    address = f"/api/v1/tier-overrides/{made.json()['id']}"
    assert api(head).post(f"{address}:approve").status_code == 403
    refused = api(provadmin).post(f"{address}:decline", {}, format="json")
    assert refused.status_code == 400
    assert api(provadmin).post(f"{address}:approve").json()["state"] == "APPROVED"
    listed = api(provadmin).get("/api/v1/tier-overrides?state=APPROVED").json()["results"]
    assert [row["client"] for row in listed] == [ordinary.pk]
    other = api(stranger).get("/api/v1/tier-overrides").json()["results"]
    assert other == []


def test_a_decision_does_not_follow_a_file_into_an_individual_business(
    base: Org, ordinary: Client, head: User, provadmin: User
) -> None:
    shop = factories.make_client(base["unit"], institution_type="GT", institution_subtype="", status="ACTIVE")
    held = proposed(ordinary, head)
    services.approve_override(override=held, actor=provadmin)
    waiting = proposed(ordinary, head, tier="A1")
    merge = propose_merge(actor=head, survivor_id=shop.pk, loser_id=ordinary.pk, reason="同一家客户")
    other = factories.make_user("other-head", Role.DEPT_HEAD, base["unit"])
    decide_merge(actor=other, merge_id=merge.pk, approve=True)
    assert set(TierOverride.objects.values_list("client", flat=True)) == {ordinary.pk}
    waiting.refresh_from_db()
    assert waiting.state == "WITHDRAWN"
    night(base, clock.today() + timedelta(days=1))
    shop.refresh_from_db()
    ordinary.refresh_from_db()
    assert (shop.value_tier, ordinary.value_tier) == ("D", None)
    undo_merge(actor=other, merge_id=merge.pk)
    waiting.refresh_from_db()
    assert waiting.state == "PROPOSED"
