"""Measure the log page as a phone on a weak signal loads it: bytes over the line, and time until usable.

Needs a running product (`make run`) and Chromium: `python -m benchmarks.phone --url http://127.0.0.1:8000`.
Prints one JSON object. The line is emulated by the browser (CDP Network.emulateNetworkConditions).

The emulation does not reach the service worker: "warm" says what the phone itself costs, not the line.

Units: kilobytes of 1000 as they came over the line, headers included; milliseconds from the tap.
"Usable" is the moment from which the page answers: its modules ran and the chips of the form are open.
"""

import argparse
import json
import os
import re
import statistics
from typing import Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
os.environ.setdefault("BUILDING", "1")
django.setup()

from tests.browser.fixtures import FLAGS, PHONE, find_chromium  # noqa: E402

# What Chromium and WebPageTest call 3G: bytes in a second, and milliseconds of a round trip.
LINES = {
    "3g": {"downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8, "latency": 300},
    "slow_3g": {"downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8, "latency": 400},
}
USABLE = ".log-form [data-enhance]:not([hidden])"


def signed_in(browser: Browser, url: str, login: str, password: str) -> Page:
    """Return a phone on which the person is signed in."""
    page = browser.new_context(base_url=url, locale="zh-CN", **PHONE).new_page()
    page.goto("/accounts/login/")
    page.fill("#id_username", login)
    page.fill("#id_password", password)
    page.click("button[type=submit].login-go")
    page.wait_for_url("**/workbench/")
    return page


def log_page(page: Page) -> str:
    """Return the address of a log of today that can be written."""
    page.goto("/visits/")
    found = re.search(r"/visits/\d+/log/", page.content())
    if found is None:
        raise SystemExit("this person has no visit whose log can be written today")
    return found[0]


def load(browser: Browser, page: Page, at: str, line: dict[str, float], *, warm: bool) -> dict[str, Any]:
    """Open the page once over the line and say what it took; a cold phone has nothing of ours."""
    context = browser.new_context(
        base_url=page.url.split("/workbench")[0].split("/visits")[0], locale="zh-CN",
        service_workers="allow" if warm else "block", **PHONE,
    )  # fmt: skip
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # as it gave them
    phone = context.new_page()
    if warm:
        phone.goto(at)
        phone.evaluate("navigator.serviceWorker.ready")
        phone.wait_for_load_state("networkidle")
        phone.goto("about:blank")
    wire = context.new_cdp_session(phone)
    wire.send("Network.enable")
    if not warm:
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.emulateNetworkConditions", {"offline": False, **line})
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    wire.on("Network.responseReceived", lambda e: names.__setitem__(e["requestId"], e["response"]["url"]))
    wire.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    phone.goto(at, wait_until="commit")
    phone.locator(USABLE).first.wait_for(state="attached")
    usable = phone.evaluate("performance.now()")
    phone.wait_for_load_state("networkidle")
    painted = phone.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
    parts = {names.get(key, key).split("/")[-1] or "page": size for key, size in sizes.items()}
    context.close()
    return {"kb": sum(sizes.values()) / 1000, "usable_ms": usable, "paint_ms": painted, "parts": parts}


def main() -> None:
    """Measure cold and warm on each line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--login", default="am1")
    asked.add_argument("--password", default="demo")
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = signed_in(browser, given.url, given.login, given.password)
        at = log_page(page)
        report: dict[str, Any] = {"page": at, "load_average": os.getloadavg()[0]}
        for name, line in LINES.items():
            for warm in (False, True):
                runs = [load(browser, page, at, line, warm=warm) for _ in range(given.rounds)]
                biggest = sorted(runs[0]["parts"].items(), key=lambda part: -part[1])[:8]
                report[f"{name}_{'warm' if warm else 'cold'}"] = {
                    "kb": round(statistics.median(run["kb"] for run in runs), 1),
                    "usable_ms": round(statistics.median(run["usable_ms"] for run in runs)),
                    "usable_ms_worst": round(max(run["usable_ms"] for run in runs)),
                    "paint_ms": round(statistics.median(run["paint_ms"] or 0 for run in runs)),
                    "biggest_kb": {part: round(size / 1000, 1) for part, size in biggest},
                }
        browser.close()
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
