"""Append-only record of acts, and the nightly seals that prove nothing was changed behind it."""

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.audit.querysets import AuditEventQuerySet


class AuditEvent(models.Model):
    """One act: who, when, what, on which record, from where. Never changed, never deleted."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Static copy: the trail stays readable when a person is renamed.
    actor_name = models.CharField(_("person"), max_length=60, blank=True)
    action = models.CharField(_("act"), max_length=60)
    entity = models.CharField(_("record kind"), max_length=60, blank=True)
    entity_id = models.CharField(_("record"), max_length=40, blank=True)
    # The unit the record belongs to, so that auditors see their own sub-tree only.
    unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(AuditEventQuerySet)()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["entity", "entity_id", "-id"], name="audit_of_record"),
            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
            models.Index(fields=["action", "-id"], name="audit_of_action"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity} {self.entity_id}"

    @property
    def entity_name(self) -> str:
        """Return the kind of record in words; a kind that no longer exists as its code."""
        try:
            return str(apps.get_model(self.entity)._meta.verbose_name)
        except (LookupError, ValueError):
            return self.entity


class AuditSeal(models.Model):
    """The hash of all events up to one, chained to the seal before (Source: S0-83)."""

    sealed_on = models.DateField(unique=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sealed_on"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.sealed_on} {self.hash[:8]}"
