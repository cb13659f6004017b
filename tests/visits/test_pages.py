"""Pages of visits as people use them: plain forms, inside their scope, a constant number of queries."""

import gzip
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.trail import record
from tests import factories
from visits import services
from visits.choices import LogState, VisitState
from visits.models import Visit, VisitLog

Browse = Callable[..., Browser]
RESULT = "介绍了云专线,客户愿意下周试用两条线路,请我们送方案"

pytestmark = pytest.mark.django_db


def planned(owner: User, client: Client, **changes: Any) -> Visit:
    """Plan a visit for a moment ago."""
    values: dict[str, Any] = {"planned_at": clock.now(), "purposes": ["P1"], "place": "三楼会议室"}
    return services.plan_visit(actor=owner, client=client, **(values | changes))


def submitted(owner: User, client: Client, result: str = RESULT, **changes: Any) -> VisitLog:
    """Make a submitted log."""
    visit = planned(owner, client, **changes)
    services.write_log(actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": result}})
    return services.submit_log(actor=owner, visit=visit)


def plan_data(**changes: Any) -> dict[str, Any]:
    """Return what the plan form sends."""
    return {
        "day": clock.today().isoformat(),
        "at": "15:00",
        "purposes": ["P1", "P3"],
        "place": "客户三楼",
        "client_key": str(uuid.uuid4()),
    } | changes


@pytest.mark.spec("S1-32", "S1-33", "S1-50", "S1-89", "S1-91")
def test_the_whole_working_day_works_with_plain_forms(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    contact = factories.make_contact(acme, "KEY_PERSON", name="王建国", mobile="13900001234")
    phone = browse(owner)
    assert "西湖龙井" in phone.get(reverse("visits:choose-client")).content.decode()
    page = phone.get(reverse("visits:plan", args=[acme.pk])).content.decode()
    assert "王建国" in page
    phone.post(reverse("visits:plan", args=[acme.pk]), plan_data(contact=contact.pk))
    visit = Visit.objects.get()
    assert (visit.purposes, visit.contact, visit.state) == (["P1", "P3"], contact, VisitState.PLANNED)
    sheet = phone.get(reverse("visits:visit", args=[visit.pk])).content.decode()
    assert 'href="tel:13900001234"' in sheet
    assert "客户需求情况分析" in sheet
    phone.post(reverse("visits:confirm", args=[visit.pk]))
    phone.post(reverse("visits:prepare", args=[visit.pk]), {"code": ["demand", "receipt"]})
    phone.post(reverse("visits:check-in", args=[visit.pk]))
    data: dict[str, Any] = {
        "purposes": ["P1", "P3"], "result_P1": RESULT, "result_P3": "礼品当面交给王经理",
        "receipt_no": "LP-7",
    }  # fmt: skip
    answer = phone.post(reverse("visits:log", args=[visit.pk]), data)
    assert answer.status_code == 422
    assert "客户没提，就主动问一句" in answer.content.decode()
    assert VisitLog.objects.get().results["P1"] == RESULT
    data |= {"opinion_asked": "1", "receipt_no": ""}
    answer = phone.post(reverse("visits:log", args=[visit.pk]), data)
    assert answer.status_code == 422
    assert "签收" in answer.content.decode() or "receipt" in answer.content.decode()
    # What was typed is kept although it was refused.
    assert VisitLog.objects.get().results["P1"] == RESULT
    answer = phone.post(
        reverse("visits:log", args=[visit.pk]), data | {"receipt_no": "LP-7", "next_step": "送方案"}
    )
    assert answer.status_code == 302
    log = VisitLog.objects.get()
    assert (log.state, log.doubts) == (LogState.SUBMITTED, [])
    desk = browse(head)
    page = desk.get(reverse("visits:desk")).content.decode()
    assert RESULT in page
    desk.post(reverse("visits:approve", args=[log.pk]), {"version": log.version})
    log.refresh_from_db()
    assert (log.state, log.decided_by) == (LogState.APPROVED, head)
    read = phone.get(reverse("visits:log", args=[visit.pk])).content.decode()
    assert RESULT in read
    assert "<textarea" not in read


@pytest.mark.spec("E203")
def test_a_stranger_finds_nothing_behind_any_address(
    owner: User, stranger: User, head: User, acme: Client, browse: Browse
) -> None:
    log = submitted(owner, acme)
    visit = log.visit
    browser = browse(stranger)
    for name in ("visit", "log", "edit", "postpone", "cancel", "no-show"):
        assert browser.get(reverse(f"visits:{name}", args=[visit.pk])).status_code == 404, name
    for name in ("confirm", "check-in", "check-out", "keep-promise", "prepare", "log", "log-draft", "cancel"):
        assert browser.post(reverse(f"visits:{name}", args=[visit.pk])).status_code == 404, name
    for name in ("plan", "of-client", "brief"):
        assert browser.get(reverse(f"visits:{name}", args=[acme.pk])).status_code == 404, name
    other_head = factories.make_user("head8", "DEPT_HEAD", stranger.org_unit)  # type: ignore[arg-type]
    browser = browse(other_head)
    assert browser.get(reverse("visits:desk-entry", args=[log.pk])).status_code == 404
    for name in ("approve", "return"):
        assert browser.post(reverse(f"visits:{name}", args=[log.pk])).status_code == 404, name
    assert "西湖龙井" not in browser.get(reverse("visits:desk")).content.decode()


def test_a_colleague_reads_masked_and_cannot_change(
    owner: User, colleague: User, acme: Client, browse: Browse
) -> None:
    factories.make_contact(acme, name="王建国", mobile="13900001234")
    visit = planned(owner, acme)
    browser = browse(colleague)
    page = browser.get(reverse("visits:visit", args=[visit.pk])).content.decode()
    assert "139****1234" in page
    assert "13900001234" not in page
    assert "王建国" not in page
    for name in ("edit", "postpone", "cancel"):
        assert browser.get(reverse(f"visits:{name}", args=[visit.pk])).status_code == 403
    assert browser.post(reverse("visits:confirm", args=[visit.pk])).status_code == 403
    assert browser.post(reverse("visits:log", args=[visit.pk]), {"purposes": ["P1"]}).status_code == 403


def test_the_same_form_sent_twice_is_one_visit(owner: User, acme: Client, browse: Browse) -> None:
    data = plan_data()
    phone = browse(owner)
    for _ in range(2):
        assert phone.post(reverse("visits:plan", args=[acme.pk]), data).status_code == 302
    assert Visit.objects.count() == 1


def test_wrong_fields_are_told_at_the_field_and_input_is_kept(
    owner: User, acme: Client, browse: Browse
) -> None:
    answer = browse(owner).post(
        reverse("visits:plan", args=[acme.pk]), plan_data(purposes=[], place="", purpose_note="谈续约")
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="谈续约"' in page
    assert "field-error" in page
    assert Visit.objects.count() == 0


def test_a_draft_is_kept_by_the_server_while_it_is_typed(owner: User, acme: Client, browse: Browse) -> None:
    visit = planned(owner, acme)
    answer = browse(owner).post(
        reverse("visits:log-draft", args=[visit.pk]),
        {"purposes": ["P1", "P2"], "result_P1": "客户要", "next_due_on": "明天"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    log = VisitLog.objects.get()
    assert (log.state, log.results) == (LogState.DRAFT, {"P1": "客户要"})
    visit.refresh_from_db()
    assert visit.purposes == ["P1", "P2"]


@pytest.mark.spec("S1-91")
def test_the_desk_shows_the_doubtful_first_and_opens_the_next(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    sound = planned(owner, acme)
    services.confirm(actor=owner, visit=sound)
    services.check_in(actor=owner, visit=sound)
    services.write_log(
        actor=owner,
        visit=sound,
        values={"opinion_asked": True, "results": {"P1": "另一件事:客户要求开通企业邮箱,已记录需求"}},
    )
    good = services.submit_log(actor=owner, visit=sound)
    doubtful = submitted(owner, acme, result="好")
    desk = browse(head)
    page = desk.get(reverse("visits:desk")).content.decode()
    assert page.index(f'data-log="{doubtful.pk}"') < page.index(f'data-log="{good.pk}"')
    answer = desk.post(
        reverse("visits:return", args=[doubtful.pk]),
        {"version": doubtful.version, "quick": "结果太简单", "after": good.pk},
        headers={"HX-Request": "true"},
    )
    body = answer.content.decode()
    assert f'data-log="{doubtful.pk}"' not in body
    assert f'action="{reverse("visits:approve", args=[good.pk])}"' in body
    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.return_reason) == (LogState.RETURNED, "结果太简单")


def test_a_late_decision_says_who_was_first(
    owner: User, head: User, leader: User, acme: Client, browse: Browse
) -> None:
    log = submitted(owner, acme)
    services.approve_log(actor=leader, log=log)
    answer = browse(head).post(
        reverse("visits:approve", args=[log.pk]), {"version": log.version}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    # The queue comes back as it now is, with what happened above it.
    assert answer["HX-Retarget"] == "#desk-body"
    page = answer.content.decode()
    assert str(leader) in page
    assert f'data-log="{log.pk}"' not in page


def test_bulk_approval_says_what_became_of_each(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    good, own = submitted(owner, acme), submitted(head, acme)
    page = browse(head).post(reverse("visits:approve-many"), {"log": [good.pk, own.pk]}).content.decode()
    assert f'<li data-log="{own.pk}">' in page
    assert f'<li data-log="{good.pk}">' not in page
    good.refresh_from_db()
    assert good.state == LogState.APPROVED


@pytest.mark.spec("S1-90")
def test_the_clients_card_shows_every_visit_page_by_page(owner: User, acme: Client, browse: Browse) -> None:
    start = clock.now() - timedelta(days=40)
    for n in range(23):
        planned(owner, acme, planned_at=start + timedelta(days=n), place=f"会议室{n}")
    oldest = Visit.objects.order_by("visit_on").first()
    assert oldest is not None
    browser = browse(owner)
    first = browser.get(reverse("visits:of-client", args=[acme.pk]))
    assert len(first.context["rows"]) == 20
    second = browser.get(
        reverse("visits:of-client", args=[acme.pk]),
        {"after": first.context["more"].pk},
        headers={"HX-Request": "true"},
    )
    assert len(second.context["rows"]) == 3
    assert second.context["rows"][-1] == oldest
    assert second.context["more"] is None


def test_the_brief_names_next_and_last_visit_and_what_is_promised(
    owner: User, acme: Client, browse: Browse
) -> None:
    visit = planned(owner, acme)
    services.write_log(
        actor=owner,
        visit=visit,
        values={"opinion_asked": True, "results": {"P1": RESULT}, "next_step": "送报价单"},
    )
    services.submit_log(actor=owner, visit=visit)
    ahead = planned(owner, acme, planned_at=clock.now() + timedelta(days=2))
    page = browse(owner).get(reverse("visits:brief", args=[acme.pk])).content.decode()
    assert "送报价单" in page
    assert reverse("visits:visit", args=[ahead.pk]) in page
    assert reverse("visits:log", args=[visit.pk]) in page


@pytest.mark.parametrize("view", ["day", "week", "state"])
def test_the_agenda_shows_own_visits_and_the_teams_to_its_head(
    owner: User, colleague: User, head: User, acme: Client, org: dict[str, OrgUnit], browse: Browse, view: str
) -> None:
    other = factories.make_client(org["unit"], colleague, name="同事的客户有限公司")
    planned(owner, acme)
    planned(colleague, other)
    mine = browse(owner).get(reverse("visits:list"), {"view": view}).content.decode()
    team = browse(head).get(reverse("visits:list"), {"view": view}).content.decode()
    assert "西湖龙井" in mine
    assert "同事的客户" not in mine
    assert "西湖龙井" in team
    assert "同事的客户" in team


def test_bad_addresses_are_answered_calmly(owner: User, head: User, acme: Client, browse: Browse) -> None:
    browser = browse(owner)
    for query in ("view=week&day=gestern", "view=state&state=X", "view=nonsense", "day=2026-02-30"):
        assert browser.get(f"{reverse('visits:list')}?{query}").status_code == 200
    for after in ("x", "9" * 30, "-1"):
        assert browser.get(reverse("visits:of-client", args=[acme.pk]), {"after": after}).status_code == 200
    assert browse(head).post(reverse("visits:approve-many"), {"log": ["x"]}).status_code == 302


def _queries(browser: Browser, url: str) -> int:
    browser.get(url)  # what is cached once is not counted
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["visits:desk", "visits:list"])
def test_a_longer_day_takes_no_more_queries(
    owner: User, head: User, acme: Client, browse: Browse, name: str
) -> None:
    browser = browse(head)
    for _ in range(2):
        submitted(owner, acme)
    short = _queries(browser, reverse(name))
    for _ in range(12):
        submitted(owner, acme)
    assert _queries(browser, reverse(name)) == short


def test_clients_are_offered_by_what_the_quarter_still_owes_them(
    owner: User, acme: Client, org: dict[str, OrgUnit], browse: Browse
) -> None:
    Client.objects.filter(pk=acme.pk).update(value_tier="B2")
    valued = factories.make_client(org["unit"], owner, name="高价值客户有限公司", value_tier="A1")
    plain = factories.make_client(org["unit"], owner, name="普通客户有限公司", value_tier="C")
    unrated = factories.make_client(org["unit"], owner, name="新客户有限公司")

    def offered() -> list[tuple[int, int]]:
        rows = browse(owner).get(reverse("visits:choose-client")).context["clients"]
        return [(client.pk, client.debt) for client in rows]

    assert offered() == [(valued.pk, 6), (acme.pk, 2), (plain.pk, 1), (unrated.pk, 0)]
    submitted(owner, acme)
    submitted(owner, plain)
    planned(owner, valued)
    old = submitted(owner, valued)
    Visit.objects.filter(pk=old.visit_id).update(visit_on=clock.today() - timedelta(days=92))
    assert dict(offered()) == {valued.pk: 6, acme.pk: 1, plain.pk: 0, unrated.pk: 0}
    submitted(owner, plain)
    assert dict(offered())[plain.pk] == 0


def test_a_visit_is_offered_only_where_it_may_be_planned(
    owner: User, colleague: User, acme: Client, browse: Browse
) -> None:
    address = reverse("visits:plan", args=[acme.pk])
    for page in ("/clients/", f"/clients/{acme.pk}/"):
        assert address in browse(owner).get(page).content.decode()
        assert address not in browse(colleague).get(page).content.decode()
    Client.objects.filter(pk=acme.pk).update(closed_at=clock.now())
    for page in ("/clients/", f"/clients/{acme.pk}/"):
        assert address not in browse(owner).get(page).content.decode()


def test_the_log_on_the_phone_is_light(browse: Browse, owner: User, acme: Client) -> None:
    """Its page with everything it loads, compressed as it goes over the line: below 100 kB, goal 75."""
    visit = planned(owner, acme)
    page = browse(owner).get(f"/visits/{visit.pk}/log/").content
    if page[:2] == b"\x1f\x8b":
        page = gzip.decompress(page)
    names = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page.decode()))
    files = [Path(str(finders.find(name))).read_bytes() for name in names]
    assert len(files) > 10
    assert sum(len(gzip.compress(body, 9)) for body in [page, *files]) < 75_000


def test_nobody_plans_into_the_past(browse: Browse, owner: User, acme: Client) -> None:
    """The log of a day that is past would be late at once."""
    address = reverse("visits:plan", args=[acme.pk])
    past = (clock.today() - timedelta(days=28)).isoformat()
    data = {"day": past, "at": "10:00", "purposes": ["P1"], "place": "三楼", "unscheduled_reason": "来电"}
    answer = browse(owner).post(address, data)
    assert "请用“补记拜访”登记" in answer.content.decode()
    assert not Visit.objects.exists()


@pytest.mark.parametrize("odd", ["²", "9999-12-31", "0001-W01"])
def test_odd_addresses_break_no_page(head: User, owner: User, acme: Client, browse: Browse, odd: str) -> None:
    names = ("before", "after", "am", "unit", "day", "week", "month", "year", "from", "to", "manager")
    pages = (
        "/visits/", "/visits/week/", "/visits/day/", "/visits/desk/", "/visits/debt/", "/visits/gifts/",
        "/visits/meetings/", "/visits/events/", "/visits/calls/", "/visits/weeks/", "/visits/opinions/",
        "/visits/statistics/visits/", "/visits/statistics/weeks/", "/visits/events/report/",
        "/visits/weeks/roster/",
    )  # fmt: skip
    browser = browse(head)
    for page in pages:
        assert browser.get(page).status_code == 200, page
        for name in names:
            # One name at a time: an unknown unit answers 404 and would hide the rest.
            assert browser.get(page, {name: odd, "view": "month"}).status_code in (200, 403, 404), (
                page,
                name,
            )
    visit = planned(owner, acme)
    for number in ("²", "9" * 30, ""):
        answer = browse(owner).post(f"/visits/{visit.pk}/edit/", plan_data(version=number))
        assert answer.status_code in (200, 302), number


def test_what_happened_to_a_visit_is_told_in_words_whatever_it_was(
    owner: User, acme: Client, browse: Browse
) -> None:
    visit = planned(owner, acme)
    for action in ("visits.photo_added", "visits.solution_consulted", "visits.log_spot_checked"):
        record(actor=owner, action=action, entity=visit, unit=acme.org_unit)
    told = [event["what"] for event in browse(owner).get(f"/visits/{visit.pk}/").context["history"]]
    assert len(told) >= 3
    assert [words for words in told if "visits." in str(words)] == []
