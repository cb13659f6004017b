"""Rows of an import as people read them: labels for codes and references, old beside new, phones masked."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from crm.base.templatetags.crm import money
from crm.base.text import mask_mobile
from crm.intake import messages
from crm.intake.mapping import SheetPlan, data_above, lacking
from crm.intake.models import ImportBatch, RowChange, RowError
from crm.intake.resources import Column, Resource
from crm.intake.staging import preview, staged_rows

MAIN = 6
HIDDEN = {"name_key", "name_pinyin", "search_text", "client_code"}


def main_columns(resource: Resource) -> list[Column]:
    """Return the columns that tell a row apart: keys and what is required."""
    wanted = [
        c
        for c in resource.columns
        if c.required or c.kind in ("uscc", "phone") or c.name in ("client_code", "client_name")
    ]
    return wanted[:MAIN]


def _say(column: Column | None, value: Any) -> str:
    """Return a cleaned value of a column as text."""
    if value is None or value == "":
        return "—"
    if column is not None:
        if column.kind == "fen":
            return money(int(value))
        if column.kind == "phone":
            return mask_mobile(str(value))
        if column.choices:
            return str(dict(column.choices.choices).get(value, value))
    if value is True or value is False:
        return _("Yes") if value else _("No")
    return str(value)


class Naming:
    """Names of what model columns hold, looked up once for a page."""

    def __init__(self, resource: Resource, images: Iterable[Mapping[str, Any] | None]) -> None:
        self.resource = resource
        self.fields = {field.column: field for field in resource.model._meta.concrete_fields}
        # Who changed a record before is kept for undo and shown nowhere.
        named = {name for name, field in self.fields.items() if field.is_relation} - {*resource.marks()}
        wanted: dict[str, set[Any]] = {}
        for image in images:
            for name, value in (image or {}).items():
                if name in named and value is not None:
                    wanted.setdefault(name, set()).add(value)
        self.names: dict[str, dict[Any, str]] = {}
        for name, keys in wanted.items():
            related = cast(type[models.Model], self.fields[name].related_model)
            self.names[name] = {key: str(found) for key, found in related._base_manager.in_bulk(keys).items()}
        self.columns = {column.target: column for column in resource.columns if column.target}

    def label(self, name: str) -> str:
        """Return what a model column is called."""
        field = self.fields.get(name)
        return str(field.verbose_name) if field is not None else name

    def say(self, name: str, value: Any) -> str:
        """Return what a model column holds, as text."""
        if name in self.names:
            return self.names[name].get(value, "—")
        field = self.fields.get(name)
        if field is not None and field.choices and value not in (None, ""):
            return str(dict(field.flatchoices).get(value, value))
        if name.endswith("_fen") and value is not None:
            return money(int(value))
        return _say(self.columns.get(name), value)

    def differences(
        self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> list[dict[str, str]]:
        """Return label, old and new of everything that changes."""
        return [
            {
                "label": self.label(name),
                "old": self.say(name, (before or {}).get(name)),
                "new": self.say(name, value),
            }
            for name, value in (after or {}).items()
            if name not in HIDDEN
        ]


def staged(
    batch: ImportBatch, resource: Resource, *, verdict: str, after: int, size: int, column: str = ""
) -> list[dict[str, Any]]:
    """Return staged rows of one verdict with what they would change."""
    found = preview(batch, verdict=verdict, after=after, size=size, column=column)
    naming = Naming(resource, [image for row in found for image in (row["before"], row["after"])])
    names = _sheet_names(batch)
    return [
        {
            "rn": row["rn"],
            "row": row["row"],
            "sheet": names.get(row["sheet"], ""),
            "cells": [_say(column, row.get(column.name)) for column in main_columns(resource)],
            "title": _title(resource, row),
            "changes": naming.differences(row["before"], row["after"]) if verdict == "update" else [],
        }
        for row in found
    ]


def _title(resource: Resource, row: Mapping[str, Any]) -> str:
    """Return what tells a row apart for people: a name, else its first key that is there."""
    if row.get("name"):
        return str(row["name"])
    keys = [resource.columns[0], *main_columns(resource)]
    return next((_say(column, row[column.name]) for column in keys if row.get(column.name)), "")


def _sheet_names(batch: ImportBatch) -> dict[int, str]:
    plans = batch.found.get("plans", [])
    several = sum(1 for plan in plans if not plan["skipped"]) > 1
    return {plan["index"]: plan["name"] for plan in plans} if several else {}


def changes(batch: ImportBatch, resource: Resource, found: list[RowChange]) -> list[dict[str, Any]]:
    """Return what rows did to records, with a link to each record that is still there."""
    objects = resource.for_titles().in_bulk([change.object_id for change in found])
    naming = Naming(resource, [image for change in found for image in (change.before, change.after)])
    return [
        {
            "rn": change.rn,
            "row": change.row,
            "sheet": change.sheet,
            "title": resource.title_of(objects[change.object_id])
            if change.object_id in objects
            else _("removed"),
            "act": change.act,
            "url": resource.url_of(objects[change.object_id]) if change.object_id in objects else "",
            "cells": None,
            "changes": naming.differences(change.before, change.after),
        }
        for change in found
    ]


def rejected(
    batch: ImportBatch,
    resource: Resource,
    *,
    after: int,
    size: int,
    owned: bool,
    column: str = "",
    code: str = "",
) -> list[dict[str, Any]]:
    """Return rejected rows with every reason; values are shown to the person who sent them only.

    An error that stands in a column of the file can be mended on the page: it carries its cell.
    """
    wanted = RowError.objects.filter(batch=batch, soft=False, rn__gt=after)
    if column:
        wanted = wanted.filter(column=column)
    if code:
        wanted = wanted.filter(code=code)
    numbers = list(wanted.order_by("rn").values_list("rn", flat=True).distinct()[:size])
    rows: dict[int, dict[str, Any]] = {}
    several = bool(_sheet_names(batch))
    present = {name for plan in batch.found.get("plans", []) for name in plan["columns"].values()}
    errors = list(RowError.objects.filter(batch=batch, rn__in=numbers, soft=False).order_by("rn", "id"))
    alike = _alike(batch, errors)
    staged = staged_rows(batch, numbers) if owned else {}
    for error in errors:
        row = rows.setdefault(
            error.rn,
            {
                "rn": error.rn,
                "row": error.row,
                "sheet": error.sheet if several else "",
                "title": _title(resource, staged.get(error.rn, {})),
                "errors": [],
            },
        )
        declared = resource.by_name.get(error.column)
        row["errors"].append(
            {
                "name": error.column,
                "code": error.code,
                "column": _label(resource, error.column),
                "value": error.value if owned else "",
                "message": messages.sentence(error.code, error.params, resource),
                "cell": error.column in present | set(batch.constants),
                "choices": declared.choices.choices if declared is not None and declared.choices else (),
                "alike": alike.get((error.column, error.code, error.value), 1),
            }
        )
    return list(rows.values())


def _alike(batch: ImportBatch, errors: list[RowError]) -> dict[tuple[str, str, str], int]:
    """Return how many cells are wrong in the same way: same column, same value, same reason."""
    kinds = {(error.column, error.code) for error in errors if error.column}
    if not kinds:
        return {}
    counted = (
        RowError.objects.filter(
            batch=batch,
            column__in={column for column, _code in kinds},
            code__in={code for _column, code in kinds},
            value__in={error.value for error in errors},
        )
        .values_list("column", "code", "value")
        .annotate(n=models.Count("id"))
    )
    return {(column, code, value): n for column, code, value, n in counted}


def _label(resource: Resource, name: str) -> str:
    return str(resource.by_name[name].label) if name in resource.by_name else ""


def groups(
    batch: ImportBatch, resource: Resource, found: list[dict[str, Any]], *, owned: bool
) -> list[dict[str, Any]]:
    """Return kinds of errors with their number and one example."""
    first = {
        (error.rn, error.code, error.column): error
        for error in RowError.objects.filter(batch=batch, rn__in={group["first"] for group in found})
    }
    shown = []
    for group in found:
        error = first.get((group["first"], group["code"], group["column"]))
        shown.append(
            {
                "code": group["code"],
                "name": group["column"],
                "count": group["n"],
                "soft": group["soft"],
                "column": _label(resource, group["column"]),
                "message": messages.sentence(group["code"], error.params if error else {}, resource),
                "row": error.row if error else None,
                "value": error.value if error and owned else "",
            }
        )
    return shown


def header_name(plan: SheetPlan, position: int) -> str:
    """Return the header of a column as the file has it, or where the column stands."""
    return plan.headers[position] or _("Column %(number)s, without a header") % {"number": position + 1}


def meanings(batch: ImportBatch, resource: Resource) -> list[tuple[str, str]]:
    """Return the file's headers and the columns they were read as."""
    found: dict[str, str] = {}
    for plan in map(SheetPlan.from_json, batch.found.get("plans", [])):
        for position, name in plan.columns.items():
            found.setdefault(header_name(plan, position), _label(resource, name))
    return list(found.items())


