"""Import a roster from the command line: the same loader as the page, without a broker."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.accounts.models import User
from crm.base.errors import BusinessError
from crm.intake import messages, report, services
from crm.intake.choices import BatchStatus, Mode
from crm.intake.models import ImportBatch
from crm.intake.resources import resource_of, resources


def pairs(given: list[str]) -> dict[str, str]:
    """Return {left: right} of arguments such as 企业名称=name."""
    found = {}
    for pair in given:
        left, sign, right = pair.partition("=")
        if not sign or not left.strip():
            raise CommandError(f"write it as left=right: {pair}")
        found[left.strip()] = right.strip()
    return found


class Command(BaseCommand):
    """Read, check and, with --commit, write one workbook; exit code 2 when the file is refused."""

    help = "Import a roster (clients, members, …) from an Excel, OpenDocument or CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("roster", nargs="?", choices=sorted(resources()))
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--commit", action="store_true", help="write the good rows; without it nothing is written"
        )
        parser.add_argument(
            "--user", help="staff number or registered name of the person importing; default: the system"
        )
        parser.add_argument("--map", action="append", default=[], metavar="HEADER=COLUMN", dest="mapping")
        parser.add_argument("--set", action="append", default=[], metavar="COLUMN=VALUE", dest="constants")
        parser.add_argument("--sheet", default="", help="read this sheet only")
        parser.add_argument("--mode", choices=[mode.lower() for mode in Mode.values], default="overwrite")
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="write nothing when any row is wrong"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="OUT.xlsx", help="write the workbook back with marked cells"
        )
        parser.add_argument("--resume", type=int, metavar="BATCH", help="go on with an interrupted import")
        parser.add_argument("--undo", type=int, metavar="BATCH", help="take a whole import back")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import and report."""
        if options["resume"] is not None or options["undo"] is not None:
            self._again(options)
            return
        if options["file"] is None:
            raise CommandError("give ROSTER and FILE, or --resume BATCH, or --undo BATCH", returncode=2)
        path: Path = options["file"]
        batch = None
        try:
            if not path.is_file():
                raise CommandError(f"there is no file {path.name}", returncode=2)
            with path.open("rb") as file:
                batch = services.open_batch(
                    actor=self._user(options["user"]),
                    roster=options["roster"],
                    name=path.name,
                    content=iter(lambda: file.read(1 << 20), b""),
                    mapping=pairs(options["mapping"]),
                    constants=pairs(options["constants"]),
                    sheet=options["sheet"],
                    mode=options["mode"].upper(),
                    all_or_nothing=options["all_or_nothing"],
                )
            services.read_batch(batch=batch, ask=False)
            if batch.status == BatchStatus.VALIDATED and options["commit"]:
                services.commit_now(batch=batch)
            self._report(batch, options)
        except BusinessError as error:
            self._refuse(error.code, str(error.message), options["json"])
        except CommandError as error:
            if not options["json"]:
                raise
            self._refuse("BAD_COMMAND", str(error), as_json=True)
        finally:
            if batch is not None:
                services.put_away(batch=batch)

    def _again(self, options: dict[str, Any]) -> None:
        """Go on with a batch that exists: resume it, or take it back."""
        number = options["resume"] if options["resume"] is not None else options["undo"]
        try:
            batch = ImportBatch.objects.filter(pk=number).first()
            if batch is None:
                raise CommandError(f"there is no import {number}", returncode=2)
            if options["undo"] is not None:
                services.undo_now(actor=self._user(options["user"]), batch=batch)
                if batch.error_code:
                    self._report(batch, options)
                answer = {"batch": batch.pk, "status": batch.status, "restored": batch.restored}
                answer["kept"] = batch.kept
                if options["json"]:
                    self.stdout.write(json.dumps(answer))
                else:
                    for name, value in answer.items():
                        self.stdout.write(f"{name:10} {value}")
                return
            services.resume(batch=batch)
            if batch.status == BatchStatus.VALIDATED and options["commit"]:
                services.commit_now(batch=batch)
            self._report(batch, options)
        except BusinessError as error:
            self._refuse(error.code, str(error.message), options["json"])
        except CommandError as error:
            if not options["json"]:
                raise
            self._refuse("BAD_COMMAND", str(error), as_json=True)

    def _user(self, name: str | None) -> User | None:
        if not name:
            return None
        try:
            user = User.objects.get_by_natural_key(name)
        except (User.DoesNotExist, IndexError):
            raise CommandError(f"there is no user {name}", returncode=2) from None
        if not user.is_active:
            raise CommandError(f"the account {name} is not active", returncode=2)
        return user

    def _report(self, batch: ImportBatch, options: dict[str, Any]) -> None:
        batch.refresh_from_db()
        if batch.error_code:
            sentence = messages.file_sentence(batch.error_code, batch.error_params, resource_of(batch.roster))
            found = services.error_rows(batch, soft=False) if batch.read is not None else []
            self._refuse(batch.error_code, sentence, options["json"], batch=batch, errors=found)
        errors = services.error_rows(batch, soft=False)
        warnings = services.error_rows(batch, soft=True)
        if options["errors"] is not None:
            report.write_error_workbook(batch, options["errors"])
        if options["json"]:
            answer = {
                **services.counts_of(batch),
                "errors": errors,
                "warnings": warnings,
                "batch": batch.pk,
                "status": batch.status,
                "sheets": report.sheets_of(batch),
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for name, count in services.counts_of(batch).items():
            self.stdout.write(f"{name:10} {count}")
        for sheet in report.sheets_of(batch):
            self.stdout.write(f"sheet      {sheet['name'] or '-'}: {sheet['said']}")
        for error in errors[:50]:
            self.stdout.write(
                f"{error['sheet']}!{error['row']} {error['column']}: {error['message']} ({error['value']})"
            )
        if len(errors) > 50:
            self.stdout.write(f"… {len(errors) - 50} more errors; --errors OUT.xlsx writes all of them")
        if warnings:
            self.stdout.write(f"{len(warnings)} cells were left out; --errors OUT.xlsx shows them")
        if batch.status == BatchStatus.VALIDATED:
            self.stdout.write("Nothing was written: this was a dry run. Add --commit to write.")

    def _refuse(
        self,
        code: str,
        sentence: str,
        as_json: bool,
        *,
        batch: ImportBatch | None = None,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        if as_json:
            zero = {"read": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0}
            if batch is not None and batch.read is not None:
                zero |= {"read": batch.read, "rejected": batch.read}
            answer = {**zero, "errors": errors or [], "error": {"code": code, "message": sentence}}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stderr.write(sentence)
        sys.exit(2)
