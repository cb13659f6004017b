"""Fill the staging table: from the spool, or from the rows as they are read."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from crm.intake.choices import Phase
from crm.intake.cleaning import Cleaner, Edits
from crm.intake.mapping import SheetPlan
from crm.intake.models import ImportBatch, RowEdit, RowError
from crm.intake.progress import Progress
from crm.intake.reading import Chunk, Refused, chunks, heads, rows_of
from crm.intake.resources import Resource
from crm.intake.services.planning import Question, plan_batch
from crm.intake.staging import Stage


def edits_of(batch: ImportBatch) -> Edits:
    """Return the cells mended on the page, by sheet and row."""
    found: Edits = {}
    for edit in RowEdit.objects.filter(batch=batch):
        found.setdefault(edit.sheet, {}).setdefault(edit.row, {})[edit.column] = edit.value
    return found


def stage_rows(batch: ImportBatch, resource: Resource, progress: Progress) -> int:
    """Clean the spooled rows into a staging table made anew; return how many rows it has.

    Raises: Refused NO_ROWS
    """
    total = sum(sheet["rows"] for sheet in batch.found["sheets"])
    plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
    cleaner = _cleaner(batch, resource, plans)
    _fill(
        batch, resource, cleaner, chunks(batch.spool),
        lambda: progress.say(Phase.CLEANING, cleaner.read, total),
    )  # fmt: skip
    return _note_errors(batch, resource, cleaner)


def _cleaner(batch: ImportBatch, resource: Resource, plans: Sequence[SheetPlan]) -> Cleaner:
    return Cleaner(
        resource,
        plans,
        constants=batch.constants,
        value_map=batch.value_map,
        check_width=batch.kind == "csv",
        edits=edits_of(batch),
    )


def _fill(
    batch: ImportBatch,
    resource: Resource,
    cleaner: Cleaner,
    spooled: Iterable[Chunk],
    told: Callable[[], None],
) -> None:
    """Make the staging table anew and copy rows into it."""
    stage = Stage(batch, resource, batch.owner)
    stage.create(cleaner.stage_columns)
    stage.copy(cleaner.stage_columns, cleaner.chunks(spooled), told)


def _note_errors(batch: ImportBatch, resource: Resource, cleaner: Cleaner) -> int:
    """Write down what the cleaning found, and return how many rows there were."""
    RowError.objects.filter(batch=batch).delete()
    if cleaner.read == 0:
        raise Refused("NO_ROWS")
    Stage(batch, resource, batch.owner).copy_errors(cleaner.errors)
    return cleaner.read


class EarlyRows:
    """Rows that are cleaned while the reader still writes them down, on the plan their first ones give.

    Two processes work at once then. When the whole file turns out to be planned in another way (a second
    sheet is read as well, a column without a name holds something further down), it was for nothing, and the
    rows are cleaned from the spool as ever.
    """

    def __init__(self, batch: ImportBatch, resource: Resource, progress: Progress) -> None:
        self.batch = batch
        self.resource = resource
        self.progress = progress
        self._guess: ImportBatch | None = None
        self._plans: list[SheetPlan] = []
        self._cleaner: Cleaner | None = None

    def __call__(self, about: dict[str, Any], arriving: Iterator[Chunk]) -> None:
        """Clean rows as they arrive, if nothing needs to be asked about the sheet they come from."""
        first = next(arriving, None)
        if first is None:
            return
        guess = copy.copy(self.batch)  # what is found out here is not yet said of the batch itself
        guess.kind = about["kind"]
        sheets = [{**sheet, "rows": int(sheet["index"] == first[0])} for sheet in about["sheets"]]
        try:
            plans = plan_batch(guess, self.resource, {**about, "sheets": sheets}, heads(rows_of(first)))
        except Refused:
            return
        if Question.about(guess, self.resource, plans).stands:
            return
        self._guess, self._plans = guess, _read(plans)
        self._cleaner = cleaner = _cleaner(guess, self.resource, plans)
        _fill(
            guess, self.resource, cleaner, chain([first], arriving),
            lambda: self.progress.say(Phase.READING, cleaner.read),
        )  # fmt: skip

    def take(self) -> int | None:
        """Return how many rows are staged already, if the whole file is planned as its first rows were.

        Raises: Refused NO_ROWS
        """
        batch, guess, cleaner = self.batch, self._guess, self._cleaner
        if guess is None or cleaner is None:
            return None
        said = [(b.kind, b.mapping, b.constants, b.value_map) for b in (batch, guess)]
        plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
        if said[0] != said[1] or _read(plans) != self._plans:
            return None
        return _note_errors(batch, self.resource, cleaner)

    def forget(self) -> None:
        """Drop what was staged: a person is asked first."""
        if self._guess is not None:
            Stage(self.batch, self.resource, None).drop()


def _read(plans: Iterable[SheetPlan]) -> list[SheetPlan]:
    return [plan for plan in plans if not plan.skipped]
