"""Run the night by hand: the same graph that beat starts."""

import json
import sys
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.base import clock
from crm.base.errors import BusinessError
from crm.jobs import services
from crm.jobs.models import JobRun


class Command(BaseCommand):
    """Run every step of one night here and now; a second run changes 0 rows.

    Without --date it is the last ended day, and nights missed before it are made up first, in order.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--date", type=date.fromisoformat, help="business date that ended, 2026-12-31")
        parser.add_argument("--step", help="only this step")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report; exit with 1 when a step failed, was held up or is running elsewhere."""
        day: date | None = options["date"]
        yesterday = clock.today() - timedelta(days=1)
        caught_up: list[date] = []
        try:
            if day is None:
                day = yesterday
                if options["step"] is None:
                    caught_up = [d for d in services.plan_due(now=clock.now()) if d < day]
                for missed in caught_up:
                    services.run_night(missed, by_hand=False, force=False)
            elif day > yesterday:
                self.stderr.write(f"{day} has not ended yet; the rules see {day + timedelta(days=1)}")
            outcomes = services.run_night(day, only=options["step"], by_hand=options["date"] is not None)
        except BusinessError as error:
            raise CommandError(str(error.message)) from error
        report = {
            "business_date": day.isoformat(),
            "as_of": (day + timedelta(days=1)).isoformat(),
            "steps": [outcome.as_dict() for outcome in outcomes],
            "rows": sum(outcome.rows for outcome in outcomes),
        }
        if caught_up:
            report["caught_up"] = [d.isoformat() for d in caught_up]
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._tell(report)
        if any(outcome.state != JobRun.State.DONE for outcome in outcomes):
            sys.exit(1)

    def _tell(self, report: dict[str, Any]) -> None:
        self.stdout.write(f"{report['business_date']} (rules see {report['as_of']})")
        for missed in report.get("caught_up", []):
            self.stdout.write(f"  made up first: {missed}")
        for step in report["steps"]:
            name = f"{step['step']} {step['scope']}".rstrip()
            line = f"  {name:<28} {step['state']:<8} {step['rows']:>10} rows {step['ms']:>8} ms"
            self.stdout.write(f"{line}  {step['error']}".rstrip())
        self.stdout.write(f"  {report['rows']} rows")
