"""Acts in words: what stands in the trail as a code is shown as a sentence."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "accounts.delegated": _("Role lent to a deputy"),
    "accounts.delegation_ended": _("Delegation ended"),
    "accounts.lockout_lifted": _("Lockout lifted"),
    "accounts.password_changed": _("Own password changed"),
    "accounts.password_reset": _("One-time password given"),
    "accounts.role_assigned": _("Role assigned"),
    "accounts.role_ended": _("Role ended"),
    "accounts.system_changed": _("Client system changed"),
    "accounts.system_created": _("Client system registered"),
    "accounts.system_switched_off": _("Client system switched off"),
    "accounts.system_switched_on": _("Client system switched on"),
    "accounts.token_issued": _("Token issued"),
    "accounts.token_revoked": _("Token revoked"),
    "accounts.unit_changed": _("Unit changed"),
    "accounts.unit_created": _("Unit created"),
    "accounts.unit_deactivated": _("Unit taken out of use"),
    "accounts.unit_moved": _("Unit moved"),
    "accounts.unit_reactivated": _("Unit taken into use again"),
    "accounts.user_changed": _("Account changed"),
    "accounts.user_created": _("Account created"),
    "accounts.user_disabled": _("Account disabled"),
    "accounts.user_enabled": _("Account enabled"),
    "jobs.rerun_requested": _("Night step asked for again"),
    "params.changed": _("Parameter changed"),
}


def register(labels: Mapping[str, str | Promise]) -> None:
    """Add the acts of an app; called in its ready()."""
    LABELS.update(labels)


def label(action: str) -> str:
    """Return an act in words; an unknown one as its code."""
    return str(LABELS.get(action, action))
