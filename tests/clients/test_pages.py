"""List, card and form in the browser."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clients.models import Client, RevenueMonth, SavedView
from clients.services import store_traffic, update_client
from crm.accounts.models import OrgUnit, User
from tests import factories
from tests.clients.papers import PDF, picture

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]


def names(response: Any) -> list[str]:
    """Return the names in the table of a list page."""
    return re.findall(r'class="row-title"[^>]*>([^<]+)<', response.content.decode())


def form_values(**changes: Any) -> dict[str, Any]:
    """Return what a browser sends for a new file."""
    return {
        "name": "新安江渔业合作社", "institution_type": "QY", "institution_subtype": "QY2",
        "region_scope": "LOCAL", "unit_relation": "HQ", "influence_level": 0, "ict_demand_score": 0,
    } | changes  # fmt: skip


def test_a_new_file_belongs_to_the_unit_above_the_team_its_maker_sits_in(
    org: dict[str, OrgUnit], owner: User, browse: Browse
) -> None:
    owner.org_unit = org["dept"]
    owner.save()
    form = browse(owner).get("/clients/new/").context["form"]
    assert form.fields["org_unit"].initial == org["unit"].pk


def test_the_list_takes_the_same_queries_for_60_and_200_rows(
    org: dict[str, OrgUnit], head: User, browse: Browse
) -> None:
    """What a row shows comes with the page, not row by row (one page more asks the planner for the size)."""
    browser = browse(head)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/clients/").status_code == 200
        return len(caught)

    for _ in range(60):
        factories.make_client(org["unit"], head)
    browser.get("/clients/")
    few = queries()
    for _ in range(140):
        factories.make_client(org["unit"], head)
    assert queries() == few


@pytest.mark.parametrize("sort", ["code", "name", "updated", "mobiles"])
def test_pages_follow_each_other_without_gap_or_repetition(
    org: dict[str, OrgUnit], head: User, browse: Browse, sort: str
) -> None:
    """Forward to the end and back again, with equal sort values among the rows."""
    for number in range(120):
        factories.make_client(org["unit"], name=f"客户{number % 7}", name_pinyin=f"kehu{number % 7}",
                              mobile_count=number % 5)  # fmt: skip
    browser = browse(head)
    seen: list[str] = []
    pages = []
    url = f"/clients/?sort={sort}"
    while url:
        response = browser.get(url)
        pages.append([row.pk for row in response.context["page"].rows])
        seen += pages[-1]
        url = response.context["next_url"] and "/clients/" + response.context["next_url"]
    assert len(seen) == len(set(seen)) == 120
    assert [len(page) for page in pages] == [50, 50, 20]
    back = browser.get("/clients/" + response.context["previous_url"])
    assert [row.pk for row in back.context["page"].rows] == pages[1]
    first = browser.get("/clients/" + back.context["previous_url"])
    assert [row.pk for row in first.context["page"].rows] == pages[0]
    assert not first.context["previous_url"]


@pytest.mark.spec("S0-02", "S0-28", "S0-29", "S0-30", "S0-31", "S1-71")
@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("institution=JG", "institution_type", "JG"),
        ("industry=J", "industry_id", "6621"),
        ("industry=66", "industry_id", "6621"),
        ("size_class=A", "size_class", "A"),
        ("tier=A1&tier=A2", "value_tier", "A2"),
        ("region=TRANSNATIONAL", "region_scope", "TRANSNATIONAL"),
        ("region=CROSS_PROVINCE", "region_scope", "CROSS_PROVINCE"),
        ("region=CROSS_CITY", "region_scope", "CROSS_CITY"),
        ("status=SILENT", "status", "SILENT"),
        ("key_industry=BANK", "key_industry", "BANK"),
        ("completeness=BASIC", "completeness", "BASIC"),
        ("filing=SUBMITTED", "filing", "SUBMITTED"),
    ],
)
def test_filters_by_the_six_axes(
    acme: Client, org: dict[str, OrgUnit], head: User, browse: Browse, query: str, field: str, value: str
) -> None:
    """Each axis narrows the list, and the chip takes the filter off again."""
    fields: dict[str, Any] = {"institution_subtype": "", field: value}
    wanted = factories.make_client(org["unit"], name="要找的", **fields)
    response = browse(head).get(f"/clients/?{query}")
    assert names(response) == [wanted.name]
    assert [chip["remove_url"] for chip in response.context["chips"]] == ["?"]


def test_mine_and_grid_and_unit(
    acme: Client, org: dict[str, OrgUnit], owner: User, colleague: User, provadmin: User, browse: Browse
) -> None:
    """A manager's tab, a grid's sub-tree and a unit's sub-tree."""
    grid = factories.make_grid("G1", org["unit"])
    other = factories.make_client(org["unit"], colleague, name="同事的", grid=grid)
    assert names(browse(owner).get("/clients/?mine=on")) == [acme.name]
    assert names(browse(owner).get(f"/clients/?grid={grid.pk}")) == [other.name]
    assert names(browse(provadmin).get(f"/clients/?unit={org['other_unit'].pk}")) == []
    assert len(names(browse(provadmin).get(f"/clients/?unit={org['city'].pk}"))) == 2


