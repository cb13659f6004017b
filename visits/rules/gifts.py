"""Which acts a gift request allows (Source: S0-85, S1-36)."""

from visits.choices import GiftState
from visits.rules.visits import Move

MOVES: tuple[Move, ...] = (
    Move(GiftState.REQUESTED, GiftState.APPROVED, "approve"),
    Move(GiftState.REQUESTED, GiftState.REFUSED, "refuse"),
    Move(GiftState.REQUESTED, GiftState.WITHDRAWN, "withdraw"),
    Move(GiftState.APPROVED, GiftState.WITHDRAWN, "withdraw"),
    Move(GiftState.APPROVED, GiftState.COLLECTED, "hand_out"),
    Move(GiftState.COLLECTED, GiftState.SIGNED, "sign"),
    Move(GiftState.COLLECTED, GiftState.RETURNED, "give_back"),
)
