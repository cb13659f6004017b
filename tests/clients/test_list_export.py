"""The button of the client list: the file has the rows of the list; auditors choose their sample in it."""

import html
import re
from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.utils import timezone

from clients.models import AuditTask, Client
from clients.services import views
from clients.timeline import timeline
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.exports.exportables import exportable_of
from members import services as people
from tests import factories
from visits import services as visits

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
BUTTON = re.compile(r'href="(/exports/new/\?of=clients[^"]*)"')


@pytest.fixture
def many(org: dict[str, OrgUnit], owner: User, stranger: User) -> None:
    """File clients of every kind in the unit, and one outside it."""
    for number in range(70):
        status = ("ACTIVE", "SILENT", "CHURNED")[number % 3]
        factories.make_client(org["unit"], owner, status=status, size_class="ABC"[number % 2])
    factories.make_client(org["unit"], owner, name="千岛湖水务", status="SILENT", filing="DRAFT")
    factories.make_client(org["other_unit"], stranger, status="SILENT")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?view=all", 71),
        ("?status=SILENT", 24),
        ("?status=SILENT&status=CHURNED&size_class=A", 23),
        ("?q=千岛湖", 1),
        ("?status=SILENT&sort=updated&after=x", 24),
        ("?status=nonsense", 0),
    ],
)
@pytest.mark.usefixtures("many")
def test_the_file_has_the_rows_of_the_list(head: User, browse: Browse, address: str, expected: int) -> None:
    """Filters, search and order of the address go with the button; paging does not."""
    page = browse(head).get(f"/clients/{address}").content.decode()
    found = BUTTON.search(page)
    assert found
    asked = html.unescape(found[1])
    query = QueryDict(asked.partition("?")[2])
    assert "after" not in query
    rows = exportable_of("clients").rows(head, query)
    counted = browse(head).get(f"/clients/{address}&count=1").context["count"]
    assert rows.count() == expected
    assert str(expected) in str(counted)
    # The page of the export names the same number before anything is made.
    assert browse(head).get(asked).context["count"] == expected


@pytest.mark.usefixtures("many")
def test_a_kept_view_goes_into_the_file_as_it_is_shown(head: User, browse: Browse) -> None:
    view = views.save_view(actor=head, name="沉默大户", query="size_class=A&status=SILENT")
    page = browse(head).get(f"/clients/?{view.query}").content.decode()
    found = BUTTON.search(page)
    assert found
    query = QueryDict(html.unescape(found[1]).partition("?")[2])
    listed = Client.objects.visible_to(head).filter(size_class="A", status="SILENT")
    assert set(exportable_of("clients").rows(head, query)) == set(listed)


def test_a_past_day_and_who_may_not_export_have_no_button(
    head: User, owner: User, acme: Client, browse: Browse
) -> None:
    """An account manager takes nothing out; a past day is looked at, not taken along."""
    assert BUTTON.search(browse(head).get("/clients/?view=all").content.decode())
    assert not BUTTON.search(browse(owner).get("/clients/?view=all").content.decode())
    assert not BUTTON.search(browse(head).get("/clients/?as_at=2026-01-05").content.decode())


def test_an_auditor_puts_chosen_clients_into_the_sample(
    org: dict[str, OrgUnit], owner: User, head: User, auditor: User, browse: Browse
) -> None:
    """Each gets its audit; one that has an open audit of the kind is named; a head has no such act."""
    first, second = (factories.make_client(org["unit"], owner) for _ in range(2))
    for _turn in range(2):
        done = browse(auditor).post(
            "/clients/bulk/audit/",
            {"client": [first.pk, second.pk], "kind": "REALITY", "sure": "1"},
            follow=True,
        )
    assert len(done.context["failed"]) == 2
    assert set(AuditTask.objects.values_list("client", "auditor")) == {
        (first.pk, auditor.pk), (second.pk, auditor.pk),
    }  # fmt: skip
    assert not done.context["may_undo"]
    assert browse(head).post("/clients/bulk/audit/", {"client": first.pk}).status_code == 403
    assert "/clients/bulk/audit/" in browse(auditor).get("/clients/").content.decode()


def test_people_and_visits_stand_in_the_timeline(owner: User, acme: Client, browse: Browse) -> None:
    """Contacts by masked name, members by number, visits by how they ended; filters keep them apart."""
    contact = people.add_contact(client=acme, actor=owner, kind="CONTACT", name="王建国", position="经理",
                                 mobile="13900001111")  # fmt: skip
    for _ in range(3):
        factories.make_member(acme, joined_on=clock.today())
    visit = visits.plan_visit(
        actor=owner, client=acme, planned_at=timezone.now(), purposes=["P2"], place="三楼",
        unscheduled_reason="来电",
    )  # fmt: skip
    assert [one["title"] for one in timeline(acme, kinds=["visit"])] == []
    visits.check_in(actor=owner, visit=visit)
    assert "3" in next(one["title"] for one in timeline(acme, kinds=["people"]) if one["icon"] == "users")
    told = browse(owner).get(f"/clients/{acme.pk}/history/?kind=people&kind=visit")
    assert {one["what"] for one in told.context["entries"]} == {"people", "visit"}
    page = told.content.decode()
    assert contact.name not in page
    assert "保持联系" in page or "走访" in page
