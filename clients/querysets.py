"""Reading verbs of clients; the row scope lives here and nowhere else."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from clients.models import Client, Grid
    from crm.accounts.models import User


class GridQuerySet(models.QuerySet["Grid"]):
    """Reading verbs of grids."""

    def visible_to(self, user: "User") -> "GridQuerySet":
        """Return grids that belong to a unit in scope."""
        return self.filter(user.scope.unit_filter("unit"))


class ClientQuerySet(models.QuerySet["Client"]):
    """Reading verbs of clients."""

    def visible_to(self, user: "User") -> "ClientQuerySet":
        """Return the clients whose file the person may open.

        An account manager sees own clients and, masked, those of the unit; heads, leaders and
        administrators their sub-tree. Source: spec §3.1, E203.
        """
        if not user.can("clients.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(pk__in=_managed_by(user)))

    def writable_by(self, user: "User") -> "ClientQuerySet":
        """Return the clients whose file the person may change: own ones, or the sub-tree of the role."""
        if not user.can("clients.change"):
            return self.none()
        if user.scope.write_paths and set(user.scope.write_paths) == set(user.scope.paths):
            return self.filter(user.scope.unit_filter("org_unit") | Q(pk__in=_managed_by(user)))
        return self.filter(
            Q(org_unit__in=user.scope.write_unit_ids) | Q(am=user) | Q(pk__in=_managed_by(user))
        )

    def managed_by(self, user: "User") -> "ClientQuerySet":
        """Return the clients the person manages, as primary or with others."""
        return self.filter(Q(am=user) | Q(pk__in=_managed_by(user)))

    def filed(self) -> "ClientQuerySet":
        """Keep clients that stand in the lifecycle."""
        from clients.choices import FilingState

        return self.filter(filing=FilingState.FILED)


def _managed_by(user: "User") -> Any:
    from clients.models import AMAssignment

    return AMAssignment.objects.filter(user=user, to_on=None).values("client")
