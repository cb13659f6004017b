"""People, units, roles with scope and dates, and client systems."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from crm.accounts.choices import DELEGATION_DAYS, Grade, Role, Track, UnitType, UserStatus
from crm.accounts.scope import Scope, scope_of, under
from crm.base.history import keep_history
from crm.base.models import Stamped

REGISTERED_NAME = RegexValidator(
    r"^[^_\s]{1,30}_[^_\s]{1,20}\Z",
    _("Write the department, an underscore and the name, for example 城关区_李四."),
    code="registered_name",
)


class OrgUnitQuerySet(MP_NodeQuerySet):
    """Reading verbs of units."""

    def visible_to(self, user: "User") -> "OrgUnitQuerySet":
        """Return the units inside the person's scope."""
        return user.scope.units(self)

    def seen_by(self, user: "User") -> "OrgUnitQuerySet":
        """Return the units the person administers, or whose people the person may read."""
        paths = (*user.scope.paths_for("accounts.manage"), *user.scope.paths_for("accounts.view_team"))
        return self.filter(under(paths))

    def managed_by(self, user: "User") -> "OrgUnitQuerySet":
        """Return the units the person administers."""
        return user.scope.units(self, "accounts.manage")


class OrgUnitManager(MP_NodeManager.from_queryset(OrgUnitQuerySet)):  # type: ignore[misc]  # made at run time
    """Give the tree our reading verbs; the library's own manager hands out its own querysets."""

    def get_queryset(self) -> OrgUnitQuerySet:
        """Return units in the order of the tree."""
        return OrgUnitQuerySet(self.model, using=self._db).order_by("path")


