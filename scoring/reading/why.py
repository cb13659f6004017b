"""Explanations of tier and size from stored facts."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Value, When
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.choices import SizeClass, ValueTier
from clients.models import Client
from crm.base.errors import Sentence
from crm.jobs.models import JobRun
from crm.params import registry
from scoring import rules
from scoring.models import ClientFacts, TierOverride, TierRun
from scoring.reading.levers import Way, model_tier, ways_up
from scoring.reading.provinces import province_of
from scoring.services.size import sized


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of a why panel. Units: `points` of T, two decimals."""

    code: str
    indicator: Sentence
    input: str
    cap: str
    weight: str
    value: Decimal
    points: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class TierWhy:
    """Why a client has its value tier: stored facts and scores under the version that made them."""

    title: Sentence
    tier: str
    lines: tuple[Contribution, ...]
    total: Decimal | None
    classes: tuple[tuple[str, float], ...]
    next: Sentence
    verdict: Sentence
    model: str
    as_of: date | None
    facts: ClientFacts | None
    run: TierRun | None
    better_than: float | None
    top: int = 100
    ways: tuple[Way, ...] = ()
    # What the model alone says, and what people decided instead of it.
    model_tier: str = ""
    override: TierOverride | None = None


def _plain(value: Decimal) -> str:
    """Write a number without idle zeros: 60,000 or 26.67."""
    rounded = value.quantize(Decimal("0.01"))
    return f"{int(rounded):,}" if rounded == rounded.to_integral_value() else f"{rounded:,}"


def explain_tier(client: Client) -> TierWhy:
    """Explain the stored value tier; nothing is computed again with today's rules or facts."""
    province = province_of(client.org_unit)
    run = (
        TierRun.objects.filter(province=province, finished_at__isnull=False).select_related("version").first()
    )
    inputs = {f"in_{i.code}": i.value for i in rules.INDICATORS}
    facts = (
        ClientFacts.objects.filter(client=client).select_related("run__version").annotate(**inputs).first()
    )
    empty = TierWhy(_("Value tier"), client.value_tier or "", (), None, (), "", "", "", None, None, run, None)
    if not client.is_legal_person:
        return replace(
            empty, verdict=_("Individual businesses and clusters are always D; they are not ranked.")
        )
    if facts is None or facts.run is None or run is None:
        return replace(empty, verdict=_("Not evaluated yet. The next night does it."))
    version = facts.run.version
    weights, caps = version.numbers["weights"], version.numbers["caps"]
    parts = [
        (i, (Decimal(str(weights[i.code])) * getattr(facts, i.code) / 100).quantize(Decimal("0.01")))
        for i in rules.INDICATORS
    ]
    most = max((points for _i, points in parts), default=Decimal(0)) or Decimal(1)
    lines = tuple(
        Contribution(
            i.code,
            i.label,
            str(format_lazy("{n} {unit}", n=_plain(getattr(facts, f"in_{i.code}")), unit=i.unit)),
            str(format_lazy("{n} {unit}", n=_plain(Decimal(str(caps[i.code]))), unit=i.unit)),
            str(weights[i.code]),
            getattr(facts, i.code),
            points,
            float(points / most),
        )
        for i, points in parts
    )
    if not client.value_tier:
        verdict = _("Churned or closed: no longer ranked. The last scores stay for reference.")
        return replace(
            empty,
            lines=lines,
            total=facts.total,
            verdict=verdict,
            model=version.name,
            as_of=facts.as_of,
            facts=facts,
        )
    limits = {band: Decimal(limit) for band, limit in run.limits.items() if limit is not None}
    found = model_tier(facts, version.numbers, limits)
    override = (
        TierOverride.objects.in_force(as_of=run.business_date + timedelta(days=1))
        .filter(client=client)
        .select_related("proposed_by", "decided_by")
        .first()
    )
    classes = (("C", 0.0), *((band, float(limits[band])) for band in ("B", "A") if band in limits))
    return TierWhy(
        title=_("Value tier"),
        tier=client.value_tier,
        lines=lines,
        total=facts.total,
        classes=classes,
        next=_distance(found, facts.total, limits),
        verdict=_verdict(found, facts),
        model=version.name,
        as_of=run.business_date,
        facts=facts,
        run=run,
        better_than=_better_than(facts.total, run),
        ways=ways_up(facts, version.numbers, limits, found),
        model_tier=found,
        override=override,
    )


def _distance(tier: str, total: Decimal, limits: dict[str, Decimal]) -> Sentence:
    """Say how far the next better band is."""
    for band in {"C": ("B", "A"), "B": ("A",), "A": ()}[tier[0]]:
        if band in limits:
            return format_lazy(
                _("{n} points to band {band}, which begins at {limit}."),
                n=max(limits[band] - total, Decimal("0.01")),
                band=band,
                limit=limits[band],
            )
    return _("The best band.")


