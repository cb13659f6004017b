"""The page of nights: what failed in plain words, and a button that loses nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from crm.accounts.models import User
from crm.audit.models import AuditEvent
from crm.base import queue
from crm.jobs import graph, services, tasks
from crm.jobs.models import JobRun
from tests.jobs.steps import step

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
Browse = Callable[[User], Browser]


@pytest.fixture(autouse=True)
def _short_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "NIGHT", (step("fail"), step("three", "fail"), step("aside")))


def test_a_failure_is_told_in_plain_words_with_what_it_holds_up(browse: Browse, sysadmin: User) -> None:
    services.run_night(DAY)
    page = browse(sysadmin).get("/jobs/")
    text = page.content.decode()
    assert "the cable was pulled" in text
    assert "Traceback" not in text
    assert "/secret/path" not in text
    assert [failure["held"] for failure in page.context["failed"]] == [["three"]]
    assert page.context["state"] == "FAILED"


def test_while_something_moves_the_page_asks_for_its_moving_part_only(browse: Browse, sysadmin: User) -> None:
    services.plan_night(DAY)
    part = browse(sysadmin).get(f"/jobs/{DAY}/", headers={"HX-Request": "true", "HX-Target": "night"})
    text = part.content.decode()
    assert "<html" not in text
    assert 'hx-trigger="every 3s"' in text

    JobRun.objects.update(state=JobRun.State.DONE)
    assert "hx-trigger" not in browse(sysadmin).get(f"/jobs/{DAY}/").content.decode().split("</header>")[1]


def test_run_again_puts_the_step_back_and_sends_it(
    browse: Browse, sysadmin: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    services.run_night(DAY)
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_step, "delay", sent.append)
    failed = JobRun.objects.get(step="fail")
    with django_capture_on_commit_callbacks(execute=True):
        response = browse(sysadmin).post(f"/jobs/runs/{failed.pk}/rerun/")
    assert response["Location"] == f"/jobs/{DAY}/"
    assert failed.pk in sent
    assert AuditEvent.objects.filter(action="jobs.rerun_requested", actor=sysadmin).exists()


def test_with_the_queue_away_the_page_says_so_and_nothing_is_lost(
    browse: Browse, sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.run_night(DAY)
    monkeypatch.setattr(queue, "is_there", lambda: False)
    failed = JobRun.objects.get(step="fail")
    page = browse(sysadmin).post(f"/jobs/runs/{failed.pk}/rerun/", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]
    failed.refresh_from_db()
    assert failed.state == JobRun.State.WAITING
    assert failed.attempts == 0


def test_a_night_nobody_has_heard_of_is_404(browse: Browse, sysadmin: User) -> None:
    assert browse(sysadmin).get("/jobs/2020-01-01/").status_code == 404
    assert browse(sysadmin).get("/jobs/2020-13-01/").status_code == 404
