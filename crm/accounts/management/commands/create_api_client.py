"""Register a client system and print its token."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.accounts.grants import SCOPES
from crm.accounts.models import OrgUnit
from crm.accounts.services import create_system
from crm.base.errors import BusinessError


class Command(BaseCommand):
    """Register a client system over a unit's sub-tree and print its token, this once only."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("name")
        parser.add_argument("--unit", required=True, help="code of the unit whose sub-tree it sees")
        parser.add_argument("--networks", default="", help="addresses it may call from, such as 10.1.0.0/16")
        parser.add_argument("--scopes", default="read", help=f"comma-separated: {', '.join(SCOPES)}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it; only the token goes to standard output."""
        unit = OrgUnit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"no unit has the code {options['unit']}")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        networks = [part for part in options["networks"].split(",") if part.strip()]
        try:
            _system, token = create_system(
                actor=None, name=options["name"], unit=unit, scopes=scopes, networks=networks
            )
        except BusinessError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(token)
