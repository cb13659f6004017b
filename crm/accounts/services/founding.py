"""The writing verb of an empty installation: the top unit and the first administrator."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import Role, UnitType
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.accounts.services.people import one_time_password
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record


@transaction.atomic
def found_organisation(
    *, staff_no: str, full_name: str, group_code: str, group_name: str
) -> tuple[User, str]:
    """Make the top unit and a system administrator over it; return the person and a one-time password.

    Raises: BusinessError ALREADY_FOUNDED when a system administrator exists.
    """
    if RoleAssignment.objects.filter(role=Role.SYSADMIN).exists():
        raise BusinessError(
            "ALREADY_FOUNDED",
            _("There is a system administrator already; people are added on the People page."),
        )
    group = OrgUnit.objects.filter(type=UnitType.GROUP).first() or OrgUnit.objects.add_root(
        {"code": group_code, "name": group_name, "type": UnitType.GROUP}
    )
    password = one_time_password()
    person = User.objects.create_user(
        staff_no, password, full_name=full_name, org_unit=group, must_change_password=True
    )
    RoleAssignment.objects.create(user=person, role=Role.SYSADMIN, unit=group, valid_from=clock.today())
    record(
        actor=None,
        action="accounts.user_created",
        entity=person,
        unit=group,
        data={"staff_no": person.staff_no, "role": Role.SYSADMIN.value},
    )
    return person, password
