"""Make the top unit and the first system administrator of an empty installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.accounts.services.founding import found_organisation
from crm.base.errors import BusinessError


class Command(BaseCommand):
    """Print a one-time password, which must be changed at the first login."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("staff_no", help="the staff number to log in with")
        parser.add_argument("--name", default="系统管理员", help="full name")
        parser.add_argument(
            "--group-code", default="GROUP", help="code of the top unit, if there is none yet"
        )
        parser.add_argument(
            "--group-name", default="集团公司", help="name of the top unit, if there is none yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create them; only the password goes to standard output."""
        try:
            _person, password = found_organisation(
                staff_no=options["staff_no"],
                full_name=options["name"],
                group_code=options["group_code"],
                group_name=options["group_name"],
            )
        except BusinessError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(password)
