from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The night: one declared graph of steps, run once, resumable, visible."""

    name = "crm.jobs"
    label = "jobs"
