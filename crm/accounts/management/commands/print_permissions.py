"""Print the one table of roles and verbs into docs/permissions.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from crm.accounts.choices import Role
from crm.accounts.grants import DATA_VERBS, GRANTS, SCOPES, WRITES_SUBTREE

INTRO = """# Who may do what

Generated from `crm/accounts/grants.py` by `manage.py print_permissions`; do not edit.

A verb says *what* a role may do; the unit of the role's assignment says *on which rows*: the unit and
everything below it, from the first day of the assignment to its last. A role opens its own sub-tree and no
other. What lies outside answers 404, a missing verb 403. An account manager reads the clients of the unit
with masked personal data and writes the own ones only. Nobody approves their own act.
"""


class Command(BaseCommand):
    """Write docs/permissions.md, or say that it is out of date."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument("--check", action="store_true", help="fail when the file differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = settings.BASE_DIR / "docs" / "permissions.md"
        with translation.override("en"):
            text = table()
        if not options["check"]:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            raise CommandError("docs/permissions.md is out of date: run manage.py print_permissions")


def table() -> str:
    """Return the document."""
    roles = [role for role in Role if role != Role.API]
    verbs = sorted({verb for granted in GRANTS.values() for verb in granted})
    lines = [INTRO, "## Roles\n", "| role | code | rows it reads | rows it writes |", "|---|---|---|---|"]
    for role in roles:
        reads = "sub-tree" if GRANTS[role] & DATA_VERBS else "no client data"
        writes = "sub-tree" if role in WRITES_SUBTREE else "own" if "clients.change" in GRANTS[role] else "—"
        lines.append(f"| {role.label} | {role.value} | {reads} | {writes} |")
    lines += ["", "## Verbs\n", "| verb | " + " | ".join(role.value for role in roles) + " |"]
    lines.append("|---|" + ":-:|" * len(roles))
    for verb in verbs:
        cells = " | ".join("●" if verb in GRANTS[role] else "" for role in roles)
        lines.append(f"| `{verb}` | {cells} |")
    lines += ["", "## Scopes of client systems\n", "| scope | verbs |", "|---|---|"]
    for scope, opened in SCOPES.items():
        lines.append(f"| `{scope}` | {', '.join(f'`{verb}`' for verb in sorted(opened))} |")
    return "\n".join(lines) + "\n"
