"""Write the template of a roster: headers, an example, drop-downs and notes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from crm.intake import report
from crm.intake.resources import resource_of, resources


class Command(BaseCommand):
    """Write a template workbook."""

    help = "Write the template workbook of a roster."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("roster", choices=sorted(resources()))
        parser.add_argument("out", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        report.write_template(resource_of(options["roster"]), options["out"])
        self.stdout.write(str(options["out"]))
