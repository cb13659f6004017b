"""Calls to agree on a visit, to greet, to remind softly; and calls that were missed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Contact
from visits import choices
from visits.models.visits import Visit
from visits.querysets.calls import AppointmentQuerySet, MissedCallQuerySet


@keep_history(["kind", "purpose", "benefit", "slot1_at", "slot2_at", "call_at", "result", "note", "owner"])
class Appointment(Stamped):
    """One call to a client, from what is to be said to what came of it (Source: S1-19…S1-31, spec §3.7).

    Open while `result` is empty; a call that has to be repeated is followed by the next one.
    """

    client_key = models.UUIDField(unique=True, null=True, blank=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact"),
        db_index=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    kind = models.CharField(
        _("kind of call"), max_length=8, choices=choices.CallKind, default=choices.CallKind.VISIT
    )
    channel = models.CharField(
        _("way of contact"), max_length=8, choices=choices.CallChannel, default=choices.CallChannel.PHONE
    )
    purpose = models.CharField(_("what it is about"), max_length=200)
    benefit = models.CharField(_("benefit to the client"), max_length=200)
    # Purposes of the visit that is asked for.
    purposes = ArrayField(
        models.CharField(max_length=2, choices=choices.Purpose), verbose_name=_("purposes"), default=list,
        blank=True,
    )  # fmt: skip
    # Either the one time or the other (S1-28).
    slot1_at = models.DateTimeField(_("first time offered"), null=True, blank=True)
    slot2_at = models.DateTimeField(_("second time offered"), null=True, blank=True)
    call_at = models.DateTimeField(_("to be called"))
    called_at = models.DateTimeField(_("called"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=choices.CallResult, blank=True)
    note = models.CharField(_("note of the call"), max_length=300, blank=True)
    agreed_at = models.DateTimeField(_("agreed for"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="appointments")
    # The call this one repeats.
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")

    objects = models.Manager.from_queryset(AppointmentQuerySet)()

    class Meta:
        verbose_name = _("call")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(benefit=""),
                name="call_has_purpose_and_benefit",
                violation_error_message=_("Write what it is about and what the client gains by it."),
            ),
            models.CheckConstraint(
                condition=Q(result="", called_at=None) | (~Q(result="") & Q(called_at__isnull=False)),
                name="call_with_result_was_made",
            ),
            # S1-28: two times, or none where no visit is asked for.
            models.CheckConstraint(
                condition=Q(slot1_at=None, slot2_at=None)
                | (Q(slot1_at__isnull=False, slot2_at__isnull=False) & ~Q(slot1_at=F("slot2_at"))),
                name="call_offers_two_times",
            ),
            models.CheckConstraint(
                condition=~Q(kind="VISIT") | Q(slot1_at__isnull=False), name="call_for_a_visit_offers_times"
            ),
            # S1-30: nothing is agreed without time and place.
            models.CheckConstraint(
                condition=~Q(result="CONFIRMED")
                | (Q(agreed_at__isnull=False, visit__isnull=False) & ~Q(place="")),
                name="call_confirmed_has_time_and_place",
            ),
            models.CheckConstraint(
                condition=~Q(result="SPOKEN") | ~Q(kind="VISIT"), name="call_for_a_visit_has_an_answer"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "call_at"], name="call_open", condition=Q(result="")),
            models.Index(fields=["owner", "-id"], name="call_owner"),
            models.Index(fields=["org_unit", "-id"], name="call_unit"),
            models.Index(fields=["client", "-id"], name="call_client"),
            models.Index(fields=["contact", "kind", "called_at"], name="call_greeted"),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        """Say whether the call is still to be made."""
        return not self.result


class MissedCall(Stamped):
    """A call nobody took: the client is called back within the time (Source: S0-92, X-20)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    number = models.CharField(_("number"), max_length=20)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    missed_at = models.DateTimeField(_("missed at"))
    due_at = models.DateTimeField(_("call back until"))
    reason = models.CharField(_("why it was missed"), max_length=100, blank=True)
    returned_at = models.DateTimeField(_("called back"), null=True, blank=True)
    note = models.CharField(_("note of the call"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(MissedCallQuerySet)()

    class Meta:
        verbose_name = _("missed call")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "number", "missed_at"], name="missed_call_once"),
            models.CheckConstraint(condition=Q(due_at__gte=F("missed_at")), name="missed_call_due_after"),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(returned_at__gte=F("missed_at")),
                name="missed_call_returned_after",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], name="missed_call_open", condition=Q(returned_at=None)),
            models.Index(fields=["org_unit", "-id"], name="missed_call_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.missed_at:%Y-%m-%d %H:%M}"

    @property
    def was_late(self) -> bool:
        """Say whether the client was called back after the time."""
        return self.returned_at is not None and self.returned_at > self.due_at


class SolutionUse(models.Model):
    """A solution somebody looked at before a visit (Source: S1-07)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="solutions", db_index=False)
    solution = models.ForeignKey("knowledge.Solution", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    consulted_at = models.DateTimeField(_("looked at"), auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["visit", "solution"], name="solution_used_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.solution_id}"