def _verdict(tier: str, facts: ClientFacts) -> Sentence:
    """Say in one sentence what decided inside the band."""
    figures = {"cv": facts.cv, "pv": facts.pv, "k": facts.strategic}
    sentences: dict[str, Sentence] = {
        ValueTier.A1: _("Band A; present value {cv} is at least potential and strategic value {k}: A1."),
        ValueTier.A2: _("Band A; potential and strategic value {k} is above present value {cv}: A2."),
        ValueTier.B1: _("Band B; present value {cv} is at least potential value {pv}: B1."),
        ValueTier.B2: _("Band B; potential value {pv} is above present value {cv}: B2."),
        ValueTier.C: _("Below the limit of band B: C."),
    }
    if tier == ValueTier.B1 and facts.is_benchmark and facts.cv < facts.pv:
        return _("Band B and a model in its line: B1.")
    return str(sentences.get(tier, "")).format(**figures)


def _better_than(total: Decimal, run: TierRun) -> float | None:
    """Return the share of the universe with a clearly lower score, by steps of five points.

    Cut down to a tenth of a percent: nobody scores above everybody.
    """
    if not run.universe:
        return None
    return sum(run.spread[: min(int(total // 5), 19)]) * 1000 // run.universe / 1000


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of a table with what it says about this client."""

    code: str
    label: Sentence
    result: str
    result_label: str
    holds: bool
    decided: bool
    figure: Sentence
    source: str


@dataclass(frozen=True, slots=True)
class SizeWhy:
    """Why a client has its size class: the stored rule, and every rule on today's figures."""

    title: Sentence
    size_class: str
    rule: str
    lines: tuple[RuleLine, ...]
    stale: bool
    next: Sentence = ""


def _next_size(size: str, row: dict[str, Any], n: rules.Numbers) -> Sentence:
    """Say what the next larger class takes by mobiles or people; other criteria are facts of the file."""
    mobiles, people = row["mobiles"], row["headcount"]
    if size == "D" and people < n["c_min"]:
        return format_lazy(_("{n} more people to class C."), n=n["c_min"] - people)
    if size == "C" and mobiles < n["b_min"]:
        return format_lazy(_("{n} more mobiles to class B."), n=n["b_min"] - mobiles)
    if size == "B" and mobiles <= n["a_min_exclusive"]:
        return format_lazy(_("{n} more mobiles to class A."), n=n["a_min_exclusive"] + 1 - mobiles)
    return _("The largest class.") if size == "A" else ""


def _figure(code: str, row: dict[str, Any]) -> Sentence:
    """Say the numbers a rule looked at."""
    if code in ("SZ-A1", "SZ-B1"):
        return format_lazy(_("{n} mobiles"), n=row["mobiles"])
    if code in ("SZ-A2", "SZ-B2"):
        rank = row["tax_rank_province" if code == "SZ-A2" else "tax_rank_city"]
        if rank is None:
            return _("no tax rank")
        return format_lazy(_("rank {rank} in {year}"), rank=rank, year=row["tax_year"] or "—")
    if code in ("SZ-C", "SZ-D"):
        return format_lazy(_("{n} people"), n=row["headcount"])
    if code in ("SZ-0", "SZ-B3"):
        if not row["parent_size"]:
            return _("no classified parent")
        return format_lazy(_("parent is class {size}"), size=row["parent_size"])
    return ""


def explain_size(client: Client, *, as_of: date) -> SizeWhy:
    """Explain the stored size class by what the night read; say when figures moved on since."""
    province = province_of(client.org_unit)
    seen = JobRun.objects.last_seen("size", province.code if province else "") or (as_of, None)
    as_of, known_at = seen
    n = registry.get_group("size.", as_of=as_of, known_at=known_at)
    table = rules.size_rules(n)
    flags = {
        f"rule_{place}": Case(
            When(rule.when, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for place, rule in enumerate(table)
    }
    row = (
        sized(Client.objects.filter(pk=client.pk), as_of=as_of, known_at=known_at)
        .annotate(**flags)
        .values(
            "mobiles", "headcount", "parent_size", "tax_rank_province", "tax_rank_city", "tax_year", *flags
        )
        .get()
    )
    lines = tuple(
        RuleLine(
            rule.code,
            rule.label,
            str(rule.result),
            str(SizeClass(str(rule.result)).label),
            row[f"rule_{place}"],
            rule.code == client.size_rule,
            _figure(rule.code, row),
            rule.source,
        )
        for place, rule in enumerate(table)
    )
    first = next((line.code for line in lines if line.holds), rules.SIZE_DEFAULT)
    return SizeWhy(
        _("Size class"),
        client.size_class,
        client.size_rule,
        lines,
        bool(client.size_rule) and first != client.size_rule,
        _next_size(client.size_class, row, n),
    )
