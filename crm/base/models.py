"""Columns every record has, and the few tables that know no noun of the field."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    """Say who made a row and who changed it last; `version` is the optimistic lock and the ETag."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("updated by"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, db_default=1)

    class Meta:
        abstract = True

    def stamp(self, user: Any) -> None:
        """Say who changes the row, and that it is the next version of it; the caller saves it."""
        self.version += 1
        self.updated_by = user

    def save_by(self, user: Any, *fields: str) -> None:
        """Write just the fields that somebody changed, and the stamp."""
        self.stamp(user)
        self.save(update_fields=[*fields, "version", "updated_by", "updated_at"])


class Region(models.Model):
    """One administrative division: province (2 digits), city (4) or county (6).

    Source: GB/T 2260 as published by modood/Administrative-divisions-of-China, 2023-06-30 (WTFPL).
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("province")
        CITY = 2, _("city")
        COUNTY = 3, _("county")

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="region_name")]

    def __str__(self) -> str:
        return self.name


class Notification(models.Model):
    """Tell one person one thing; `key` keeps a nightly step from telling it twice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            # For the bell: unread of one person.
            models.Index(fields=["user", "-id"], name="notification_unread", condition=models.Q(read_at=None))
        ]

    def __str__(self) -> str:
        return self.text


class IdempotencyKey(models.Model):
    """Remember the answer to a creating POST, so that a repeated one gets the same (spec §4.2)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=128)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    etag = models.CharField(max_length=80, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key


class OutboxEvent(models.Model):
    """Keep what other systems must hear until it is delivered; the row is the queue."""

    event_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(delivered_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
