"""Say what hangs on a person or a unit before it is taken away; upper tables are named by string."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User


@dataclass(frozen=True, slots=True)
class Dependant:
    """Rows of one table that hang on a person or a unit."""

    model: str
    lookup: str
    label: str | Promise
    only: Mapping[str, Any] = field(default_factory=dict)
    leave: Mapping[str, Any] = field(default_factory=dict)

    def count(self, target: User | OrgUnit) -> int:
        """Count the rows."""
        rows = apps.get_model(self.model)._default_manager.filter(**{self.lookup: target}, **self.only)
        return int(rows.exclude(**self.leave).count() if self.leave else rows.count())


@dataclass(frozen=True, slots=True)
class Consequence:
    """A phrase with its figure."""

    label: str | Promise
    count: int


OPEN_VISITS = ["PLANNED", "CONFIRMED", "IN_PROGRESS"]
OF_PERSON = (
    Dependant("clients.Client", "am", _("Clients in charge of"), leave={"status": "CLOSED"}),
    Dependant("visits.Visit", "owner", _("Open visits"), only={"state__in": OPEN_VISITS}),
)
OF_UNIT = (
    Dependant("accounts.User", "org_unit", _("People"), only={"status": "ACTIVE"}),
    Dependant("clients.Client", "org_unit", _("Clients"), leave={"status": "CLOSED"}),
    Dependant("accounts.ApiClient", "unit", _("Client systems"), only={"active": True}),
)


def of_person(person: User) -> list[Consequence]:
    """Return what is left without a person when the account closes."""
    return _counted(OF_PERSON, person)


def of_unit(unit: OrgUnit) -> list[Consequence]:
    """Return what keeps a unit from being taken out of use."""
    below = OrgUnit.objects.filter(~Q(pk=unit.pk), path__startswith=unit.path, active=True).count()
    units = [Consequence(_("Units below"), below)] if below else []
    return units + _counted(OF_UNIT, unit)


def _counted(dependants: tuple[Dependant, ...], target: User | OrgUnit) -> list[Consequence]:
    found = [Consequence(item.label, item.count(target)) for item in dependants]
    return [item for item in found if item.count]
