"""What the readme tells people to type exists: commands, options, filters, files."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

from clients.filters import ClientFilter

ROOT = Path(settings.BASE_DIR)
READMES = [
    "README.md",
    "README.zh-CN.md",
    *(f"docs/{name}.md" for name in ("operations", "intake", "offline")),
]


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", READMES)
def test_commands_have_the_options_that_are_shown(name: str) -> None:
    commands = get_commands()
    for command, rest in re.findall(r"manage\.py (\w+)(.*)", text_of(name)):
        parser = load_command_class(commands[command], command).create_parser("manage.py", command)
        for option in re.findall(r"(?<![\w-])--[a-z-]+", rest.partition("#")[0]):
            assert option in parser._option_string_actions, f"{command} {option}"


@pytest.mark.parametrize("name", READMES)
def test_lists_over_the_api_are_narrowed_by_filters_there_are(name: str) -> None:
    for query in re.findall(r"/api/v1/clients\?([\w=&-]+)", text_of(name)):
        asked = {part.partition("=")[0] for part in query.split("&")}
        assert asked <= set(ClientFilter.base_filters), query


@pytest.mark.parametrize("name", READMES)
def test_links_and_make_targets_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    links = re.findall(r"\]\((?!http)([^)#]+)", text_of(name))
    assert [link for link in links if not (here / link).exists()] == []
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))
    asked = re.findall(r"(?:^|`)(?:[A-Z]+=\S+ )?make ([a-z]+)", text_of(name), flags=re.MULTILINE)
    assert set(asked) <= targets
