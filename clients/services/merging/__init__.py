"""Merge duplicates and take them apart again."""

from clients.services.merging.acts import decide_merge, propose_merge, run_merge, undo_merge
from clients.services.merging.candidates import Candidate, candidates_of, pairs
from clients.services.merging.fields import FieldChoice, field_choices
from clients.services.merging.preview import Line, preview
from clients.services.merging.relations import Deal, Mover, Relation, mover, movers, relations

__all__ = [
    "Candidate",
    "Deal",
    "FieldChoice",
    "Line",
    "Mover",
    "Relation",
    "candidates_of",
    "decide_merge",
    "field_choices",
    "mover",
    "movers",
    "pairs",
    "preview",
    "propose_merge",
    "relations",
    "run_merge",
    "undo_merge",
]