def test_views_are_kept_as_tabs_of_the_person(head: User, owner: User, browse: Browse) -> None:
    """The address is kept under a name; nobody else has the tab or can drop it."""
    browser = browse(head)
    browser.post("/clients/views/", {"name": "沉默大客户", "query": "status=SILENT&size_class=A"})
    view = SavedView.objects.get(user=head)
    assert "沉默大客户" in browser.get("/clients/").content.decode()
    browse(owner).post(f"/clients/views/{view.pk}/delete/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    browser.post(f"/clients/views/{view.pk}/delete/")
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_broken_address_shows_the_list(acme: Client, owner: User, browse: Browse) -> None:
    """Nonsense in the address answers a page, never an error."""
    for query in ("after=%%%", "after=bm9uc2Vuc2U", "sort=x", "status=NOPE", "am=abc", "unit=999999",
                  "created_from=x", "batch=zz", "unseen_days=-1",
                  "industry=zz&count=1"):  # fmt: skip
        assert browse(owner).get(f"/clients/?{query}").status_code == 200, query
    for query in ("industry=%00", "q=%00"):
        assert browse(owner).get(f"/clients/?{query}").status_code == 400, query


@pytest.mark.spec("E203")
def test_a_stranger_gets_404_on_every_page_of_a_client(acme: Client, stranger: User, browse: Browse) -> None:
    """What may not be seen does not exist."""
    browser = browse(stranger)
    for tab in (
        "",
        "file/",
        "edit/",
        "products/",
        "revenue/",
        "history/",
        "why/status/",
        "why/completeness/",
    ):
        assert browser.get(f"/clients/{acme.pk}/{tab}").status_code == 404
    for act in ("submit/", "merge/", "products/order/"):
        assert browser.post(f"/clients/{acme.pk}/{act}", {"name": "x"}).status_code == 404


@pytest.mark.spec("E203")
def test_a_colleague_reads_but_does_not_edit(acme: Client, colleague: User, browse: Browse) -> None:
    """The card opens and says why there is no button."""
    page = browse(colleague).get(f"/clients/{acme.pk}/")
    assert page.status_code == 200
    assert not page.context["may_write"]
    assert not page.context["sees_plain"]
    assert browse(colleague).get(f"/clients/{acme.pk}/edit/").status_code == 403


@pytest.mark.spec("E212")
def test_the_system_administrator_sees_no_client_data(acme: Client, sysadmin: User, browse: Browse) -> None:
    """The whole area answers 403."""
    assert browse(sysadmin).get("/clients/").status_code == 403
    assert browse(sysadmin).get(f"/clients/{acme.pk}/").status_code == 403


@pytest.mark.spec("E115")
def test_an_auditor_does_not_edit(acme: Client, auditor: User, browse: Browse) -> None:
    """Reading is all an auditor does in a client file."""
    assert browse(auditor).get(f"/clients/{acme.pk}/").status_code == 200
    assert browse(auditor).post(f"/clients/{acme.pk}/edit/", form_values()).status_code == 403


@pytest.mark.spec("S1-63", "S1-68")
def test_a_file_is_made_in_the_browser(org: dict[str, OrgUnit], owner: User, browse: Browse) -> None:
    """A manager's file starts as a draft under the own name."""
    response = browse(owner).post("/clients/new/", form_values(org_unit=org["unit"].pk))
    client = Client.objects.get(name="新安江渔业合作社")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/clients/{client.pk}/filing/classification/",
    )
    assert (client.filing, client.am) == ("DRAFT", owner)
    values = form_values(registered_capital_yuan="12.34", version=client.version)
    assert browse(owner).post(f"/clients/{client.pk}/edit/", values).status_code == 302
    client.refresh_from_db()
    assert client.registered_capital_fen == 1234


@pytest.mark.spec("E081", "E091")
def test_a_refusal_keeps_what_was_typed(
    org: dict[str, OrgUnit], head: User, acme: Client, browse: Browse
) -> None:
    """The sentence stands at the field, the input in the form."""
    values = form_values(
        key_industry="BANK", bank_level="SAVINGS", address="龙井路 1 号", version=acme.version
    )
    response = browse(head).post(f"/clients/{acme.pk}/edit/", values)
    assert response.status_code == 409
    assert response.context["form"].errors["bank_level"]
    assert "龙井路 1 号" in response.content.decode()
    wrong = browse(head).post(
        "/clients/new/", form_values(org_unit=org["unit"].pk, uscc="91350100M000100Y44")
    )
    assert wrong.context["form"].errors["uscc"]


