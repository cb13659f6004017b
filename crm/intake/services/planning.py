"""Plan how a file is read: which sheets, under which header, and what a person must say about its columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.intake.mapping import SheetPlan, data_above, lacking, leave_out_others, plan_sheet
from crm.intake.models import ImportBatch, RememberedMapping
from crm.intake.reading import Heads, Refused
from crm.intake.resources import Resource


def plan_batch(
    batch: ImportBatch, resource: Resource, found: Mapping[str, Any], heads: Heads
) -> list[SheetPlan]:
    """Plan every sheet, with what this person said about a file of the same make; set it on the batch.

    Raises: Refused NO_SHEET, NO_ROWS, NO_HEADER
    """
    plans = plan_sheets(batch, resource, found, heads)
    fingerprint = next(plan.fingerprint for plan in plans if not plan.skipped)
    if use_remembered(batch, resource, fingerprint):
        plans = plan_sheets(batch, resource, found, heads)
    batch.found = {**found, "plans": [plan.as_json() for plan in plans], "fingerprint": fingerprint}
    return plans


def plan_sheets(
    batch: ImportBatch, resource: Resource, found: Mapping[str, Any], heads: Heads
) -> list[SheetPlan]:
    """Plan every sheet: visible ones with this roster's header are read, the others named with the reason.

    Raises: Refused NO_SHEET, NO_ROWS, NO_HEADER
    """
    plans = []
    for sheet in found["sheets"]:
        index, name = sheet["index"], sheet["name"]
        plan = SheetPlan(index, name)
        if (batch.sheet and name != batch.sheet) or name in found.get("left_out", ()):
            plan.skipped = "NOT_CHOSEN"
        elif not sheet["visible"]:
            plan.skipped = "HIDDEN"
        elif not sheet["rows"]:
            plan.skipped = "EMPTY"
        else:
            plan = plan_sheet(
                resource,
                index,
                name,
                heads.get(index, []),
                batch.mapping,
                constants=batch.constants,
                filled=sheet.get("filled", ()),
                beyond=found["kind"] != "csv",
            )
        plans.append(plan)
    names = "、".join(sheet["name"] for sheet in found["sheets"] if sheet["visible"])
    if batch.sheet and not any(not plan.skipped for plan in plans):
        raise Refused("NO_SHEET", sheet=batch.sheet, sheets=names)
    leave_out_others(resource, plans, batch.constants)
    readable = [plan for plan in plans if not plan.skipped]
    if not readable:
        raise Refused(
            "NO_ROWS"
            if all(not sheet["rows"] for sheet in found["sheets"] if sheet["visible"])
            else "NO_HEADER"
        )
    last = {index: head[-1][0] for index, head in heads.items()}
    if all(last[plan.index] <= plan.header_row for plan in readable):
        raise Refused("NO_ROWS" if any(plan.columns for plan in readable) else "NO_HEADER")
    return plans


def use_remembered(batch: ImportBatch, resource: Resource, fingerprint: str) -> bool:
    """Use what this person said about a file of the same make, where nothing was said this time."""
    if batch.owner is None or batch.mapping:
        return False
    kept = RememberedMapping.objects.filter(
        user=batch.owner, roster=resource.name, fingerprint=fingerprint
    ).first()
    if kept is None:
        return False
    batch.mapping = {key: name for key, name in kept.mapping.items() if not name or name in resource.by_name}
    batch.constants = {
        **{k: v for k, v in kept.constants.items() if k in resource.by_name},
        **batch.constants,
    }
    batch.value_map = kept.value_map
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must say about the columns of a file before its rows can be checked."""

    missing: Mapping[str, Any]
    above: Mapping[str, Any]
    unclear: bool

    @classmethod
    def about(cls, batch: ImportBatch, resource: Resource, plans: Iterable[SheetPlan]) -> "Question":
        """Return what is asked about a planned file."""
        read = [plan for plan in plans if not plan.skipped]
        return cls(
            lacking(resource, read, batch.constants),
            # Once a person has matched the columns, rows above the header were left out knowingly.
            {} if "left_out" in batch.found else data_above(read),
            any(plan.unclear(batch.mapping) for plan in read),
        )

    @property
    def stands(self) -> bool:
        """Tell whether anything is asked."""
        return bool(self.missing or self.above or self.unclear)

    def refuse(self) -> None:
        """Refuse what nobody is there to answer; columns that are not clear are left out then.

        Raises: Refused MISSING_COLUMN, DATA_ABOVE
        """
        if self.missing:
            raise Refused("MISSING_COLUMN", **self.missing)
        if self.above:
            raise Refused("DATA_ABOVE", **self.above)
