"""Rules of audits: the population of a plan, the grace of positions, and when two values are the same."""

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import MD5, Concat

from clients.choices import AuditState, ClientStatus, FilingState, Verdict

# What a plan may narrow its population by: column of Client → codes.
POPULATION = (
    "status", "size_class", "value_tier", "institution_type", "completeness", "consistency", "segment",
)  # fmt: skip

# The states an act leads from and to (spec §3.4).
TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "start": ((AuditState.PLANNED,), AuditState.RUNNING),
    "finish": ((AuditState.RUNNING,), AuditState.FINDINGS),
    "notify": ((AuditState.FINDINGS,), AuditState.CORRECTION),
    "correct": ((AuditState.CORRECTION,), AuditState.CORRECTION),
    "verify": ((AuditState.CORRECTION,), AuditState.VERIFIED),
    "send_back": ((AuditState.CORRECTION,), AuditState.CORRECTION),
    "close": ((AuditState.FINDINGS, AuditState.VERIFIED), AuditState.CLOSED),
}


def population(filters: Mapping[str, Any]) -> Q:
    """Return the condition of a plan's population: filed, living clients with the chosen codes."""
    condition = Q(filing=FilingState.FILED) & ~Q(status=ClientStatus.CLOSED)
    for column in POPULATION:
        if codes := filters.get(column):
            condition &= Q(**{f"{column}__in": list(codes)})
    return condition


def lot(seed: int, round_no: int) -> MD5:
    """Return the expression that puts clients into the order in which a seed draws them."""
    return MD5(Concat(Value(f"{seed}:{round_no}:"), F("client_code"), output_field=TextField()))


def sample_count(population_size: int, *, size: int | None, pct: int | None) -> int:
    """Return how many clients a sample has; a share is rounded up, so that it is never empty."""
    if size is not None:
        return min(size, population_size)
    return -(-population_size * (pct or 0) // 100)


def within_grace(changed_on: date, as_of: date, days: int) -> bool:
    """Say whether a change of position may still be unrecorded: the last day included (S1-84, D-34)."""
    return changed_on <= as_of <= changed_on + timedelta(days=days)


def same(one: str, other: str) -> bool:
    """Say whether two values agree: width, case and blanks do not matter."""
    return _key(one) == _key(other)


def _key(value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(
        character for character in folded if not character.isspace() and character not in "-,，。."
    )


def proposed(*, system: str, found: str, required: bool, kind_compares: bool) -> str:
    """Return the verdict that follows from what was typed; empty when a person must say."""
    if found:
        if not system.strip():
            return Verdict.MISSING
        return Verdict.OK if same(system, found) else Verdict.MISMATCH
    if not system.strip():
        return Verdict.MISSING if required else Verdict.OK
    return "" if kind_compares else Verdict.OK
