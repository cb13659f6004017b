"""Merges of duplicate files and duplicate people, with every row that moved, so that one can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from clients.querysets.merges import MergeQuerySet


class Merge(models.Model):
    """One merge: the survivor keeps its key, the loser ends and points to it.

    `survivor_id` and `loser_id` are keys of the merged kind: clients, or contacts. `client` is the
    survivor's file, `other` the loser's when that is another one.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=choices.MergeKind)
    survivor_id = models.BigIntegerField()
    loser_id = models.BigIntegerField()
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="merges", verbose_name=_("client"), db_index=False
    )
    other = models.ForeignKey(Client, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=8, choices=choices.MergeState, default=choices.MergeState.PROPOSED
    )
    # column → "survivor" or "loser"; contacts → who stays.
    choices = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.CharField(_("word of the decision"), max_length=200, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True)
    # label of a relation → rows moved, rows that stayed; after undoing: what was kept because it changed.
    counts = models.JSONField(default=dict)
    kept = models.JSONField(default=list)

    objects = models.Manager.from_queryset(MergeQuerySet)()

    class Meta:
        verbose_name = _("merge")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(survivor_id=F("loser_id")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["kind", "loser_id"],
                condition=Q(state__in=["PROPOSED", "DONE"]),
                name="merge_loser_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")) | Q(kind="CONTACT"),
                name="merge_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["client"], name="merge_client"),
            models.Index(fields=["state", "-id"], name="merge_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.loser_id}→{self.survivor_id}"


class MergedRow(models.Model):
    """One row a merge changed: whether it was re-pointed, and columns as [before, after]."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows", db_index=False)
    relation = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    moved = models.BooleanField(default=True)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "relation", "row_id"], name="merged_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merge_id} {self.relation} {self.row_id}"
