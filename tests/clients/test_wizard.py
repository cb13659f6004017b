"""Filing step by step in the browser, and the same rules at the other doors."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients import services
from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from tests import factories
from tests.clients.papers import PDF, make_paper, picture, upload

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
Api = Callable[[User | None], APIClient]
USCC = "91350100M000100Y43"


def begin(browser: Browser, unit: OrgUnit, **fields: Any) -> Any:
    """Send the first step."""
    data = {"name": "新安江渔业合作社", "institution_type": "QY", "institution_subtype": "QY2",
            "org_unit": unit.pk}  # fmt: skip
    return browser.post(reverse("clients:new"), data | fields)


def at(step: str, client: Client) -> str:
    """Return the address of a step."""
    return reverse(f"clients:filing_{step}", args=[client.pk])


@pytest.mark.spec("S1-63", "S1-64", "S1-68", "S0-54")
def test_a_manager_files_a_client_step_by_step(
    browse: Browse, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    """Each step keeps the draft; people are entered on the way; the head files it from the desk."""
    browser = browse(owner)
    grid = factories.make_grid("G1", org["unit"])
    answer = begin(browser, org["dept"])
    client = Client.objects.get(name="新安江渔业合作社")
    assert (client.filing, client.am, answer["Location"]) == ("DRAFT", owner, at("classification", client))

    data = {"unit_relation": "HQ", "employee_total": 20, "mobile_users_cm": 5, "version": client.version}
    assert browser.post(at("classification", client), data)["Location"] == at("place", client)
    data = {"region_scope": "LOCAL", "grid": grid.pk, "address": "新安路 1 号", "version": client.version + 1}
    answer = browser.post(at("place", client), data)
    client.refresh_from_db()
    assert (client.employee_total, client.mobile_users_cm, client.grid) == (20, 5, grid)

    people = answer["Location"]
    for kind, mobile in (("KEY_PERSON", "13800001111"), ("CONTACT", "13800002222")):
        person = {"kind": kind, "name": "李梅", "position": "经理", "mobile": mobile}
        assert browser.post(people, person)["Location"] == people
    assert browser.post(at("papers", client), {"kind": "LICENCE", "file": upload()}).status_code == 302

    page = browser.get(at("review", client))
    assert page.context["refusals"] == []
    assert b"disabled" not in page.content.split(b'wizard-actions">')[1]
    browser.post(reverse("clients:submit", args=[client.pk]))
    client.refresh_from_db()
    assert client.filing == "SUBMITTED"
    assert browser.get(at("place", client)).status_code == 302

    desk = browse(head).get(reverse("clients:desk"))
    assert [row["client"] for row in desk.context["rows"]] == [client]
    browse(head).post(reverse("clients:approve", args=[client.pk]))
    client.refresh_from_db()
    assert client.filing == "FILED"


def test_a_head_files_a_draft_without_waiting_for_anybody(
    browse: Browse, org: dict[str, OrgUnit], head: User
) -> None:
    """The wizard keeps a draft for the head too; submitting it files it."""
    begin(browse(head), org["unit"])
    client = Client.objects.get(name="新安江渔业合作社")
    assert client.filing == "DRAFT"
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    browse(head).post(reverse("clients:submit", args=[client.pk]))
    client.refresh_from_db()
    assert client.filing == "FILED"


def acts_of(answer: Any) -> dict[str, str]:
    """Return the ways out a page offers, by label."""
    return {
        str(act["label"]): act.get("post") or act["url"]
        for refusal in answer.context["refusals"]
        for act in refusal["acts"]
    }


@pytest.mark.spec("E087", "S1-74", "S1-76")
def test_a_small_unit_is_merged_with_one_button(browse: Browse, org: dict[str, OrgUnit], owner: User) -> None:
    """The refusal offers the parent's file; the button names the unit there and takes the draft away."""
    browser = browse(owner)
    parent = factories.make_client(
        org["unit"], owner, name="区政府", institution_type="JG", institution_subtype="JG3"
    )
    begin(browser, org["dept"], name="区妇联", institution_type="JG", institution_subtype="JG7")
    draft = Client.objects.get(name="区妇联")
    factories.make_contact(draft)
    data = {"unit_relation": "SECOND_LEVEL_UNIT", "parent": parent.pk, "employee_total": 4,
            "version": draft.version}  # fmt: skip
    answer = browser.post(at("classification", draft), data)
    assert answer.status_code == 409
    merge = next(url for url in acts_of(answer).values() if url.endswith("/merge/"))
    assert 'value="4"' in answer.content.decode()
    browser.post(merge, {"parent": parent.pk, "name": "区妇联", "headcount": 4})
    parent.refresh_from_db()
    assert parent.remark == "包括区妇联"
    assert parent.merge_notes.get().headcount == 4
    assert not Client.objects.filter(pk=draft.pk).exists()


