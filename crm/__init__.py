"""Ground floor: settings, wiring, and the rooms every application stands on."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
