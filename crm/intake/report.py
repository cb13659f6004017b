"""Workbooks we hand out: the user's own with its errors marked, and the template of a roster."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from crm.intake import cells, messages
from crm.intake.mapping import shown
from crm.intake.models import ImportBatch, RowError
from crm.intake.reading import rows
from crm.intake.resources import Column, Resource, resource_of

RED = PatternFill("solid", fgColor="FFC7CE")
AMBER = PatternFill("solid", fgColor="FFEB9C")
GREY = PatternFill("solid", fgColor="F1F3F5")
# A larger workbook is not opened again with openpyxl (44 s and 900 MB for 100,000 rows): only its rejected
# rows go back.
OWN_WORKBOOK_BYTES = 3 * 1024 * 1024
OWN_WORKBOOK_ROWS = 20_000
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


def harmless(value: Any) -> Any:
    """Return a value that a spreadsheet will not take for a formula."""
    text = shown(value) if not isinstance(value, (int, float)) else value
    if isinstance(text, str):
        text = _NOT_XML.sub("", text)
        if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
            return "'" + text
    return text


def sheets_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return every sheet with what was done with it, and a sentence."""
    said = {
        "HIDDEN": _("left out: the sheet is hidden"),
        "EMPTY": _("left out: the sheet is empty"),
        "NO_HEADER": _("left out: no header of this roster"),
        "NOT_CHOSEN": _("left out: it was not chosen"),
    }
    found = []
    resource = resource_of(batch.roster)
    counted = {sheet["index"]: sheet for sheet in batch.found.get("sheets", [])}
    for plan in batch.found.get("plans", []):
        sheet = counted.get(plan["index"], {})
        sentence = said.get(plan["skipped"]) or _("read, header in row %(row)s") % {"row": plan["header_row"]}
        if sheet.get("merged") and not plan["skipped"]:
            sentence += _("; merged cells were filled down")
        if plan["skipped"] and sheet.get("rows"):
            rows = sheet["rows"]
            sentence += ngettext(" (%(rows)s row)", " (%(rows)s rows)", rows) % {"rows": rows}
        sentence += "".join(_units(plan, resource))
        found.append(
            {
                "name": plan["name"],
                "read": not plan["skipped"],
                "rows": sheet.get("rows", 0),
                "said": sentence,
            }
        )
    return found


def _units(plan: dict[str, Any], resource: Resource) -> Iterator[str]:
    """Yield what is said about columns whose header gives another unit than the plain one."""
    for position, name in plan["columns"].items():
        header = plan["headers"][int(position)]
        unit, factor = resource.by_name[name].unit(header)
        if factor not in (None, 1):
            yield _("; %(header)s is read in %(unit)s") % {"header": header, "unit": unit}


# ---- The user's own workbook, marked


def write_error_workbook(batch: ImportBatch, target: Path) -> None:
    """Write the user's workbook back with red cells and a column of reasons.

    A workbook too large for that, or a CSV file, comes back as a workbook of its wrong rows only.
    """
    own = (
        batch.kind == "xlsx"
        and batch.file_size <= OWN_WORKBOOK_BYTES
        and (batch.read or 0) <= OWN_WORKBOOK_ROWS
    )
    if own and _mark_own(batch, target):
        return
    _write_rejected(batch, target)


def _by_row(batch: ImportBatch) -> dict[tuple[str, int], list[RowError]]:
    found: dict[tuple[str, int], list[RowError]] = {}
    for error in RowError.objects.filter(batch=batch).order_by("rn", "id").iterator(5000):
        found.setdefault((error.sheet, error.row), []).append(error)
    return found


def _reasons(errors: Iterable[RowError], resource: Resource) -> str:
    parts = []
    for error in errors:
        label = str(resource.by_name[error.column].label) if error.column in resource.by_name else ""
        sentence = messages.sentence(error.code, error.params, resource)
        parts.append(f"{label}: {sentence}" if label else sentence)
    return "\n".join(parts)


def _mark_own(batch: ImportBatch, target: Path) -> bool:
    resource = resource_of(batch.roster)
    try:
        with batch.source.open("rb") as file:
            book = load_workbook(file)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        zipfile.BadZipFile,
        InvalidFileException,
    ):
        return False  # odd but readable workbooks: their wrong rows come back alone
    found = _by_row(batch)
    for plan in batch.found.get("plans", []):
        if plan["skipped"] or plan["name"] not in book.sheetnames:
            continue
        sheet = book[plan["name"]]
        if not hasattr(sheet, "cell"):
            return False
        where = {name: int(position) + 1 for position, name in plan["columns"].items()}
        reason = _reason_column(sheet, plan)
        head = sheet.cell(plan["header_row"], reason)
        if type(head).__name__ == "MergedCell":
            return False
        head.value, head.fill, head.font = str(messages.REASON), GREY, Font(bold=True)
        sheet.column_dimensions[get_column_letter(reason)].width = 48
        for (name, row), errors in found.items():
            if name != plan["name"][:100]:
                continue
            cell = sheet.cell(row, reason)
            if type(cell).__name__ == "MergedCell":
                continue
            cell.value = harmless(_reasons(errors, resource))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = AMBER if all(error.soft for error in errors) else RED
            for error in errors:
                if error.column in where:
                    sheet.cell(row, where[error.column]).fill = AMBER if error.soft else RED
    if not book.sheetnames or not any(sheet.sheet_state == "visible" for sheet in book.worksheets):
        return False
    book.save(target)
    return True


