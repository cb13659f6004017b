"""Merge the permission lines of all apps into one table: route → line."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

import tests.permissions
from tests.permissions.lines import Line, World

# Builders run from the lowest floor up.
FLOORS = ("ground", "intake", "clients", "knowledge", "members", "scoring", "visits", "workbench")


def load() -> tuple[dict[str, Line], list[Callable[[World], None]]]:
    """Return all lines by route name and the builders of the world; a route declared twice is an error."""
    lines: dict[str, Line] = {}
    builders: list[tuple[int, Callable[[World], None]]] = []
    for found in pkgutil.iter_modules(tests.permissions.__path__):
        if found.name == "lines":
            continue
        module = importlib.import_module(f"tests.permissions.{found.name}")
        for name, line in module.ROUTES.items():
            if name in lines:
                raise ValueError(
                    f"route {name} has two lines, the second in tests/permissions/{found.name}.py"
                )
            lines[name] = line
        if hasattr(module, "build"):
            floor = FLOORS.index(found.name) if found.name in FLOORS else len(FLOORS)
            builders.append((floor, module.build))
    return lines, [build for _, build in sorted(builders, key=lambda pair: pair[0])]


def named_routes() -> Iterator[tuple[str, str]]:
    """Yield the full name and the pattern of every route a request can reach."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, inner, here)
        else:
            yield (f"{namespace}{entry.name}" if entry.name else f"(unnamed) {here}"), here
