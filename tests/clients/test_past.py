"""The list and the card of a past day; the timeline in words, page by page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from clients.models import Client
from clients.services import assign_manager, cancel_product, open_product, order_product, update_client
from clients.services.past import as_at
from clients.timeline import place, placed, timeline
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
TODAY = clock.today()


def back(client: Client, days: int) -> None:
    """Move the making of a file and all its history back by days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_client SET created_at = created_at - make_interval(days => %s) WHERE id = %s",
            [days, client.pk],
        )
        cursor.execute(
            "UPDATE clients_clientevent SET pgh_created_at = pgh_created_at - make_interval(days => %s)"
            " WHERE pgh_obj_id = %s",
            [days, client.pk],
        )


def day(ago: int) -> str:
    """Return a day so many days ago, as an address has it."""
    return (TODAY - timedelta(days=ago)).isoformat()


@pytest.fixture
def moved(org: dict[str, OrgUnit], owner: User, head: User, colleague: User) -> Client:
    """Return a client that was renamed and re-assigned ten days ago and renamed again five days ago."""
    client = factories.make_client(org["unit"], owner, name="旧名贸易有限公司")
    update_client(
        actor=head, client_id=client.pk, values={"name": "中名贸易有限公司", "region_scope": "CROSS_CITY"}
    )
    assign_manager(actor=head, client_id=client.pk, manager=colleague)
    back(client, 5)
    update_client(actor=head, client_id=client.pk, values={"name": "新名贸易有限公司"})
    back(client, 5)
    return client


@pytest.mark.spec("S0-02")
def test_the_list_of_a_past_day_shows_what_clients_were(moved: Client, head: User, browse: Browse) -> None:
    """Name, axes and manager of the day; filters speak of the day; before the file there is nothing."""
    browser = browse(head)
    cases = [(4, "新名"), (5, "新名"), (6, "中名"), (10, "中名"), (11, None)]
    for ago, name in cases:
        page = browser.get(f"/clients/?as_at={day(ago)}")
        assert [row.name[:2] for row in page.context["page"].rows] == ([name] if name else []), ago
    Client.objects.filter(pk=moved.pk).update(region_scope="TRANSNATIONAL")
    assert browser.get(f"/clients/?as_at={day(7)}&region=CROSS_CITY").context["page"].rows
    assert not browser.get(f"/clients/?as_at={day(7)}&region=TRANSNATIONAL").context["page"].rows


def test_a_past_list_offers_no_act_and_says_so_loudly(moved: Client, head: User, browse: Browse) -> None:
    """No bulk bar, no columns without history, a notice with the day and the way back."""
    page = browse(head).get(f"/clients/?as_at={day(3)}&cols=mobiles.unit")
    text = page.content.decode()
    assert "past-note" in text
    assert "bulk-bar" not in text
    assert [column.code for column in page.context["columns"]] == ["unit"]
    for wrong in (TODAY.isoformat(), "2999-01-01", "1990-01-01", "2026-02-30", "x"):
        assert browse(head).get(f"/clients/?as_at={wrong}").context["day"] is None


@pytest.mark.spec("E203")
def test_todays_area_decides_whose_past_is_seen(
    moved: Client, org: dict[str, OrgUnit], stranger: User, owner: User, browse: Browse
) -> None:
    """A client that was another unit's then and is ours now is seen; theirs is not."""
    assert not browse(stranger).get(f"/clients/?as_at={day(3)}").context["page"].rows
    Client.objects.filter(pk=moved.pk).update(org_unit=org["other_unit"])
    assert browse(stranger).get(f"/clients/?as_at={day(3)}").context["page"].rows
    assert not browse(owner).get(f"/clients/?as_at={day(3)}").context["page"].rows
    assert browse(owner).get(f"/clients/{moved.pk}/as-at/?on={day(3)}").status_code == 404


def test_the_card_turns_back_whole(moved: Client, head: User, owner: User, browse: Browse) -> None:
    """File, axes and products of the day; no form that changes anything; before the file it says so."""
    page = browse(head).get(f"/clients/{moved.pk}/as-at/?on={day(6)}")
    text = page.content.decode()
    assert page.context["then"].name == "中名贸易有限公司"
    assert "跨市" in text
    assert 'method="post"' not in text.split("<main")[1].split("</main>")[0]
    assert not browse(head).get(f"/clients/{moved.pk}/as-at/?on={day(12)}").context["existed"]
    assert browse(head).get(f"/clients/{moved.pk}/as-at/").status_code == 302
    moved.refresh_from_db()
    assert moved.name == "新名贸易有限公司"


