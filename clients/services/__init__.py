"""Writing verbs of the client file."""

from clients.services.codes import allocate_codes, code_prefixes
from clients.services.completeness import explain_completeness, grade_completeness, refresh_completeness
from clients.services.files import create_client, update_client
from clients.services.filing import (
    approve_client,
    close_client,
    merge_into_parent,
    reject_client,
    submit_client,
)
from clients.services.guards import duplicates
from clients.services.lifecycle import derive_statuses, refresh_status
from clients.services.search import refresh_search, search_columns

__all__ = [
    "allocate_codes",
    "approve_client",
    "close_client",
    "code_prefixes",
    "create_client",
    "derive_statuses",
    "duplicates",
    "explain_completeness",
    "grade_completeness",
    "merge_into_parent",
    "refresh_completeness",
    "refresh_search",
    "refresh_status",
    "reject_client",
    "search_columns",
    "submit_client",
    "update_client",
]
