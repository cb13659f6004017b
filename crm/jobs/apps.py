from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The night: one declared graph of steps, run once, resumable, visible."""

    name = "crm.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Give the states of a run their looks."""
        from crm.base import badges

        badges.register("run_state", "WAITING", "neutral", "clock")
        badges.register("run_state", "STARTED", "info", "progress")
        badges.register("run_state", "DONE", "good", "circle-check")
        badges.register("run_state", "FAILED", "bad", "alert-circle")
        badges.register("run_state", "SKIPPED", "warn", "player-pause")
