"""Read the product's own source, for tests of its architecture."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crm", "clients", "knowledge", "members", "scoring", "visits", "workbench")


@cache
def modules() -> dict[Path, ast.Module]:
    """Return every module of the product but migrations, parsed."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text())
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def templates() -> Iterator[tuple[Path, str]]:
    """Yield every template with its text."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield path.relative_to(ROOT), path.read_text()


def recorded_actions() -> set[str]:
    """Return the literal actions that services record."""
    return {
        keyword.value.value
        for tree in modules().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "action"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
        and "." in keyword.value.value
    }
