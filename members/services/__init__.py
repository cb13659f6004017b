"""Writing verbs of people of clients."""

from members.services.bills import BillResult, BillRow, record_bills
from members.services.contacts import add_contact, leave_contact, replace_key_person, update_contact
from members.services.members import add_member, apply_type_rules, leave_member, move_member, update_member
from members.services.reveal import reveal, reveal_rows, revealed_today

__all__ = [
    "BillResult",
    "BillRow",
    "add_contact",
    "add_member",
    "apply_type_rules",
    "leave_contact",
    "leave_member",
    "move_member",
    "record_bills",
    "replace_key_person",
    "reveal",
    "reveal_rows",
    "revealed_today",
    "update_contact",
    "update_member",
]
