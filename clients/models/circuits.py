"""Circuits as the network knows them, and where our files differ from it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from clients.models.products import ClientProduct


class NetworkCircuit(models.Model):
    """One circuit of the network's asset system (NRM), as it was reported last (Source: S1-86)."""

    circuit_id = models.CharField(_("circuit"), max_length=40, unique=True)
    # As reported; the client is found by it when it can be.
    client_code = models.CharField(_("client code"), max_length=12, blank=True)
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, blank=True, related_name="network_circuits"
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    bandwidth_kbps = models.PositiveIntegerField(_("bandwidth, kbit/s"))
    place = models.CharField(_("place of the line"), max_length=120, blank=True)
    active = models.BooleanField(_("in service"), default=True)
    reported_on = models.DateField(_("reported on"))
    recorded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("circuit of the network")
        ordering = ["circuit_id"]

    def __str__(self) -> str:
        return self.circuit_id


class CircuitFinding(models.Model):
    """One difference between our circuits and the network's, from its finding to its end (E180)."""

    circuit_id = models.CharField(_("circuit"), max_length=40)
    verdict = models.CharField(_("difference"), max_length=12, choices=choices.CircuitVerdict)
    client = models.ForeignKey(Client, models.SET_NULL, null=True, related_name="circuit_findings")
    client_product = models.ForeignKey(ClientProduct, models.SET_NULL, null=True, related_name="+")
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    file_kbps = models.PositiveIntegerField(_("bandwidth in our file"), null=True)
    network_kbps = models.PositiveIntegerField(_("bandwidth in the network"), null=True)
    found_on = models.DateField(_("found on"))
    disposition = models.CharField(
        _("what became of it"), max_length=17, choices=choices.CircuitDisposition, blank=True
    )
    note = models.CharField(_("remark"), max_length=200, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("circuit difference")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["circuit_id", "verdict"],
                condition=Q(disposition=""),
                name="circuit_finding_open_once",
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=["", "GONE"]) | (~Q(note="") & Q(settled_by__isnull=False)),
                name="circuit_finding_settled_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["client"], name="circuit_finding_open", condition=Q(disposition="")),
            models.Index(fields=["circuit_id", "-id"], name="circuit_finding_circuit"),
        ]

    def __str__(self) -> str:
        return f"{self.circuit_id} {self.verdict}"
