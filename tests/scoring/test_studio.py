"""The studio of the value model: draft, what-if over the whole base, confirm, publish by a second person."""

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from scoring import services
from scoring.models import ClientFacts, TierModelVersion, TierRun, WhatIf
from tests.factories import make_user
from tests.scoring.test_tier import with_revenue

Org = dict[str, OrgUnit]
CHANGED = {"cv1": 0, "cv2": 0, "cv3": 0, "pv1": 100, "pv2": 0, "pv3": 0, "sv1": 0, "sv2": 0}


@pytest.fixture
def second_admin(org: Org) -> User:
    return make_user("second-admin", Role.PROV_ADMIN, org["province"])


@pytest.fixture
def base(org: Org) -> Org:
    """Evaluate ten clients; the first is the largest by revenue, the last has the most lines to win."""
    with_revenue(org, 10)
    for place, client in enumerate(Client.objects.order_by("pk")):
        client.mobile_users_ct = place * 10 + 1
        client.save()
    services.run_tiers(as_of=clock.today(), province=org["province"])
    return org


@pytest.fixture
def draft(base: Org, provadmin: User) -> TierModelVersion:
    return services.draft_version(province=base["province"], actor=provadmin)


def answered(version: TierModelVersion, actor: User) -> WhatIf:
    asked = services.ask_whatif(version=version, actor=actor)
    return services.answer_whatif(whatif_id=asked.pk)


def tiers() -> dict[int, str]:
    return {pk: tier or "" for pk, tier in Client.objects.values_list("pk", "value_tier")}


@pytest.mark.spec("S3-31", "S3-32")
def test_a_draft_is_a_copy_of_what_is_in_force(draft: TierModelVersion) -> None:
    v1 = TierModelVersion.objects.get(name="v1")
    assert draft.numbers == {**v1.numbers, "shares": {"c_percent": 70, "a_percent": 10}}
    assert draft.state == "DRAFT"


def test_the_same_numbers_move_nobody(draft: TierModelVersion, provadmin: User) -> None:
    found = answered(draft, provadmin)
    assert (found.state, found.universe, found.moved) == ("DONE", 10, 0)
    assert all(old == new for old, row in found.matrix.items() for new in row)
    assert found.spread_now == found.spread_then


@pytest.mark.spec("S3-31")
def test_a_whatif_says_what_publishing_does(
    base: Org, draft: TierModelVersion, provadmin: User, second_admin: User
) -> None:
    """The matrix and the moved clients found before are those of the night after."""
    before = tiers()
    facts = list(ClientFacts.objects.order_by("pk").values())
    services.change_version(version=draft, numbers={"weights": CHANGED}, actor=provadmin)
    draft.refresh_from_db()
    found = answered(draft, provadmin)
    assert tiers() == before
    assert list(ClientFacts.objects.order_by("pk").values()) == facts
    promised = dict(found.moves.values_list("client", "new"))
    assert promised
    assert found.moved == len(promised)
    services.review_version(version=draft, actor=provadmin)
    day = clock.next_midnight(clock.today()).date()
    services.publish_version(version=draft, effective_from=day, actor=second_admin)
    services.run_tiers(as_of=day, province=base["province"])
    after = tiers()
    assert {pk: tier for pk, tier in after.items() if tier != before[pk]} == promised
    matrix: dict[str, dict[str, int]] = {}
    for pk, tier in after.items():
        row = matrix.setdefault(before[pk], {})
        row[tier] = row.get(tier, 0) + 1
    assert found.matrix == matrix
    run = TierRun.objects.first()
    assert run
    assert (run.version, run.limits, run.spread) == (draft, found.limits, found.spread_then)