# ---- The mapping page


def doubts(batch: ImportBatch, resource: Resource) -> str:
    """Return sentences on what the file lacks and on rows that would be left out."""
    plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
    found = {"MISSING_COLUMN": lacking(resource, plans, batch.constants), "DATA_ABOVE": data_above(plans)}
    return " ".join(messages.file_sentence(code, about, resource) for code, about in found.items() if about)


def choosable_sheets(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return the sheets a person may leave out, with index, name, rows and whether they are; none of one."""
    rows = {sheet["index"]: sheet["rows"] for sheet in batch.found["sheets"]}
    left_out = batch.found.get("left_out", [])
    found = [
        {"index": plan["index"], "name": plan["name"], "rows": rows[plan["index"]], "left_out": left}
        for plan in batch.found["plans"]
        if (left := plan["name"] in left_out) or not plan["skipped"]
    ]
    return found if len(found) > 1 else []


def headers(batch: ImportBatch, resource: Resource) -> list[dict[str, Any]]:
    """Return the file's headers with samples and what each is taken to mean."""
    found: dict[str, dict[str, Any]] = {}
    remembered = bool(batch.mapping)
    for kept in batch.found["plans"]:
        plan = SheetPlan.from_json(kept)
        if plan.skipped:
            continue
        for position in range(len(plan.headers)):
            key = plan.key(position)
            if not key or key in found:
                continue
            column = plan.columns.get(position, "")
            found[key] = {
                "place": len(found),
                "key": key,
                "header": header_name(plan, position),
                "samples": [sample for sample in plan.samples[position] if sample][:3]
                if position < len(plan.samples)
                else [],
                "column": column,
                "how": "remembered" if remembered and key in batch.mapping else "known" if column else "",
            }
    return list(found.values())


def constant_fields(
    resource: Resource, used: set[str], values: Mapping[str, Any], *, prefix: str
) -> list[dict[str, Any]]:
    """Return columns that one value can be given for, those that are required first."""
    wanted = [
        c
        for c in resource.columns
        if c.name not in used and (c.required or c.choices or values.get(prefix + c.name))
    ]
    wanted.sort(key=lambda column: not column.required)
    return [{"column": column, "value": values.get(prefix + column.name, "")} for column in wanted]


def unknown_words(batch: ImportBatch) -> dict[str, list[str]]:
    """Return coded values of the file that were not known, by column."""
    found: dict[str, list[str]] = {}
    queryset = (
        RowError.objects.filter(batch=batch, code="UNKNOWN_CHOICE").values_list("column", "value").distinct()
    )
    for column, value in queryset.order_by("column", "value")[:100]:
        found.setdefault(column, []).append(value)
    return found


def word_choices(batch: ImportBatch, resource: Resource) -> list[dict[str, Any]]:
    """Return unknown coded values with the codes they can be matched to."""
    return [
        {
            "column": resource.by_name[name],
            "choices": resource.by_name[name].choices.choices if resource.by_name[name].choices else (),  # type: ignore[union-attr]
            "words": list(enumerate(words)),
        }
        for name, words in unknown_words(batch).items()
        if name in resource.by_name
    ]