@keep_history(["code", "name", "type", "path", "region_code", "active"])
class OrgUnit(MP_Node):
    """One unit of the operator's organisation: GROUP → PROVINCE → CITY → PRODUCTION_UNIT → DEPT → TEAM."""

    code = models.CharField(_("unit code"), max_length=32, unique=True)
    name = models.CharField(_("unit name"), max_length=80)
    type = models.CharField(_("unit type"), max_length=16, choices=UnitType)
    region_code = models.CharField(_("region"), max_length=6, blank=True, help_text=_("GB/T 2260 code"))
    external_name = models.CharField(_("external name"), max_length=120, blank=True)
    active = models.BooleanField(_("active"), default=True)

    node_order_by: ClassVar[list[str]] = []
    objects = OrgUnitManager()

    class Meta:
        verbose_name = _("unit")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Make people."""

    def create_user(self, staff_no: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person with a hashed password."""
        user = self.model(staff_no=staff_no, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by staff number or registered name; staff numbers win."""
        return (
            self.filter(models.Q(staff_no=username) | models.Q(username=username))
            .order_by(models.Case(models.When(staff_no=username, then=0), default=1))[:1]
            .get()
        )


class UserQuerySet(models.QuerySet["User"]):
    """Reading verbs of people."""

    def active(self) -> "UserQuerySet":
        """Keep people who may log in."""
        return self.filter(status=UserStatus.ACTIVE)

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Return the people whose unit lies inside the scope."""
        return self.filter(user.scope.unit_filter("org_unit"))

    def people(self) -> "UserQuerySet":
        """Leave the accounts of client systems out."""
        return self.filter(is_system=False)

    def team_of(self, user: "User") -> "UserQuerySet":
        """Return the people whose account the person administers or may read."""
        paths = (*user.scope.paths_for("accounts.manage"), *user.scope.paths_for("accounts.view_team"))
        return self.people().filter(under(paths, "org_unit__"))

    def managed_by(self, user: "User") -> "UserQuerySet":
        """Return the people whose account the person may change.

        Whoever holds a role outside the administrator's sub-tree belongs to an administrator further up.
        """
        inside = under(user.scope.paths_for("accounts.manage"), "org_unit__")
        beyond = RoleAssignment.objects.exclude(under(user.scope.paths_for("accounts.manage"), "unit__"))
        return self.people().filter(inside).exclude(pk__in=beyond.values("user"))

    def holding(self, role: str, *, over: OrgUnit, as_of: date) -> "UserQuerySet":
        """Return active people who hold a role over a unit (an assignment at it or above it)."""
        above = [over.path[: i + OrgUnit.steplen] for i in range(0, len(over.path), OrgUnit.steplen)]
        held = RoleAssignment.objects.current(as_of).filter(role=role, unit__path__in=above)
        return self.active().filter(pk__in=held.values("user"))


@keep_history(["staff_no", "username", "full_name", "org_unit", "mobile", "status", "am_track", "am_grade"])
class User(AbstractBaseUser):
    """A person, or the account of a client system."""

    staff_no = models.CharField(_("staff number"), max_length=32, unique=True)
    username = models.CharField(
        _("registered name"), max_length=52, unique=True, null=True, blank=True, validators=[REGISTERED_NAME]
    )
    full_name = models.CharField(_("full name"), max_length=40)
    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, verbose_name=_("unit"))
    mobile = models.CharField(_("mobile"), max_length=11, blank=True)
    email = models.EmailField(_("email"), blank=True)
    staff_position = models.CharField(_("staff position"), max_length=40, blank=True)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    status = models.CharField(
        _("account status"), max_length=8, choices=UserStatus, default=UserStatus.ACTIVE
    )
    am_track = models.CharField(_("track"), max_length=5, choices=Track, blank=True)
    am_grade = models.CharField(_("grade"), max_length=8, choices=Grade, blank=True)
    is_system = models.BooleanField(_("client system"), default=False)
    language = models.CharField(_("language"), max_length=8, blank=True)
    # Set with a one-time password; every page leads to the change of password until it is done.
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = _("user")
        ordering = ["staff_no"]
        # Every redemption asks whether its mobile is a colleague's.
        indexes = [models.Index(fields=["mobile"], name="user_mobile")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # derived from the status
        """Say whether the person may log in (Django's name for it)."""
        return self.status == UserStatus.ACTIVE

    @cached_property
    def scope(self) -> Scope:
        """Return what the person may see and do today; computed once per request."""
        return scope_of(self)

    def can(self, verb: str) -> bool:
        """Say whether any of the person's roles opens the verb."""
        return self.scope.can(verb)

    def has_role(self, *roles: str) -> bool:
        """Say whether the person holds one of the roles today."""
        return bool(self.scope.roles & set(roles))

    def get_full_name(self) -> str:
        """Return the name (Django's door to it)."""
        return self.full_name

    def get_short_name(self) -> str:
        """Return the name (Django's door to it)."""
        return self.full_name


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Reading verbs of role assignments."""

    def current(self, as_of: date) -> "RoleAssignmentQuerySet":
        """Keep assignments valid on a day, the first and the last included."""
        return self.filter(
            models.Q(valid_to=None) | models.Q(valid_to__gte=as_of),
            valid_from__lte=as_of,
        )


@keep_history(["user", "role", "unit", "valid_from", "valid_to"])
class RoleAssignment(models.Model):
    """A role of a person over one unit's sub-tree, from a day to a day (both included)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments", db_index=False)
    role = models.CharField(_("role"), max_length=12, choices=Role)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("scope"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = models.Manager.from_queryset(RoleAssignmentQuerySet)()

    class Meta:
        verbose_name = _("role assignment")
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit", "valid_from"], name="role_assignment_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="role_assignment_period",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Reading verbs of delegations."""

    def current(self, as_of: date) -> "DelegationQuerySet":
        """Keep delegations in force on a day: begun, not over, not taken back, by somebody still active."""
        return self.filter(
            valid_from__lte=as_of, valid_to__gte=as_of, ended_at=None, from_user__status=UserStatus.ACTIVE
        )

    def visible_to(self, user: "User") -> "DelegationQuerySet":
        """Return the delegations the person gave or received, and those of the people of the team."""
        team = User.objects.team_of(user).values("pk")
        own = models.Q(from_user=user) | models.Q(to_user=user)
        return self.filter(own | models.Q(from_user__in=team))


class Delegation(models.Model):
    """A role lent to a colleague while its holder is away (Source: spec §3.1).

    The deputy acts as the deputy: the trail names both. What is lent is the role the holder has on the day,
    so a role that ends takes its delegation with it, and what is lent cannot be lent on.
    """

    from_user = models.ForeignKey(User, models.CASCADE, related_name="delegations", verbose_name=_("for"))
    to_user = models.ForeignKey(User, models.CASCADE, related_name="deputies", verbose_name=_("deputy"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(DelegationQuerySet)()

    class Meta:
        verbose_name = _("delegation")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from"))
                & models.Q(valid_to__lt=models.F("valid_from") + DELEGATION_DAYS),
                name="delegation_period",
                violation_error_message=_("A delegation lasts from one day to thirty."),
            ),
            models.CheckConstraint(
                condition=~models.Q(from_user=models.F("to_user")), name="delegation_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user} {self.role}"


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    """Reading verbs of client systems."""

    def visible_to(self, user: User) -> "ApiClientQuerySet":
        """Return the systems of the units the person administers."""
        return self.filter(under(user.scope.paths_for("accounts.manage"), "unit__"))


class ApiClient(Stamped):
    """A client system (BOSS, BI, …): an account that logs in by token and has scopes instead of roles."""

    name = models.CharField(_("system"), max_length=60, unique=True)
    user = models.OneToOneField(User, models.PROTECT, related_name="api_client")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("scope"))
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("scopes"))
    # Addresses it may call from, as CIDR; none: from anywhere.
    networks = ArrayField(
        models.CharField(max_length=43), default=list, blank=True, verbose_name=_("may call from")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = models.Manager.from_queryset(ApiClientQuerySet)()

    class Meta:
        verbose_name = _("client system")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
