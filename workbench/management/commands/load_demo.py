"""`manage.py load_demo`: load the demonstration once."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workbench.demo import days, load


class Command(BaseCommand):
    """Load a lifelike branch with people, clients, members, bills, visits and points."""

    help = "Load the demonstration data (only in demo mode, DEMO=1). Everybody's password is “demo”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument(
            "--if-empty", action="store_true", help="Say nothing and do nothing when data are there already."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say why not."""
        if not settings.DEMO:
            raise CommandError(
                "Demonstration data have known passwords: set DEMO=1 if that is what you want."
            )
        if not load.is_loaded():
            try:
                load.load(self._say)
            except load.NotEmpty:
                if options["if_empty"]:
                    return
                raise CommandError(
                    "The database already holds other people or clients; use an empty one."
                ) from None
            load.analyze()
        elif days.are_over():
            if not options["if_empty"]:
                self.stdout.write("The demonstration is loaded already; nothing was changed.")
            return
        days.live(self._say)
        load.analyze()
        self._say("The demonstration is ready. Everybody's password is “demo”.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