@pytest.mark.spec("E081", "E083", "S0-40", "S0-41")
@pytest.mark.parametrize("level", ["OFFICE", "SAVINGS"])
def test_a_low_bank_is_shown_the_sub_branch(
    browse: Browse, org: dict[str, OrgUnit], owner: User, level: str
) -> None:
    """The page links the county's sub-branch and offers to name the office there."""
    browser = browse(owner)
    bank = factories.make_client(
        org["unit"], owner, name="工行西湖支行", key_industry="BANK", bank_level="SUB_BRANCH"
    )
    begin(browser, org["dept"], name="工行文三储蓄所")
    draft = Client.objects.get(name="工行文三储蓄所")
    data = {"unit_relation": "HQ", "key_industry": "BANK", "bank_level": level, "version": draft.version}
    answer = browser.post(at("classification", draft), data)
    assert answer.status_code == 409
    assert reverse("clients:card", args=[bank.pk]) in acts_of(answer).values()
    assert reverse("clients:merge_draft", args=[draft.pk]) in acts_of(answer).values()


@pytest.mark.spec("E085", "E086", "S0-43")
def test_a_branch_hands_in_its_authorisation_in_the_same_step(
    browse: Browse, org: dict[str, OrgUnit], owner: User
) -> None:
    """Refused without the paper, kept with it."""
    browser = browse(owner)
    parent = factories.make_client(org["unit"], owner)
    begin(browser, org["dept"])
    draft = Client.objects.get(name="新安江渔业合作社")
    data = {"unit_relation": "BRANCH", "parent": parent.pk, "employee_total": 10, "version": draft.version}
    answer = browser.post(at("classification", draft), data)
    assert answer.status_code == 409
    assert "#id_authorization_doc" in acts_of(answer).values()
    data["authorization_doc"] = upload(picture(), "授权书.jpg")
    assert browser.post(at("classification", draft), data).status_code == 302
    draft.refresh_from_db()
    assert draft.unit_relation == "BRANCH"
    assert draft.attachments.get().kind == "AUTHORISATION"


@pytest.mark.spec("E090", "S1-73")
def test_a_duplicate_leads_to_the_file_that_exists(
    browse: Browse, org: dict[str, OrgUnit], owner: User
) -> None:
    """Hard on the credit code, soft on the name, which a reason opens; nothing typed is lost."""
    browser = browse(owner)
    services.create_client(
        actor=owner, org_unit=org["dept"],
        values={"name": "新安江渔业合作社", "institution_type": "QY", "uscc": USCC},
    )  # fmt: skip
    first = Client.objects.get(uscc=USCC)
    answer = begin(browser, org["dept"], name="另一家", uscc=USCC.lower())
    assert answer.status_code == 409
    assert reverse("clients:card", args=[first.pk]) in acts_of(answer).values()
    assert "另一家" in answer.content.decode()
    assert begin(browser, org["dept"]).status_code == 409
    assert begin(browser, org["dept"], duplicate_reason="同名分社").status_code == 302


