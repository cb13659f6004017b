"""What clients were on a past day, and how many of each kind there were in past months."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.reference import Grid, Industry, IndustryCategory
from clients.querysets.past import PastQuerySet


class PastRow(models.Model):
    """A client as it stood at a moment.

    The moment is the setting `crm.as_at` of the transaction: read it through `clients.services.past`.
    The view lays the oldest kept row after the moment over the present one; columns without history are
    left out. `unit_now` is the unit of today: who may look is decided by today's scope.
    """

    client_code = models.CharField(_("client code"), max_length=12)
    name = models.CharField(_("client name"), max_length=200)
    created_at = models.DateTimeField(_("created at"))
    filing = models.CharField(_("filing state"), max_length=9, choices=choices.FilingState)
    status = models.CharField(_("status"), max_length=9, choices=choices.ClientStatus)
    size_class = models.CharField(_("size class"), max_length=1, choices=choices.SizeClass)
    value_tier = models.CharField(  # noqa: DJ001 - unknown until the first run, not empty
        _("value tier"), max_length=2, choices=choices.ValueTier, null=True
    )
    institution_type = models.CharField(_("institution type"), max_length=2, choices=choices.InstitutionType)
    region_scope = models.CharField(_("operating region"), max_length=14, choices=choices.RegionScope)
    key_industry = models.CharField(_("key industry"), max_length=7, choices=choices.KeyIndustry)
    industry = models.ForeignKey(
        Industry, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("industry")
    )
    industry_type = models.ForeignKey(
        IndustryCategory, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("industry type")
    )
    grid = models.ForeignKey(Grid, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("grid"))
    parent = models.ForeignKey(
        "clients.Client", models.DO_NOTHING, null=True, related_name="+", verbose_name=_("parent client")
    )
    am = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+",
        verbose_name=_("account manager"),
    )  # fmt: skip
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.DO_NOTHING, related_name="+", verbose_name=_("unit")
    )
    unit_now = models.ForeignKey("accounts.OrgUnit", models.DO_NOTHING, related_name="+")

    objects = models.Manager.from_queryset(PastQuerySet)()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class ClientPast(PastRow):
    """The past for lists that are walked in the order of codes: each row looks for its past (a view)."""

    class Meta:
        managed = False
        db_table = "clients_past"


class ClientPastFew(PastRow):
    """The past for filters that leave few rows: found by the indexes of today's file (a view).

    Clients that have not changed since are sought among today's, the others among the kept rows.
    """

    class Meta:
        managed = False
        db_table = "clients_past_few"


class ClientCube(models.Model):
    """How many clients of each kind a unit had at the end of a month (for the running month: last night).

    Written by the night (Source: S0-02, S0-03, R1). Axes hold codes; "" is not known.
    """

    month = models.DateField()
    org_unit = models.ForeignKey("accounts.OrgUnit", models.CASCADE, db_index=False, related_name="+")
    institution = models.CharField(max_length=2)
    industry = models.CharField(max_length=1)
    size = models.CharField(max_length=1)
    tier = models.CharField(max_length=2)
    region = models.CharField(max_length=14)
    status = models.CharField(max_length=9)
    clients = models.PositiveIntegerField()
    members = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "org_unit", "institution", "industry", "size", "tier", "region", "status"],
                name="client_cube_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.org_unit_id} {self.clients}"
