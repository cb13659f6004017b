"""What a phone brings from the field: where it was, and what it saw."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.models import Stamped
from visits import choices
from visits.models.visits import Visit


def on_earth(prefix: str) -> list[models.BaseConstraint]:
    """Return that a position has both numbers, on the globe, or none."""
    return [
        models.CheckConstraint(
            condition=Q(latitude=None, longitude=None)
            | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            name=f"{prefix}_on_earth",
        )
    ]


class ClientPlace(Stamped):
    """Where a client is, as somebody entered it; without an entry it is learnt from check-ins.

    Units: degrees of WGS-84, whatever map the numbers were read from.
    """

    client = models.OneToOneField(Client, models.CASCADE, related_name="+")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("place of a client")
        constraints = on_earth("client_place")

    def __str__(self) -> str:
        return f"{self.latitude}, {self.longitude}"


class Presence(models.Model):
    """Where the phone was when its owner arrived or left: a sign for the approver, never a gate.

    Units: degrees of WGS-84; `skew_s` is our clock minus the phone's.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="presences", db_index=False)
    kind = models.CharField(max_length=3, choices=choices.PresenceKind)
    fix = models.CharField(_("position"), max_length=8, choices=choices.Fix)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("accuracy"), null=True, blank=True)
    # How old the position was when it was sent along.
    age_s = models.PositiveIntegerField(_("age"), null=True, blank=True)
    distance_m = models.PositiveIntegerField(_("distance"), null=True, blank=True)
    light = models.CharField(max_length=5, choices=choices.Light)
    reasons = ArrayField(models.CharField(max_length=8, choices=choices.PresenceReason), default=list)
    # As the phone's clock showed it, and how wrong that clock was; empty for what was not queued.
    phone_at = models.DateTimeField(null=True, blank=True)
    skew_s = models.IntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("check-in position")
        ordering = ["id"]
        constraints = [
            *on_earth("presence"),
            models.UniqueConstraint(fields=["visit", "kind"], name="presence_once"),
            models.CheckConstraint(
                condition=Q(fix="GIVEN", latitude__isnull=False) | (~Q(fix="GIVEN") & Q(latitude=None)),
                name="presence_given_has_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} {self.light}"

    @property
    def reason_labels(self) -> list[str]:
        """Return the reasons in words."""
        return [str(choices.PresenceReason(code).label) for code in self.reasons]


def photo_path(photo: "VisitPhoto", filename: str) -> str:
    """Return a name nobody can guess; the ending follows from the content."""
    ending = {"image/png": "png", "image/jpeg": "jpg"}[photo.content_type]
    return f"visits/{uuid.uuid4().hex}.{ending}"


class VisitPhoto(models.Model):
    """One picture of a visit, drawn anew: without place, camera and hidden text of the original."""

    # Made on the phone: the same picture sent twice is one row.
    key = models.UUIDField(unique=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", db_index=False)
    file = models.FileField(_("photo"), upload_to=photo_path, max_length=120)
    content_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    # By our clock, also for what was taken without a signal.
    taken_at = models.DateTimeField(_("taken"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("photo of a visit")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["visit", "sha256"], name="visit_photo_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.taken_at:%H:%M}"
