"""Writing verbs of the library: who keeps it, with a trace."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.text import clean, spell
from crm.base.trail import record
from crm.base.wording import check_wording
from knowledge import rules
from knowledge.choices import TIERS, SolutionState
from knowledge.models import ScriptCard, Solution

CARD_FIELDS = ("stage", "situation", "situation_en", "text", "text_en", "position", "active")
SOLUTION_FIELDS = ("title", "category", "summary", "body", "tiers")
# From which state an act leads where.
ACTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "publish": (
        (SolutionState.DRAFT, SolutionState.ARCHIVED),
        SolutionState.PUBLISHED,
        "knowledge.solution_published",
    ),
    "archive": (
        (SolutionState.DRAFT, SolutionState.PUBLISHED),
        SolutionState.ARCHIVED,
        "knowledge.solution_archived",
    ),
}


def _tidy(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _check(row: ScriptCard | Solution, fields: dict[str, list[Any]]) -> None:
    try:
        row.full_clean(exclude=["created_by", "updated_by"], validate_constraints=False)
    except ValidationError as error:
        fields |= {name: list(sentences) for name, sentences in error.message_dict.items()}
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)


def _fresh(row: ScriptCard | Solution, version: int | None) -> None:
    if version is not None and version != row.version:
        raise BusinessError(
            "STALE", _("Somebody changed this meanwhile. Look at it again and repeat your change.")
        )


@transaction.atomic
def save_card(
    *, actor: User, values: Mapping[str, Any], card_id: int | None = None, version: int | None = None
) -> ScriptCard:
    """Add a script card or re-word it; an amount owed is never named.

    Raises: Forbidden; Invalid ARREARS_WORDING, INVALID; BusinessError STALE. Source: S1-20, S1-23
    """
    require(actor, "knowledge.edit")
    if card_id is None:
        card = ScriptCard(code=clean(str(values.get("code", ""))).lower(), created_by=actor)
    else:
        card = ScriptCard.objects.select_for_update().get(pk=card_id)
        _fresh(card, version)
    changed = []
    for name in CARD_FIELDS:
        if name in values and getattr(card, name) != _tidy(values[name]):
            setattr(card, name, _tidy(values[name]))
            changed.append(name)
    if card.pk and not changed:
        return card
    fields: dict[str, list[Any]] = {}
    for name in ("text", "text_en"):
        check_wording(getattr(card, name), field=name)
        if unknown := rules.unknown_places(getattr(card, name)):
            sentence = _("Nothing can fill in %(names)s. Known are: %(known)s.")
            known = "、".join(f"{{{place}}}" for place in rules.PLACES)
            fields[name] = [
                sentence % {"names": "、".join(f"{{{place}}}" for place in unknown), "known": known}
            ]
    _check(card, fields)
    card.updated_by = actor
    if card.pk:
        card.version += 1
    card.save()
    act = "knowledge.script_changed" if card_id else "knowledge.script_added"
    record(actor=actor, action=act, entity=card, data={"name": card.situation, "fields": sorted(changed)})
    return card


@transaction.atomic
def save_solution(
    *, actor: User, values: Mapping[str, Any], solution_id: int | None = None, version: int | None = None
) -> Solution:
    """Upload a solution as a draft, or change one.

    `industries` and `products` are rows of the client file. Raises: Forbidden; Invalid; BusinessError STALE.
    Source: S1-06
    """
    require(actor, "knowledge.edit")
    if solution_id is None:
        solution = Solution(created_by=actor)
    else:
        solution = Solution.objects.select_for_update().get(pk=solution_id)
        _fresh(solution, version)
    for name in SOLUTION_FIELDS:
        if name in values:
            setattr(solution, name, _tidy(values[name]))
    fields: dict[str, list[Any]] = {}
    if not set(solution.tiers) <= set(TIERS):
        fields["tiers"] = [_("There is no such value tier.")]
    _check(solution, fields)
    solution.updated_by = actor
    if solution.pk:
        solution.version += 1
    solution.save()
    for name in ("industries", "products"):
        if name in values:
            getattr(solution, name).set(values[name])
    _index(solution)
    act = "knowledge.solution_changed" if solution_id else "knowledge.solution_added"
    record(actor=actor, action=act, entity=solution, data={"name": solution.title})
    return solution


def _index(solution: Solution) -> None:
    goods = " ".join(solution.products.values_list("name", flat=True))
    lines = " ".join(solution.industries.values_list("name", flat=True))
    words = [solution.title, *spell(solution.title), solution.summary, goods, lines, solution.body]
    solution.search_text = clean(" ".join(words)).lower()
    solution.save(update_fields=["search_text"])


@transaction.atomic
def move_solution(*, actor: User, solution_id: int, act: str) -> Solution:
    """Publish a solution or put it into the archive; from there it may be published again.

    Raises: Forbidden; BusinessError WRONG_STATE.
    """
    require(actor, "knowledge.edit")
    before, after, action = ACTS[act]
    solution = Solution.objects.select_for_update().get(pk=solution_id)
    if solution.state not in before:
        raise BusinessError(
            "WRONG_STATE",
            _("This is not possible any more: the state is now “%(state)s”. Reload the page.")
            % {"state": solution.get_state_display()},
        )
    solution.state = after
    if after == SolutionState.PUBLISHED:
        solution.published_at = clock.now()
    solution.save_by(actor, "state", "published_at")
    record(actor=actor, action=action, entity=solution, data={"name": solution.title})
    return solution
