"""People of clients: key persons and contacts, members, personal customers and their bills."""

from members.models.contacts import Contact
from members.models.customers import MonthlyBill, PersonalCustomer
from members.models.members import Member
from members.models.rehoming import BookEntry, CallTie, CoverageMonth, RehomingMove, RehomingRun
from members.models.traits import ContactTie, ContactTrait
from members.models.triggers import MOBILE

__all__ = [
    "MOBILE",
    "BookEntry",
    "CallTie",
    "Contact",
    "ContactTie",
    "ContactTrait",
    "CoverageMonth",
    "Member",
    "MonthlyBill",
    "PersonalCustomer",
    "RehomingMove",
    "RehomingRun",
]
