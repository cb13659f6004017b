"""Take a file: keep it privately, hash it, and make its batch."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base.errors import BusinessError, Forbidden
from crm.base.trail import record
from crm.intake import cells, messages
from crm.intake.choices import Mode
from crm.intake.mapping import parse_given
from crm.intake.models import ImportBatch, ImportProgress
from crm.intake.resources import Resource, resource_of
from crm.intake.services.steps import about, give_to_worker, params


def open_batch(
    *,
    actor: User | None,
    roster: str,
    name: str,
    content: Iterable[bytes],
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    sheet: str = "",
    mode: str = Mode.OVERWRITE,
    all_or_nothing: bool = False,
) -> ImportBatch:
    """Keep an uploaded file privately and make its batch; a worker reads it later.

    `actor` None is the system itself (a command without --user), whose scope is the whole tree.

    Raises: Forbidden, BusinessError FILE_TOO_LARGE, EMPTY_FILE, UNKNOWN_COLUMN, BAD_CONSTANT
    """
    resource = roster_of(roster)
    if actor is not None and not resource.may_import(actor):
        raise Forbidden("FORBIDDEN", messages.sentence("FORBIDDEN", {}))
    given = given_mapping(resource, mapping or {})
    check_constants(resource, constants or {})
    limit = params()["max_file_mb"]
    folder = uuid.uuid4().hex
    directory = Path(settings.MEDIA_ROOT) / "intake" / folder
    directory.mkdir(parents=True, mode=0o700)
    try:
        digest, size = hashlib.sha256(), 0
        with (directory / "source").open("wb") as kept:
            for chunk in content:
                size += len(chunk)
                if size > limit * 1024 * 1024:
                    raise BusinessError(
                        "FILE_TOO_LARGE", messages.sentence("FILE_TOO_LARGE", {"limit": limit}), status=413
                    )
                digest.update(chunk)
                kept.write(chunk)
        (directory / "source").chmod(0o600)
        if size == 0:
            raise BusinessError("EMPTY_FILE", messages.sentence("EMPTY_FILE", {}), status=400)
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                roster=resource.name,
                owner=actor,
                file_name=Path(name.replace("\\", "/")).name.replace("\x00", "")[:255] or "roster",
                file_size=size,
                sha256=digest.hexdigest(),
                folder=folder,
                sheet=sheet[:100],
                mapping=given,
                constants=dict(constants or {}),
                mode=mode,
                all_or_nothing=all_or_nothing,
            )
            ImportProgress.objects.create(batch=batch)
            record(actor=actor, action="intake.batch_uploaded", entity=batch, data=about(batch))
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return batch


def roster_of(roster: str) -> Resource:
    """Return a roster by name, or refuse."""
    try:
        return resource_of(roster)
    except KeyError:
        raise BusinessError("UNKNOWN_ROSTER", _("There is no roster of this name."), status=404) from None


def given_mapping(resource: Resource, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping by header key, or refuse a column the roster does not have."""
    try:
        return parse_given(resource, mapping)
    except KeyError as error:
        raise BusinessError(
            "UNKNOWN_COLUMN", messages.sentence("UNKNOWN_COLUMN", {"column": error.args[0]}), status=400
        ) from None


def check_constants(resource: Resource, constants: Mapping[str, str]) -> None:
    """Refuse a value for all rows that cannot stand in its column."""
    for name, value in constants.items():
        column = resource.by_name.get(name)
        if column is None:
            raise BusinessError(
                "UNKNOWN_COLUMN", messages.sentence("UNKNOWN_COLUMN", {"column": name}), status=400
            )
        try:
            column.cleaner()(value)
        except cells.CellError:
            raise BusinessError(
                "BAD_CONSTANT",
                messages.sentence("BAD_CONSTANT", {"value": value, "column": str(column.label)}),
                fields={
                    name: [messages.sentence("BAD_CONSTANT", {"value": value, "column": str(column.label)})]
                },
                status=400,
            ) from None


def start(*, batch: ImportBatch) -> None:
    """Have a worker read the uploaded file."""
    give_to_worker(batch)