def _reason_column(sheet: Any, plan: dict[str, Any]) -> int:
    """Return the number of the column of reasons: ours of last time, emptied, or right of all cells."""
    row = plan["header_row"]
    for column in range(1, sheet.max_column + 1):
        if cells.label_key(sheet.cell(row, column).value) == cells.label_key(str(messages.REASON)):
            for number in range(row + 1, sheet.max_row + 1):
                cell = sheet.cell(number, column)
                if type(cell).__name__ != "MergedCell":
                    cell.value, cell.fill = None, PatternFill()
            return column
    return max(len(plan["headers"]), sheet.max_column) + 1


def _write_rejected(batch: ImportBatch, target: Path) -> None:
    """Write the wrong rows alone, under their own header, so that the mended file imports just them."""
    resource = resource_of(batch.roster)
    found = _by_row(batch)
    plans = {plan["index"]: plan for plan in batch.found.get("plans", []) if not plan["skipped"]}
    book = Workbook(write_only=True)
    sheets: dict[int, Any] = {}
    if found and batch.spool.exists():
        for index, row, values in rows(batch.spool):
            plan = plans.get(index)
            errors = found.get((plan["name"][:100], row)) if plan else None
            if plan is None or not errors or row <= plan["header_row"]:
                continue
            sheet = sheets.get(index)
            if sheet is None:
                sheet = sheets[index] = book.create_sheet(_title(plan["name"]))
                sheet.freeze_panes = "A2"
                titles = [*plan["headers"], messages.REASON, messages.ROW]
                sheet.append([_styled(sheet, harmless(str(title)), GREY, bold=True) for title in titles])
            bad = {error.column: error.soft for error in errors}
            width = len(plan["headers"])
            line = []
            for position in range(width):
                value = harmless(values[position]) if position < len(values) else ""
                name = plan["columns"].get(str(position))
                line.append(_styled(sheet, value, AMBER if bad[name] else RED) if name in bad else value)
            soft = all(error.soft for error in errors)
            line += [_styled(sheet, harmless(_reasons(errors, resource)), AMBER if soft else RED), row]
            sheet.append(line)
    if not sheets:
        book.create_sheet("Sheet1").append([_("No row is wrong.")])
    book.save(target)


def _title(name: str) -> str:
    """Return a name that a sheet of a workbook may have: other kinds of file allow more."""
    return _NOT_IN_TITLES.sub("", _NOT_XML.sub("", name))[:31].strip("'") or "Sheet1"


def _styled(sheet: Any, value: Any, fill: PatternFill, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.fill = fill
    if bold:
        cell.font = Font(bold=True)
    return cell


# ---- Templates


def write_template(resource: Resource, target: Path) -> None:
    """Write a roster's template: headers, an example row, drop-downs, and a sheet of notes.

    Headers are the first Chinese synonym or the label, so that the template itself imports without matching.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Roster")
    notes = book.create_sheet(_("Notes"))
    lists = book.create_sheet("_lists")
    lists.sheet_state = "hidden"
    used = 0
    for position, column in enumerate(resource.columns, start=1):
        letter = get_column_letter(position)
        head = sheet.cell(1, position, str(column.label))
        head.font = Font(bold=True, color="C92A2A" if column.required else "212529")
        head.fill = GREY
        head.alignment = Alignment(wrap_text=True, vertical="center")
        told = _note(column)
        if told:
            head.comment = Comment(told, "CRM", width=320, height=120)
        sheet.column_dimensions[letter].width = min(40, max(12, len(str(column.label)) * 2 + 4))
        form = {"date": "yyyy-mm-dd", "month": "yyyy-mm"}.get(
            column.kind, "@" if column.kind not in ("int", "fen") else "General"
        )
        for row in range(2, 202):
            sheet.cell(row, position).number_format = form
        words = _words(column)
        if words:
            used += 1
            for row, word in enumerate(words, start=1):
                lists.cell(row, used, word)
            where = f"_lists!${get_column_letter(used)}$1:${get_column_letter(used)}${len(words)}"
            choice = DataValidation("list", formula1=where, allow_blank=not column.required)
            choice.add(f"{letter}2:{letter}10001")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 32
    _write_notes(notes, resource)
    book.save(target)


def _words(column: Column) -> list[str]:
    if column.kind == "bool":
        return [_("Yes"), _("No")]
    return [str(member.label) for member in column.choices or ()]


def _note(column: Column) -> str:
    parts = [_("Required.") if column.required else "", str(column.help)]
    if column.example:
        parts.append(_("Example: %(example)s") % {"example": column.example})
    return " ".join(part for part in parts if part)


def _write_notes(notes: Any, resource: Resource) -> None:
    notes.append([_("How this roster is read")])
    notes["A1"].font = Font(bold=True, size=14)
    for sentence in resource.notes:
        notes.append([str(sentence)])
    notes.append([])
    notes.append([_("Column"), _("Required"), _("Kind"), _("Longest"), _("Also recognised as"), _("Notes")])
    for cell in notes[notes.max_row]:
        cell.font, cell.fill = Font(bold=True), GREY
    kinds = {
        "text": _("text"),
        "code": _("code"),
        "key": _("code"),
        "int": _("whole number"),
        "fen": _("money in yuan"),
        "date": _("date"),
        "month": _("month"),
        "phone": _("mobile number"),
        "uscc": _("credit code"),
        "choice": _("one of a list"),
        "bool": _("yes or no"),
    }
    for column in resource.columns:
        known = "、".join(column.headers[:6])
        notes.append(
            [
                str(column.label),
                _("Yes") if column.required else "",
                kinds[column.kind],
                column.max_length or "",
                known,
                _note(column),
            ]
        )
    for letter, width in zip("ABCDEF", (28, 8, 14, 10, 48, 70), strict=True):
        notes.column_dimensions[letter].width = width
