"""The rosters of people and their bills; importing this registers them."""

from members.imports.bills import BillRoster
from members.imports.contacts import ContactRoster
from members.imports.customers import CustomerRoster
from members.imports.members import MemberRoster

__all__ = ["BillRoster", "ContactRoster", "CustomerRoster", "MemberRoster"]
