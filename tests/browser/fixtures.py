"""A real Chromium on a real server, and a real Celery worker, for tests anywhere in the suite.

`visit(person)` gives a page in which the person is signed in; whatever goes wrong in it (an exception, a
console error such as a refused script, an answer of 500) fails the test. `worker` runs Celery on the test
database. Both need real commits, so both bring `transactional_db`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from crm.accounts.models import User
from tests.isolation import database_url

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

Visit = Callable[..., Page]


def find_chromium() -> str | None:
    """Return the browser of this machine: named by CHROMIUM, on the path, or Chrome on a Mac."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    return found or (str(MAC) if MAC.exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one Chromium for the session; without one, skip here and fail in continuous integration."""
    program = find_chromium()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: apt-get install chromium, or set CHROMIUM to its path")
        pytest.skip("no Chromium here; install it or set CHROMIUM to its path")
    # What is waited for may take as long as what is pressed: two processors may be busy with other tests.
    expect.set_options(timeout=20_000)
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """Return a function that opens a page as somebody: `visit(owner)`, `visit(owner, phone=True)`."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refused form or a missing row is an answer, and a test that cuts the line hears of it.
        # Behind the service worker a cut line has another name.
        expected = (
            "the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED",
        )  # fmt: skip
        if message.type == "error" and not any(part in message.text for part in expected):
            faults.append(f"console: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            faults.append(f"{response.status}: {response.request.method} {response.url}")

    def inside(person: User | None = None, *, phone: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **{**(PHONE if phone else DESKTOP), **options},
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            context.add_cookies([{"name": "sessionid", "value": _session(person), "url": live_server.url}])
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        page.on("response", answered)
        return page

    yield inside
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _session(person: User) -> str:
    client = Client()
    client.force_login(person, backend="crm.accounts.backends.StaffNumberOrRegisteredName")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="session")
def _worker_process(django_db_setup: None) -> Iterator[Path]:
    """Run one real Celery worker on this process's test database and broker for the session."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    name = f"test-{os.getpid()}@localhost"
    log = Path(tempfile.mkstemp(prefix="crm-worker-", suffix=".log")[1])
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "crm", "worker", "--queues=interactive,import,nightly",
                "--concurrency=1", "--loglevel=INFO", f"--hostname={name}", "--without-gossip",
                "--without-mingle",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )  # fmt: skip
    deadline = time.monotonic() + 60
    while " ready." not in log.read_text(errors="replace"):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, f"the worker did not start: {log.read_text(errors='replace')}"
        time.sleep(0.1)
    yield log
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.unlink()


@pytest.fixture
def worker(_worker_process: Path, transactional_db: None) -> Path:
    """Have a real Celery worker take what this test sends; returns its log."""
    return _worker_process
