"""What pages, command and API say about an import."""

from typing import Any

from crm.intake import messages
from crm.intake.models import ImportBatch, RowChange, RowError
from crm.intake.resources import Resource, resource_of


def error_rows(
    batch: ImportBatch, *, after: int = 0, size: int | None = None, soft: bool | None = None
) -> list[dict[str, Any]]:
    """Return errors as sheet, row, column, value, code and sentence, in file order."""
    resource = resource_of(batch.roster)
    queryset = RowError.objects.filter(batch=batch).order_by("rn", "id")
    if soft is not None:
        queryset = queryset.filter(soft=soft)
    found = queryset[after : after + size] if size else queryset.iterator(5000)
    headers = _headers(batch)
    return [
        {
            "sheet": error.sheet,
            "row": error.row,
            "column": headers.get((error.sheet, error.column)) or _label(resource, error.column),
            "value": error.value,
            "code": error.code,
            "message": messages.sentence(error.code, error.params, resource),
        }
        for error in found
    ]


def _label(resource: Resource, name: str) -> str:
    return str(resource.by_name[name].label) if name in resource.by_name else name


def _headers(batch: ImportBatch) -> dict[tuple[str, str], str]:
    """Return the user's own header of each column, by sheet."""
    return {
        (plan["name"][:100], name): plan["headers"][int(position)]
        for plan in batch.found.get("plans", [])
        for position, name in plan["columns"].items()
    }


def change_count(batch: ImportBatch) -> int:
    """Return how many records the import touched."""
    return RowChange.objects.filter(batch=batch).count()
