"""What ran, over what, how long, with what result."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.jobs.querysets import JobRunQuerySet


class JobRun(models.Model):
    """One step of one night over one scope.

    The rows of a night are planned together, before its first step starts: they say what the night
    consists of, even when the graph grows later. The unique row makes a step run once.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        STARTED = "STARTED", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")
        SKIPPED = "SKIPPED", _("Held up")

    step = models.CharField(_("step"), max_length=40)
    # Code of the province unit the step works on; empty for steps over everything.
    scope = models.CharField(_("scope"), max_length=32, blank=True)
    business_date = models.DateField(_("business date"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    # Totals over all attempts: a second evaluation of a finished step adds 0 rows.
    rows = models.BigIntegerField(_("rows changed"), default=0)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # A night asked for by its date; it does not count for catching up.
    by_hand = models.BooleanField(_("by hand"), default=False)
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = models.Manager.from_queryset(JobRunQuerySet)()

    class Meta:
        ordering = ["-business_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "scope", "business_date"], name="job_run_once"),
        ]
        indexes = [
            models.Index(fields=["-business_date", "id"], name="job_run_nights"),
            # What is left to do: read every five minutes and after every step.
            models.Index(fields=["business_date"], name="job_run_open", condition=~models.Q(state="DONE")),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.step} {self.scope}".rstrip()

    @property
    def seconds(self) -> float:
        """Return the seconds of work."""
        return round(self.milliseconds / 1000, 2)
