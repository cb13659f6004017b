"""Vocabulary of people of clients (spec §3.2, §3.10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    """Kinds of contact (Source: S1-81)."""

    KEY_PERSON = "KEY_PERSON", _("Key person")
    CONTACT = "CONTACT", _("Contact")


class Carrier(models.TextChoices):
    """Operators; a hint by prefix, not a fact."""

    CM = "CM", _("China Mobile")
    CT = "CT", _("China Telecom")
    CU = "CU", _("China Unicom")
    OTHER = "OTHER", _("Other operator")


class MemberType(models.TextChoices):
    """Member types, codes as in the source (S1-66, D-11)."""

    KEY = "1", _("Key member")
    ORDINARY = "2", _("Ordinary member")
    FAMILY = "3", _("Family or call member")
    OTHER = "4", _("Other member")


class MemberSource(models.TextChoices):
    """Where a member's number comes from."""

    ADDRESS_BOOK = "ADDRESS_BOOK", _("Address book")
    CALL_BEHAVIOUR = "CALL_BEHAVIOUR", _("Call behaviour")
    CAMPAIGN = "CAMPAIGN", _("Campaign")
    BOSS = "BOSS", _("Billing system")


class Employment(models.TextChoices):
    """Kinds of employment."""

    REGULAR = "REGULAR", _("Regular staff")
    TEMP = "TEMP", _("Temporary staff")


class PersonKind(models.TextChoices):
    """Kinds of person; students may not be members (S1-80)."""

    STAFF = "STAFF", _("Staff")
    MANAGER = "MANAGER", _("Manager")
    STUDENT = "STUDENT", _("Student")
    FAMILY = "FAMILY", _("Family member")


class LineKind(models.TextChoices):
    """Kinds of line; M2M cards and TD landlines may not be members (S1-80)."""

    MOBILE = "MOBILE", _("Mobile")
    M2M = "M2M", _("M2M card")
    TD_LANDLINE = "TD_LANDLINE", _("TD landline")
    FIXED = "FIXED", _("Fixed line")


class Brand(models.TextChoices):
    """Brands of personal customers."""

    GOTONE = "GOTONE", _("GoTone")
    SHENZHOUXING = "SHENZHOUXING", _("Easyown")
    MZONE = "MZONE", _("M-Zone")
    WORLDWIND = "WORLDWIND", _("World Wind")
    NEWERA = "NEWERA", _("New Era")
    OTHER = "OTHER", _("Other brand")


class VipGrade(models.TextChoices):
    """VIP grades, derived (S0-62…S0-64)."""

    DIAMOND = "DIAMOND", _("Diamond card")
    GOLD = "GOLD", _("Gold card")
    SILVER = "SILVER", _("Silver card")
    NONE = "NONE", _("Not VIP")


class TraitKind(models.TextChoices):
    """Kinds of trait (Source: S1-53)."""

    PREFERENCE = "PREFERENCE", _("Preference")
    REQUEST = "REQUEST", _("Request")
    TABOO = "TABOO", _("Taboo")


class EscalationLevel(models.IntegerChoices):
    """Who is called first, and who when that does not help (Source: S2-36)."""

    FIRST = 1, _("First call")
    SECOND = 2, _("Second call")
    LEADER = 3, _("Senior leader")


class HomeReason(models.TextChoices):
    """Why a number belongs where it goes (spec §3.6.9)."""

    BOOK = "BOOK", _("Stands in the address book")
    CALLS = "CALLS", _("Speaks with members")
    UNSURE = "UNSURE", _("Not verified, or temporary staff")


class RunState(models.TextChoices):
    """States of a re-homing."""

    PREPARED = "PREPARED", _("To look at")
    RUNNING = "RUNNING", _("Running")
    APPLIED = "APPLIED", _("Applied")
    UNDONE = "UNDONE", _("Undone")


class MoveOutcome(models.TextChoices):
    """What became of one row of a re-homing."""

    DONE = "DONE", _("Done")
    SKIPPED = "SKIPPED", _("Skipped")
    UNDONE = "UNDONE", _("Undone")
    KEPT = "KEPT", _("Kept, changed since")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "members.bills_recorded": _("Bills received"),
    "members.contact_added": _("Contact added"),
    "members.contact_changed": _("Contact changed"),
    "members.contact_left": _("Contact left"),
    "members.member_added": _("Member added"),
    "members.member_changed": _("Member changed"),
    "members.member_left": _("Member left"),
    "members.member_moved": _("Member moved to another client"),
    "members.book_collected": _("Address book collected"),
    "members.rehomed": _("Member re-homed"),
    "members.rehoming_applied": _("Re-homing applied"),
    "members.rehoming_undone": _("Re-homing undone"),
    "members.contacts_merged": _("Contacts merged"),
    "members.contacts_unmerged": _("Merge of contacts undone"),
    "members.trait_added": _("Trait noted"),
    "members.trait_ended": _("Trait ended"),
    "members.tie_changed": _("Map of contacts changed"),
    "members.contact_verified": _("Contact verified"),
    "members.revealed": _("Personal data revealed"),
    "members.looked_up": _("Whole number looked up"),
}
