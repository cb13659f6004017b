"""Which servers the environment leaves to us; imports nothing that a production image lacks."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
VARIABLES = ("DATABASE_URL", "REDIS_URL")
# Management commands that touch neither the database nor the broker.
WITHOUT_SERVERS = frozenset(
    {
        "", "help", "version", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic",
        "makemessages", "print_rules", "roster_template", "spectacular", "startapp",
    }
)  # fmt: skip


def missing(project: Path = PROJECT) -> set[str]:
    """Return the variables neither the environment nor the .env file sets."""
    return {variable for variable in VARIABLES if not is_set(variable, project)}


def is_set(variable: str, project: Path = PROJECT) -> bool:
    """Say whether the environment or the .env file gives a value."""
    if os.environ.get(variable):
        return True
    with contextlib.suppress(OSError):
        for line in (project / ".env").read_text(encoding="utf-8").splitlines():
            name, _, value = line.strip().removeprefix("export ").partition("=")
            if name.strip() == variable and value.strip():
                return True
    return False


def needs_servers(argv: Sequence[str]) -> bool:
    """Say whether this management command needs any server at all."""
    if {"--help", "-h", "--version"} & set(argv[1:]):
        return False
    return next((word for word in argv[1:] if not word.startswith("-")), "") not in WITHOUT_SERVERS
