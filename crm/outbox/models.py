"""Who hears what, and what became of each message."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.base.models import OutboxEvent


class Endpoint(models.Model):
    """A system that is told of events by signed POST."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    url = models.URLField(_("address"), max_length=300)
    kinds = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    active = models.BooleanField(_("on"), default=True)
    # The secret is derived from it and the key of the installation; nothing secret is stored.
    salt = models.UUIDField()
    # Events up to this one have their deliveries.
    last_event = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event on its way to one recipient; tried again until it is taken or given up."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        DONE = "DONE", _("Delivered")
        DEAD = "DEAD", _("Given up")

    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once")]
        indexes = [models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(state="WAITING"))]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.event_id} {self.state}"
