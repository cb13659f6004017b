"""One-time passwords for the accounts of one import: made once, shown once, kept nowhere in plain."""

from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, PBKDF2PasswordHasher
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User, UserQuerySet
from crm.accounts.services.people import one_time_password
from crm.base.access import require
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, RowChange

# A one-time password is 59 random bits and lives until the first login: the slow hash that protects words
# people choose would keep an administrator waiting for minutes. The chosen one gets the usual hash.
ROUNDS = 20_000
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Slip:
    """What one person is given."""

    staff_no: str
    full_name: str
    username: str
    unit: str
    password: str


def without_password(batch: ImportBatch, actor: User) -> int:
    """Return how many accounts of an import still wait for a one-time password."""
    return _waiting(batch, actor).count() if batch.status == BatchStatus.APPLIED else 0


def _waiting(batch: ImportBatch, actor: User) -> "UserQuerySet":
    made = RowChange.objects.filter(batch=batch, act="create").values("object_id")
    return User.objects.managed_by(actor).filter(
        pk__in=made,
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
        last_login=None,
    )


@transaction.atomic
def issue_passwords(*, actor: User, batch: ImportBatch) -> list[Slip]:
    """Give every new account of an import that has none a one-time password and return them, this once.

    Raises: Forbidden; BusinessError NOTHING_TO_ISSUE.
    """
    require(actor, "accounts.manage")
    people = list(
        _waiting(batch, actor)
        .select_related("org_unit")
        .select_for_update(of=("self",))
        .order_by("staff_no")[:AT_ONCE]
    )
    if not people or batch.status != BatchStatus.APPLIED:
        raise BusinessError(
            "NOTHING_TO_ISSUE",
            _("All accounts of this import have a password. Give single ones anew on the person's page."),
        )
    hasher = PBKDF2PasswordHasher()
    slips = []
    for person in people:
        password = one_time_password()
        person.password = hasher.encode(password, hasher.salt(), iterations=ROUNDS)
        person.must_change_password = True
        slips.append(
            Slip(
                person.staff_no,
                person.full_name,
                person.username or "",
                str(person.org_unit or ""),
                password,
            )
        )
    User.objects.bulk_update(people, ["password", "must_change_password"], batch_size=500)
    record(
        actor=actor,
        action="intake.passwords_issued",
        entity=batch,
        data={"people": [person.pk for person in people]},
    )
    return slips