def test_shares_of_a_version_decide_the_bands(draft: TierModelVersion, provadmin: User) -> None:
    services.change_version(
        version=draft, numbers={"shares": {"c_percent": 50, "a_percent": 20}}, actor=provadmin
    )
    draft.refresh_from_db()
    found = answered(draft, provadmin)
    then: dict[str, int] = {}
    for row in found.matrix.values():
        for tier, n in row.items():
            then[tier[0]] = then.get(tier[0], 0) + n
    assert then == {"A": 2, "B": 3, "C": 5}


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        ({"weights": CHANGED | {"pv1": 99}}, "weights"),
        ({"weights": CHANGED | {"pv1": 101, "pv2": -1}}, "weights"),
        ({"caps": {}}, "indicators"),
        ({"shares": {"c_percent": 49, "a_percent": 10}}, "shares"),
        ({"shares": {"c_percent": 91, "a_percent": 5}}, "shares"),
        ({"shares": {"c_percent": 80, "a_percent": 31}}, "shares"),
        ({"shares": {"c_percent": 80, "a_percent": 21}}, "shares"),
    ],
)
def test_numbers_out_of_bounds_are_refused(
    draft: TierModelVersion, provadmin: User, numbers: dict[str, Any], problem: str
) -> None:
    with pytest.raises(Invalid, match="MODEL_NUMBERS") as refused:
        services.change_version(version=draft, numbers=numbers, actor=provadmin)
    assert refused.value.details == {"problem": problem}


def test_a_version_is_confirmed_only_when_its_own_matrix_was_seen(
    draft: TierModelVersion, provadmin: User
) -> None:
    with pytest.raises(BusinessError, match="NOT_SEEN"):
        services.review_version(version=draft, actor=provadmin)
    answered(draft, provadmin)
    services.change_version(version=draft, numbers={"weights": CHANGED}, actor=provadmin)
    with pytest.raises(BusinessError, match="NOT_SEEN"):
        services.review_version(version=draft, actor=provadmin)
    draft.refresh_from_db()
    answered(draft, provadmin)
    assert services.review_version(version=draft, actor=provadmin).state == "REVIEWED"
    draft.refresh_from_db()
    services.change_version(
        version=draft, numbers={"shares": {"c_percent": 60, "a_percent": 10}}, actor=provadmin
    )
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_publishing_takes_a_second_person(
    draft: TierModelVersion, provadmin: User, second_admin: User
) -> None:
    day = date(2099, 1, 1)
    with pytest.raises(BusinessError, match="NOT_REVIEWED"):
        services.publish_version(version=draft, effective_from=day, actor=second_admin)
    answered(draft, provadmin)
    services.review_version(version=draft, actor=provadmin)
    with pytest.raises(BusinessError, match="OWN_PROPOSAL"):
        services.publish_version(version=draft, effective_from=day, actor=provadmin)
    assert (
        services.publish_version(version=draft, effective_from=day, actor=second_admin).state == "PUBLISHED"
    )


@pytest.mark.spec("S3-31")
def test_the_whole_way_in_the_browser(
    draft: TierModelVersion, provadmin: User, second_admin: User, client: Browser
) -> None:
    from tests.permissions.scoring import _fields

    client.force_login(provadmin)
    fields = _fields(draft) | {f"weight_{code}": n for code, n in CHANGED.items()}
    refused = client.post(f"/scoring/versions/{draft.pk}/", fields | {"weight_pv1": 90})
    assert refused.status_code == 422
    assert 'value="90"' in refused.content.decode()
    assert client.post(f"/scoring/versions/{draft.pk}/", fields).status_code == 302
    services.answer_whatif(whatif_id=WhatIf.objects.get().pk)
    page = client.get(f"/scoring/versions/{draft.pk}/").content.decode()
    assert f"/scoring/versions/{draft.pk}/moved/?old=" in page
    found = WhatIf.objects.get()
    moved = client.get(f"/scoring/versions/{draft.pk}/moved/").content.decode()
    assert all(move.client.name in moved for move in found.moves.select_related("client"))
    client.post(f"/scoring/versions/{draft.pk}/review/")
    client.force_login(second_admin)
    client.post(f"/scoring/versions/{draft.pk}/publish/", {"effective_from": "2099-01-01"})
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == ("PUBLISHED", second_admin)
