"""Which acts an on-site event allows, and what each of them waits for: guards as data (S1-55…S1-62)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError
from visits.choices import EventMaterial, EventState
from visits.rules.visits import Move

_E = EventState
MOVES: tuple[Move, ...] = (
    Move(_E.DRAFT, _E.DRAFT, "change"),
    Move(_E.DRAFT, _E.SUBMITTED, "submit"),
    Move(_E.SUBMITTED, _E.DRAFT, "withdraw"),
    Move(_E.SUBMITTED, _E.DRAFT, "return"),
    Move(_E.SUBMITTED, _E.APPROVED, "approve"),
    Move(_E.APPROVED, _E.DRAFT, "reopen"),
    Move(_E.WARMED_UP, _E.DRAFT, "reopen"),
    Move(_E.APPROVED, _E.WARMED_UP, "warm_up"),
    Move(_E.WARMED_UP, _E.RUNNING, "start"),
    Move(_E.RUNNING, _E.FINISHED, "finish"),
    Move(_E.FINISHED, _E.FINISHED, "evaluate"),
    Move(_E.FINISHED, _E.EVALUATED, "hand_in"),
    Move(_E.EVALUATED, _E.FINISHED, "return"),
    Move(_E.EVALUATED, _E.CLOSED, "close"),
    *(Move(state, state, "prepare") for state in (_E.DRAFT, _E.SUBMITTED, _E.APPROVED, _E.WARMED_UP)),
    *(Move(state, state, "look") for state in (_E.RUNNING, _E.FINISHED)),
    *(Move(state, state, "sign_in") for state in (_E.RUNNING, _E.FINISHED)),
    *(Move(state, _E.CANCELLED, "cancel") for state in (_E.DRAFT, _E.SUBMITTED, _E.APPROVED, _E.WARMED_UP)),
)

# The path, for the line of steps on the page.
PATH: tuple[str, ...] = (
    _E.DRAFT,
    _E.SUBMITTED,
    _E.APPROVED,
    _E.WARMED_UP,
    _E.RUNNING,
    _E.FINISHED,
    _E.EVALUATED,
    _E.CLOSED,
)
# Verbs that need a reason.
REASONED = frozenset({"return", "cancel", "reopen"})
# The five parts of the evaluation (S1-62); the first is the effect form with its results.
PARTS: tuple[tuple[str, ...], ...] = (
    ("result_qty",),
    ("client_situation",),
    ("strategy",),
    ("site_situation",),
    ("sales_effect", "feedback", "success", "failure", "staff_quality"),
)

Facts = Mapping[str, Any]
Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is missing: a code for machines, where to mend it, a sentence for people."""

    code: str
    field: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition of some verbs; `missing` yields a sentence for each thing that fails it."""

    code: str
    field: str
    verbs: frozenset[str]
    missing: Callable[[Facts], Iterable[Sentence]]
    source: str


def _few(facts: Facts) -> Iterable[Sentence]:
    if facts["staff"] < facts["min_staff"]:
        yield _("The team has %(count)d people; it needs at least %(least)d.") % {
            "count": facts["staff"],
            "least": facts["min_staff"],
        }


def _leaders(facts: Facts) -> Iterable[Sentence]:
    if facts["leaders"] != 1:
        yield _("The team has %(count)d leaders; choose exactly one.") % {"count": facts["leaders"]}


def _products(facts: Facts) -> Iterable[Sentence]:
    if not facts["products"]:
        yield _("Add at least one product to promote.")


def _of_each(test: Callable[[Mapping[str, Any]], bool], sentence: Sentence) -> Any:
    def missing(facts: Facts) -> Iterable[Sentence]:
        return [sentence % {"product": row["name"]} for row in facts["products"] if test(row)]

    return missing


def _announced(facts: Facts) -> Iterable[Sentence]:
    if not facts["warmup_plan"].strip():
        yield _("Write how the client's people hear of the event beforehand.")


def _warmed_late(facts: Facts) -> Iterable[Sentence]:
    if facts["moment"] >= facts["starts_at"]:
        yield _("The warm-up comes before the begin. Plan the event anew for a later time.")


def _materials(facts: Facts) -> Iterable[Sentence]:
    missing = [code for code in facts["materials_needed"] if code not in facts["materials_ready"]]
    if missing:
        words = "、".join(str(EventMaterial(code).label) for code in missing)
        yield _("Not ready yet: %(materials)s.") % {"materials": words}


def _not_yet(facts: Facts) -> Iterable[Sentence]:
    if clock.business_date(facts["moment"]) < clock.business_date(facts["starts_at"]):
        yield _("The event begins on %(day)s.") % {"day": clock.business_date(facts["starts_at"])}


def _over(facts: Facts) -> Iterable[Sentence]:
    if facts["ends_at"] <= facts["moment"]:
        yield _("The planned time is over. Plan the event for a later time.")


def _gifts(facts: Facts) -> Iterable[Sentence]:
    return [
        _("Write how many of %(gift)s were given away.") % {"gift": row["name"]}
        for row in facts["gifts"]
        if row["given"] is None
    ]


_PLAN = frozenset({"submit", "approve"})
_HAND_IN = frozenset({"hand_in", "close"})

PART_WORDS: dict[str, Sentence] = {
    "client_situation": _("Part 2: write about the situation of the client."),
    "strategy": _("Part 3: write about the strategy and the products."),
    "site_situation": _("Part 4: write about the situation on the site."),
    "sales_effect": _("Part 5: write about the effect on sales."),
    "feedback": _("Part 5: write about problems and feedback."),
    "success": _("Part 5: write what went well."),
    "failure": _("Part 5: write what went wrong."),
    "staff_quality": _("Part 5: write about the quality of the team."),
}


def _part(name: str) -> Callable[[Facts], Iterable[Sentence]]:
    return lambda facts: [] if facts["evaluation"].get(name, "").strip() else [PART_WORDS[name]]


GUARDS: tuple[Guard, ...] = (
    Guard("EVENT_STAFF", "staff", _PLAN, _few, "S1-55"),
    Guard("EVENT_LEADER", "staff", _PLAN, _leaders, "S1-55"),
    Guard("EVENT_PRODUCTS", "products", _PLAN, _products, "S1-57"),
    Guard(
        "EVENT_SCRIPT",
        "products",
        _PLAN,
        _of_each(lambda row: not row["script"].strip(), _("%(product)s: write the wording.")),
        "S1-57",
    ),
    Guard(
        "EVENT_TARIFF",
        "products",
        _PLAN,
        _of_each(lambda row: not row["tariff"].strip(), _("%(product)s: write tariff and policy.")),
        "S1-57",
    ),
    Guard(
        "EVENT_SYSTEM",
        "products",
        _PLAN,
        _of_each(lambda row: not row["system_ready"], _("%(product)s: not ready in the systems yet.")),
        "S1-57",
    ),
    Guard(
        "EVENT_SUPPORT",
        "products",
        _PLAN,
        _of_each(
            lambda row: (
                row["needs_check"] and not (row["support_hall"].strip() and row["support_phone"].strip())
            ),
            _("%(product)s needs a check: write which hall supports it and its phone."),
        ),
        "S1-59",
    ),
    Guard(
        "EVENT_TARGET",
        "products",
        _PLAN,
        _of_each(lambda row: not row["target_qty"], _("%(product)s: set a target of at least 1.")),
        "S1-60",
    ),
    Guard("EVENT_WARMUP", "warmup_plan", _PLAN, _announced, "S1-56"),
    Guard("EVENT_OVER", "starts_at", _PLAN, _over, "S1-56"),
    Guard("EVENT_WARMUP_LATE", "warmup_done_at", frozenset({"warm_up"}), _warmed_late, "S1-56"),
    Guard("EVENT_MATERIAL", "materials", frozenset({"start"}), _materials, "S1-56"),
    Guard("EVENT_NOT_YET", "starts_at", frozenset({"start"}), _not_yet, "S1-56"),
    Guard(
        "EVENT_RESULT",
        "result_qty",
        _HAND_IN,
        _of_each(lambda row: row["result_qty"] is None, _("Part 1: write the result of %(product)s.")),
        "S1-62",
    ),
    *(Guard("EVENT_EVALUATION", name, _HAND_IN, _part(name), "S1-62") for part in PARTS[1:] for name in part),
    Guard("EVENT_GIFTS", "gifts", _HAND_IN, _gifts, "S0-85"),
)


def open_points(verb: str, facts: Facts) -> list[Point]:
    """Return everything that stands between an event and an act, all at once."""
    return [
        Point(guard.code, guard.field, sentence)
        for guard in GUARDS
        if verb in guard.verbs
        for sentence in guard.missing(facts)
    ]


def move(state: str, verb: str) -> str:
    """Return the state after an act.

    Raises: BusinessError WRONG_STATE.
    """
    for candidate in MOVES:
        if candidate.before == state and candidate.verb == verb:
            return candidate.after
    raise BusinessError(
        "WRONG_STATE",
        _("This is not possible any more: the state is now “%(state)s”. Reload the page.")
        % {"state": EventState(state).label},
        details={"state": state, "verb": verb},
    )


def allows(state: str, verb: str) -> bool:
    """Say whether a state allows an act, guards aside."""
    return any(candidate.before == state and candidate.verb == verb for candidate in MOVES)


def refuse_open(verb: str, facts: Facts) -> None:
    """Refuse an act while something is missing; the code is that of the first thing, all are named.

    Raises: BusinessError EVENT_… (409). Source: E196, E197
    """
    points = open_points(verb, facts)
    if points:
        fields: dict[str, list[Sentence]] = {}
        for point in points:
            fields.setdefault(point.field, []).append(point.sentence)
        codes = sorted({point.code for point in points})
        raise BusinessError(points[0].code, points[0].sentence, fields=fields, details={"codes": codes})


def share(result: int | None, target: int | None) -> float | None:
    """Return the share of a target that was reached (0–1 and above), None without a target."""
    return result / target if target and result is not None else None
