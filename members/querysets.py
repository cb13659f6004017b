"""Reading verbs of people of clients: whoever may open the client may see its people."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from clients.models import Client

if TYPE_CHECKING:
    from crm.accounts.models import User


class OfClientQuerySet(models.QuerySet[Any]):
    """Rows that hang on a client."""

    def visible_to(self, user: "User") -> Any:
        """Return rows of clients the person may open."""
        if not user.can("members.view"):
            return self.none()
        return self.filter(client__in=Client.objects.visible_to(user))

    def active(self) -> Any:
        """Keep rows nobody has left."""
        return self.filter(left_on=None)


class PersonalCustomerQuerySet(models.QuerySet[Any]):
    """Reading verbs of personal customers."""

    def visible_to(self, user: "User") -> Any:
        """Return customers of visible clients; those of no client to who sees the customer's unit."""
        if not user.can("members.view"):
            return self.none()
        return self.filter(
            Q(client__in=Client.objects.visible_to(user))
            | (Q(client=None) & user.scope.unit_filter("org_unit"))
        )
