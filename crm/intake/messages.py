"""What every error code says to a person: what is wrong, where, and how to mend it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crm.intake import cells
from crm.intake.resources import Resource, Sentence

# Columns we add to a workbook that goes back with its errors. They are passed over when it comes again.
REASON, ROW = _("What to mend"), _("Row in your file")

# Errors of one cell or row
CELLS: dict[str, Sentence] = {
    "REQUIRED": _("This cell must be filled in."),
    "TOO_LONG": _("The text is longer than %(limit)s characters."),
    "BAD_CHARACTER": _("The text holds a character that cannot be stored. Type it anew."),
    "NOT_A_NUMBER": _("This is not a number."),
    "NOT_WHOLE": _("This must be a whole number."),
    "OUT_OF_RANGE": _("The number must lie between %(minimum)s and %(maximum)s."),
    "OUT_OF_RANGE_least": _("The number must be at least %(minimum)s."),
    "OUT_OF_RANGE_most": _("The number must be at most %(maximum)s."),
    "OUT_OF_RANGE_negative": _("The amount must not be negative."),
    "OUT_OF_RANGE_amount": _("The amount is too large: at most %(limit)s yuan."),
    "NOT_A_DATE": _("This is not a date. Write it as 2026-03-05."),
    "NOT_A_MONTH": _("This is not a month. Write it as 2025-10."),
    "BAD_PHONE": _("This is not a mobile number of 11 digits."),
    "PHONE_ROUNDED": _("Excel has rounded this number. Format the column as text and type it anew."),
    "NUMBER_ROUNDED": _(
        "Excel has rounded this number: it keeps 15 digits. Format the column as text and type it anew."
    ),
    "USCC_INVALID": _("This is not a valid unified social credit code: 18 characters with a check digit."),
    "UNKNOWN_CHOICE": _(
        "This value is not known here. Choose one of the list in the template, or match it on the mapping "
        "page."
    ),
    "NOT_YES_NO": _("Write yes or no."),
    "FOREIGN_CURRENCY": _("This amount is not in yuan."),
    "UNIT_MISSING": _("This amount has no unit: yuan or ten thousand yuan."),
    "CELL_ERROR": _("The cell holds the Excel error %(shown)s."),
    "FORMULA_NOT_CALCULATED": _(
        "The formula was never calculated. Open the file in Excel, save it, and upload it again."
    ),
    "OPEN_QUOTE": _("A quotation mark is opened and never closed in this line."),
    "TOO_MANY_CELLS": _("This line has more cells than the header; a separator inside a text is not quoted."),
    "DUPLICATE_ROW": _("This row repeats row %(first_row)s."),
    "DUPLICATE_ROW_elsewhere": _("This row repeats row %(first_row)s of the sheet %(first_sheet)s."),
    "DUPLICATE_KEY_elsewhere": _(
        "Row %(first_row)s of the sheet %(first_sheet)s is about the same record but says something else. "
        "Keep one of them."
    ),
    "DUPLICATE_KEY": _(
        "Row %(first_row)s is about the same record but says something else. Keep one of them."
    ),
}

# Refusals of a whole file
FILES: dict[str, Sentence] = {
    "EMPTY_FILE": _("The file is empty."),
    "FILE_TOO_LARGE": _("The file is larger than %(limit)s MB. Split it, or save it as CSV."),
    "WRONG_TYPE": _(
        "This file is not a workbook. Upload an Excel workbook (.xlsx, .xls), an OpenDocument sheet (.ods) "
        "or a CSV file."
    ),
    "WRONG_TYPE_et": _("This is a workbook in WPS format (.et). Open it in WPS and save it as .xlsx."),
    "WRONG_TYPE_html": _(
        "This is a web page saved under a workbook's name. Open it in Excel and save it as .xlsx."
    ),
    "WRONG_TYPE_xml": _(
        "This is an XML file, such as Excel 2003 writes under the name of a workbook. Open it in Excel and "
        "save it as .xlsx."
    ),
    "WRONG_TYPE_json": _("This is a JSON file, not a workbook. Export the rows as .xlsx or CSV."),
    "WRONG_TYPE_archive": _("This is an archive (zip, rar, 7z). Unpack it and upload the workbook inside."),
    "WRONG_TYPE_xlsb": _("This is a binary workbook (.xlsb). Open it in Excel and save it as .xlsx."),
    "WRONG_TYPE_image": _("This is an image, not a workbook, whatever its name says."),
    "WRONG_TYPE_pdf": _("This is a PDF document, not a workbook."),
    "WRONG_TYPE_document": _("This is a text document or a presentation, not a workbook."),
    "ENCRYPTED": _(
        "The workbook is protected by a password. Remove the password in Excel and upload it again."
    ),
    "MACRO": _("The workbook carries macros. Save it as .xlsx without macros and upload it again."),
    "DAMAGED": _("The file is damaged or cut off. Open it in Excel, save it anew, and upload that."),
    "BOMB": _("The file unpacks to far more than a roster holds. Copy the rows into a new workbook."),
    "FAR_CELL": _(
        "The sheet holds a cell far away from the rest, at %(cell)s. Delete it and upload the file again."
    ),
    "ENTITIES": _("The file holds instructions that no workbook needs. Save it anew in Excel."),
    "TOO_MANY_ROWS": _("The file has more than %(limit)s rows. Split it."),
    "TOO_LARGE_TO_READ": _(
        "Reading this file takes more memory or time than allowed. Split it, or save it as CSV."
    ),
    "TOO_SLOW_TO_READ": _("Reading this file takes too long. Split it, or save it as CSV."),
    "BAD_ENCODING": _("Line %(line)s is neither UTF-8 nor GB18030. Save the file as CSV UTF-8."),
    "BAD_ENCODING_utf16": _(
        "Line %(line)s is not the UTF-16 that the file says it is: the file is cut off or damaged. Save it "
        "as CSV UTF-8."
    ),
    "READ_MISMATCH": _(
        "The sheet %(sheet)s holds %(count)s more rows than could be read. Open the file in Excel, save it "
        "anew, and upload that."
    ),
    "NO_ROWS": _("There is a header but no row below it."),
    "NO_HEADER": _(
        "No row of the file looks like a header of this roster. Download the template to see the columns."
    ),
    "NO_SHEET": _("There is no visible sheet named %(sheet)s. The file has: %(sheets)s."),
    "MISSING_COLUMN": _(
        "The file has no column for: %(columns)s. Add it, match one of its columns to it, or give one "
        "value for all rows."
    ),
    "MISSING_COLUMN_sheet": _(
        "The sheet %(sheet)s has no column for: %(columns)s. Add it, match one of its columns to it, give "
        "one value for all rows, or leave the sheet out."
    ),
    "DATA_ABOVE": _(
        "Rows above the header in row %(row)s look like data and would be left out. Give them a header and a "
        "sheet of their own."
    ),
    "UNKNOWN_COLUMN": _("This roster has no column named %(column)s."),
    "BAD_CONSTANT": _("The value %(value)s cannot stand in the column %(column)s."),
    "NOT_ALL_GOOD": _(
        "%(rejected)s rows are wrong and the import was to be all rows or none. Nothing was written."
    ),
    "INTERRUPTED": _(
        "The import was interrupted too often and was given up. Nothing of it was written; start it again."
    ),
    "CONFLICT": _(
        "The records changed while they were being written. Nothing was written; check the preview and "
        "commit again."
    ),
    "FAILED": _(
        "The import failed on our side. Nothing was written; your administrator finds the cause in the log."
    ),
    "FORBIDDEN": _("Your role does not include importing this roster."),
}


@cache
def own_headers() -> frozenset[str]:
    """Return the cleaned headers of our own columns in every language."""
    found = set()
    for language in ("zh-hans", "en"):
        with override(language):
            found |= {cells.label_key(str(REASON)), cells.label_key(str(ROW))}
    return frozenset(found)


def sentence(code: str, params: Mapping[str, object], resource: Resource | None = None) -> str:
    """Return the sentence for a code in the reader's language."""
    table: Mapping[str, Sentence] = resource.messages if resource else {}
    closer = f"{code}_{params.get('kind')}"
    text = (
        table.get(closer)
        or FILES.get(closer)
        or CELLS.get(closer)
        or table.get(code)
        or CELLS.get(code)
        or FILES.get(code)
    )
    if text is None:
        return code
    written = str(text)
    try:
        return written % params if params and "%(" in written else written
    except (KeyError, ValueError):
        return written


def file_sentence(code: str, params: Mapping[str, Any], resource: Resource | None = None) -> str:
    """Return the sentence of a refused file; columns are named by their labels."""
    named = dict(params)
    if resource and isinstance(named.get("columns"), list):
        labels = [
            resource.by_name[name].label if name in resource.by_name else name for name in named["columns"]
        ]
        named["columns"] = "、".join(str(label) for label in labels)
    return sentence(code, named, resource)
