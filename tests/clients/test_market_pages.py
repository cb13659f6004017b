"""The market as a head reads it in the browser: the unit that keeps the files is shown, not passed."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.models import Client, ClientClassHistory
from clients.timeline import timeline
from crm.accounts.models import OrgUnit, User
from crm.base import clock

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
