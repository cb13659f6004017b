"""Reading verbs of merges."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from crm.accounts.models import User


class MergeQuerySet(models.QuerySet[Any]):
    """Reading verbs of merges."""

    def visible_to(self, user: "User") -> Any:
        """Return merges whose surviving file the person may open."""
        from clients.models import Client

        return self.filter(client__in=Client.objects.visible_to(user))

    def waiting(self) -> Any:
        """Keep what waits for a decision."""
        return self.filter(state="PROPOSED")
