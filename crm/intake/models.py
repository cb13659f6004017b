"""One import: its file, its mapping, its rows' errors and changes; rows stand in a staging table."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.intake.choices import BatchStatus, Mode, Phase
from crm.intake.querysets import ImportBatchQuerySet


class ImportBatch(models.Model):
    """One workbook on its way into the house (spec §3.4, ImportBatch)."""

    roster = models.CharField(_("roster"), max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("imported by"),
        db_index=False,
    )
    status = models.CharField(_("state"), max_length=12, choices=BatchStatus, default=BatchStatus.UPLOADED)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    validated_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(null=True)

    # The file, kept privately and only for a while; its hash stays.
    file_name = models.CharField(_("file"), max_length=255)
    file_size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    folder = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=5, blank=True)
    # What the reader found: sheets with rows, header row, what was left out and why.
    found = models.JSONField(default=dict)

    # How it is to be read
    sheet = models.CharField(max_length=100, blank=True)
    mapping = models.JSONField(default=dict)  # header as written → column, "" leaves it out
    constants = models.JSONField(default=dict)  # column → value for rows that have none
    value_map = models.JSONField(default=dict)  # column → {what people wrote: code}
    mode = models.CharField(_("existing records"), max_length=9, choices=Mode, default=Mode.OVERWRITE)
    all_or_nothing = models.BooleanField(_("all rows or none"), default=False)

    # What became of the rows: empty until they were checked
    read = models.PositiveIntegerField(_("read"), null=True)
    created = models.PositiveIntegerField(_("new"), null=True)
    updated = models.PositiveIntegerField(_("changed"), null=True)
    unchanged = models.PositiveIntegerField(_("unchanged"), null=True)
    rejected = models.PositiveIntegerField(_("rejected"), null=True)
    restored = models.PositiveIntegerField(null=True)
    kept = models.PositiveIntegerField(null=True)

    # Why the whole file was refused
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)

    objects = models.Manager.from_queryset(ImportBatchQuerySet)()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]
        constraints = [
            # Never "success" with a row lost.
            models.CheckConstraint(
                condition=Q(read=None) | Q(read=F("created") + F("updated") + F("unchanged") + F("rejected")),
                name="import_loses_no_row",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["VALIDATED", "COMMITTING", "APPLIED"]) | ~Q(read=None),
                name="import_counts_its_rows",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="import_of_owner"),
            models.Index(
                fields=["status"],
                name="import_waiting",
                condition=Q(status__in=["UPLOADED", "READING", "COMMITTING", "UNDOING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster} {self.file_name}"

    @property
    def stage_table(self) -> str:
        """Return the name of the table its rows stand in."""
        return f"intake_stage_{int(self.pk)}"

    @property
    def directory(self) -> Path:
        """Return the private directory of its files."""
        return Path(settings.MEDIA_ROOT) / "intake" / self.folder

    @property
    def source(self) -> Path:
        """Return the uploaded file as it was."""
        return self.directory / "source"

    @property
    def spool(self) -> Path:
        """Return the rows as the reader wrote them down."""
        return self.directory / "rows.jsonl"


class ImportProgress(models.Model):
    """Where the worker stands; written on a connection of its own, so that everybody sees it at once."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="progress")
    phase = models.CharField(max_length=9, choices=Phase, default=Phase.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    phase_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(auto_now_add=True)
    cancel = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.phase} {self.done}/{self.total}"

    @property
    def rate(self) -> int:
        """Return rows a second in this phase."""
        seconds = (self.beat_at - self.phase_at).total_seconds()
        return int(self.done / seconds) if seconds > 0.5 else 0

    @property
    def left(self) -> int:
        """Return seconds left at this rate, at least one."""
        return max(1, (self.total - self.done) // self.rate) if self.rate and self.total > self.done else 0


class RowError(models.Model):
    """One thing wrong with one cell or row; a soft one lands the row and leaves the cell as it is on file."""

    # Not checked by the database: up to a million of them are written at once, by SQL over one batch.
    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="errors", db_index=False, db_constraint=False
    )
    rn = models.PositiveIntegerField()
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    soft = models.BooleanField(default=False)
    # Cell errors are found once; checks against the data on file are made again before writing.
    by_check = models.BooleanField(default=False)

    class Meta:
        ordering = ["rn", "id"]
        indexes = [models.Index(fields=["batch", "rn"], name="row_error_place")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row} {self.column} {self.code}"


class RowChange(models.Model):
    """What one row did to one record, so that it can be shown and undone."""

    # Not checked by the database: up to a million of them are written at once, by SQL over one batch.
    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="changes", db_index=False, db_constraint=False
    )
    rn = models.PositiveIntegerField()
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField()
    object_id = models.BigIntegerField()
    act = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # The record's version as this import left it: another one means that somebody edited it since.
    version = models.PositiveIntegerField(null=True)
    kept = models.BooleanField(default=False)  # undo found it edited since and left it alone

    class Meta:
        ordering = ["rn"]
        indexes = [
            models.Index(fields=["batch", "object_id"], name="row_change_object"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_id}"


class RowEdit(models.Model):
    """A cell mended on the page: laid over the file whenever its rows are cleaned."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="edits", db_index=False)
    sheet = models.PositiveSmallIntegerField()
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=40)
    value = models.CharField(max_length=1000, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row", "column"], name="cell_mended_once")
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.column}"


class RememberedMapping(models.Model):
    """How one person matched the columns of a file with these headers last time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    roster = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    value_map = models.JSONField(default=dict)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "roster", "fingerprint"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.roster} {self.fingerprint[:8]}"
