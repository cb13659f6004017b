"""What clients think: noted on the spot, answered by a department, told back (Source: S1-47)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Contact
from visits import choices
from visits.models.visits import Visit
from visits.querysets.opinions import OpinionQuerySet


@keep_history(["state", "text", "kind", "asked_unit", "answer", "feedback"])
class OpinionForm(Stamped):
    """One opinion of a client [意见征求表], from the spot to what the client was told."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="opinions")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(
        _("about"), max_length=8, choices=choices.OpinionKind, default=choices.OpinionKind.OTHER
    )
    text = models.CharField(_("opinion"), max_length=500)
    asked_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("department asked")
    )
    state = models.CharField(
        _("state"), max_length=8, choices=choices.OpinionState, default=choices.OpinionState.ASKED
    )
    due_on = models.DateField(_("client is told by"))
    answer = models.CharField(_("answer of the department"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    feedback = models.CharField(_("what the client was told"), max_length=500, blank=True)
    fed_back_at = models.DateTimeField(_("told at"), null=True, blank=True)
    satisfied = models.BooleanField(_("client content with it"), null=True, blank=True)

    objects = models.Manager.from_queryset(OpinionQuerySet)()

    class Meta:
        verbose_name = _("opinion of a client")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="opinion_has_text"),
            models.CheckConstraint(
                condition=Q(state="ASKED") | (~Q(answer="") & ~Q(answered_by=None) & ~Q(answered_at=None)),
                name="opinion_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="FED_BACK") | (~Q(feedback="") & ~Q(fed_back_at=None)),
                name="opinion_fed_back_says_what",
            ),
            # The same words of the same visit are one opinion, however often the phone sends them.
            models.UniqueConstraint(
                fields=["visit", "text"], name="opinion_once_a_visit", condition=~Q(visit=None)
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="opinion_owner"),
            models.Index(fields=["client", "-id"], name="opinion_client"),
            # For the duties: what is still open, by day.
            models.Index(fields=["due_on"], name="opinion_open", condition=~Q(state="FED_BACK")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number of the form: YJ and eight figures."""
        return f"YJ{self.pk:08d}"
