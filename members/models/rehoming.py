"""Where numbers belong: address books as they were collected, call behaviour, runs that re-home members."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from members import choices
from members.models.members import Member
from members.models.triggers import MOBILE
from members.querysets import OfClientQuerySet, RehomingRunQuerySet


class BookEntry(models.Model):
    """A line of a client's address book as somebody collected it (Source: S1-77, S1-79)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="book", db_index=False)
    msisdn = models.CharField(_("mobile"), max_length=11, validators=[MOBILE], db_collation="C")
    name = models.CharField(_("full name"), max_length=100, blank=True)
    position = models.CharField(_("position"), max_length=40, blank=True)
    collected_on = models.DateField(_("collected on"))
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = models.Manager.from_queryset(OfClientQuerySet)()

    class Meta:
        verbose_name = _("line of an address book")
        constraints = [models.UniqueConstraint(fields=["client", "msisdn"], name="book_once")]
        indexes = [models.Index(fields=["msisdn"], name="book_number")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.msisdn}"


class CallTie(models.Model):
    """That two numbers called each other, as the network told it, day of the last call only."""

    msisdn = models.CharField(max_length=11, db_collation="C")
    other = models.CharField(max_length=11, db_collation="C")
    last_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["msisdn", "other"], name="call_tie_once")]

    def __str__(self) -> str:
        return f"{self.msisdn} {self.other}"


class RehomingRun(models.Model):
    """One re-homing: prepared as a preview, applied by the queue, undone by hand (job RH, S1-77)."""

    unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    state = models.CharField(
        _("state"), max_length=8, choices=choices.RunState, default=choices.RunState.PREPARED
    )
    as_of = models.DateField(_("as of"))
    created_at = models.DateTimeField(_("prepared"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(RehomingRunQuerySet)()

    class Meta:
        verbose_name = _("re-homing")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.as_of}"


class RehomingMove(models.Model):
    """What a run does with one member: from where to where, and why."""

    run = models.ForeignKey(RehomingRun, models.CASCADE, related_name="moves", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    from_client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    to_client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    from_type = models.CharField(max_length=1, choices=choices.MemberType)
    to_type = models.CharField(max_length=1, choices=choices.MemberType)
    from_source = models.CharField(max_length=14, choices=choices.MemberSource)
    reason = models.CharField(_("reason"), max_length=10, choices=choices.HomeReason)
    # Members of the new home this number spoke with.
    evidence = models.PositiveIntegerField(default=0)
    chosen = models.BooleanField(default=True)
    outcome = models.CharField(max_length=8, choices=choices.MoveOutcome, blank=True)
    note = models.CharField(max_length=200, blank=True)
    # The version the run left behind: undo keeps and names what was changed after it.
    version = models.PositiveIntegerField(null=True)
    new_member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "member"], name="rehoming_once")]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="rehoming_open")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.from_client_id}→{self.to_client_id}"


class CoverageMonth(models.Model):
    """Signing rate and coverage of one unit's clients of one manager in one month (S1-04, S1-79).

    The night writes the current month anew; a month that is over stands as its last night left it.
    """

    month = models.DateField(_("month"))
    unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    am = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    target = models.PositiveIntegerField()
    signed = models.PositiveIntegerField()
    employees = models.PositiveBigIntegerField()
    ordinary = models.PositiveBigIntegerField()
    active = models.PositiveBigIntegerField()
    low = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "unit", "am"], name="coverage_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id} {self.am_id}"
