"""Run a roster through the command, as an administrator would."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base.models import Region
from tests import factories


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Keep uploaded files of a test to itself."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def roster() -> Callable[..., dict[str, Any]]:
    """Return a function that imports a file and gives back the JSON answer and the exit code."""

    def run(name: str, path: Path, *args: str, commit: bool = True) -> dict[str, Any]:
        out = io.StringIO()
        code = 0
        try:
            call_command(
                "import_roster",
                name,
                str(path),
                "--json",
                *(["--commit"] if commit else []),
                *args,
                stdout=out,
            )
        except SystemExit as ended:
            code = int(str(ended.code))
        answer: dict[str, Any] = json.loads(out.getvalue())
        assert answer["read"] == sum(answer[key] for key in ("created", "updated", "unchanged", "rejected"))
        return {**answer, "exit": code}

    return run


@pytest.fixture
def host(org: dict[str, OrgUnit], owner: User) -> Client:
    """Return the client that the member rosters of tests name by code."""
    return factories.make_client(
        org["unit"],
        owner,
        client_code="330100009001",
        name="杭州西湖实业有限公司",
        name_key="杭州西湖实业",
        uscc="91350100M000100Y43",
    )


@pytest.fixture
def regions(db: None) -> None:
    """Make sure that the regions tests speak of are there."""
    for code, name in (
        ("33", "浙江省"),
        ("3301", "杭州市"),
        ("3302", "宁波市"),
        ("330106", "西湖区"),
        ("35", "福建省"),
        ("3505", "泉州市"),
        ("31", "上海市"),
        ("3101", "市辖区"),
        ("310115", "浦东新区"),
    ):
        Region.objects.get_or_create(
            code=code,
            defaults={"name": name, "level": len(code) // 2, "parent_id": code[:-2] or None},
        )
