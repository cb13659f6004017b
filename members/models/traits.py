"""What kind of person somebody is, and who of ours knows them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base.history import keep_history
from members import choices
from members.models.contacts import Contact


@keep_history(["kind", "text", "ended_on"])
class ContactTrait(models.Model):
    """One preference, request or taboo of a contact (Source: S1-53); what ended stays as history."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="trait_rows", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=choices.TraitKind)
    text = models.CharField(_("trait"), max_length=200)
    noted_on = models.DateField(_("noted on"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # A request that was met, a preference that changed.
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("trait")
        ordering = ["-noted_on", "-id"]
        indexes = [models.Index(fields=["contact", "-noted_on"], name="trait_contact")]

    def __str__(self) -> str:
        return self.text


class ContactTie(models.Model):
    """Who of ours knows a person at the client, and who calls when: the map of contacts (Source: S2-36)."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="ties", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("colleague")
    )
    # 1 calls first; 2 and 3 are called when the one before cannot help, up to the senior leader.
    level = models.PositiveSmallIntegerField(_("step"), choices=choices.EscalationLevel, default=1)
    note = models.CharField(_("how they know each other"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tie")
        ordering = ["level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "user"], name="tie_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="tie_level"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.user_id} {self.level}"
