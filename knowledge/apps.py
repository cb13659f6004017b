from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """What managers say and show: script cards and the library of solutions."""

    name = "knowledge"

    def ready(self) -> None:
        """Name the acts of the trail and the looks of states."""
        from crm.audit import labels
        from knowledge import badges  # noqa: F401
        from knowledge.choices import ACTS

        labels.register(ACTS)
