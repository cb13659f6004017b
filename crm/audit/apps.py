from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what: append-only events, sealed nightly, and the history of fields."""

    name = "crm.audit"
    label = "audit"
