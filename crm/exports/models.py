"""One request for a list as a file: who asked, who let it, what became of it."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.exports.choices import Format, RequestState, Work
from crm.exports.querysets import DownloadRequestQuerySet

# Characters of an address's filters.
MAX_QUERY = 1000


class DownloadRequest(models.Model):
    """A list somebody wants as a file (Source: S0-83, E202, E204, X-19)."""

    name = models.CharField(_("list"), max_length=30)
    query = models.CharField(_("filters"), max_length=MAX_QUERY, blank=True)
    file_format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XLSX)
    plain = models.BooleanField(_("with full numbers"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    language = models.CharField(max_length=8)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    rows_asked = models.PositiveIntegerField(_("rows"))
    # The verb that decides, held over the owner's unit; empty: nobody needs to.
    approve_verb = models.CharField(max_length=30, blank=True)

    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.REQUESTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.CharField(_("note"), max_length=200, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True)
    used_at = models.DateTimeField(_("downloaded"), null=True)

    work = models.CharField(max_length=7, choices=Work, default=Work.NONE, blank=True)
    done = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows_written = models.PositiveIntegerField(_("rows written"), null=True)
    folder = models.CharField(max_length=40, blank=True)
    file_size = models.BigIntegerField(_("size"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(DownloadRequestQuerySet)()

    class Meta:
        verbose_name = _("export")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("owner")), name="export_two_people"
            ),
            models.CheckConstraint(
                condition=Q(approve_verb="") | Q(state__in=["REQUESTED", "CANCELLED"]) | ~Q(decided_by=None),
                name="export_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="export_of_owner"),
            models.Index(fields=["id"], name="export_waiting", condition=Q(state="REQUESTED")),
            models.Index(fields=["valid_until"], name="export_open", condition=Q(state="APPROVED")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"

    @property
    def directory(self) -> Path:
        """Return the private directory of its file."""
        return Path(settings.MEDIA_ROOT) / "exports" / self.folder

    @property
    def file(self) -> Path:
        """Return the file."""
        return self.directory / f"export.{self.file_format}"

    @property
    def ready(self) -> bool:
        """Say whether the owner may download it now."""
        return self.state == RequestState.APPROVED and self.work == Work.DONE

    @property
    def busy(self) -> bool:
        """Say whether a worker has yet to finish the file."""
        return self.state == RequestState.APPROVED and self.work in (Work.WAITING, Work.RUNNING)
