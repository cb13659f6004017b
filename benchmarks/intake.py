"""Measure imports: preview, commit, re-import of a client roster, beside the floor and the stock loader.

    python benchmarks/intake.py --rows 100000 --members 1000000 --stock 5000

Prints one JSON object. Run it on a database of its own: it files and removes the clients it makes.
"""

import argparse
import csv
import io
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from import_export import resources as stock  # noqa: E402
from openpyxl import Workbook  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402
from stdnum.cn import uscc  # noqa: E402
from tablib import Dataset  # noqa: E402

from clients.models import Client  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.intake import services  # noqa: E402
from members.models import Member  # noqa: E402

HEADERS = (
    "集团名称",
    "统一社会信用代码",
    "机构类型",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
    "邮寄地址",
    "邮编",
    "电话",
    "成立日期",
    "注册资金",
    "员工总数",
    "移动用户数",
    "电信用户数",
    "联通用户数",
    "月通信费",
    "影响力",
    "是否战略客户",
    "备注",
)
PLACES = [
    ("浙江", "杭州"),
    ("浙江", "宁波"),
    ("福建", "泉州"),
    ("山东", "青岛"),
    ("上海", "浦东"),
    ("广东", "深圳"),
]
CHARACTERS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"
MEMBER_HEADERS = ("集团编码", "成员姓名", "手机号", "职务", "成员类型", "入网日期", "备注")


def client_rows(count: int, seed: int = 7) -> list[list[Any]]:
    """Return made-up clients of 20 columns."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        body = f"91{330000 + number % 900:06d}{number:09d}"
        province, city = PLACES[number % len(PLACES)]
        name = "".join(dice.choices(CHARACTERS, k=5)) + f"{number}有限公司"
        found.append(
            [
                name,
                body + uscc.calc_check_digit(body),
                "有限责任公司",
                "".join(dice.choices(CHARACTERS, k=30)),
                province,
                city,
                f"{city}路{number}号",
                f"{city}路{number}号",
                "310000",
                f"0571-{number:08d}",
                "2001-02-03",
                "500万元",
                dice.randrange(900),
                dice.randrange(300),
                dice.randrange(100),
                dice.randrange(100),
                dice.randrange(90000),
                dice.randrange(6),
                "否",
                "",
            ]
        )
    return found


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and the result."""
    began = time.perf_counter()
    result = act()
    return round(time.perf_counter() - began, 2), result


def write_xlsx(path: Path, rows: list[list[Any]]) -> None:
    """Write a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名单")
    sheet.append(list(HEADERS))
    for row in rows:
        sheet.append(row)
    book.save(path)


def imported(roster: str, path: Path) -> dict[str, Any]:
    """Import one file through the loader: seconds of preview and commit, and the counts."""
    with path.open("rb") as file:
        batch = services.open_batch(
            actor=None, roster=roster, name=path.name, content=iter(lambda: file.read(1 << 20), b"")
        )
    preview, _nothing = timed(lambda: services.read_batch(batch=batch, ask=False))
    commit, _nothing = timed(lambda: services.commit_now(batch=batch))
    batch.refresh_from_db()
    services.put_away(batch=batch)
    return {"preview_s": preview, "commit_s": commit, **services.counts_of(batch), "status": batch.status}


def floor(path: Path) -> float:
    """Return seconds of reading the workbook with calamine and copying its rows into a bare table."""

    def act() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            columns = ", ".join(f"c{n} text" for n in range(len(HEADERS)))
            cursor.execute(f"CREATE TEMP TABLE floor ({columns}) ON COMMIT DROP")
            out = io.StringIO()
            writer = csv.writer(out)
            with CalamineWorkbook.from_path(path) as book:
                writer.writerows(book.get_sheet_by_index(0).iter_rows())
            out.seek(0)
            cursor.copy_expert("COPY floor FROM STDIN WITH (FORMAT csv)", out)

    return timed(act)[0]


def stock_rate(rows: list[list[Any]]) -> float:
    """Return rows a second of django-import-export as it comes, on the same rows (rolled back)."""

    class StockResource(stock.ModelResource):
        class Meta:
            model = Client
            fields = (
                "client_code",
                "name",
                "uscc",
                "institution_type",
                "main_activity",
                "address",
                "org_unit",
            )
            import_id_fields = ("uscc",)

    unit = OrgUnit.objects.order_by("path").first()
    assert unit is not None
    data = Dataset(
        headers=["client_code", "name", "uscc", "institution_type", "main_activity", "address", "org_unit"]
    )
    for number, row in enumerate(rows):
        data.append([f"99{number:010d}", row[0], row[1], "QY", row[3], row[6], unit.pk])
    with transaction.atomic():
        seconds, result = timed(lambda: StockResource().import_data(data, raise_errors=True))
        assert result.totals["new"] == len(rows)
        transaction.set_rollback(True)
    return round(len(rows) / seconds, 1)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--members", type=int, default=0)
    asked.add_argument("--stock", type=int, default=5_000)
    given = asked.parse_args()
    found: dict[str, Any] = {"rows": given.rows, "columns": len(HEADERS)}
    if not OrgUnit.objects.exists():
        OrgUnit.objects.add_root(
            {"code": "BENCH", "name": "基准公司", "type": "PROVINCE", "region_code": "33"}
        )
    rows = client_rows(given.rows)
    before = set(Client.objects.values_list("pk", flat=True)[:1])
    assert not before, "run this on an empty database"
    if given.stock:
        found["stock_rows_per_s"] = stock_rate(rows[: given.stock])
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "clients.xlsx"
        write_xlsx(path, rows)
        found["file_mb"] = round(path.stat().st_size / 1e6, 1)
        found["floor_s"] = floor(path)
        found["first"] = imported("clients", path)
        found["again"] = imported("clients", path)
        for row in rows:
            row[-1] = "改"
        write_xlsx(path, rows)
        found["changed"] = imported("clients", path)
        if given.members:
            code = Client.objects.order_by("pk").values_list("client_code", flat=True)[0]
            path = Path(place) / "members.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(MEMBER_HEADERS)
                for number in range(given.members):
                    writer.writerow(
                        [code, f"成员{number}", f"139{number:08d}", "职员", "2", "2024-03-05", ""]
                    )
            found["members"] = imported("members", path)
    first = found["first"]
    found["rows_per_s"] = round(given.rows / (first["preview_s"] + first["commit_s"]))
    found["preview_to_floor"] = round(first["preview_s"] / found["floor_s"], 1)
    if given.stock:
        found["times_stock"] = round(found["rows_per_s"] / found["stock_rows_per_s"], 1)
    found["worker_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["reader_peak_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    Member.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE clients_client CASCADE")
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
