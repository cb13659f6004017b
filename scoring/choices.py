"""Vocabulary of scores and points (spec §3.5, §3.10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.choices import ValueTier


class PointKind(models.TextChoices):
    """Kinds of ledger line; the sign follows from the kind."""

    EARN_CONSUMPTION = "EARN_CONSUMPTION", _("Consumption points")
    EARN_REWARD = "EARN_REWARD", _("Reward points")
    DEDUCT_REDEEM = "DEDUCT_REDEEM", _("Redeemed")
    DEDUCT_POLICY = "DEDUCT_POLICY", _("Deducted by policy")
    DEDUCT_ADJUST = "DEDUCT_ADJUST", _("Deducted by adjustment")
    EXPIRE = "EXPIRE", _("Expired")
    REVERSAL = "REVERSAL", _("Reversed")


# Kinds of the sums of units: points also come and go with their customers.
MOVED = "MOVED"
SUM_KINDS = (*PointKind.choices, (MOVED, _("Came with customers")))

DEDUCTIONS = (PointKind.DEDUCT_REDEEM, PointKind.DEDUCT_POLICY, PointKind.DEDUCT_ADJUST)


class ProposalKind(models.TextChoices):
    """What needs a second person (Source: S0-70, S0-71, E132)."""

    EARN_REWARD = "EARN_REWARD", _("Give reward points")
    DEDUCT_POLICY = "DEDUCT_POLICY", _("Deduct by policy")
    DEDUCT_ADJUST = "DEDUCT_ADJUST", _("Deduct as an adjustment")


class RewardReason(models.TextChoices):
    """Why reward points are granted (Source: S0-70)."""

    TENURE = "TENURE", _("Time in the network")
    VAS = "VAS", _("Use of value-added services")
    SUGGESTION = "SUGGESTION", _("Suggestion")
    SURVEY = "SURVEY", _("Survey")
    GIFT_VIP = "GIFT_VIP", _("Gift to an important customer")
    OTHER = "OTHER", _("Other reason")


class BudgetPeriod(models.IntegerChoices):
    """The part of a year a budget of reward points is for."""

    YEAR = 0, _("whole year")
    Q1 = 1, _("1st quarter")
    Q2 = 2, _("2nd quarter")
    Q3 = 3, _("3rd quarter")
    Q4 = 4, _("4th quarter")


class CustomerLabel(models.TextChoices):
    """The seven labels beside the stars (Source: S3-08, X-14)."""

    KEY_PERSON = "KEY_PERSON", _("Key person of a client")
    CONTACT = "CONTACT", _("Contact of a client")
    MEMBER = "MEMBER", _("Member of a client")
    STATIC_HV = "STATIC_HV", _("Static high value")
    DYNAMIC_HV = "DYNAMIC_HV", _("Dynamic high value")
    CHURN_RISK = "CHURN_RISK", _("May leave")
    INFLUENTIAL = "INFLUENTIAL", _("Person of influence")


class ModelState(models.TextChoices):
    """States of a model version (spec §3.4)."""

    DRAFT = "DRAFT", _("Draft version")
    REVIEWED = "REVIEWED", _("Reviewed")
    PUBLISHED = "PUBLISHED", _("Published")
    SUPERSEDED = "SUPERSEDED", _("Superseded")


# Cells of a migration matrix; an empty one stands for a client without a tier.
TIERS_AND_NONE = (*ValueTier.values, "")

# What people may decide; D follows from the kind of institution alone (S0-27).
OVERRIDE_TIERS = [(code, label) for code, label in ValueTier.choices if code != ValueTier.D]


class OverrideState(models.TextChoices):
    """States of a tier by decision (spec §3.6.2)."""

    PROPOSED = "PROPOSED", _("Waiting for approval")
    APPROVED = "APPROVED", _("Approved")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Taken back")
    ENDED = "ENDED", _("Ended")


class CostDriver(models.TextChoices):
    """Resources whose cost is shared out by use (Source: S2-03)."""

    DATA = "DATA", _("Data")
    VOICE = "VOICE", _("Voice")
    BANDWIDTH = "BANDWIDTH", _("Leased bandwidth")


class ReachReason(models.TextChoices):
    """Why a client does not count as reached (spec §3.6.6)."""

    POTENTIAL_OR_AGREEMENT_ONLY = "POTENTIAL_OR_AGREEMENT_ONLY", _("Potential or agreement only")
    ZERO_MEMBER_ZERO_REVENUE = "ZERO_MEMBER_ZERO_REVENUE", _("No members, no revenue")
    INDIVIDUAL = "INDIVIDUAL", _("Individual business")
    CLUSTER = "CLUSTER", _("Cluster")
    CHURNED = "CHURNED", _("Churned")
    CLOSED = "CLOSED", _("Code cancelled")


class ZeroRule(models.TextChoices):
    """How no members and no revenue exclude a client (D-07)."""

    AND = "AND", _("Together")
    OR = "OR", _("Each alone")


class CardState(models.TextChoices):
    """States of a VIP e-card (spec §3.4)."""

    ISSUED = "ISSUED", _("Issued")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Not delivered")
    SUPERSEDED = "SUPERSEDED", _("Replaced")
    EXPIRED = "EXPIRED", _("Card expired")
    REVOKED = "REVOKED", _("Revoked")


class CardChannel(models.TextChoices):
    """How a card reaches its customer (Source: S0-76)."""

    SMS = "SMS", _("Text message")
    MMS = "MMS", _("Picture message")


class MessageState(models.TextChoices):
    """What became of a message."""

    WAITING = "WAITING", _("Waiting")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Not delivered")


class CardVerdict(models.TextChoices):
    """What a verification says (spec §3.5)."""

    OK = "OK", _("The card is valid")
    MISMATCH = "MISMATCH", _("Code and printed part differ")
    INVALID = "INVALID", _("No card of ours")
    EXPIRED = "EXPIRED", _("The card has expired")
    REVOKED = "REVOKED", _("The card does not count any more")


class InboundAnswer(models.TextChoices):
    """What a text to the short number got."""

    ISSUED = "ISSUED", _("Card sent")
    NO_GRADE = "NO_GRADE", _("No VIP grade")
    IGNORED = "IGNORED", _("Not understood")


class BrandLevel(models.TextChoices):
    """Level marks of the brand World Wind (Source: S4-10)."""

    ORDINARY = "ORDINARY", _("Ordinary")
    SILVER = "SILVER", _("Silver card")
    GOLD = "GOLD", _("Gold card")
    DIAMOND = "DIAMOND", _("Diamond card")


class Entitlement(models.TextChoices):
    """What a mark opens (Source: S4-11)."""

    BRAND = "BRAND", _("Service of the own brand")
    VIP = "VIP", _("VIP service by grade")
    GROUP = "GROUP", _("Differentiated group service")
    WORLDWIND_VIP = "WORLDWIND_VIP", _("World Wind VIP service")


class ServiceRow(models.TextChoices):
    """Rows of the service matrix (Source: S3-09)."""

    EXCLUSIVE = "EXCLUSIVE", _("Exclusive service")
    PRIORITY = "PRIORITY", _("Priority handling")
    PREMIUM = "PREMIUM", _("Premium service")
    NEWBIZ = "NEWBIZ", _("New-business feedback")
    BASIC = "BASIC", _("Basic services")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "scoring.card_issued": _("VIP e-card issued"),
    "scoring.card_revoked": _("VIP e-card revoked"),
    "scoring.card_sent": _("VIP e-card sent"),
    "scoring.card_verified": _("VIP e-card verified"),
    "scoring.cards_settled": _("VIP e-cards renewed and ended"),
    "scoring.budget_set": _("Reward budget set"),
    "scoring.code_sent": _("One-time code sent"),
    "scoring.costs_entered": _("Cost of resources entered"),
    "scoring.grant_approved": _("Points of a roster granted"),
    "scoring.grant_declined": _("Points of a roster declined"),
    "scoring.grant_endorsed": _("Points of a roster endorsed"),
    "scoring.grant_taken_back": _("Points of a roster taken back"),
    "scoring.ledger_differs": _("Ledger differs"),
    "scoring.ledger_sealed": _("Ledger sealed"),
    "scoring.model_changed": _("Value model changed"),
    "scoring.model_drafted": _("Value model drafted"),
    "scoring.model_reviewed": _("Value model reviewed"),
    "scoring.model_published": _("Value model published"),
    "scoring.override_approved": _("Tier by decision approved"),
    "scoring.override_declined": _("Tier by decision declined"),
    "scoring.override_proposed": _("Tier by decision proposed"),
    "scoring.override_withdrawn": _("Tier by decision taken back"),
    "scoring.points_deducted": _("Points deducted"),
    "scoring.points_proposed": _("Points proposed"),
    "scoring.points_redeemed": _("Points redeemed"),
    "scoring.points_reversed": _("Points given back"),
    "scoring.points_rewarded": _("Points granted"),
    "scoring.proposal_declined": _("Proposal declined"),
    "scoring.proposal_endorsed": _("Proposal endorsed"),
    "scoring.star_model_proposed": _("Star model proposed"),
    "scoring.star_model_published": _("Star model published"),
    "scoring.statement_handed_out": _("Points statement handed out"),
    "scoring.staff_beneficiary_refused": _("Redemption for staff refused"),
}