@pytest.mark.spec("E063", "D-13", "S0-54")
def test_a_closed_client_is_filed_again_with_its_predecessor(
    browse: Browse, org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    """The first step says so while typing; the link is there even when the code comes later."""
    first = services.create_client(
        actor=head, org_unit=org["unit"],
        values={"name": "旧厂", "institution_type": "QY", "uscc": USCC},
    )  # fmt: skip
    services.close_client(actor=head, client_id=first.pk, reason="搬迁")
    browser = browse(owner)
    assert first.client_code in browser.get(reverse("clients:hints"), {"uscc": USCC}).content.decode()
    begin(browser, org["dept"])
    draft = Client.objects.get(name="新安江渔业合作社")
    assert draft.predecessor is None
    data = {"name": draft.name, "institution_type": "QY", "uscc": USCC, "version": draft.version}
    assert browser.post(at("identity", draft), data).status_code == 302
    draft.refresh_from_db()
    assert draft.predecessor == first


@pytest.mark.spec("E096", "S1-81")
def test_the_review_says_everything_that_is_in_the_way(
    browse: Browse, org: dict[str, OrgUnit], owner: User
) -> None:
    """Key person and contact are both named, with the step where they are entered."""
    begin(browse(owner), org["dept"])
    draft = Client.objects.get(name="新安江渔业合作社")
    page = browse(owner).get(at("review", draft))
    codes = {refusal["code"] for refusal in page.context["refusals"]}
    assert codes == {"KEY_PERSON_MISSING", "CONTACT_MISSING"}
    assert reverse("members:filing_people", args=[draft.pk]) in acts_of(page).values()
    assert {step["code"] for step in page.context["gaps"]} >= {"classification", "place", "people"}


def test_a_draft_is_given_up_with_its_people_and_papers(
    browse: Browse, org: dict[str, OrgUnit], owner: User, acme: Client
) -> None:
    """A draft goes; a filed client cannot be given up."""
    begin(browse(owner), org["dept"])
    draft = Client.objects.get(name="新安江渔业合作社")
    factories.make_contact(draft)
    make_paper(draft, owner)
    browse(owner).post(reverse("clients:give_up", args=[draft.pk]))
    assert not Client.objects.filter(pk=draft.pk).exists()
    with pytest.raises(BusinessError) as refused:
        services.give_up_draft(actor=owner, client_id=acme.pk)
    assert refused.value.code == "WRONG_STATE"


@pytest.mark.spec("S1-63")
def test_nobody_decides_an_own_file_at_the_desk(browse: Browse, org: dict[str, OrgUnit], head: User) -> None:
    """The line says that another head decides, and offers no button."""
    client = factories.make_client(org["unit"], head, filing="SUBMITTED", submitted_by=head)
    page = browse(head).get(reverse("clients:desk"), {"tab": "waiting"})
    assert page.context["rows"][0]["own"]
    assert reverse("clients:approve", args=[client.pk]) not in page.content.decode()


@pytest.mark.spec("S1-73")
@pytest.mark.parametrize(("days", "listed"), [(30, False), (31, True)])
def test_files_nobody_visited_in_thirty_days_are_listed(
    browse: Browse, acme: Client, auditor: User, days: int, listed: bool
) -> None:
    """The thirtieth day is still in time; a visit takes the file off the list."""
    Client.objects.filter(pk=acme.pk).update(created_at=clock.at(clock.today() - timedelta(days=days), 10))

    def found() -> list[Client]:
        page = browse(auditor).get(reverse("clients:desk"), {"tab": "evidence"})
        return [row["client"] for row in page.context["rows"]]

    assert found() == ([acme] if listed else [])
    Client.objects.filter(pk=acme.pk).update(last_visited_on=clock.today())
    assert found() == []


@pytest.mark.spec("S0-32")
def test_auditors_see_regions_that_differ(browse: Browse, acme: Client, auditor: User, owner: User) -> None:
    """The list names both regions."""
    services.add_site(actor=owner, client_id=acme.pk, name="河内办事处", country="越南")
    page = browse(auditor).get(reverse("clients:desk"), {"tab": "regions"})
    row = page.context["rows"][0]
    assert (row["client"], row["client"].suggested) == (acme, "TRANSNATIONAL")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"key_industry": "BANK", "bank_level": "SAVINGS"}, "BANK_LEVEL_TOO_LOW",
                     marks=pytest.mark.spec("E081", "S0-40")),
        pytest.param({"unit_relation": "OUTLET"}, "BRANCH_NEEDS_AUTHORIZATION",
                     marks=pytest.mark.spec("E084", "S0-42")),
        pytest.param({"unit_relation": "SECOND_LEVEL_UNIT", "employee_total": 40}, "SECOND_LEVEL_MERGE",
                     marks=pytest.mark.spec("E089", "S1-75")),
    ],
)  # fmt: skip
def test_the_api_refuses_what_the_page_refuses(
    api: Api, org: dict[str, OrgUnit], owner: User, values: dict[str, Any], code: str
) -> None:
    """The same code, the same way out; nothing is made."""
    parent = factories.make_client(org["unit"], owner)
    body = {"name": "新安江渔业合作社", "institution_type": "QY", "parent": None} | values
    if "unit_relation" in values:
        body["parent"] = parent.pk
    answer = api(owner).post("/api/v1/clients", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert not Client.objects.filter(name="新安江渔业合作社").exists()


def test_the_api_says_obstacles_and_merges_a_draft(api: Api, org: dict[str, OrgUnit], owner: User) -> None:
    """Another system sees what a person sees on the review."""
    parent = factories.make_client(org["unit"], owner)
    draft = factories.make_client(
        org["unit"], owner, name="一车间", filing="DRAFT", parent=parent, unit_relation="SECOND_LEVEL_UNIT"
    )
    rows = api(owner).get(f"/api/v1/clients/{draft.pk}/obstacles").json()
    assert [row["code"] for row in rows] == ["SECOND_LEVEL_MERGE", "KEY_PERSON_MISSING", "CONTACT_MISSING"]
    answer = api(owner).post(f"/api/v1/clients/{draft.pk}:merge", {"parent": parent.pk}, format="json")
    assert answer.json() == {"parent": parent.pk, "remark": "包括一车间"}
    assert not Client.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>有限公司", "Ｌ２　合作社", "很" * 200])
def test_strange_names_go_through_the_steps_unharmed(
    browse: Browse, org: dict[str, OrgUnit], owner: User, name: str
) -> None:
    """Markup is shown as text, full-width letters become plain ones, two hundred characters fit."""
    assert begin(browse(owner), org["dept"], name=name).status_code == 302
    draft = Client.objects.get(filing="DRAFT")
    page = browse(owner).get(at("review", draft)).content.decode()
    assert "<script>alert" not in page
    assert begin(browse(owner), org["dept"], name="很" * 201).status_code == 400


@pytest.mark.spec("S1-70", "S1-72", "S1-93")
def test_the_review_shows_share_and_the_four_levels_of_industry(
    browse: Browse, org: dict[str, OrgUnit], owner: User
) -> None:
    """The share is own users of all users; section, division, group and class follow from one code."""
    draft = factories.make_client(
        org["dept"], owner, filing="DRAFT", industry_id="0141", mobile_users_cm=3, mobile_users_ct=1,
        mobile_users_cu=0,
    )  # fmt: skip
    page = browse(owner).get(at("review", draft)).content.decode()
    assert "75.0%" in page
    for level in ("A ", "01 ", "014 ", "0141 "):
        assert f"<dd>{level}" in page


# ---- Papers


@pytest.mark.spec("S1-69")
def test_pictures_lose_everything_but_the_picture(acme: Client, owner: User) -> None:
    """Place and camera of a photo do not come along; the name on the disk says nothing."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "secret place"
    made = make_paper(acme, owner, "LICENCE", picture(exif=exif.tobytes()))
    content = made.file.read()
    assert b"secret place" not in content
    assert made.content_type == "image/jpeg"
    assert "执照" not in Path(made.file.name or "").name
    acme.refresh_from_db()
    assert acme.licence_scan.name == made.file.name


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00" + b"0" * 100, "PAPER_KIND"),
        (b"<html><script>alert(1)</script></html>", "PAPER_KIND"),
        (b"\xff\xd8\xff" + b"0" * 50, "PAPER_BROKEN"),
        (b"%PDF-1.4\n/JavaScript (app.alert(1))\n%%EOF", "PAPER_ACTIVE"),
        (b"%PDF-1.4 cut off", "PAPER_BROKEN"),
        (PDF + b" " * 5 * 1024 * 1024, "PAPER_TOO_LARGE"),
    ],
)
def test_papers_are_judged_by_their_content(acme: Client, owner: User, content: bytes, code: str) -> None:
    """The name says PDF, the bytes say otherwise; a good PDF is kept."""
    with pytest.raises(BusinessError) as refused:
        make_paper(acme, owner, "OTHER", content)
    assert refused.value.code == code
    assert not acme.attachments.exists()


def test_a_newer_paper_replaces_the_older_which_is_kept(
    browse: Browse, acme: Client, owner: User, stranger: User, colleague: User
) -> None:
    """One licence is in force; both can be downloaded by who may see the client, by nobody else."""
    old, new = make_paper(acme, owner, "LICENCE"), make_paper(acme, owner, "LICENCE", picture("PNG"))
    old.refresh_from_db()
    assert (old.replaced_by, new.replaced_at) == (owner, None)
    for paper in (old, new):
        address = reverse("clients:attachment", args=[acme.pk, paper.pk])
        answer = browse(colleague).get(address)
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert browse(stranger).get(address).status_code == 404
    services.remove_paper(actor=owner, client_id=acme.pk, paper_id=new.pk)
    acme.refresh_from_db()
    assert not acme.licence_scan


def test_papers_come_and_go_through_the_api(api: Api, acme: Client, owner: User, colleague: User) -> None:
    """Handed in as a form, listed, downloaded, taken out; a reader of the file only reads."""
    address = f"/api/v1/clients/{acme.pk}/papers"
    made = api(owner).post(address, {"kind": "LICENCE", "file": upload(picture())}, format="multipart")
    assert made.status_code == 201
    assert api(colleague).get(address).json()[0]["sha256"] == made.json()["sha256"]
    one = f"{address}/{made.json()['id']}"
    assert b"".join(api(colleague).get(one).streaming_content)[:3] == b"\xff\xd8\xff"  # type: ignore[attr-defined]
    assert api(colleague).delete(one).status_code == 403
    assert api(owner).delete(one).status_code == 204
    assert api(owner).get(address).json() == []
