"""Reading with a name nobody knows is refused, at every address of the API; what is described is read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client as Browser
from django.urls import resolve
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import User
from crm.base import asking
from crm.base.asking import FORMAT, known_names

Speak = Callable[[User | None], APIClient]
ROOT = Path(__file__).parents[2]
PATHS: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())["paths"]
READ = {
    path: {one["name"] for one in acts["get"].get("parameters", []) if one["in"] == "query"}
    for path, acts in PATHS.items()
    if "get" in acts
}
# What the framework adds to the description although the view turns no pages.
PAGES = {"cursor", "size"}


def view_of(path: str) -> Any:
    """Return the view behind an address of the description, as it stands when it is asked."""
    func: Any
    func, _args, kwargs = resolve(re.sub(r"{(\w+)}", "1", path))
    view = func.cls(**func.initkwargs)
    if actions := getattr(func, "actions", None):
        view.action = actions["get"]
    view.request, view.args, view.kwargs, view.format_kwarg = None, (), kwargs, None
    return view


@pytest.mark.parametrize("path", sorted(READ))
def test_what_is_described_is_what_is_known(path: str) -> None:
    known = known_names(view_of(path), "GET") - {FORMAT}
    assert READ[path] - PAGES == known - PAGES
    assert READ[path] <= known


def test_an_unknown_name_is_refused_with_those_there_are(api: Speak, owner: User, acme: Client) -> None:
    for path in ("/api/v1/visits", "/api/v1/opinions", "/api/v1/delegations", f"/api/v1/clients/{acme.pk}"):
        answer = api(owner).get(path, {"staet": "DONE"})
        assert (answer.status_code, answer.json()["code"]) == (400, "UNKNOWN_PARAMETER"), path
        assert "staet" in answer.json()["message"]
        assert list(answer.json()["fields"]) == ["staet"]
    answer = api(owner).get("/api/v1/meetings", {"held_on": "2026-11-20"})
    assert answer.json()["details"]["known"] == [
        "cursor", "held_on_after", "held_on_before", "kind", "size", "state",
    ]  # fmt: skip
    assert api(owner).get("/api/v1/meetings", {"held_on_after": "2026-11-20"}).status_code == 200


def test_who_may_not_read_hears_that_first(api: Speak, sysadmin: User) -> None:
    assert APIClient().get("/api/v1/visits?staet=1").status_code == 401
    assert api(sysadmin).get("/api/v1/visits?staet=1").status_code == 403


def test_the_example_of_the_readme_asks_for_what_there_is(api: Speak, owner: User, acme: Client) -> None:
    asked = re.findall(r"127\.0\.0\.1:8000(/api/v1/[^\"]+)\"", (ROOT / "README.md").read_text())
    assert asked
    for address in asked:
        assert api(owner).get(address).status_code == 200


@pytest.mark.django_db
def test_looking_up_what_may_be_asked_takes_no_choices_from_pages(
    monkeypatch: pytest.MonkeyPatch, api: Speak, browse: Callable[[User], Browser], owner: User, acme: Client
) -> None:
    """A filter remembers the choices it was first asked for: those of nobody are none."""
    monkeypatch.setattr(asking, "_known", {})
    assert api(owner).get("/api/v1/clients").status_code == 200
    page = browse(owner).get(f"/clients/?unit={acme.org_unit_id}").content.decode()
    assert acme.name in page
