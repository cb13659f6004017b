"""Clients counted by axes: the night keeps it, the table shows it, a cell opens the same clients."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from clients.models import Client, ClientCube, ClientStatusHistory
from clients.services import count_clients
from clients.services.cube import AXES, DIMENSIONS, Question, counts, lines
from clients.services.flows import moves
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
TODAY = clock.today()
TONIGHT = TODAY + timedelta(days=1)


@pytest.fixture
def clients(org: dict[str, OrgUnit], owner: User, stranger: User) -> list[Client]:
    """Return five clients of two units that differ on every axis."""
    unit, other = org["unit"], org["other_unit"]
    active: dict[str, Any] = {"status": "ACTIVE", "value_tier": "A1"}
    return [
        factories.make_client(unit, owner, **active, size_class="A", members_active=10),
        factories.make_client(unit, owner, **active, size_class="B", industry_id="6621"),
        factories.make_client(unit, owner, status="SILENT", value_tier="B1", region_scope="CROSS_CITY"),
        factories.make_client(unit, owner, status="SILENT", filing="DRAFT"),
        factories.make_client(
            other, stranger, status="ACTIVE", institution_type="JG", institution_subtype=""
        ),
    ]


def figures(user: User, *dimensions: str, **more: Any) -> dict[tuple[str, ...], int]:
    """Return the cells that are not empty."""
    return counts(user, Question(dimensions, **more))


@pytest.mark.spec("S0-02", "S0-03")
def test_any_two_axes_count_the_filed_clients_of_the_area(
    clients: list[Client], head: User, provadmin: User
) -> None:
    """A head counts the unit, an administrator the province; drafts are in no lifecycle."""
    assert figures(head, "status", "tier") == {("ACTIVE", "A1"): 2, ("SILENT", "B1"): 1}
    assert figures(provadmin, "status", "tier")[("ACTIVE", "")] == 1
    for first in AXES:
        for second in AXES:
            if first != second:
                assert sum(figures(head, first, second).values()) == 3


@pytest.mark.spec("S0-02", "S0-03")
@pytest.mark.parametrize("month", [None, clock.month_of(TODAY)])
def test_the_night_counts_what_the_file_says(
    clients: list[Client], head: User, provadmin: User, month: date | None
) -> None:
    """The month kept by the night and the file of today give the same table, axis by axis."""
    count_clients(as_of=TONIGHT)
    for user in (head, provadmin):
        for dimensions in (("status", "tier"), ("industry", "size", "region"), ("institution", "unit")):
            now = figures(user, *dimensions)
            assert figures(user, *dimensions, month=month) == now
            assert now
    assert figures(head, "status", "tier", measure="members")[("ACTIVE", "A1")] == 10


def test_a_second_run_of_the_night_changes_nothing(clients: list[Client], org: dict[str, OrgUnit]) -> None:
    """Only cells that differ are written; one that is empty goes."""
    assert count_clients(as_of=TONIGHT, province=org["province"]) == 4
    assert count_clients(as_of=TONIGHT, province=org["province"]) == 0
    Client.objects.filter(pk=clients[0].pk).update(status="SILENT")
    assert count_clients(as_of=TONIGHT, province=org["province"]) == 2
    assert count_clients(as_of=TONIGHT, province=org["province"]) == 0
    assert ClientCube.objects.count() == 4


def test_a_night_made_up_later_counts_from_the_history_and_never_over_a_month(
    clients: list[Client], org: dict[str, OrgUnit], head: User
) -> None:
    """What the client was at the end of that night's day; a counted month stays."""
    day = clock.month_of(TODAY) - timedelta(days=10)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_client SET created_at = created_at - interval '90 days'")
    Client.objects.filter(pk=clients[0].pk).update(status="CHURNED")
    assert count_clients(as_of=day) == 4
    month = clock.month_of(day - timedelta(days=1))
    assert figures(head, "status", "tier", month=month) == {("ACTIVE", "A1"): 2, ("SILENT", "B1"): 1}
    ClientCube.objects.filter(status="SILENT").delete()
    assert count_clients(as_of=day) == 0


def test_months_and_units_are_dimensions_too(
    clients: list[Client], org: dict[str, OrgUnit], provadmin: User
) -> None:
    """By unit: what lies below a unit counts under it. By month: what the nights kept."""
    by_unit = figures(provadmin, "unit", "status", unit=org["city"])
    assert by_unit == {
        (str(org["unit"].pk), "ACTIVE"): 2, (str(org["unit"].pk), "SILENT"): 1,
        (str(org["other_unit"].pk), "ACTIVE"): 1,
    }  # fmt: skip
    whole = figures(provadmin, "unit", "status")
    assert whole[(str(org["city"].pk), "ACTIVE")] == 3
    assert figures(provadmin, "month", "status") == {}
    count_clients(as_of=TONIGHT)
    assert figures(provadmin, "month", "status") == {
        (f"{TODAY:%Y-%m}", "ACTIVE"): 3, (f"{TODAY:%Y-%m}", "SILENT"): 1
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [("status",), ("status", "status"), ("status", "x"), ("status", "tier", "size", "region"), ()],
)
def test_one_axis_four_axes_or_the_same_twice_are_refused(head: User, wrong: tuple[str, ...]) -> None:
    """Two or three different ones, as the rule says."""
    with pytest.raises(BusinessError, match="INVALID"):
        counts(head, Question(wrong))


