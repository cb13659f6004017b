"""Why a customer has its star, flags and labels: stored facts beside the rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Value, When
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Sentence
from crm.base.expressions import Rule
from crm.jobs.models import JobRun
from members.choices import Brand
from members.models import PersonalCustomer
from scoring import rules
from scoring.choices import CustomerLabel
from scoring.models import CustomerMarks, MarkChange, StarModelVersion, StarRun
from scoring.services.stars import high_value_numbers, label_numbers


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One rule with what it says about this customer."""

    code: str
    label: Sentence
    result: str
    holds: bool
    decided: bool
    figure: Sentence
    source: str
    name: Sentence = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's star, flags and labels with their reasons. Units: `average_fen` a month."""

    customer: PersonalCustomer
    marks: CustomerMarks | None
    version: StarModelVersion | None
    run: StarRun | None
    star_lines: tuple[MarkLine, ...]
    label_lines: tuple[MarkLine, ...]
    flag_lines: tuple[MarkLine, ...]
    next: Sentence
    stale: bool
    changes: tuple[MarkChange, ...]

    @property
    def average_fen(self) -> int:
        """Return the six-month average, rounded down."""
        return self.marks.spend6_fen // rules.WINDOW if self.marks else 0


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def _star_figure(code: str, marks: CustomerMarks) -> Sentence:
    if code == rules.UNRATED:
        return format_lazy(_("{n} months in the network"), n=marks.months_in_net)
    if code == "ST-6a":
        return format_lazy(_("{brand}, {n} points last year"), brand=Brand(marks.brand).label,
                           n=f"{marks.points_last_year:,}")  # fmt: skip
    if code in ("ST-6b", "ST-4a"):
        return Brand(marks.brand).label
    return format_lazy(_("{n} yuan a month"), n=_yuan(marks.spend6_fen // rules.WINDOW))


def _label_figure(code: str, marks: CustomerMarks) -> Sentence:
    if code == "L4":
        return format_lazy(_("October to December: {n} yuan a month"), n=_yuan(marks.q4_fen // 3))
    if code == "L5":
        return format_lazy(_("best month: {n} yuan"), n=_yuan(marks.best_fen))
    if code == "L6":
        return format_lazy(
            _("{last} yuan after {before} yuan a month"),
            last=_yuan(marks.last_fen),
            before=_yuan(marks.prev3_fen // 3),
        )
    return ""


def _held(marks: CustomerMarks, tables: dict[str, Iterable[Rule]]) -> dict[str, bool]:
    """Evaluate every condition over the stored row, in one query."""
    flags = {
        f"rule_{name}_{place}": Case(
            When(rule.when, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for name, table in tables.items()
        for place, rule in enumerate(table)
    }
    return {
        name: bool(on) for name, on in CustomerMarks.objects.filter(pk=marks.pk).values(**flags).get().items()
    }


def _next_star(marks: CustomerMarks, star: int, n: rules.Numbers) -> Sentence:
    """Say what the next star takes."""
    if star >= 6:
        return _("The highest star.")
    if not star:
        left: int = n["min_months"] - marks.months_in_net
        if left <= 0:
            return ""
        return format_lazy(_("Rated after {n} more months in the network."), n=left)
    if star == 5:
        if marks.brand != Brand.GOTONE:
            return _("Six stars are for GoTone customers.")
        left = n["six_points"] - marks.points_last_year
        return format_lazy(_("{n} consumption points short of six stars."), n=f"{left:,}")
    wanted = {1: "two_yuan", 2: "three_yuan", 3: "four_yuan", 4: "five_yuan"}[star]
    short = n[wanted] * 100 * rules.WINDOW - marks.spend6_fen
    return format_lazy(
        _("{n} yuan a month short of {star} stars."),
        n=_yuan(-(-short // rules.WINDOW)),
        star=star + 1,
    )


def standing_of(customer: PersonalCustomer, *, as_of: date) -> Standing:
    """Explain a customer's star, flags and labels from the stored row; nothing is computed from bills."""
    marks = CustomerMarks.objects.filter(customer=customer).first()
    run = StarRun.objects.filter(finished_at__isnull=False).select_related("version").first()
    version = run.version if run else StarModelVersion.objects.in_force(as_of=as_of)
    changes = tuple(MarkChange.objects.filter(customer=customer)[:20])
    if marks is None or version is None:
        return Standing(customer, marks, version, run, (), (), (), "", False, changes)
    # What the nights read, not what somebody decided since.
    labelled = JobRun.objects.last_seen("labels") or (as_of, None)
    flagged = JobRun.objects.last_seen("flags") or (as_of, None)
    numbers = label_numbers(as_of=labelled[0], known_at=labelled[1])
    flags = high_value_numbers(as_of=flagged[0], known_at=flagged[1])
    stars, labels = rules.star_rules(version.numbers), rules.label_rules(numbers)
    held = _held(marks, {"star": stars, "label": labels})
    star_lines = tuple(
        MarkLine(rule.code, rule.label, str(rule.result), held[f"rule_star_{place}"],
                 rule.code == marks.star_rule, _star_figure(rule.code, marks), rule.source)
        for place, rule in enumerate(stars)
    )  # fmt: skip
    label_lines = tuple(
        MarkLine(rule.code, rule.label, str(rule.result), held[f"rule_label_{place}"],
                 rule.result in marks.labels, _label_figure(rule.code, marks), rule.source,
                 CustomerLabel(str(rule.result)).label)
        for place, rule in enumerate(labels)
        if rule.result in numbers["enabled"]
    )  # fmt: skip
    flag_lines = (
        MarkLine(
            "MH",
            format_lazy(_("Mid-high end: average of three months {n} yuan or more"), n=flags["midhigh_yuan"]),
            "MIDHIGH",
            marks.midhigh,
            marks.midhigh,
            format_lazy(_("{n} yuan a month"), n=_yuan(marks.spend3_fen // 3)),
            "S0-80",
        ),
    )
    first = next((line.code for line in star_lines if line.holds), rules.UNRATED)
    return Standing(
        customer,
        marks,
        version,
        run,
        star_lines,
        label_lines,
        flag_lines,
        _next_star(marks, customer.star, version.numbers),
        bool(marks.star_rule) and first != marks.star_rule,
        changes,
    )


def marks_of_numbers(msisdns: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return star and labels of active customers by their number: what rows of lists show."""
    rows = PersonalCustomer.objects.filter(msisdn__in=list(msisdns), in_net_to=None).values_list(
        "msisdn", "pk", "star", "marks__labels", "marks__midhigh"
    )
    return {
        msisdn: {
            "customer": pk,
            "url": reverse("scoring:standing", args=[pk]),
            "star": star,
            "labels": [(code, CustomerLabel(code).label) for code in labels or ()],
            "midhigh": bool(midhigh),
        }
        for msisdn, pk, star, labels, midhigh in rows
    }


def with_label(customers: Any, label: str) -> Any:
    """Keep customers with a label, or those of the mid-high end."""
    if label == "MIDHIGH":
        return customers.filter(marks__midhigh=True)
    return customers.filter(marks__labels__contains=[label])
