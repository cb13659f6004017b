"""Portfolios change hands on a day, with open plans, and come back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients import services
from clients.models import Client, HandOver
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from tests import factories
from visits.models import Visit

pytestmark = pytest.mark.django_db


def plan(head: User, owner: User, colleague: User, **values: Any) -> HandOver:
    """Plan a hand-over of everything the owner has."""
    return services.plan_hand_over(actor=head, giver=owner, taker=colleague, **({"reason": "调岗"} | values))


def visit(client: Client, owner: User, day: date, **fields: Any) -> Visit:
    """Plan a visit."""
    return Visit.objects.create(
        client=client, owner=owner, org_unit=client.org_unit, planned_at=clock.at(day, 10), visit_on=day,
        purposes=["P2"], **fields,
    )  # fmt: skip


def test_a_hand_over_today_moves_clients_and_open_visits(
    acme: Client, owner: User, colleague: User, head: User
) -> None:
    """The day before belongs to the giver, today to the taker; what is past stays whose it was."""
    today = clock.today()
    coming = visit(acme, owner, today + timedelta(days=3))
    past = visit(acme, owner, today - timedelta(days=3))
    row = plan(head, owner, colleague)
    acme.refresh_from_db()
    coming.refresh_from_db()
    past.refresh_from_db()
    assert (row.state, row.plans_moved, acme.am) == ("DONE", 1, colleague)
    assert (coming.owner, past.owner) == (colleague, owner)
    spans = list(acme.assignments.filter(kind="PRIMARY").values_list("user", "to_on").order_by("from_on"))
    assert spans == [(owner.pk, today - timedelta(days=1)), (colleague.pk, None)]
    for person in (owner, colleague, head):
        assert person.notifications.filter(kind="clients.handover_done").exists()


def test_each_is_told_in_the_own_language(acme: Client, owner: User, colleague: User, head: User) -> None:
    """Whatever language the one who acts works in."""
    colleague.language = "en"
    colleague.save()
    plan(head, owner, colleague)
    assert colleague.notifications.get().text == "owner某 handed 1 clients to colleague某."
    assert owner.notifications.get().text == "owner某 已将 1 个客户移交给 colleague某。"


def test_a_planned_hand_over_waits_for_its_night(
    acme: Client, owner: User, colleague: User, head: User
) -> None:
    """The night before does nothing, the night of the day moves, a second run moves nothing."""
    day = clock.today() + timedelta(days=5)
    row = plan(head, owner, colleague, starts_on=day)
    assert services.run_hand_overs(as_of=day - timedelta(days=1)) == 0
    assert services.run_hand_overs(as_of=day) == 1
    assert services.run_hand_overs(as_of=day) == 0
    row.refresh_from_db()
    acme.refresh_from_db()
    assert (row.state, acme.am) == ("DONE", colleague)
    assert acme.assignments.get(user=colleague).from_on == day


def test_clients_lent_for_a_leave_come_back_on_the_day(
    org: dict[str, OrgUnit], acme: Client, owner: User, colleague: User, head: User
) -> None:
    """Who got another manager meanwhile stays there."""
    other = factories.make_client(org["unit"], owner)
    third = factories.make_user("third", "AM", org["unit"])
    back = clock.today() + timedelta(days=7)
    row = plan(head, owner, colleague, returns_on=back)
    services.assign_manager(actor=head, client_id=other.pk, manager=third)
    assert services.run_hand_overs(as_of=back - timedelta(days=1)) == 0
    assert services.run_hand_overs(as_of=back) == 1
    acme.refresh_from_db()
    other.refresh_from_db()
    row.refresh_from_db()
    assert (acme.am, other.am, row.state) == (owner, third, "RETURNED")


def test_a_client_that_left_the_portfolio_meanwhile_is_left_out(
    org: dict[str, OrgUnit], acme: Client, owner: User, colleague: User, head: User
) -> None:
    """Each client has its outcome."""
    other = factories.make_client(org["unit"], owner)
    third = factories.make_user("third", "AM", org["unit"])
    row = plan(head, owner, colleague, starts_on=clock.today() + timedelta(days=2))
    services.assign_manager(actor=head, client_id=other.pk, manager=third)
    services.execute_hand_over(actor=head, handover_id=row.pk)
    outcomes = dict(row.rows.values_list("client", "outcome"))
    assert outcomes == {acme.pk: "MOVED", other.pk: "SKIPPED"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"starts_on": -1}, "starts_on"),
        ({"returns_on": 0}, "returns_on"),
        ({"client_ids": []}, "giver"),
    ],
)
def test_a_hand_over_that_makes_no_sense_is_refused(
    acme: Client, owner: User, colleague: User, head: User, values: dict[str, Any], field: str
) -> None:
    """Each refusal names its field; nothing moves."""
    days = {
        name: clock.today() + timedelta(days=value) if isinstance(value, int) else value
        for name, value in values.items()
    }
    with pytest.raises(BusinessError) as refused:
        plan(head, owner, colleague, **days)
    assert field in refused.value.fields
    assert not HandOver.objects.exists()


def test_only_the_head_hands_over_and_only_to_who_may_manage_there(
    acme: Client, owner: User, colleague: User, stranger: User, head: User, auditor: User
) -> None:
    """A manager cannot give clients away; a person of another unit or without the role cannot take them."""
    with pytest.raises(BusinessError) as refused:
        plan(owner, owner, colleague)
    assert refused.value.status == 403
    for taker in (stranger, auditor, owner):
        with pytest.raises(BusinessError) as refused:
            plan(head, owner, taker)
        assert "taker" in refused.value.fields


def test_the_head_hands_over_chosen_clients_in_the_browser(
    browse: Callable[[User], Browser],
    org: dict[str, OrgUnit],
    acme: Client,
    owner: User,
    colleague: User,
    head: User,
) -> None:
    """Without the tick only the chosen clients go; both managers see it, and it can be returned."""
    kept = factories.make_client(org["unit"], owner)
    page = browse(head).get(reverse("clients:handover_new"), {"giver": owner.pk})
    assert {client.pk for client in page.context["clients"]} == {acme.pk, kept.pk}
    data = {"giver": owner.pk, "taker": colleague.pk, "starts_on": str(clock.today()), "reason": "片区调整",
            "client": [acme.pk], "plan": "1"}  # fmt: skip
    address = browse(head).post(reverse("clients:handover_new"), data)["Location"]
    acme.refresh_from_db()
    kept.refresh_from_db()
    assert (acme.am, kept.am) == (colleague, owner)
    for person in (owner, colleague):
        assert "片区调整" in browse(person).get(address).content.decode()
    row = HandOver.objects.get()
    browse(head).post(reverse("clients:handover_act", args=[row.pk, "return"]))
    acme.refresh_from_db()
    assert acme.am == owner


def test_the_api_plans_calls_off_and_returns(
    api: Callable[[User], APIClient], acme: Client, owner: User, colleague: User, head: User
) -> None:
    """The same acts for other systems."""
    body = {"giver": "owner", "taker": "colleague", "reason": "调岗",
            "starts_on": str(clock.today() + timedelta(days=1))}  # fmt: skip
    made = api(head).post("/api/v1/handovers", body, format="json")
    assert (made.status_code, made.json()["state"], made.json()["clients"]) == (201, "PLANNED", 1)
    address = f"/api/v1/handovers/{made.json()['id']}"
    assert api(head).post(f"{address}:cancel").json()["state"] == "CANCELLED"
    assert api(head).post(f"{address}:execute").status_code == 409
    made = api(head).post("/api/v1/handovers", body | {"starts_on": str(clock.today())}, format="json")
    address = f"/api/v1/handovers/{made.json()['id']}"
    assert api(head).post(f"{address}:return").json()["state"] == "RETURNED"
    acme.refresh_from_db()
    assert acme.am == owner
