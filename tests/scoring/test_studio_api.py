"""The studio over the API: draft, change, what-if, moves by cursor, confirm, publish by a second person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from scoring import services
from scoring.models import TierModelVersion, TierRun, WhatIf
from tests.factories import make_user
from tests.scoring.test_studio import CHANGED
from tests.scoring.test_tier import with_revenue

Org = dict[str, OrgUnit]
pytestmark = pytest.mark.django_db
ROOT = "/api/v1/tier-models"


@pytest.fixture
def base(org: Org) -> Org:
    with_revenue(org, 10)
    for place, client in enumerate(Client.objects.order_by("pk")):
        client.mobile_users_ct = place * 10 + 1
        client.save()
    services.run_tiers(as_of=clock.today(), province=org["province"])
    return org


@pytest.mark.spec("S3-31", "S3-32", "E046")
def test_from_draft_to_publication(
    base: Org, provadmin: User, gcdept: User, stranger: User, api: Callable[[User], APIClient]
) -> None:
    one, other = api(provadmin), api(make_user("second", Role.PROV_ADMIN, base["province"]))
    made = one.post(ROOT, {}, format="json").json()
    address = f"{ROOT}/{made['id']}"
    assert (made["state"], made["province"]) == ("DRAFT", "P33")
    assert one.get(f"{address}/whatif").status_code == 204
    refused = one.patch(address, {"weights": CHANGED | {"pv1": 99}}, format="json")
    assert refused.status_code == 400
    assert TierModelVersion.objects.get(pk=made["id"]).numbers == made["numbers"]
    assert one.patch(address, {"weights": CHANGED}, format="json").json()["numbers"]["weights"] == CHANGED
    assert one.post(f"{address}:review").status_code == 409
    assert one.post(f"{address}/whatif").status_code == 202
    services.answer_whatif(whatif_id=WhatIf.objects.get().pk)
    answer = one.get(f"{address}/whatif").json()
    assert (answer["state"], answer["fresh"], answer["universe"]) == ("DONE", True, 10)
    moves, after = [], 0
    while page := one.get(f"{address}/moved?after={after}&size=2").json()["results"]:
        moves += page
        after = page[-1]["id"]
    assert len(moves) == answer["moved"] > 0
    old, new = moves[0]["old"], moves[0]["new"]
    cell = one.get(f"{address}/moved?old={old}&new={new}&size=100").json()["results"]
    assert len(cell) == answer["matrix"][old][new]
    assert api(stranger).get(f"{address}/moved").json()["results"] == [], "not the stranger's clients"
    assert one.post(f"{address}:review").json()["state"] == "REVIEWED"
    day = (clock.today() + timedelta(days=1)).isoformat()
    assert one.post(f"{address}:publish", {"effective_from": day}, format="json").status_code == 409
    past = other.post(f"{address}:publish", {"effective_from": clock.today().isoformat()}, format="json")
    assert past.status_code == 400
    assert (
        other.post(f"{address}:publish", {"effective_from": day}, format="json").json()["state"]
        == "PUBLISHED"
    )
    before = TierRun.objects.get()
    assert before.version.name == "v1", "what ran before keeps its version"


@pytest.mark.spec("S3-31")
def test_the_official_run_of_a_month_cannot_be_changed(base: Org) -> None:
    run = TierRun.objects.get()
    if not run.official:  # made on the first of a month it is the official one already
        TierRun.objects.filter(pk=run.pk).update(changed=0)
        TierRun.objects.filter(pk=run.pk).update(official=True)
    for act in (
        lambda: TierRun.objects.filter(pk=run.pk).update(counts={}),
        lambda: TierRun.objects.filter(pk=run.pk).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    run.refresh_from_db()
    assert run.counts


@pytest.mark.spec("S3-31")
def test_moved_clients_as_a_file_and_versions_side_by_side(
    base: Org, provadmin: User, browse: Callable[[User], Browser]
) -> None:
    draft = services.draft_version(province=base["province"], actor=provadmin)
    services.change_version(version=draft, numbers={"weights": CHANGED}, actor=provadmin)
    draft.refresh_from_db()
    asked = services.ask_whatif(version=draft, actor=provadmin)
    found = services.answer_whatif(whatif_id=asked.pk)
    browser = browse(provadmin)
    file = b"".join(browser.get(f"/scoring/versions/{draft.pk}/moved/csv/").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(file.strip().splitlines()) == found.moved + 1
    v1 = TierModelVersion.objects.get(name="v1")
    page = browser.get(f"/scoring/versions/compare/?a={v1.pk}&b={draft.pk}").content.decode()
    assert str(found.limits["A"]) in page
    assert 'id="spreads"' in page
