"""Writing verbs of one's own account."""

from django.db import transaction

from crm.accounts.models import RoleAssignment, RoleAssignmentQuerySet, User
from crm.base import clock
from crm.base.trail import record


def current_assignments(user: User) -> RoleAssignmentQuerySet:
    """Return the roles a person holds today, with their units."""
    return RoleAssignment.objects.current(clock.today()).filter(user=user).select_related("unit")


@transaction.atomic
def set_language(*, actor: User, language: str) -> None:
    """Keep the language a person has chosen."""
    if actor.language != language:
        actor.language = language
        actor.save(update_fields=["language"])


@transaction.atomic
def change_profile(*, actor: User, mobile: str, email: str, language: str) -> User:
    """Change what a person may change about the own account."""
    actor.mobile, actor.email, actor.language = mobile, email, language
    actor.save(update_fields=["mobile", "email", "language"])
    return actor


@transaction.atomic
def note_password_change(*, actor: User) -> None:
    """Leave a trace that a person changed the own password; a one-time password has served."""
    if actor.must_change_password:
        actor.must_change_password = False
        actor.save(update_fields=["must_change_password"])
    record(actor=actor, action="accounts.password_changed", entity=actor, unit=actor.org_unit)
