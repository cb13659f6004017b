"""Reading verbs of people of clients: whoever may open the client may see its people."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right

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

    def matching(self, query: str) -> Any:
        """Keep members by the end of the number, or by a part of name or position."""
        if query.isdecimal():
            return self.filter(msisdn__endswith=query) if len(query) < 11 else self.filter(msisdn=query)
        return self.filter(Q(name__contains=query) | Q(position__contains=query)) if query else self


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

    def matching(self, query: str) -> Any:
        """Keep customers by the last digits of the number, or by the beginning of the name."""
        if not query.isdecimal():
            return self.filter(name__startswith=query) if query else self
        if len(query) == 11:
            return self.filter(msisdn=query)
        # The index holds the last four digits.
        tail = {"msisdn_tail": query[-4:]} if len(query) >= 4 else {}
        return self.alias(msisdn_tail=Right("msisdn", 4)).filter(msisdn__endswith=query, **tail)


class RehomingRunQuerySet(models.QuerySet[Any]):
    """Reading verbs of re-homings."""

    def visible_to(self, user: "User") -> Any:
        """Return the runs over units the person may write in."""
        if not user.can("members.change"):
            return self.none()
        return self.filter(user.scope.unit_filter("unit"))
