"""Fact rows, model versions and runs, and the points ledger."""

from scoring.models.budgets import PointProposal, RewardBudget
from scoring.models.ecards import LIVE, CardMessage, ECard, InboundText
from scoring.models.ledger import OneTimeCode, PointAccount, PointEntry, PointLot, PointMovement
from scoring.models.overrides import TierOverride
from scoring.models.proof import LedgerProof, LedgerSeal, LotSum, PointSum
from scoring.models.reach import ReachMonth, ReachRow, ReachTotal
from scoring.models.segments import ResourceCost, SegmentMonth, SegmentPnL
from scoring.models.stars import CustomerMarks, FlagRun, MarkChange, StarModelVersion, StarRun
from scoring.models.tiers import ClientFacts, TierModelVersion, TierRun, WhatIf, WhatIfMove

__all__ = [
    "LIVE",
    "CardMessage",
    "ClientFacts",
    "CustomerMarks",
    "ECard",
    "FlagRun",
    "InboundText",
    "LedgerProof",
    "LedgerSeal",
    "LotSum",
    "MarkChange",
    "OneTimeCode",
    "PointAccount",
    "PointEntry",
    "PointLot",
    "PointMovement",
    "PointProposal",
    "PointSum",
    "ReachMonth",
    "ReachRow",
    "ReachTotal",
    "ResourceCost",
    "RewardBudget",
    "SegmentMonth",
    "SegmentPnL",
    "StarModelVersion",
    "StarRun",
    "TierModelVersion",
    "TierOverride",
    "TierRun",
    "WhatIf",
    "WhatIfMove",
]
