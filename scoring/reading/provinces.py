"""Which provinces a unit lies in and a person works in."""

from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User


def province_of(unit: OrgUnit) -> OrgUnit | None:
    """Return the province a unit lies in."""
    above = [unit.path[: end + OrgUnit.steplen] for end in range(0, len(unit.path), OrgUnit.steplen)]
    return OrgUnit.objects.filter(type=UnitType.PROVINCE, path__in=above).first()


def provinces_of(user: User) -> list[OrgUnit]:
    """Return the provinces a person works in or over."""
    paths = user.scope.paths
    provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
    return [p for p in provinces if any(p.path.startswith(x) or x.startswith(p.path) for x in paths)]
