"""Prove that nobody changed the audit trail behind its seals."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from crm.audit.models import AuditEvent, AuditSeal
from crm.audit.services import broken_seals


class Command(BaseCommand):
    """Hash every sealed event again and compare; exit with 1 when a seal is broken."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and report."""
        broken = broken_seals()
        for seal in broken:
            self.stdout.write(f"BROKEN {seal.sealed_on}: events {seal.first_id} to {seal.last_id}")
        last = AuditSeal.objects.order_by("-last_id").first()
        unsealed = AuditEvent.objects.filter(id__gt=last.last_id if last else 0).count()
        self.stdout.write(
            f"{AuditSeal.objects.count()} seals, {len(broken)} broken, {unsealed} events since the last seal"
        )
        if broken:
            sys.exit(1)
