"""Reports of conduct: what clients say about our own people, for auditors only (Source: S0-85, S0-86)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from visits import choices
from visits.querysets.conduct import ConductQuerySet


@keep_history(["state", "disposition"])
class ConductReport(Stamped):
    """One report; it goes to auditors and never to the line of the person it is about."""

    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about whom"),
    )
    kind = models.CharField(_("kind of report"), max_length=15, choices=choices.ConductKind)
    channel = models.CharField(_("told through"), max_length=9, choices=choices.ConductChannel)
    text = models.CharField(_("what was said"), max_length=1000)
    told_by = models.CharField(_("who told it"), max_length=60, blank=True)
    happened_on = models.DateField(_("when it happened"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    due_on = models.DateField(_("settled by"))
    state = models.CharField(
        _("state"), max_length=11, choices=choices.ConductState, default=choices.ConductState.NEW
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    disposition = models.CharField(_("disposition"), max_length=1000, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = models.Manager.from_queryset(ConductQuerySet)()

    class Meta:
        verbose_name = _("report of conduct")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="conduct_has_text"),
            models.CheckConstraint(
                condition=Q(state__in=["NEW", "LOOKED_INTO"])
                | (~Q(disposition="") & ~Q(handled_by=None) & ~Q(settled_at=None)),
                name="conduct_settled_says_how",
            ),
            # Nobody settles what is said about them.
            models.CheckConstraint(
                condition=~Q(handled_by=models.F("about")), name="conduct_handled_by_another"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="conduct_open", condition=Q(state__in=["NEW", "LOOKED_INTO"])
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number of the report: XW and six figures."""
        return f"XW{self.pk:06d}"
