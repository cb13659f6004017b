"""Views people keep of the list, columns, and acts on many clients with an outcome for each."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import BulkRun, Client, ListSetting, SavedView
from clients.services import bulk, views
from clients.services.filing import close_client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError
from tests import factories
from visits.models import Visit

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]


def test_a_view_of_the_head_is_a_tab_of_the_whole_unit(
    head: User, owner: User, stranger: User, browse: Browse
) -> None:
    """Shared with the unit: the unit's people find it, another unit's do not; taken back, nobody does."""
    view = views.save_view(actor=head, name="沉默大客户", query="status=SILENT&size_class=A")
    assert "沉默大客户" not in browse(owner).get("/clients/").content.decode()
    browse(head).post(f"/clients/views/{view.pk}/share/", {"shared": "yes"})
    assert "沉默大客户" in browse(owner).get("/clients/").content.decode()
    assert "沉默大客户" not in browse(stranger).get("/clients/").content.decode()
    assert AuditEvent.objects.filter(action="clients.view_shared").count() == 1
    browse(head).post(f"/clients/views/{view.pk}/share/", {"shared": "no"})
    assert "沉默大客户" not in browse(owner).get("/clients/").content.decode()


def test_who_leads_nobody_shares_no_view(owner: User, browse: Browse) -> None:
    """An account manager keeps views for oneself."""
    view = views.save_view(actor=owner, name="我的", query="mine=on")
    assert browse(owner).post(f"/clients/views/{view.pk}/share/", {"shared": "yes"}).status_code == 403
    view.refresh_from_db()
    assert view.unit is None


def test_a_view_gets_another_name_unless_it_is_taken(head: User, owner: User, browse: Browse) -> None:
    """Two views of a person never share a name; nobody renames somebody else's."""
    views.save_view(actor=head, name="一", query="status=SILENT")
    second = views.save_view(actor=head, name="二", query="status=ACTIVE")
    browse(head).post(f"/clients/views/{second.pk}/rename/", {"name": "三"})
    second.refresh_from_db()
    assert second.name == "三"
    with pytest.raises(BusinessError, match="NAME_TAKEN"):
        views.rename_view(actor=head, view_id=second.pk, name="一")
    assert browse(owner).post(f"/clients/views/{second.pk}/rename/", {"name": "x"}).status_code == 404
    for wrong in ("", "名" * 21):
        with pytest.raises(BusinessError, match="INVALID"):
            views.rename_view(actor=head, view_id=second.pk, name=wrong)


def test_the_thirty_first_view_is_refused(head: User) -> None:
    """Thirty are kept; the same name again replaces its view."""
    for number in range(30):
        views.save_view(actor=head, name=f"视图{number}", query="status=SILENT")
    with pytest.raises(BusinessError, match="TOO_MANY"):
        views.save_view(actor=head, name="第三十一", query="status=SILENT")
    views.save_view(actor=head, name="视图0", query="status=ACTIVE")
    assert SavedView.objects.filter(user=head).count() == 30


def test_the_list_opens_with_the_view_a_person_chose(head: User, owner: User, browse: Browse) -> None:
    """Only for the person, only where the address says nothing, and until the view is removed."""
    view = views.save_view(actor=head, name="沉默", query="status=SILENT")
    browser = browse(head)
    browser.post("/clients/views/open-with/", {"query": "status=SILENT"})
    response = browser.get("/clients/")
    assert (response.status_code, response["Location"]) == (302, "/clients/?status=SILENT")
    assert browser.get("/clients/?view=all").status_code == 200
    assert browse(owner).get("/clients/").status_code == 200
    browser.post(f"/clients/views/{view.pk}/delete/")
    assert browser.get("/clients/").status_code == 200


def headings(response: Any) -> list[str]:
    """Return the column headings of the list after the client."""
    return [column.code for column in response.context["columns"]]


