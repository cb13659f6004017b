"""From an import to the list of exactly its records: page, file and API, and only for who may see both."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.models import User
from crm.intake import services
from crm.intake.models import ImportBatch
from members.exports import customer_rows
from members.imports.customers import CustomerRoster
from members.models import Member, PersonalCustomer
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member

Browse = Callable[[User | None], Browser]
pytestmark = pytest.mark.django_db


def written(owner: User, roster: str, path: Path) -> ImportBatch:
    """Upload a file and have its good rows written."""
    batch = services.open_batch(actor=owner, roster=roster, name=path.name, content=[path.read_bytes()])
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    services.commit_now(batch=batch)
    batch.refresh_from_db()
    assert batch.status == "APPLIED", batch.error_code
    return batch


def names(found: Any) -> list[str]:
    """Return the names in an answer of the API, by key: names of other people's clients come masked."""
    assert found.status_code == 200, found.content
    keys = [row["id"] for row in found.json()["results"]]
    people = PersonalCustomer if "/customers" in found.request["PATH_INFO"] else Member
    return sorted(people.objects.filter(pk__in=keys).values_list("name", flat=True))


def test_customers_of_an_import_are_listed_exactly(
    browse: Browse, provadmin: User, owner: User, org: Any, host: Client, tmp_path: Path
) -> None:
    header = ("手机号", "姓名", "品牌", "入网日期", "集团编码")
    first = ["13900000001", "王芳", "全球通", "2019-06-01", "330100009001"]
    second = ["13900000002", "李明", "全球通", "2019-06-01", "330100009001"]
    written(provadmin, "customers", books.xlsx(tmp_path / "a.xlsx", [header, first]))
    batch = written(provadmin, "customers", books.xlsx(tmp_path / "b.xlsx", [header, first, second]))
    assert PersonalCustomer.objects.count() == 2
    address = CustomerRoster().touched_url(batch.pk)
    assert address in browse(provadmin).get(f"/imports/{batch.pk}/").content.decode()
    page = browse(provadmin).get(address)
    assert [row.name for row in page.context["customers"]] == ["李明"], "the first one was unchanged"
    assert f'name="batch" value="{batch.pk}"' in page.content.decode()
    rows = customer_rows(provadmin, QueryDict(f"batch={batch.pk}"))
    assert [row.name for row in rows] == ["李明"]
    assert names(browse(provadmin).get(f"/api/v1/customers?batch={batch.pk}")) == ["李明"]
    # The manager sees both customers, but not the import of another unit.
    assert names(browse(owner).get("/api/v1/customers")) == ["李明", "王芳"]
    assert names(browse(owner).get(f"/api/v1/customers?batch={batch.pk}")) == []
    assert not browse(owner).get(address).context["customers"]


def test_members_of_an_import_are_listed_exactly(
    browse: Browse, owner: User, colleague: User, host: Client, tmp_path: Path
) -> None:
    factories.make_member(host, msisdn="13912349999", name="没有碰过")
    batch = written(owner, "members", books.xlsx(tmp_path / "m.xlsx", [MEMBER_HEADERS, member(1), member(2)]))
    assert Member.objects.count() == 3
    address = f"/api/v1/clients/{host.pk}/members?batch="
    assert names(browse(owner).get(f"{address}{batch.pk}")) == ["成员1", "成员2"]
    assert names(browse(owner).get(f"{address}{batch.pk + 1}")) == []
    assert names(browse(colleague).get(f"{address}{batch.pk}")) == []
    assert names(browse(owner).get(f"/api/v1/clients/{host.pk}/contacts?batch={batch.pk}")) == []
