"""What a client was: states, classes, managers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client


class ClientStatusHistory(models.Model):
    """Every change of the lifecycle state, with its reason."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="status_history", db_index=False)
    old = models.CharField(max_length=9, choices=choices.ClientStatus, blank=True)
    new = models.CharField(max_length=9, choices=choices.ClientStatus)
    reason = models.CharField(max_length=40)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    job_run = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["client", "-id"], name="status_history_client"),
            models.Index(fields=["changed_on", "new"], name="status_history_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.old}→{self.new}"


class ClientClassHistory(models.Model):
    """Every change of a derived class: which axis, from what to what, by which rule or run."""

    class Axis(models.TextChoices):
        SIZE = "SIZE", _("size class")
        TIER = "TIER", _("value tier")
        SEGMENT = "SEGMENT", _("segment")

    client = models.ForeignKey(Client, models.CASCADE, related_name="class_history", db_index=False)
    axis = models.CharField(max_length=8, choices=Axis)
    old = models.CharField(max_length=8, blank=True)
    new = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=20, blank=True)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["client", "-id"], name="class_history_client"),
            models.Index(fields=["changed_on", "axis"], name="class_history_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.axis} {self.old}→{self.new}"


class AMAssignment(models.Model):
    """Who managed a client from when to when; the current primary also stands in Client.am."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="assignments", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=7, choices=choices.AssignmentKind, default=choices.AssignmentKind.PRIMARY
    )
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(to_on=None, kind="PRIMARY"), name="assignment_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="assignment_period"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="assignment_current", condition=Q(to_on=None)),
            models.Index(
                fields=["user", "client"],
                name="assignment_shared",
                condition=Q(to_on=None) & ~Q(kind="PRIMARY"),
            ),
            models.Index(fields=["client", "-from_on"], name="assignment_client"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.user_id} {self.kind}"
