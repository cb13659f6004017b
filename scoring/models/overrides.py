"""A value tier that people decided: proposed by one, approved by another, and never for good."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.choices import ValueTier
from clients.models import Attachment, Client
from scoring import choices
from scoring.querysets import TierOverrideQuerySet

# Individual businesses and clusters are D and stay it: nobody proposes anything for them (S0-27).
RANKED_ONLY = """
IF EXISTS (
    SELECT FROM clients_client WHERE id = NEW.client_id AND institution_type IN ('GT', 'JL')
) THEN
    RAISE EXCEPTION 'individual businesses and clusters keep tier D' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class TierOverride(models.Model):
    """One decision on the tier of one client, from a day to a day (spec §3.6.2).

    The night joins what is in force as one more fact of the client; the row itself changes nothing.
    """

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="tier_overrides", verbose_name=_("client")
    )
    tier = models.CharField(_("value tier"), max_length=2, choices=choices.OVERRIDE_TIERS)
    reason = models.CharField(_("reason"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=200)
    paper = models.ForeignKey(
        Attachment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(
        _("state"), max_length=9, choices=choices.OverrideState, default=choices.OverrideState.PROPOSED
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)  # of who decided or took it back

    objects = models.Manager.from_queryset(TierOverrideQuerySet)()

    class Meta:
        verbose_name = _("tier by decision")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(state="PROPOSED"), name="override_one_waiting"
            ),
            # What the night joins: one row a client at most.
            models.UniqueConstraint(
                fields=["client"], condition=Q(state="APPROVED"), name="override_one_approved"
            ),
            models.CheckConstraint(condition=~Q(tier=ValueTier.D), name="override_never_d"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="override_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__lte=F("starts_on") + timedelta(days=366)),
                name="override_twelve_months_at_most",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | ~Q(decided_by=F("proposed_by")) & Q(decided_by__isnull=False),
                name="override_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_on"], name="override_ending", condition=Q(state="APPROVED")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ranked_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("client_id"),
                func=pgtrigger.Func(RANKED_ONLY),
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.tier}"
