"""`manage.py make_data`: make a base of any size for measuring."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workbench.demo import bulk, load


class Command(BaseCommand):
    """Make clients, members and customers of any number by COPY and print rows and seconds as JSON."""

    help = (
        "Make a base of any size for measuring: a million clients and two million members in a few minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--clients", type=int, required=True)
        parser.add_argument("--members", type=int, default=0)
        parser.add_argument("--customers", type=int, default=0, help="personal customers, with bills")
        parser.add_argument("--units", type=int, default=0, help="production units there should be at least")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--yes", action="store_true", help="do it although neither DEBUG nor DEMO says it is no real base"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the base, or say why not."""
        if not (settings.DEMO or settings.DEBUG or options["yes"]):
            raise CommandError(
                "This fills the database with invented clients. Say --yes if that is what you want."
            )
        if min(options[name] for name in ("clients", "members", "customers", "units")) < 0:
            raise CommandError("Numbers of rows are 0 or more.")
        if options["members"] and not options["clients"]:
            raise CommandError("Members need clients.")
        began = time.monotonic()
        names = ("clients", "members", "customers", "units", "seed")
        report = bulk.make(**{name: options[name] for name in names})
        with report.part("analyze"):
            load.analyze()
        total = round(time.monotonic() - began, 2)
        self.stdout.write(
            json.dumps({"rows": report.rows, "seconds": report.seconds, "total_seconds": total})
        )
