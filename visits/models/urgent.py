"""Urgent needs: what a manager cannot solve on the spot, and what a superior allows (Source: S1-46)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from visits import choices
from visits.models.visits import Visit
from visits.querysets.opinions import UrgentQuerySet


@keep_history(["state", "level", "decided_by", "allowed", "valid_until"])
class EscalationRequest(Stamped):
    """One urgent need put to a superior; a grant names what is simplified and until when."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="urgent_needs", verbose_name=_("visit"))
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account manager")
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    procedure = models.CharField(_("procedure"), max_length=12, choices=choices.Procedure)
    need = models.CharField(_("urgent need"), max_length=300)
    state = models.CharField(
        _("state"), max_length=9, choices=choices.UrgentState, default=choices.UrgentState.ASKED
    )
    asked_at = models.DateTimeField(_("asked at"))
    # 0: the head is asked; 1: the leader.
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    escalates_at = models.DateTimeField(_("goes to the leader at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    allowed = models.CharField(_("what is allowed"), max_length=300, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    refusal = models.CharField(_("reason for refusal"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(UrgentQuerySet)()

    class Meta:
        verbose_name = _("urgent need")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(need=""), name="urgent_has_need"),
            models.CheckConstraint(
                condition=~Q(state="GRANTED")
                | (
                    ~Q(decided_by=None)
                    & ~Q(decided_at=None)
                    & ~Q(valid_until=None)
                    & ~Q(allowed="")
                    & Q(valid_until__gt=F("decided_at"))
                ),
                name="urgent_grant_says_what_and_until_when",
            ),
            # Nobody grants an own request.
            models.CheckConstraint(condition=~Q(decided_by=F("owner")), name="urgent_decided_by_another"),
            models.UniqueConstraint(
                fields=["visit", "procedure"], name="urgent_asked_once", condition=Q(state="ASKED")
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-id"], name="urgent_client"),
            models.Index(fields=["escalates_at"], name="urgent_waiting", condition=Q(state="ASKED")),
            models.Index(
                fields=["client", "procedure", "valid_until"],
                name="urgent_grant",
                condition=Q(state="GRANTED"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number of the request: JJ and eight figures."""
        return f"JJ{self.pk:08d}"

    def in_force(self, at: datetime) -> bool:
        """Say whether the grant holds at a moment."""
        return (
            self.state == choices.UrgentState.GRANTED
            and self.valid_until is not None
            and at < self.valid_until
        )
