"""Reading verbs of clients as they were."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from clients.querysets.clients import about, managed_beyond

if TYPE_CHECKING:
    from clients.models import ClientPast  # noqa: F401 - named in a base class
    from crm.accounts.models import User


class PastQuerySet(models.QuerySet["ClientPast"]):
    """Reading verbs of clients as they were; the transaction says when."""

    def visible_to(self, user: "User") -> "PastQuerySet":
        """Return the past of clients the person may open today."""
        if not user.can("clients.view"):
            return self.none()
        inside = user.scope.unit_filter("unit_now")
        beyond = [] if user.scope.sees_all else managed_beyond(user)
        return self.filter(inside | Q(pk__in=beyond)) if beyond else self.filter(inside)

    def search(self, query: str) -> "PastQuerySet":
        """Keep clients whose present names or codes fit what was typed."""
        from clients.models import Client

        return self.filter(pk__in=Client.objects.search(query).values("pk")) if query.strip() else self

    def managed_by(self, user: "User") -> "PastQuerySet":
        """Return the clients whose primary manager the person was."""
        return self.filter(am=user)

    def about(self, *, exact: bool = True) -> int:
        """Return how many rows there are: exact up to 10,000, the planner's estimate above."""
        return about(self, exact=exact)
