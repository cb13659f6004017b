"""What ran, over what, how long, with what result."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One step of one night over one scope; the unique row makes it run once."""

    class State(models.TextChoices):
        STARTED = "STARTED", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")
        SKIPPED = "SKIPPED", _("Held up")

    step = models.CharField(_("step"), max_length=40)
    # Code of the province unit the step worked on; empty for steps over everything.
    scope = models.CharField(_("scope"), max_length=32, blank=True)
    business_date = models.DateField(_("business date"))
    state = models.CharField(_("state"), max_length=8, choices=State)
    rows = models.BigIntegerField(_("rows changed"), default=0)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    error = models.TextField(_("error"), blank=True)
    details = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        ordering = ["-business_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "scope", "business_date"], name="job_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.step} {self.scope}"
