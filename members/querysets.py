"""Reading verbs of people of clients: whoever may open the client may see its people."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, FloatField, Q, Sum
from django.db.models.functions import Cast, Right

from clients.models import Client

if TYPE_CHECKING:
    from crm.accounts.models import User


def shown_in_full(user: "User") -> Q:
    """Return the condition of rows the person sees without a mask: people of clients it manages (X-19)."""
    return Q(client__in=Client.objects.managed_by(user))


class PeopleQuerySet(models.QuerySet[Any]):
    """People who are found by what was typed: by figures of their number, or by words (`_named`)."""

    def matching(self, query: str, user: "User") -> Any:
        """Keep those meant by the end of the number or by words.

        What the person sees masked is found by what the mask shows: four last digits, first character.
        """
        if query.isdecimal():
            return self._numbered(query, user)
        return self._named(query, user) if query else self

    def _numbered(self, digits: str, user: "User") -> Any:
        """Keep rows by the whole number or its last four digits; where shown in full by any other end."""
        if len(digits) == 11:
            return self.filter(msisdn=digits)
        # The index holds the last four digits.
        rows = self.alias(msisdn_tail=Right("msisdn", 4))
        if len(digits) == 4:
            return rows.filter(msisdn_tail=digits)
        tail = {"msisdn_tail": digits[-4:]} if len(digits) > 4 else {}
        return rows.filter(shown_in_full(user), msisdn__endswith=digits, **tail)

    def _named(self, words: str, user: "User") -> Any:
        raise NotImplementedError


class OfClientQuerySet(PeopleQuerySet):
    """Rows that hang on a client."""

    def visible_to(self, user: "User") -> Any:
        """Return rows of clients the person may open."""
        if not user.can("members.view"):
            return self.none()
        return self.filter(client__in=Client.objects.visible_to(user))

    def active(self) -> Any:
        """Keep rows nobody has left."""
        return self.filter(left_on=None)

    def _named(self, words: str, user: "User") -> Any:
        """Keep members by a part of name or position."""
        named = Q(name__contains=words) & shown_in_full(user)
        if len(words) == 1:
            named |= Q(name__startswith=words)
        return self.filter(named | Q(position__contains=words))


class PersonalCustomerQuerySet(PeopleQuerySet):
    """Reading verbs of personal customers."""

    def visible_to(self, user: "User") -> Any:
        """Return customers of visible clients; those of no client to who sees the customer's unit."""
        if not user.can("members.view"):
            return self.none()
        return self.filter(
            Q(client__in=Client.objects.visible_to(user))
            | (Q(client=None) & user.scope.unit_filter("org_unit"))
        )

    def _named(self, words: str, user: "User") -> Any:
        """Keep customers by the beginning of the name."""
        rows = self.filter(name__startswith=words)
        return rows if len(words) == 1 else rows.filter(shown_in_full(user))

    def ever_of(self, numbers: Collection[str]) -> Any:
        """Return all who ever held one of the numbers: who is there and who left have an index each."""
        return self.filter(Q(in_net_to=None) | Q(in_net_to__isnull=False), msisdn__in=numbers)


class RehomingRunQuerySet(models.QuerySet[Any]):
    """Reading verbs of re-homings."""

    def visible_to(self, user: "User") -> Any:
        """Return the runs over units the person may write in."""
        if not user.can("members.change"):
            return self.none()
        return self.filter(user.scope.unit_filter("unit"))


SIGNED = ("ONLINE", "ACTIVE", "SILENT")
COUNTED = Q(employee_total__gt=0)
_FIGURES = {
    "target": Count("pk"),
    "signed": Count("pk", filter=Q(status__in=SIGNED)),
    "employees": Sum("employee_total", default=0),
    "ordinary": Sum("members_ordinary", filter=COUNTED, default=0),
    "active": Sum("members_active", filter=COUNTED, default=0),
}


def targets(clients: Any) -> Any:
    """Keep the target market: filed, living legal persons (Source: S1-04)."""
    return clients.filter(filing="FILED", is_legal_person=True).exclude(status="CLOSED")


def with_coverage(clients: Any) -> Any:
    """Add the share of type-2 members in the staff, in percent, to targets whose staff is known (S1-79)."""
    return (
        targets(clients)
        .filter(COUNTED)
        .annotate(coverage_pct=Cast(F("members_ordinary"), FloatField()) * 100 / F("employee_total"))
    )


def shares(row: dict[str, Any]) -> dict[str, Any]:
    """Add the three shares (0–1), None of nothing."""
    staff, target = row["employees"], row["target"]
    return row | {
        "signing": row["signed"] / target if target else None,
        "coverage": row["ordinary"] / staff if staff else None,
        "reach": row["active"] / staff if staff else None,
    }


def coverage_of(clients: Any) -> dict[str, Any]:
    """Return signing rate and coverage of clients now (Source: S1-04, S1-79)."""
    return shares(targets(clients).order_by().aggregate(**_FIGURES))


def coverage_by(clients: Any, by: str) -> list[dict[str, Any]]:
    """Return the same by unit or by manager, least covered first; at most a hundred lines."""
    names = {
        "unit": {"key": F("org_unit"), "label": F("org_unit__name")},
        "am": {"key": F("am"), "label": F("am__full_name")},
    }[by]
    rows = targets(clients).order_by().values(**names).annotate(**_FIGURES)[:500]
    lines = [shares(row) for row in rows]
    return sorted(lines, key=lambda row: (row["coverage"] is None, row["coverage"] or 0, row["label"] or ""))[
        :100
    ]
