"""Fact rows, model versions and runs, and the points ledger."""

from scoring.models.ecards import LIVE, CardMessage, ECard, InboundText
from scoring.models.ledger import (
    LedgerProof,
    OneTimeCode,
    PointAccount,
    PointEntry,
    PointLot,
    PointMovement,
    PointProposal,
)
from scoring.models.overrides import TierOverride
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
    "MarkChange",
    "OneTimeCode",
    "PointAccount",
    "PointEntry",
    "PointLot",
    "PointMovement",
    "PointProposal",
    "ReachMonth",
    "ReachRow",
    "ReachTotal",
    "ResourceCost",
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
