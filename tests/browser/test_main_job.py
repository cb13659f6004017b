"""From a roster through the night to another system that reads the client (the day: test_working_day).

A real browser, a real worker, real PostgreSQL and Valkey; nothing stands in for anything.
"""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from tests.browser.fixtures import Visit
from tests.intake.books import xlsx

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

HEADERS = ["企业名称", "统一社会信用代码", "客户经理", "归属单位", "员工总数", "移动用户数"]
ROWS = [
    ["杭州青山湖纺织有限公司", "91330106MA2B0A0016", "owner", "西湖区", 420, 320],
    ["杭州清波门书店", "不是代码", "owner", "西湖区", 4, 2],
]


def roster(path: Path) -> Path:
    """Write a workbook with one good row and one whose credit code is wrong."""
    from stdnum.cn import uscc

    good = ROWS[0].copy()
    body = "91330106MA2B0A001"
    good[1] = body + uscc.calc_check_digit(body)
    return xlsx(path, [HEADERS, good, ROWS[1]])


@pytest.mark.spec("S1-52", "S0-12", "S0-39")
def test_a_roster_becomes_a_client_that_the_night_sizes_and_another_system_reads(
    visit: Visit,
    worker: Path,
    live_server: LiveServer,
    org: dict[str, OrgUnit],
    owner: User,
    provadmin: User,
    tmp_path: Path,
) -> None:
    # The administrator imports the roster and sees what will happen before anything is written.
    admin = visit(provadmin)
    admin.goto("/imports/new/")
    admin.locator("input[name=roster][value=clients]").check(force=True)
    admin.set_input_files("input[type=file]", roster(tmp_path / "名单.xlsx"))
    admin.get_by_role("button", name="上传并检查").click()
    write = admin.get_by_role("button", name="写入")
    expect(write).to_be_visible(timeout=60_000)
    assert Client.objects.count() == 0
    write.click()
    expect(admin.get_by_text("读取 2 行")).to_be_visible(timeout=60_000)
    client = Client.objects.get()  # the row with the wrong credit code was refused
    assert (client.am, client.org_unit, client.status) == (owner, org["unit"], "POTENTIAL")

    # The manager finds it on the phone by its initials.
    phone = visit(owner, phone=True)
    phone.goto("/clients/?q=qsh")
    phone.get_by_role("link", name="杭州青山湖纺织有限公司").first.click()
    expect(phone.get_by_role("heading", name="杭州青山湖纺织有限公司")).to_be_visible()

    # The night derives what nobody may set.
    out = io.StringIO()
    call_command("nightly", json=True, stdout=out)
    night = json.loads(out.getvalue())
    assert {step["state"] for step in night["steps"]} == {"DONE"}
    client.refresh_from_db()
    assert (client.size_class, client.size_rule) == ("A", "SZ-A1")
    again = io.StringIO()
    call_command("nightly", json=True, stdout=again)
    assert json.loads(again.getvalue())["rows"] == 0

    # Another system reads the result with its own token.
    token = io.StringIO()
    call_command("create_api_client", "BI", unit=org["province"].code, scopes="read", stdout=token)
    reader = visit()
    answer = reader.request.get(
        f"{live_server.url}/api/v1/clients/{client.pk}",
        headers={"Authorization": f"Token {token.getvalue().strip()}"},
    )
    assert answer.status == 200
    assert answer.json()["size_class"] == "A"
    refused = reader.request.patch(
        f"{live_server.url}/api/v1/clients/{client.pk}",
        headers={"Authorization": f"Token {token.getvalue().strip()}"},
        data={"size_class": "D"},
    )
    assert refused.status == 403