def test_columns_are_the_persons_on_every_device_and_the_address_overrules_them(
    acme: Client, head: User, owner: User, browse: Browse
) -> None:
    """Kept with the person, not with the browser; `cols` shows others once; `usual` takes it back."""
    browse(head).post("/clients/columns/", {"column": ["grid", "nonsense", "mobiles"]})
    assert headings(browse(head).get("/clients/")) == ["grid", "mobiles"]
    assert headings(browse(head).get("/clients/?cols=unit.am")) == ["unit", "am"]
    assert headings(browse(head).get("/clients/?cols=nonsense")) == ["grid", "mobiles"]
    assert headings(browse(owner).get("/clients/"))[0] == "status"
    browse(head).post("/clients/columns/", {"usual": "1"})
    assert headings(browse(head).get("/clients/"))[0] == "status"
    assert ListSetting.objects.get(user=head).columns == ""


@pytest.fixture
def many(org: dict[str, OrgUnit], owner: User, head: User) -> list[Client]:
    """Return an open client, one that is closed, and one of nobody."""
    closed = factories.make_client(org["unit"], owner)
    close_client(actor=head, client_id=closed.pk, reason="搬迁")
    return [factories.make_client(org["unit"], owner), closed, factories.make_client(org["unit"])]


def test_an_act_on_many_answers_for_each_and_is_taken_back(
    many: list[Client], colleague: User, foreign: Client, head: User, owner: User, browse: Browse
) -> None:
    """One that refuses does not hold up the others; a client out of sight has no name; undo restores."""
    keys = [client.pk for client in many] + [foreign.pk]
    asked = browse(head).post("/clients/bulk/assign/", {"client": keys})
    assert asked.status_code == 200
    assert foreign.name not in asked.content.decode()
    response = browse(head).post(
        "/clients/bulk/assign/", {"client": keys, "manager": colleague.pk, "reason": "调岗", "sure": "1"}
    )
    run = BulkRun.objects.get()
    assert response["Location"] == f"/clients/bulk/runs/{run.pk}/"
    assert [(row["client"], row["ok"]) for row in run.rows] == [
        (many[0].pk, True), (many[1].pk, False), (many[2].pk, True), (foreign.pk, False)
    ]  # fmt: skip
    page = browse(head).get(response["Location"]).content.decode()
    assert many[1].name in page
    assert foreign.name not in page
    assert Client.objects.filter(pk__in=keys, am=colleague).count() == 2

    browse(head).post(f"/clients/bulk/runs/{run.pk}/undo/")
    assert Client.objects.get(pk=many[0].pk).am == owner
    assert Client.objects.get(pk=many[2].pk).am is None
    assert not Client.objects.get(pk=many[2].pk).assignments.filter(to_on=None).exists()
    with pytest.raises(BusinessError, match="CANNOT_UNDO"):
        bulk.undo(actor=head, run_id=run.pk)


def test_taking_back_leaves_what_somebody_changed_since(
    many: list[Client], colleague: User, head: User, owner: User
) -> None:
    """The newer state stays and the row says so."""
    run = bulk.perform(actor=head, code="assign", client_ids=[many[2].pk], values={"manager": colleague})
    bulk.perform(actor=head, code="assign", client_ids=[many[2].pk], values={"manager": owner})
    undone = bulk.undo(actor=head, run_id=run.pk)
    assert not undone.rows[0]["undone"]
    assert Client.objects.get(pk=many[2].pk).am == owner


def test_nothing_is_taken_back_after_a_day_or_by_somebody_else(
    many: list[Client], colleague: User, head: User, provadmin: User
) -> None:
    """Twenty-four hours, and only who did it."""
    run = bulk.perform(actor=head, code="assign", client_ids=[many[0].pk], values={"manager": colleague})
    with pytest.raises(BusinessError, match="NOT_FOUND"):
        bulk.undo(actor=provadmin, run_id=run.pk)
    for hours, possible in ((23, True), (25, False)):
        BulkRun.objects.filter(pk=run.pk).update(created_at=clock.now() - timedelta(hours=hours))
        run.refresh_from_db()
        assert bulk.may_undo(run) is possible


@pytest.mark.parametrize(
    ("code", "role"), [("assign", "owner"), ("mark", "owner"), ("plan_visits", "leader")]
)
def test_acts_need_their_verb(acme: Client, code: str, role: str, request: Any, browse: Browse) -> None:
    """What the bar does not offer is refused at the door too."""
    actor = request.getfixturevalue(role)
    assert browse(actor).post(f"/clients/bulk/{code}/", {"client": acme.pk}).status_code == 403
    assert code not in [act.code for act in bulk.acts_for(actor)]


