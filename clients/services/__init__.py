"""Writing verbs of the client file."""

from clients.services.audits import (
    audit_on_the_spot,
    draw_due_audits,
    end_plan,
    finish_audit,
    notify_manager,
    open_first_signings,
    plan_audit,
    report_corrected,
    save_sheet,
    start_audit,
    verify_correction,
)
from clients.services.codes import allocate_codes, code_prefixes
from clients.services.completeness import (
    explain_completeness,
    grade_completeness,
    refresh_completeness,
    rules_in_force,
    set_field_level,
)
from clients.services.cube import count_clients
from clients.services.drafts import bank_parents, give_up_draft, merge_draft, obstacles
from clients.services.feeds import record_products, record_revenue, record_traffic, store_traffic
from clients.services.files import create_client, update_client
from clients.services.filing import (
    approve_client,
    close_client,
    merge_into_parent,
    reject_client,
    submit_client,
)
from clients.services.freshness import confirm_client, note_refreshed, note_stale_clients
from clients.services.guards import duplicates
from clients.services.handovers import (
    cancel_hand_over,
    execute_hand_over,
    on_hand_over,
    plan_hand_over,
    return_hand_over,
    run_hand_overs,
)
from clients.services.key_accounts import derive_key_accounts, refresh_key_accounts
from clients.services.lifecycle import derive_statuses, refresh_status
from clients.services.managers import add_co_manager, assign_manager, remove_co_manager, take_manager_off
from clients.services.papers import add_paper, remove_paper
from clients.services.products import (
    cancel_product,
    move_product,
    open_product,
    order_product,
    suspend_product,
    visible_products,
)
from clients.services.regions import derive_region, region_mismatches, suggest_region
from clients.services.search import refresh_search, search_columns
from clients.services.sites import add_site, remove_site, take_region

__all__ = [
    "add_co_manager",
    "add_paper",
    "add_site",
    "allocate_codes",
    "approve_client",
    "assign_manager",
    "audit_on_the_spot",
    "bank_parents",
    "cancel_hand_over",
    "cancel_product",
    "close_client",
    "code_prefixes",
    "confirm_client",
    "count_clients",
    "create_client",
    "derive_key_accounts",
    "derive_region",
    "derive_statuses",
    "draw_due_audits",
    "duplicates",
    "end_plan",
    "execute_hand_over",
    "explain_completeness",
    "finish_audit",
    "give_up_draft",
    "grade_completeness",
    "merge_draft",
    "merge_into_parent",
    "move_product",
    "note_refreshed",
    "note_stale_clients",
    "notify_manager",
    "obstacles",
    "on_hand_over",
    "open_first_signings",
    "open_product",
    "order_product",
    "plan_audit",
    "plan_hand_over",
    "reassign",
    "record_products",
    "record_revenue",
    "record_traffic",
    "refresh_completeness",
    "refresh_key_accounts",
    "refresh_search",
    "refresh_status",
    "region_mismatches",
    "reject_client",
    "remove_co_manager",
    "remove_paper",
    "remove_site",
    "report_corrected",
    "return_hand_over",
    "rules_in_force",
    "run_hand_overs",
    "save_sheet",
    "search_columns",
    "set_field_level",
    "start_audit",
    "store_traffic",
    "submit_client",
    "suggest_region",
    "suspend_product",
    "take_manager_off",
    "take_region",
    "update_client",
    "verify_correction",
    "visible_products",
]
