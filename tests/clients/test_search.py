"""Finding clients as people type."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.models import Client
from clients.querysets.clients import search
from clients.services import search_columns
from crm.accounts.models import OrgUnit, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(org: dict[str, OrgUnit], owner: User) -> dict[str, Client]:
    """Return a few clients with their search columns."""
    names = {
        "huawei": ("杭州华为技术有限公司", "华为", "91350100M000100Y43"),
        "bank": ("中国银行西湖支行", "", ""),
        "chongqing": ("重庆长安汽车销售公司", "", ""),
        "taikoo": ("TAIKOO(杭州)贸易公司", "", ""),
        "full": ("Ｌ２ 创新工场", "", ""),
    }
    return {
        key: factories.make_client(
            org["unit"], owner, name=name, short_name=short, uscc=uscc,
            client_code=f"3301{number:08d}", **search_columns(name, short),
        )
        for number, (key, (name, short, uscc)) in enumerate(names.items(), start=900)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("华为", "huawei"),
        ("技术有限", "huawei"),
        ("huawei", "huawei"),
        ("hzhwjs", "huawei"),
        ("hwjs", "huawei"),
        ("HuaWei", "huawei"),
        ("91350100M0", "huawei"),
        ("91350100m0", "huawei"),
        ("330100000900", "huawei"),
        ("银行", "bank"),
        ("zhongguoyinhang", "bank"),
        ("zgyh", "bank"),
        ("中", "bank"),
        ("chongqing", "chongqing"),
        ("cqca", "chongqing"),
        ("changan", "chongqing"),
        ("taikoo", "taikoo"),
        ("杭州 华为", "huawei"),
        ("TAIKOO（杭州）", "taikoo"),
        ("l2", "full"),
        ("Ｌ２", "full"),
    ],
)
def test_what_is_typed_finds_the_client(shelf: dict[str, Client], typed: str, found: str) -> None:
    """Names, parts, short names, pinyin in full and by initials, codes; full-width forms are the same."""
    hits = search(typed)
    assert shelf[found] in hits
    if typed not in ("中", "杭州"):
        assert shelf["bank" if found != "bank" else "huawei"] not in hits


@pytest.mark.parametrize("typed", ["龘靐", "xqzw", "%%", "_9", "'; --", "华技", "为杭"])
def test_what_nobody_is_called_finds_nobody(shelf: dict[str, Client], typed: str) -> None:
    """Signs of the database are plain characters; letters in another order are another name."""
    assert not search(typed).exists()


def test_one_character_means_the_beginning(shelf: dict[str, Client]) -> None:
    """The list stays short while one goes on typing."""
    assert set(search("杭")) == {shelf["huawei"]}
    assert not search("为").exists()


def test_a_stranger_finds_nothing_anywhere(
    acme: Client, stranger: User, browse: Callable[[User | None], Browser]
) -> None:
    """List, picker and hints keep to the scope."""
    browser = browse(stranger)
    assert acme.name not in browser.get("/clients/", {"q": "龙井"}).content.decode()
    assert browser.get("/clients/pick/", {"q": "龙井"}).json() == {"results": []}
    browser = browse(User.objects.get(staff_no="owner"))
    assert browser.get("/clients/pick/", {"q": "龙井"}).json()["results"][0]["value"] == acme.pk