def test_more_than_two_hundred_at_once_are_refused(head: User, colleague: User) -> None:
    """Two hundred pass, one more does not."""
    bulk.perform(actor=head, code="assign", client_ids=range(1, 201), values={"manager": colleague})
    with pytest.raises(BusinessError, match="TOO_MANY"):
        bulk.perform(actor=head, code="assign", client_ids=range(1, 202), values={"manager": colleague})


def test_a_co_manager_and_marks_are_given_to_many_and_taken_back(
    many: list[Client], colleague: User, head: User, browse: Browse
) -> None:
    """Both acts keep what was before."""
    client = many[0]
    co = bulk.perform(actor=head, code="co_manager", client_ids=[client.pk], values={"manager": colleague})
    assert client.assignments.filter(kind="CO", to_on=None, user=colleague).exists()
    again = bulk.perform(actor=head, code="co_manager", client_ids=[client.pk], values={"manager": colleague})
    assert not again.rows[0]["ok"]
    bulk.undo(actor=head, run_id=co.pk)
    browse(head).post("/clients/bulk/mark/", {"client": client.pk, "is_strategic": "yes", "sure": "1"})
    client.refresh_from_db()
    assert (client.is_strategic, client.is_benchmark) == (True, False)
    bulk.undo(actor=head, run_id=BulkRun.objects.latest("pk").pk)
    client.refresh_from_db()
    assert client.is_strategic is False
    empty = browse(head).post("/clients/bulk/mark/", {"client": client.pk, "sure": "1"})
    assert empty.status_code == 400


@pytest.mark.spec("S1-32")
def test_visits_of_many_clients_are_planned_an_hour_apart(
    org: dict[str, OrgUnit], owner: User, browse: Browse
) -> None:
    """The first at the chosen time, each next at the first free hour; called off when taken back."""
    clients = [factories.make_client(org["unit"], owner) for _ in range(3)]
    day = clock.today() + timedelta(days=1)
    browse(owner).post(
        "/clients/bulk/plan_visits/",
        {"client": [c.pk for c in clients], "day": day.isoformat(), "at": "18:00", "place": "客户办公室",
         "purposes": ["P5"], "sure": "1"},
    )  # fmt: skip
    run = BulkRun.objects.get()
    assert [row["ok"] for row in run.rows] == [True, True, False]
    planned = Visit.objects.filter(owner=owner).order_by("planned_at")
    assert [visit.planned_at.astimezone(clock.BUSINESS_ZONE).hour for visit in planned] == [18, 19]
    bulk.undo(actor=owner, run_id=run.pk)
    assert set(Visit.objects.values_list("state", flat=True)) == {"CANCELLED"}


def test_the_address_of_a_chip_and_of_the_tab_keep_what_they_do_not_name(
    acme: Client, head: User, browse: Browse
) -> None:
    """Columns, order and the past day survive a removed chip; the place in the list does not."""
    page = browse(head).get("/clients/?status=POTENTIAL&tier=none&cols=unit&sort=name&after=x&count_=1")
    chip = next(chip for chip in page.context["chips"] if "status=" not in chip["remove_url"])
    assert re.search(r"cols=unit", chip["remove_url"])
    assert "after" not in chip["remove_url"]


def test_filters_are_fetched_when_asked_for(owner: User, browse: Browse, org: dict[str, OrgUnit]) -> None:
    """The list itself carries none; what is fetched shows what the address says, and no client."""
    factories.make_client(org["unit"], owner, name="钱江潮印务有限公司")
    plain = browse(owner).get("/clients/?size_class=A").content.decode()
    assert "filter-set" not in plain
    asked = browse(owner).get("/clients/?size_class=A&sort=name&q=钱&filters=1").content.decode()
    assert re.search(r'name="size_class" value="A" id="\w+" checked', asked)
    assert 'name="sort" value="name"' in asked
    assert 'name="q" value="钱"' in asked
    assert "钱江潮" not in asked
    assert "<html" not in asked
