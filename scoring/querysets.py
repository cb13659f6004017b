"""Reading verbs of scores and points."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from clients.models import Client
from members.choices import VipGrade
from members.models import Contact, PersonalCustomer

if TYPE_CHECKING:
    from crm.accounts.models import OrgUnit, User
    from scoring.models import (  # noqa: F401 - named in a base class
        MarkChange,
        PointProposal,
        RewardBudget,
        StarModelVersion,
        TierModelVersion,
        TierOverride,
    )


class TierModelVersionQuerySet(models.QuerySet["TierModelVersion"]):
    """Reading verbs of model versions."""

    def in_force(self, *, as_of: date, province: "OrgUnit | None") -> "TierModelVersion | None":
        """Return the version a province is scored by on a day: its own, else everybody's.

        What was published last counts from its first day on, whenever it was drafted; a superseded version is
        still in force on the days before its successor's first day.
        """
        return (
            self.filter(Q(province=province) | Q(province=None), effective_from__lte=as_of)
            .filter(state__in=["PUBLISHED", "SUPERSEDED"])
            .order_by(
                F("province").asc(nulls_last=True),
                F("published_at").desc(nulls_last=True),
                "-effective_from",
                "-id",
            )
            .first()
        )


class TierOverrideQuerySet(models.QuerySet["TierOverride"]):
    """Reading verbs of tiers by decision."""

    def visible_to(self, user: "User") -> Any:
        """Return decisions on clients the person may see."""
        return self.filter(client__in=Client.objects.visible_to(user))

    def waiting(self) -> Any:
        """Keep what nobody has decided."""
        return self.filter(state="PROPOSED")

    def in_force(self, *, as_of: date) -> Any:
        """Keep what a night of the day joins."""
        return self.filter(state="APPROVED", starts_on__lte=as_of, ends_on__gte=as_of)

    def ending(self, *, as_of: date, days: int) -> Any:
        """Keep what is in force and ends within that many days."""
        return self.filter(state="APPROVED", ends_on__gte=as_of, ends_on__lte=as_of + timedelta(days=days))


def override_in_force(path: str, *, as_of: date) -> FilteredRelation:
    """Return the decision in force on a day as a join over `path`: one more fact of a client."""
    held = {"state": "APPROVED", "starts_on__lte": as_of, "ends_on__gte": as_of}
    return FilteredRelation(path, condition=Q(**{f"{path}__{name}": value for name, value in held.items()}))


class PointProposalQuerySet(models.QuerySet["PointProposal"]):
    """Reading verbs of proposals."""

    def visible_to(self, user: "User") -> Any:
        """Return proposals on customers the person may see."""
        return self.filter(customer__in=PersonalCustomer.objects.visible_to(user))

    def waiting(self) -> Any:
        """Keep what nobody has decided."""
        return self.filter(decided_at=None)


class ECardQuerySet(models.QuerySet[Any]):
    """Reading verbs of VIP e-cards."""

    def visible_to(self, user: "User") -> Any:
        """Return the cards of customers the person may see."""
        if not user.can("scoring.view"):
            return self.none()
        return self.filter(customer__in=PersonalCustomer.objects.visible_to(user))

    def live(self) -> Any:
        """Keep the cards that count."""
        return self.filter(state__in=["ISSUED", "SENT", "DELIVERED", "FAILED"])


class RewardBudgetQuerySet(models.QuerySet["RewardBudget"]):
    """Reading verbs of budgets."""

    def visible_to(self, user: "User") -> Any:
        """Return budgets of units in scope, and of the units above that bind them."""
        if not user.can("scoring.view"):
            return self.none()
        step = user.org_unit.steplen if user.org_unit else 4
        paths = user.scope.paths_for("scoring.view")
        above = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
        return self.filter(user.scope.unit_filter("unit", "scoring.view") | Q(unit__path__in=above))

    def binding(self, unit: "OrgUnit", day: date) -> Any:
        """Return what a unit gives from on a day: the nearest unit upwards, a quarter before a year."""
        step = unit.steplen
        paths = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
        quarter = (day.month + 2) // 3
        rows = self.filter(unit__path__in=paths, year=day.year, quarter__in=(0, quarter))
        return rows.order_by("-unit__depth", "-quarter")


class SumQuerySet(models.QuerySet[Any]):
    """Reading verbs of the sums of the night."""

    def visible_to(self, user: "User") -> Any:
        """Return the sums of units in scope."""
        return self.filter(user.scope.unit_filter("org_unit")) if user.can("scoring.view") else self.none()


def vip_person() -> Exists:
    """Say of a client whether its key person or a contact holds a card of silver or more (X-15)."""
    holder = PersonalCustomer.objects.filter(msisdn=OuterRef("mobile"), in_net_to=None).exclude(
        vip_grade=VipGrade.NONE
    )
    people = Contact.objects.filter(client=OuterRef("pk"), left_on=None).exclude(mobile="")
    return Exists(people.filter(Exists(holder)))


class ReachQuerySet(models.QuerySet[Any]):
    """Reading verbs of closed months."""

    def visible_to(self, user: "User") -> Any:
        """Return what belongs to units in scope, as it belonged to them when the month was closed."""
        return self.filter(user.scope.unit_filter("org_unit")) if user.can("clients.view") else self.none()


class StarModelVersionQuerySet(models.QuerySet["StarModelVersion"]):
    """Reading verbs of versions of the star model."""

    def in_force(self, *, as_of: date) -> "StarModelVersion | None":
        """Return the version of a day: the newest that began; a superseded one rules the days before."""
        published = self.filter(effective_from__lte=as_of, published_at__isnull=False)
        return published.order_by("-effective_from", "-id").first()


class MarkChangeQuerySet(models.QuerySet["MarkChange"]):
    """Reading verbs of changes of stars and labels."""

    def visible_to(self, user: "User") -> Any:
        """Return changes of customers the person may see."""
        return self.filter(customer__in=PersonalCustomer.objects.visible_to(user))
