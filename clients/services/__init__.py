"""Writing verbs of the client file."""

from clients.services.agreements import (
    add_agreement,
    change_agreement,
    end_agreement,
    first_signings,
    remind_expiring,
    visible_agreements,
    warn_agreement,
)
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
from clients.services.catalogue import save_need, save_product
from clients.services.churn import (
    acknowledge_alert,
    dispose_alert,
    raise_alerts,
    record_sighting,
    report_risk,
    visible_alerts,
    visible_sightings,
)
from clients.services.circuits import reconcile_circuits, record_circuits, settle_circuit, visible_findings
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
from clients.services.feeds import record_products, record_traffic, store_traffic
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
from clients.services.lines import add_lines, remove_lines
from clients.services.managers import add_co_manager, assign_manager, remove_co_manager, take_manager_off
from clients.services.papers import add_paper, remove_paper
from clients.services.products import (
    cancel_product,
    change_product,
    move_product,
    open_product,
    order_product,
    suspend_product,
    visible_products,
)
from clients.services.regions import derive_region, region_mismatches, suggest_region
from clients.services.revenue import judge_revenue, record_revenue
from clients.services.search import refresh_search, search_columns
from clients.services.sites import add_site, remove_site, take_region

__all__ = [
    "acknowledge_alert",
    "add_agreement",
    "add_co_manager",
    "add_lines",
    "add_paper",
    "add_site",
    "allocate_codes",
    "approve_client",
    "assign_manager",
    "audit_on_the_spot",
    "bank_parents",
    "cancel_hand_over",
    "cancel_product",
    "change_agreement",
    "change_product",
    "close_client",
    "code_prefixes",
    "confirm_client",
    "count_clients",
    "create_client",
    "derive_key_accounts",
    "derive_region",
    "derive_statuses",
    "dispose_alert",
    "draw_due_audits",
    "duplicates",
    "end_agreement",
    "end_plan",
    "execute_hand_over",
    "explain_completeness",
    "finish_audit",
    "first_signings",
    "give_up_draft",
    "grade_completeness",
    "judge_revenue",
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
    "raise_alerts",
    "reconcile_circuits",
    "record_circuits",
    "record_products",
    "record_revenue",
    "record_sighting",
    "record_traffic",
    "refresh_completeness",
    "refresh_key_accounts",
    "refresh_search",
    "refresh_status",
    "region_mismatches",
    "reject_client",
    "remind_expiring",
    "remove_co_manager",
    "remove_lines",
    "remove_paper",
    "remove_site",
    "report_corrected",
    "report_risk",
    "return_hand_over",
    "rules_in_force",
    "run_hand_overs",
    "save_need",
    "save_product",
    "save_sheet",
    "search_columns",
    "set_field_level",
    "settle_circuit",
    "start_audit",
    "store_traffic",
    "submit_client",
    "suggest_region",
    "suspend_product",
    "take_manager_off",
    "take_region",
    "update_client",
    "verify_correction",
    "visible_agreements",
    "visible_alerts",
    "visible_findings",
    "visible_products",
    "visible_sightings",
    "warn_agreement",
]
