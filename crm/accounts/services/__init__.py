"""Writing verbs of accounts: one's own, people, units, client systems."""

from crm.accounts.services.delegations import (
    delegable_roles,
    delegate,
    end_delegation,
    possible_deputies,
    standing_delegations,
)
from crm.accounts.services.own import change_profile, current_assignments, note_password_change, set_language
from crm.accounts.services.people import (
    assign_role,
    change_person,
    create_person,
    disable_person,
    enable_person,
    end_role,
    reset_password,
    unlock_person,
)
from crm.accounts.services.systems import (
    change_system,
    create_system,
    issue_token,
    revoke_token,
    switch_system,
)
from crm.accounts.services.units import change_unit, create_unit, deactivate_unit, move_unit, reactivate_unit

__all__ = [
    "assign_role",
    "change_person",
    "change_profile",
    "change_system",
    "change_unit",
    "create_person",
    "create_system",
    "create_unit",
    "current_assignments",
    "deactivate_unit",
    "delegable_roles",
    "delegate",
    "disable_person",
    "enable_person",
    "end_delegation",
    "end_role",
    "issue_token",
    "move_unit",
    "note_password_change",
    "possible_deputies",
    "reactivate_unit",
    "reset_password",
    "revoke_token",
    "set_language",
    "standing_delegations",
    "switch_system",
    "unlock_person",
]
