"""Read the workbook, match its columns, and check every row: the first half of the way in."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden
from crm.intake import messages
from crm.intake.choices import BatchStatus, Phase
from crm.intake.mapping import SheetPlan, lacking, plan_sheet
from crm.intake.models import ImportBatch, ImportProgress, RememberedMapping
from crm.intake.progress import Progress
from crm.intake.reading import Limits, Refused, spool, spooled_heads
from crm.intake.resources import Resource, resource_of
from crm.intake.services.filling import EarlyRows, stage_rows
from crm.intake.services.planning import Question, plan_batch, plan_sheets
from crm.intake.services.steps import FailingWell, claim, count, give_to_worker, needs_state, not_now, params
from crm.intake.services.taking import check_constants, given_mapping
from crm.intake.staging import Stage


def read_batch(*, batch: ImportBatch, ask: bool = True) -> None:
    """Read the workbook, match its columns, and check every row when all columns are clear.

    With `ask` a file whose columns are not all clear waits for a person; without, it is refused.
    """
    if not claim(batch, [BatchStatus.UPLOADED, BatchStatus.READING], BatchStatus.READING):
        return
    resource = resource_of(batch.roster)
    limits = params()
    with FailingWell(batch), Progress(batch.pk) as progress:
        progress.say(Phase.READING)
        found = batch.found
        early = EarlyRows(batch, resource, progress)
        if not found or not batch.spool.exists():
            found = spool(
                batch.source,
                name=batch.file_name,
                target=batch.spool,
                limits=Limits(limits["reader_memory_mb"] << 20, limits["read_seconds"], limits["max_rows"]),
                beat=progress.alive,
                early=early,
            )
        batch.kind = found["kind"]
        plans = plan_batch(batch, resource, found, spooled_heads(batch.spool))
        batch.save(update_fields=["kind", "found", "mapping", "constants", "value_map"])
        question = Question.about(batch, resource, plans)
        if not ask:
            question.refuse()
        if ask and question.stands:
            early.forget()
            claim(batch, [BatchStatus.READING], BatchStatus.MAPPING)
            return
        check_rows(batch, resource, progress, early)


def better_roster(batch: ImportBatch, offered: Iterable[Resource]) -> Resource | None:
    """Return the roster a file looks like, if that is another than the chosen one.

    Its headers name more columns of that roster, all it requires among them.
    """
    if not batch.spool.exists():
        return None
    names = [
        head for sheet, head in spooled_heads(batch.spool).items() if batch.found["sheets"][sheet]["visible"]
    ]

    def known(resource: Resource) -> set[str]:
        plans = (plan_sheet(resource, 0, "", head, {}) for head in names)
        return max((set(plan.columns.values()) for plan in plans), key=len, default=set())

    fitting = {resource: columns for resource in offered if not resource.missing(columns := known(resource))}
    best = max(fitting, key=lambda resource: len(fitting[resource]), default=None)
    mine = resource_of(batch.roster)
    return best if best and best is not mine and len(fitting[best]) > len(known(mine)) else None


def change_roster(*, actor: User, batch: ImportBatch, roster: str) -> ImportBatch:
    """Take a file whose columns wait for a person as another roster; nothing has been checked or written yet.

    Raises: Forbidden; BusinessError NOT_NOW
    """
    resource = resource_of(roster)
    if not resource.may_import(actor):
        raise Forbidden("FORBIDDEN", _("Your role does not include importing this roster."))
    needs_state(batch, [BatchStatus.MAPPING])
    moved = ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.MAPPING).update(
        roster=roster,
        mapping={},
        constants={},
        value_map={},
        found={key: value for key, value in batch.found.items() if key != "left_out"},
        status=BatchStatus.UPLOADED,
    )
    if not moved:
        raise not_now()
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False, beat_at=clock.now())
    batch.refresh_from_db()
    give_to_worker(batch)
    return batch


def choose_mapping(
    *,
    actor: User,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
    value_map: Mapping[str, Mapping[str, str]] | None = None,
    mode: str | None = None,
    all_or_nothing: bool | None = None,
    remember: bool = True,
    left_out: Collection[str] = (),
) -> ImportBatch:
    """Set what the columns mean, remember it for the next file of the same make, and have the rows checked.

    `left_out` are names of sheets that are not read.

    Raises: BusinessError MISSING_COLUMN, COLUMN_TWICE, BAD_CONSTANT, NO_HEADER, NO_ROWS, NOT_NOW
    """
    resource = resource_of(batch.roster)
    needs_state(batch, [BatchStatus.MAPPING, BatchStatus.VALIDATED])
    if not batch.spool.exists():
        raise BusinessError("FILE_EXPIRED", _("The file of this import is no longer kept."))
    batch.mapping = given_mapping(resource, mapping)
    batch.constants = {name: value for name, value in constants.items() if value.strip()}
    check_constants(resource, batch.constants)
    if value_map is not None:
        batch.value_map = {name: dict(words) for name, words in value_map.items()}
    plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
    batch.found = {**batch.found, "left_out": sorted(left_out)}
    try:
        first = spooled_heads(batch.spool)
        replanned = plan_sheets(batch, resource, batch.found, first)
    except Refused as refused:
        raise BusinessError(
            refused.code, messages.file_sentence(refused.code, refused.params, resource), status=400
        ) from None
    _refuse_twice(resource, replanned, batch.mapping)
    missing = lacking(resource, replanned, batch.constants)
    if missing:
        sentence = messages.file_sentence("MISSING_COLUMN", missing, resource)
        raise BusinessError(
            "MISSING_COLUMN", sentence, fields={name: [sentence] for name in missing["columns"]}, status=400
        )
    batch.found = {**batch.found, "plans": [plan.as_json() for plan in replanned]}
    if mode is not None:
        batch.mode = mode
    if all_or_nothing is not None:
        batch.all_or_nothing = all_or_nothing
    if remember:
        RememberedMapping.objects.update_or_create(
            user=actor,
            roster=batch.roster,
            fingerprint=next(plan.fingerprint for plan in plans if not plan.skipped),
            defaults={"mapping": batch.mapping, "constants": batch.constants, "value_map": batch.value_map},
        )
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False, beat_at=clock.now())
    batch.status = BatchStatus.READING
    batch.save(
        update_fields=["mapping", "constants", "value_map", "found", "mode", "all_or_nothing", "status"]
    )
    give_to_worker(batch)
    return batch


def _refuse_twice(resource: Resource, plans: Iterable[SheetPlan], given: Mapping[str, str]) -> None:
    """Refuse two columns of one sheet that were matched to the same; two sheets may name it differently.

    Raises: BusinessError COLUMN_TWICE
    """
    twice: set[str] = set()
    for plan in plans:
        keys = {} if plan.skipped else dict.fromkeys(map(plan.key, range(len(plan.headers))))
        used = [given[key] for key in keys if given.get(key)]
        twice |= {name for name in used if used.count(name) > 1}
    if twice:
        labels = "、".join(str(resource.by_name[name].label) for name in sorted(twice))
        raise BusinessError(
            "COLUMN_TWICE",
            _("Two columns of the file are matched to %(columns)s.") % {"columns": labels},
            status=400,
        )


def check_rows(batch: ImportBatch, resource: Resource, progress: Progress, early: EarlyRows) -> None:
    """Stage and check all rows and write the counts.

    Steps: 1. clean and COPY, unless that was done while reading; 2. compare the rows staged with the rows
    the reader counted; 3. set-based checks.
    """
    read = early.take()
    if read is None:
        read = stage_rows(batch, resource, progress)
    stage = Stage(batch, resource, batch.owner)
    progress.say(Phase.CHECKING, 0, read)
    with transaction.atomic():
        stage.open()
        watermark = stage.watermark()
        stage.check()
        found = stage.counts()
        batch.found = {**batch.found, "changes": stage.changes(), "watermark": watermark}
        stage.close()
    progress.alive()
    count(batch, found, read)
    batch.status, batch.validated_at = BatchStatus.VALIDATED, clock.now()
    batch.error_code, batch.error_params = "", {}
    batch.save(
        update_fields=[
            "status",
            "found",
            "validated_at",
            "read",
            "created",
            "updated",
            "unchanged",
            "rejected",
            "error_code",
            "error_params",
        ]
    )


def missing_columns(batch: ImportBatch) -> list[str]:
    """Return columns that must be matched or set before the rows can be checked."""
    if batch.status != BatchStatus.MAPPING:
        return []
    plans = [SheetPlan.from_json(kept) for kept in batch.found.get("plans", [])]
    found: list[str] = lacking(resource_of(batch.roster), plans, batch.constants).get("columns", [])
    return found
