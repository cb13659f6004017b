"""Fact rows, model versions and runs, and the points ledger."""

from scoring.models.ledger import (
    LedgerProof,
    OneTimeCode,
    PointAccount,
    PointEntry,
    PointLot,
    PointMovement,
    PointProposal,
)
from scoring.models.tiers import ClientFacts, TierModelVersion, TierRun

__all__ = [
    "ClientFacts",
    "LedgerProof",
    "OneTimeCode",
    "PointAccount",
    "PointEntry",
    "PointLot",
    "PointMovement",
    "PointProposal",
    "TierModelVersion",
    "TierRun",
]
