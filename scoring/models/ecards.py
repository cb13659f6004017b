"""VIP e-cards: the card, the messages that carry it, and the texts that asked for it (S0-74…S0-77)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base.models import Stamped
from members.choices import VipGrade
from members.models import PersonalCustomer
from scoring import choices
from scoring.querysets import ECardQuerySet

LIVE = ("ISSUED", "SENT", "DELIVERED", "FAILED")


class ECard(Stamped):
    """One card of one customer; code and printed part are made from this row alone (spec §3.5)."""

    card_no = models.CharField(_("card number"), max_length=12, unique=True, db_collation="C")
    customer = models.ForeignKey(PersonalCustomer, models.PROTECT, related_name="ecards", db_index=False)
    grade = models.CharField(_("VIP grade"), max_length=7, choices=VipGrade)
    valid_to = models.DateField(_("valid to"))
    payload_version = models.PositiveSmallIntegerField(default=1)
    key_id = models.CharField(_("key"), max_length=16, db_collation="C")
    nonce = models.CharField(max_length=24, db_collation="C")
    state = models.CharField(
        _("state"), max_length=10, choices=choices.CardState, default=choices.CardState.ISSUED
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=200, blank=True)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="next", verbose_name=_("replaces")
    )

    objects = models.Manager.from_queryset(ECardQuerySet)()

    class Meta:
        verbose_name = _("VIP e-card")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(card_no__regex=r"^[0-9]{12}$"), name="ecard_twelve_digits"),
            models.CheckConstraint(condition=~Q(grade="NONE"), name="ecard_has_grade"),
            models.CheckConstraint(
                condition=Q(valid_to__month=12, valid_to__day=31), name="ecard_to_end_of_year"
            ),
            models.UniqueConstraint(fields=["customer"], condition=Q(state__in=LIVE), name="ecard_one_live"),
            # A nonce that comes twice under one key would open the cipher.
            models.UniqueConstraint(fields=["key_id", "nonce"], name="ecard_nonce_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="ecard_customer"),
            models.Index(fields=["valid_to"], name="ecard_to_expire", condition=Q(state__in=LIVE)),
        ]

    def __str__(self) -> str:
        return self.card_no

    @property
    def is_live(self) -> bool:
        """Say whether the card counts."""
        return self.state in LIVE

    @property
    def spaced_no(self) -> str:
        """Return the number in groups of four."""
        return " ".join(self.card_no[i : i + 4] for i in range(0, 12, 4))

    @property
    def fields(self) -> dict[str, Any]:
        """Return what stands in the code, and beside it."""
        return {
            "grade": self.grade,
            "card_no": self.card_no,
            "valid_to": self.valid_to.isoformat(),
            "customer_ref": str(self.customer_id),
        }


class CardMessage(models.Model):
    """One message that carries a card to its customer, and what became of it (Source: S0-76)."""

    card = models.ForeignKey(ECard, models.PROTECT, related_name="messages")
    channel = models.CharField(_("channel"), max_length=3, choices=choices.CardChannel)
    state = models.CharField(
        _("state"), max_length=9, choices=choices.MessageState, default=choices.MessageState.WAITING
    )
    # The event of the outbox that the gateway takes.
    event_id = models.UUIDField(unique=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="card_message_waiting", condition=Q(state="WAITING")),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.channel} {self.state}"


class InboundText(models.Model):
    """One text to the short number; the gateway may send it twice, it is answered once (Source: S0-77)."""

    message_id = models.CharField(max_length=80, unique=True, db_collation="C")
    msisdn = models.CharField(max_length=20, db_collation="C")
    text = models.CharField(max_length=200)
    answer = models.CharField(max_length=8, choices=choices.InboundAnswer)
    card = models.ForeignKey(ECard, models.PROTECT, null=True, blank=True, related_name="+")
    sent = models.ForeignKey(CardMessage, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.message_id
