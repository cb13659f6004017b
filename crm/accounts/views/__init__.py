"""Pages of accounts: one's own account, people, units, client systems."""

from crm.accounts.views.own import locked_out

__all__ = ["locked_out"]