def test_products_and_managers_of_the_day(acme: Client, head: User, colleague: User, browse: Browse) -> None:
    """Ordered, opened and cancelled on their days; the manager who had the client that day."""
    back(acme, 30)
    product = factories.make_product()
    row = order_product(actor=head, client_id=acme.pk, product=product, on=TODAY - timedelta(days=9))
    open_product(actor=head, product_id=row.pk, on=TODAY - timedelta(days=6))
    cancel_product(actor=head, product_id=row.pk, on=TODAY - timedelta(days=3))
    assign_manager(actor=head, client_id=acme.pk, manager=colleague, as_of=TODAY - timedelta(days=4))

    def then(ago: int) -> tuple[list[str], list[str]]:
        context = browse(head).get(f"/clients/{acme.pk}/as-at/?on={day(ago)}").context
        return [one["state"] for one in context["products"]], [str(m.user) for m in context["managers"]]

    assert [then(ago)[0] for ago in (10, 9, 6, 4, 3)] == [[], ["ORDERED"], ["OPEN"], ["OPEN"], ["CANCELLED"]]
    assert then(5)[1] != [str(colleague)]
    assert then(4)[1] == [str(colleague)]


def test_the_moment_of_the_past_does_not_leak(moved: Client, head: User) -> None:
    """Two looks at two days in one connection see two pasts."""
    for ago, name in ((6, "中名"), (4, "新名"), (6, "中名")):
        with as_at(TODAY - timedelta(days=ago)) as then:
            assert then.visible_to(head).get(pk=moved.pk).name.startswith(name)


@pytest.mark.spec("S2-25")
def test_the_timeline_speaks_in_words(acme: Client, head: User, browse: Browse) -> None:
    """Products by name, fields by label, choices by their words, who and why; in both languages."""
    product = factories.make_product(code="LINE_X", name="互联网专线", name_en="Internet line")
    order_product(actor=head, client_id=acme.pk, product=product, on=TODAY)
    update_client(
        actor=head,
        client_id=acme.pk,
        values={"region_scope": "CROSS_CITY", "monthly_telecom_spend_fen": 123400, "is_strategic": True},
    )
    browser = browse(head)
    page = browser.get(f"/clients/{acme.pk}/history/").content.decode()
    assert "互联网专线" in page
    assert "LINE_X" not in page
    assert "¥1,234.00" in page
    assert "→ 跨市" in page
    assert str(head) in page
    browser.cookies["django_language"] = "en"
    english = browser.get(f"/clients/{acme.pk}/history/").content.decode()
    assert "Internet line" in english
    assert "Cross-city" in english
    assert "互联网专线" not in english


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_of_the_timeline_follow_without_gap_or_repetition(acme: Client, head: User, size: int) -> None:
    """Also where several entries stand at one moment."""
    for number in range(6):
        update_client(actor=head, client_id=acme.pk, values={"address": f"龙井路 {number} 号"})
    factories.make_contact(acme)
    whole = [(one["sort"], one["title"]) for one in timeline(acme, limit=500)]
    assert len(whole) >= 7
    seen: list[Any] = []
    where: dict[str, Any] = {}
    for _turn in range(100):
        entries = timeline(acme, limit=size, **where)
        if not entries:
            break
        seen += [(one["sort"], one["title"]) for one in entries]
        where = placed(place(entries, **where))
    assert seen == whole


def test_a_broken_place_leads_to_the_beginning() -> None:
    """Nonsense in the address is no error."""
    for token in ("", "x", "1e999.0", "nan.1", "9" * 40 + ".1", "1.x"):
        assert placed(token) == {}


def test_only_the_kinds_asked_for_are_shown(acme: Client, head: User, browse: Browse) -> None:
    """A filter that is on leaves out the others; the address keeps it over the pages."""
    update_client(actor=head, client_id=acme.pk, values={"address": "龙井路 1 号"})
    page = browse(head).get(f"/clients/{acme.pk}/history/?kind=field")
    assert {one["what"] for one in page.context["entries"]} == {"field"}


def test_the_first_moment_narrows_fields_without_losing_what_they_became(acme: Client, head: User) -> None:
    """A change read up to a moment shows what it became then, not what stands there today."""
    for address in ("一", "二", "三"):
        update_client(actor=head, client_id=acme.pk, values={"address": address})
        back(acme, 1)
    acme.refresh_from_db()
    fields = timeline(acme, kinds=["field"])
    older = timeline(acme, kinds=["field"], last=fields[1]["sort"])
    assert older[0]["title"].endswith("一 → 二")