def test_a_cell_opens_the_list_of_its_clients(clients: list[Client], head: User, browse: Browse) -> None:
    """Every figure of the page is the length of the list behind it, "not known" too."""
    browser = browse(head)
    seen = 0
    for dimensions in ("rows=status&cols=tier", "rows=size&cols=industry", "rows=unit&cols=region",
                       "rows=status&cols=size&third=tier"):  # fmt: skip
        for table in browser.get(f"/clients/pivot/?{dimensions}").context["tables"]:
            for line in table["lines"]:
                for cell in line["cells"]:
                    if cell["n"]:
                        seen += 1
                        found = browser.get(cell["url"]).context["page"].rows
                        assert len(found) == cell["n"], cell["url"]
    assert seen >= 10


def test_shares_and_sums_add_up(clients: list[Client], head: User, browse: Browse) -> None:
    """Of the line, of the column, of the whole; sums at both edges."""
    for share, expected in (("row", 1.0), ("col", 1.0), ("all", 2 / 3)):
        page = browse(head).get(f"/clients/pivot/?rows=status&cols=tier&share={share}")
        table = page.context["tables"][0]
        cell = next(c for line in table["lines"] for c in line["cells"] if c["n"] == 2)
        assert cell["share"] == pytest.approx(expected)
        assert (table["total"], sum(table["sums"]), sum(line["total"] for line in table["lines"])) == (
            3,
            3,
            3,
        )


def test_the_csv_says_the_same_and_runs_no_formula(
    clients: list[Client], org: dict[str, OrgUnit], provadmin: User, browse: Browse
) -> None:
    """One line a cell with words; a unit called like a formula stays text."""
    OrgUnit.objects.filter(pk=org["unit"].pk).update(name="=cmd()")
    response: Any = browse(provadmin).get(f"/clients/pivot/csv/?rows=unit&cols=status&unit={org['city'].pk}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 4
    assert "'=cmd()" in text
    assert sum(row[-1] for row in lines(provadmin, Question(("unit", "status")))) == 4


def test_nonsense_in_the_address_is_a_page(head: User, browse: Browse) -> None:
    """A table that cannot be asked for says so."""
    for query in ("rows=x", "rows=status&cols=status", "rows=status&cols=tier&month=9", "unit=abc",
                  "rows=status&cols=tier&third=tier", "share=zz"):  # fmt: skip
        assert browse(head).get(f"/clients/pivot/?{query}").status_code == 200, query
    assert browse(head).get("/clients/flow/?month=zz&unit=x").status_code == 200
    assert set(AXES) < set(DIMENSIONS)


@pytest.mark.spec("S0-33", "S0-34", "S0-35", "S0-36", "S0-37", "S0-38")
def test_movements_of_a_month_are_a_matrix_and_open_their_clients(
    clients: list[Client], head: User, stranger: User, browse: Browse
) -> None:
    """From → to, in and out; the month has both its ends; another unit's movements are not ours."""
    month = clock.month_of(TODAY)

    def moved(client: Client, old: str, new: str, on: date) -> None:
        ClientStatusHistory.objects.create(client=client, old=old, new=new, reason="TRAFFIC", changed_on=on)

    moved(clients[0], "ONLINE", "ACTIVE", month)
    moved(clients[1], "ONLINE", "ACTIVE", clock.month_end(month))
    moved(clients[2], "ACTIVE", "SILENT", month - timedelta(days=1))
    moved(clients[2], "", "POTENTIAL", clock.add_months(month, 1))
    moved(clients[4], "ACTIVE", "CHURNED", month)
    assert moves(head, month=month) == {("ONLINE", "ACTIVE"): 2}
    assert moves(stranger, month=month) == {("ACTIVE", "CHURNED"): 1}
    flow = browse(head).get("/clients/flow/").context["flow"]
    assert (flow["total"], flow["into"][2], flow["net"][1]) == (2, 2, -2)
    cell = next(c for row in flow["rows"] for c in row["cells"] if c["n"] == 2)
    assert len(browse(head).get(cell["url"]).context["page"].rows) == 2
    for wrong in ("x", "ACTIVE-SILENT-2026-13", "-", "ACTIVE--2026-10"):
        assert not browse(head).get(f"/clients/?moved={wrong}").context["page"].rows


def test_a_large_area_is_answered_by_last_night(
    clients: list[Client], head: User, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit the night's count answers and says so; at the limit the file itself does."""
    count_clients(as_of=TONIGHT)
    Client.objects.filter(pk=clients[0].pk).update(status="SILENT")
    for most, active, said in ((3, 1, False), (2, 2, True)):
        monkeypatch.setattr("clients.services.cube.LIVE_MOST", most)
        page = browse(head).get("/clients/pivot/?rows=status&cols=tier")
        assert bool(page.context["question"].counted) is said
        assert figures(head, "status", "tier")[("ACTIVE", "A1")] == active
