"""The market as a head reads it in the browser: the unit that keeps the files is shown, not passed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.choices import FilingState
from clients.models import Client, ClientClassHistory
from clients.timeline import timeline
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]


def test_the_share_stops_at_the_unit_that_keeps_the_files_though_teams_stand_below(
    head: User, org: dict[str, OrgUnit], acme: Client, browse: Browse
) -> None:
    unit = org["unit"]  # the department of the head stands below it
    assert OrgUnit.objects.get_children(unit).exists()
    Client.objects.filter(pk=acme.pk).update(mobile_users_cm=30, mobile_users_ct=10, mobile_users_cu=0)
    rows = browse(head).get("/clients/market/").context["rows"]
    assert [(row["name"], row["share"].share, row["leaf"]) for row in rows] == [(unit.name, 0.75, True)]
    assert rows[0]["url"] == f"/clients/?unit={unit.pk}"


def test_clients_of_the_share_are_those_of_the_report_of_quality_and_both_say_who_counts(
    head: User, owner: User, org: dict[str, OrgUnit], acme: Client, browse: Browse
) -> None:
    draft = factories.make_client(org["unit"], am=owner, filing=FilingState.DRAFT)
    Client.objects.filter(pk__in=[acme.pk, draft.pk]).update(mobile_users_cm=30, mobile_users_ct=10)
    page = browse(head)
    share, quality = page.get("/clients/market/"), page.get("/clients/quality/")
    assert share.context["all"].clients == quality.context["total"].counts["total"] == 1
    assert all("已建档，不含已销户" in answer.content.decode() for answer in (share, quality))


@pytest.mark.parametrize("address", ["/clients/market/churn/", "/clients/audits/"])
def test_what_is_under_way_is_not_called_as_a_product_or_a_client_is(
    address: str, head: User, browse: Browse
) -> None:
    tabs = browse(head).get(address).content.decode().split("view-tabs", 1)[1]
    assert not {"开通", "已销户"} & set(re.findall(r"[\u4e00-\u9fff]+", tabs))


def test_a_change_of_tier_names_the_model_that_made_it(acme: Client) -> None:
    ClientClassHistory.objects.create(
        client=acme, axis="TIER", old="A1", new="A2", rule="VT-A2", reason="v1", changed_on=clock.today()
    )
    [told] = [entry for entry in timeline(acme) if "A1 → A2" in entry["title"]]
    assert told["text"] == "按价值模型 v1"


def test_a_change_of_segment_is_told_in_words_once(owner: User, acme: Client, browse: Browse) -> None:
    ClientClassHistory.objects.create(
        client=acme, axis="SEGMENT", old="", new="KEY", rule="WIDE", reason="¥13,481.32",
        changed_on=clock.today(),
    )  # fmt: skip
    told = [entry for entry in timeline(acme) if "大客户" in entry["title"]]
    assert [entry["title"] for entry in told] == ["客户群 — → 大客户"]
    assert told[0]["text"].endswith("¥13,481.32")
    assert "跨省" in told[0]["text"]
    page = browse(owner).get(f"/scoring/clients/{acme.pk}/").content.decode()
    assert "WIDE" not in page
    assert told[0]["title"] in page
