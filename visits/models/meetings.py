"""Morning and evening meetings, who was there, what was raised, and the tasks of the day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.base.models import Stamped
from visits import choices
from visits.models.logs import VisitLog
from visits.querysets.meetings import DailyTaskQuerySet, MeetingQuerySet


class Meeting(Stamped):
    """One meeting of a unit on one day (Source: S1-13, S1-15, S1-96)."""

    kind = models.CharField(_("kind of meeting"), max_length=7, choices=choices.MeetingKind)
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    held_on = models.DateField(_("day"))
    state = models.CharField(
        _("state"), max_length=7, choices=choices.MeetingState, default=choices.MeetingState.PLANNED
    )
    chaired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("chair")
    )
    started_at = models.DateTimeField(_("begin"), null=True, blank=True)
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    key_work = models.CharField(_("key work of the day"), max_length=1000, blank=True)
    special = models.CharField(_("special tasks and indicators"), max_length=1000, blank=True)
    measures = models.CharField(_("weak indicators and measures"), max_length=1000, blank=True)
    minutes = models.CharField(_("minutes"), max_length=2000, blank=True)

    objects = models.Manager.from_queryset(MeetingQuerySet)()

    class Meta:
        verbose_name = _("meeting")
        ordering = ["-held_on", "-kind", "org_unit"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "kind", "held_on"], name="meeting_once_a_day"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="meeting_ends_after_begin"
            ),
            models.CheckConstraint(
                condition=~Q(state="HELD") | (~Q(started_at=None) & ~Q(ended_at=None)),
                name="meeting_held_has_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()} {self.org_unit}"

    @property
    def minutes_long(self) -> int | None:
        """Return how many whole minutes it took, once it is over."""
        if self.started_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.started_at).total_seconds() // 60)


class Attendance(models.Model):
    """Whether one person was at one meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=choices.AttendanceState)

    class Meta:
        ordering = ["user__staff_no"]
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.state}"


class RaisedItem(models.Model):
    """A log whose writer wants it spoken about, and what the meeting said (Source: S1-51)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="raised")
    log = models.OneToOneField(VisitLog, models.PROTECT, related_name="raised")
    outcome = models.CharField(_("what was agreed"), max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.log)


class DailyTask(Stamped):
    """What a manager is to do by a day, how much of it, and how much is done (Source: S1-15, S1-97)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="tasks")
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account manager")
    )
    task = models.CharField(_("task"), max_length=200)
    target = models.PositiveIntegerField(_("target"), default=1)
    unit_of_target = models.CharField(_("counted in"), max_length=10, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    special = models.BooleanField(_("special task"), default=False)
    due_on = models.DateField(_("due"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    dropped = models.BooleanField(_("dropped"), default=False)

    objects = models.Manager.from_queryset(DailyTaskQuerySet)()

    class Meta:
        verbose_name = _("task")
        ordering = ["due_on", "-special", "id"]
        constraints = [models.CheckConstraint(condition=Q(target__gte=1), name="daily_task_has_target")]
        indexes = [
            models.Index(
                fields=["user", "due_on"],
                name="daily_task_open",
                condition=Q(dropped=False, done__lt=F("target")),
            ),
            models.Index(fields=["org_unit", "due_on"], name="daily_task_unit"),
        ]

    def __str__(self) -> str:
        return self.task

    @property
    def is_done(self) -> bool:
        """Say whether the target is reached."""
        return self.done >= self.target
