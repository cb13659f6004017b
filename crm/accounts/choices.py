"""Vocabulary of people and units (spec §3.1, §3.10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitType(models.TextChoices):
    """Kinds of organisational unit, from the top down."""

    GROUP = "GROUP", _("Group company")
    PROVINCE = "PROVINCE", _("Province company")
    CITY = "CITY", _("City branch")
    PRODUCTION_UNIT = "PRODUCTION_UNIT", _("Production unit")
    DEPT = "DEPT", _("Department")
    TEAM = "TEAM", _("Team")

    @property
    def rank(self) -> int:
        """Return the height of the kind: a parent's rank is smaller than its child's."""
        return list(UnitType).index(self)


class UserStatus(models.TextChoices):
    """States of an account."""

    PENDING = "PENDING", _("Waiting for activation")
    ACTIVE = "ACTIVE", _("Active")
    DISABLED = "DISABLED", _("Disabled")


class Role(models.TextChoices):
    """Roles of spec §3.1 (Source: S1-98)."""

    AM = "AM", _("Account manager")
    DEPT_HEAD = "DEPT_HEAD", _("Department head")
    UNIT_LEADER = "UNIT_LEADER", _("Unit leader")
    GC_DEPT = "GC_DEPT", _("Group-client department")
    PROV_ADMIN = "PROV_ADMIN", _("Province administrator")
    SYSADMIN = "SYSADMIN", _("System administrator")
    AUDITOR = "AUDITOR", _("Auditor")
    KB_OWNER = "KB_OWNER", _("Knowledge owner")
    HALL = "HALL", _("Service hall")
    HOTLINE = "HOTLINE", _("Hotline")
    PHONE_AM = "PHONE_AM", _("Phone account manager")
    SUPPORT = "SUPPORT", _("Support expert")
    API = "API", _("Client system")


# Roles whose holder decides about others' work: they may be lent to a deputy (Source: spec §3.1, S1-91).
DELEGABLE = (Role.DEPT_HEAD, Role.UNIT_LEADER, Role.GC_DEPT, Role.PROV_ADMIN)

DELEGATION_DAYS = 30
"""Days a delegation lasts at most, the first and the last included."""


class Track(models.TextChoices):
    """Account-manager tracks (Source: S4-12)."""

    VIP = "VIP", _("VIP track")
    GROUP = "GROUP", _("Group track")


class Grade(models.TextChoices):
    """Account-manager grades (Source: S4-12)."""

    SENIOR = "SENIOR", _("Senior")
    MIDDLE = "MIDDLE", _("Middle")
    ORDINARY = "ORDINARY", _("Ordinary")
