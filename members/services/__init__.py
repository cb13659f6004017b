"""Writing verbs of people of clients."""

from members.services.bills import BillResult, BillRow, record_bills
from members.services.book import MAX_LINES, BookLine, check_lines, collect_book, last_collected, read_lines
from members.services.contacts import (
    add_contact,
    contact_limit,
    leave_contact,
    replace_key_person,
    update_contact,
    verify_contact,
)
from members.services.duplicates import merge_contacts, twins, unmerge_contacts
from members.services.lookup import look_up, note_lookup
from members.services.members import add_member, apply_type_rules, leave_member, move_member, update_member
from members.services.rehoming import (
    choose_moves,
    counts_of,
    prepare_rehoming,
    record_call_ties,
    rehome_members,
    start_rehoming,
    undo_rehoming,
    work_rehoming,
)
from members.services.reveal import reveal, reveal_rows, revealed_today
from members.services.traits import add_trait, end_trait, tie, untie

__all__ = [
    "MAX_LINES",
    "BillResult",
    "BillRow",
    "BookLine",
    "add_contact",
    "add_member",
    "add_trait",
    "apply_type_rules",
    "check_lines",
    "choose_moves",
    "collect_book",
    "contact_limit",
    "counts_of",
    "end_trait",
    "last_collected",
    "leave_contact",
    "leave_member",
    "look_up",
    "merge_contacts",
    "move_member",
    "note_lookup",
    "prepare_rehoming",
    "read_lines",
    "record_bills",
    "record_call_ties",
    "rehome_members",
    "replace_key_person",
    "reveal",
    "reveal_rows",
    "revealed_today",
    "start_rehoming",
    "tie",
    "twins",
    "undo_rehoming",
    "unmerge_contacts",
    "untie",
    "update_contact",
    "update_member",
    "verify_contact",
    "work_rehoming",
]
