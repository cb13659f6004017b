"""Rules of people of clients, as data."""

from members.rules.types import FORBIDDEN, TYPE_RULES, Forbidden, effective_type, forbidden, type_of

__all__ = ["FORBIDDEN", "TYPE_RULES", "Forbidden", "effective_type", "forbidden", "type_of"]