def test_both_sides_of_a_conflict_are_shown_and_the_next_save_wins(
    acme: Client, owner: User, head: User, browse: Browse
) -> None:
    """The form comes back with the newer version inside."""
    update_client(actor=head, client_id=acme.pk, values={"address": "新址 1 号"})
    values = form_values(name=acme.name, institution_subtype="QY1", address="新址 2 号", version=1)
    response = browse(owner).post(f"/clients/{acme.pk}/edit/", values)
    page = response.content.decode()
    assert response.status_code == 409
    assert "新址 1 号" in page
    assert "新址 2 号" in page
    assert str(head) in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    again = browse(owner).post(f"/clients/{acme.pk}/edit/", values | {"version": version[1]})
    assert again.status_code == 302
    acme.refresh_from_db()
    assert acme.address == "新址 2 号"


def test_derived_fields_are_no_fields_of_the_form(acme: Client, owner: User, browse: Browse) -> None:
    """They are shown and explained, and what is sent for them changes nothing."""
    page = browse(owner).get(f"/clients/{acme.pk}/edit/").content.decode()
    assert not re.search(r'name="(status|size_class|value_tier|completeness|client_code)"', page)
    values = form_values(
        name=acme.name, institution_subtype="QY1", status="ACTIVE", value_tier="A1", version=1
    )
    browse(owner).post(f"/clients/{acme.pk}/edit/", values)
    acme.refresh_from_db()
    assert (acme.status, acme.value_tier) == ("POTENTIAL", None)


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.pdf", PDF, True),
        ("a.png", picture("PNG"), True),
        ("a.pdf", b"<html>", False),
        ("a.exe", b"MZ", False),
        ("a.html", b"%PDF-1.7", False),
    ],
    ids=["pdf", "png", "page as pdf", "program", "cut off"],
)
def test_papers_are_what_they_say_and_go_to_readers_only(
    acme: Client, owner: User, stranger: User, browse: Browse, settings: Any, tmp_path: Any,
    name: str, content: bytes, taken: bool,
) -> None:  # fmt: skip
    """Kind and content agree; the stored name tells nothing; the download is an attachment."""
    settings.MEDIA_ROOT = tmp_path
    values = form_values(name=acme.name, institution_subtype="QY1", version=1)
    response = browse(owner).post(
        f"/clients/{acme.pk}/edit/", values | {"licence_scan": SimpleUploadedFile(name, content)}
    )
    acme.refresh_from_db()
    assert (response.status_code == 302, bool(acme.licence_scan)) == (taken, taken)
    if taken:
        assert re.fullmatch(r"clients/[0-9a-f]{32}\.(pdf|png)", str(acme.licence_scan.name))
        paper: Any = browse(owner).get(f"/clients/{acme.pk}/papers/licence_scan/")
        assert paper["Content-Disposition"].startswith("attachment")
        given = b"".join(paper.streaming_content)
        # A picture is drawn anew, without what the camera wrote into it.
        assert given == content if name.endswith("pdf") else given[:8] == content[:8]
        assert browse(stranger).get(f"/clients/{acme.pk}/papers/licence_scan/").status_code == 404


def test_the_history_reads_as_sentences(acme: Client, owner: User, browse: Browse) -> None:
    """A changed field stands with its label, its old and its new value."""
    update_client(actor=owner, client_id=acme.pk, values={"address": "龙井路 1 号"})
    update_client(actor=owner, client_id=acme.pk, values={"address": "龙井路 2 号"})
    page = browse(owner).get(f"/clients/{acme.pk}/history/?kind=field").content.decode()
    assert "龙井路 1 号 → 龙井路 2 号" in page


def test_names_with_markup_are_shown_as_text(org: dict[str, OrgUnit], owner: User, browse: Browse) -> None:
    """Nothing of a name becomes part of the page."""
    client = factories.make_client(org["unit"], owner, name="<script>alert(1)</script>" + "长" * 170)
    for url in ("/clients/", f"/clients/{client.pk}/", f"/clients/{client.pk}/edit/"):
        page = browse(owner).get(url).content.decode()
        assert "<script>alert(1)" not in page


def test_every_tab_opens_for_a_full_file(acme: Client, owner: User, browse: Browse) -> None:
    """Products with traffic, revenue of two years, a parent: nothing breaks a tab."""
    product = factories.make_client_product(acme, status="OPEN", opened_on=factories.LONG_AGO)
    store_traffic({(product.pk, date(2026, 10, 1)): 3})
    RevenueMonth.objects.create(client=acme, month=date(2026, 10, 1), revenue_fen=12300)
    for tab in ("", "file/", "products/", "revenue/", "history/", "why/status/", "why/completeness/"):
        assert browse(owner).get(f"/clients/{acme.pk}/{tab}").status_code == 200
