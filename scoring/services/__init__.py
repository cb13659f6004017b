"""Writing verbs of scoring; the names the night's graph and other floors use."""

from scoring.services.budgets import set_budget
from scoring.services.codes import issue_code
from scoring.services.ecards import (
    answer_text,
    issue_card,
    note_receipt,
    revoke_card,
    send_card,
    settle_cards,
    verify_card,
)
from scoring.services.grants import approve_grant, decline_grant, propose_grant_back
from scoring.services.grants import needs_two as grant_needs_two
from scoring.services.ledger import deduct, lock_accounts, redeem, reward
from scoring.services.overrides import (
    approve_override,
    decline_override,
    propose_override,
    withdraw_override,
)
from scoring.services.posting import expire_points, post_settled_bills
from scoring.services.proof import prove_ledger
from scoring.services.proposals import (
    approve_proposal,
    decline_proposal,
    propose,
    propose_take_back,
    two_from,
)
from scoring.services.reach import close_reach
from scoring.services.returns import refund_bill, reverse, take_back
from scoring.services.segments import close_segments, enter_costs
from scoring.services.size import classify_sizes
from scoring.services.star_model import propose_star_model, publish_star_model
from scoring.services.stars import run_flags, run_stars, write_labels
from scoring.services.studio import (
    answer_whatif,
    ask_whatif,
    change_version,
    draft_version,
    review_version,
)
from scoring.services.tier import publish_version, run_tiers
from scoring.services.vip import grade_vips

__all__ = [
    "answer_text",
    "answer_whatif",
    "approve_grant",
    "approve_override",
    "approve_proposal",
    "ask_whatif",
    "change_version",
    "classify_sizes",
    "close_reach",
    "close_segments",
    "decline_grant",
    "decline_override",
    "decline_proposal",
    "deduct",
    "draft_version",
    "enter_costs",
    "expire_points",
    "grade_vips",
    "grant_needs_two",
    "issue_card",
    "issue_code",
    "lock_accounts",
    "note_receipt",
    "post_settled_bills",
    "propose",
    "propose_grant_back",
    "propose_override",
    "propose_star_model",
    "propose_take_back",
    "prove_ledger",
    "publish_star_model",
    "publish_version",
    "redeem",
    "refund_bill",
    "reverse",
    "review_version",
    "revoke_card",
    "reward",
    "run_flags",
    "run_stars",
    "run_tiers",
    "send_card",
    "set_budget",
    "settle_cards",
    "take_back",
    "two_from",
    "verify_card",
    "withdraw_override",
    "write_labels",
]
