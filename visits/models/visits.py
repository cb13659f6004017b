"""Visits and what to prepare for them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Contact
from visits import choices
from visits.querysets.visits import VisitQuerySet


class PreparationItem(models.Model):
    """One thing to prepare, or a tip, for a purpose (spec §3.6.5, §3.12)."""

    purpose = models.CharField(max_length=2, choices=choices.Purpose)
    code = models.CharField(max_length=20)
    text = models.CharField(max_length=80)
    text_en = models.CharField(max_length=120)
    mandatory = models.BooleanField(default=False)
    is_tip = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["purpose", "is_tip", "position"]
        constraints = [models.UniqueConstraint(fields=["purpose", "code"], name="preparation_item_once")]

    def __str__(self) -> str:
        return self.text_en if (get_language() or "").startswith("en") else self.text


@keep_history(["state", "planned_at", "place", "purposes", "contact", "owner"])
class Visit(Stamped):
    """One visit of one client, from plan to close (Source: S1-32, S1-33)."""

    # Made on the phone: the same visit sent twice is one row.
    client_key = models.UUIDField(unique=True, null=True, blank=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
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
    state = models.CharField(
        _("state"), max_length=11, choices=choices.VisitState, default=choices.VisitState.PLANNED
    )
    planned_at = models.DateTimeField(_("planned for"))
    # The business date of planned_at, or of arrival once there: the day the log is due.
    visit_on = models.DateField(_("visit day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    purposes = ArrayField(models.CharField(max_length=2, choices=choices.Purpose), verbose_name=_("purposes"))
    purpose_note = models.CharField(_("what it is about"), max_length=200, blank=True)
    benefit = models.CharField(_("benefit to the client"), max_length=200, blank=True)
    unscheduled_reason = models.CharField(_("reason for coming unannounced"), max_length=200, blank=True)
    checklist = ArrayField(
        models.CharField(max_length=20), verbose_name=_("prepared"), default=list, blank=True
    )
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    left_at = models.DateTimeField(_("departure"), null=True, blank=True)
    # When the client was told that we come late (S1-40).
    late_notified_at = models.DateTimeField(_("client told of the delay"), null=True, blank=True)
    outcome_reason = models.CharField(_("reason"), max_length=200, blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")

    objects = models.Manager.from_queryset(VisitQuerySet)()

    class Meta:
        verbose_name = _("visit")
        ordering = ["-planned_at", "-id"]
        constraints = [
            # E184: a visit has a purpose.
            models.CheckConstraint(
                condition=Q(purposes__len__gte=1),
                name="visit_has_purpose",
                violation_error_message=_("Choose at least one purpose."),
                violation_error_code="PURPOSE_REQUIRED",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")), name="visit_leaves_after_arrival"
            ),
            # S1-30: nothing is confirmed without a place; the time is never null.
            models.CheckConstraint(
                condition=~Q(state="CONFIRMED") | ~Q(place=""),
                name="visit_confirmed_has_place",
                violation_error_message=_("Write where you meet before you confirm."),
                violation_error_code="PLACE_REQUIRED",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "visit_on"], name="visit_owner_day"),
            models.Index(fields=["org_unit", "visit_on"], name="visit_unit_day"),
            models.Index(fields=["client", "-visit_on"], name="visit_client"),
            # For the night: visits nobody has reported on.
            models.Index(
                fields=["visit_on"],
                name="visit_without_end",
                condition=Q(state__in=["PLANNED", "CONFIRMED", "IN_PROGRESS"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.visit_on}"

    @property
    def purpose_labels(self) -> list[tuple[str, str]]:
        """Return code and words of each purpose."""
        return [(code, str(choices.Purpose(code).label)) for code in self.purposes]

    @property
    def is_open(self) -> bool:
        """Say whether the visit still waits for its log."""
        return self.state in (
            choices.VisitState.PLANNED,
            choices.VisitState.CONFIRMED,
            choices.VisitState.IN_PROGRESS,
        )
