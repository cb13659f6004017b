"""Agreements a client entered."""

import uuid
from pathlib import Path

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from crm.base.history import keep_history
from crm.base.models import Stamped


def agreement_path(agreement: "Agreement", filename: str) -> str:
    """Return a name nobody can guess; what the person called the file is not kept on the disk."""
    return f"agreements/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:6]}"


@keep_history([
    "no", "type", "scope", "signed_on", "effective_on", "expires_on", "signer_name", "signer_contact",
    "attachment", "ended_on", "end_reason", "warning", "remark",
])  # fmt: skip
class Agreement(Stamped):
    """One agreement with its scope, its time and its paper (Source: S1-67, S1-85, S0-29, S0-30)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="agreements", db_index=False)
    no = models.CharField(_("agreement number"), max_length=40)
    type = models.CharField(_("kind of agreement"), max_length=11, choices=choices.AgreementType)
    scope = models.CharField(
        _("scope of the agreement"), max_length=14, choices=choices.AgreementScope,
        default=choices.AgreementScope.LOCAL,
    )  # fmt: skip
    signed_on = models.DateField(_("signed on"))
    effective_on = models.DateField(_("in force from"))
    expires_on = models.DateField(_("in force until"), null=True, blank=True)
    signer_name = models.CharField(_("signed by"), max_length=60, blank=True)
    # Key of the contact; the table stands a floor above, which offers the choice (clients/signers.py).
    signer_contact = models.BigIntegerField(_("contact who signed"), null=True, blank=True)
    attachment = models.FileField(_("paper of the agreement"), upload_to=agreement_path, blank=True)
    # The client's first agreement of all: its file is compared with reality (S1-84, E114).
    first_signing = models.BooleanField(_("first signing"), default=False, db_default=False)
    ended_on = models.DateField(_("ended early on"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    # Written by whoever checks agreements against reality; shown wherever the agreement is.
    warning = models.CharField(_("doubt"), max_length=200, blank=True, default="", db_default="")
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("agreement")
        ordering = ["-signed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "no"], name="agreement_no_once"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(first_signing=True), name="agreement_one_first"
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("effective_on")), name="agreement_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | ~Q(end_reason=""), name="agreement_end_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], name="agreement_expiry", condition=Q(ended_on=None)),
            models.Index(fields=["id"], name="agreement_first", condition=Q(first_signing=True)),
        ]

    def __str__(self) -> str:
        return self.no
