"""What pages and the API read: explanations from stored facts, statements from ledger lines."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, F, Q, QuerySet, Sum, Value, When
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.choices import SizeClass, ValueTier
from clients.models import Client
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.base.errors import Sentence
from crm.params import registry
from members.models import PersonalCustomer
from scoring import rules
from scoring.choices import DEDUCTIONS, PointKind, RewardReason
from scoring.models import ClientFacts, PointEntry, PointLot, PointMovement, TierRun
from scoring.services.size import sized

PAGE = 50


def province_of(unit: OrgUnit) -> OrgUnit | None:
    """Return the province a unit lies in."""
    above = [unit.path[: end + OrgUnit.steplen] for end in range(0, len(unit.path), OrgUnit.steplen)]
    return OrgUnit.objects.filter(type=UnitType.PROVINCE, path__in=above).first()


def provinces_of(user: User) -> list[OrgUnit]:
    """Return the provinces a person works in or over."""
    paths = user.scope.paths
    provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
    return [p for p in provinces if any(p.path.startswith(x) or x.startswith(p.path) for x in paths)]


# ---- Why this value tier ------------------------------------------------------------------------------


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
    classes = (("C", 0.0), *((band, float(limits[band])) for band in ("B", "A") if band in limits))
    return TierWhy(
        title=_("Value tier"),
        tier=client.value_tier,
        lines=lines,
        total=facts.total,
        classes=classes,
        next=_distance(client.value_tier, facts.total, limits),
        verdict=_verdict(client.value_tier, facts),
        model=version.name,
        as_of=run.business_date,
        facts=facts,
        run=run,
        better_than=_better_than(facts.total, run),
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
    """Return the share of the universe with a clearly lower score, by steps of five points."""
    if not run.universe:
        return None
    return sum(run.spread[: min(int(total // 5), 19)]) / run.universe


# ---- Why this size class ------------------------------------------------------------------------------


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
    """Explain the stored size class; figures of today stand beside it, and say so when they moved on."""
    n = registry.get_group("size.", as_of=as_of)
    table = rules.size_rules(n)
    flags = {
        f"rule_{place}": Case(
            When(rule.when, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for place, rule in enumerate(table)
    }
    row = (
        sized(Client.objects.filter(pk=client.pk), as_of=as_of)
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
    )


# ---- Points -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotPart:
    """What one line took from or gave to one year."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """One act on a statement, with the balance after it. Units: points."""

    entry_id: int
    movement: str
    on: date
    kind: str
    title: Sentence
    note: Sentence
    points: int
    balance: int
    lots: tuple[LotPart, ...]
    reversible: bool


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's points at a glance. Units: points."""

    balance: int
    lots: tuple[PointLot, ...]
    earned_consumption: int
    earned_reward: int
    expired: int
    redeemed: int
    by_policy: int
    adjusted: int
    expiring: int
    expiring_on: date | None

    @property
    def deducted(self) -> int:
        """Return all deductions, net of reversals (Source: L4, E136)."""
        return self.redeemed + self.by_policy + self.adjusted


def account_of(customer: PersonalCustomer, *, as_of: date) -> Account:
    """Sum up a customer's account; deductions by their three kinds, net of reversals."""
    lots = tuple(PointLot.objects.filter(account__customer=customer).order_by("lot_year"))
    net: dict[str, int] = dict.fromkeys((kind.value for kind in DEDUCTIONS), 0)
    entries = PointEntry.objects.filter(account__customer=customer)
    for kind, points in entries.filter(kind__in=DEDUCTIONS).values_list("kind").annotate(n=Sum("points")):
        net[kind] -= points
    back = PointMovement.objects.filter(account__customer=customer, kind=PointKind.REVERSAL)
    for kind, points in back.values_list("reverses__kind").annotate(n=Sum("points")):
        net[kind] -= points
    first = next((lot for lot in lots if lot.remaining and lot.expires_on >= as_of), None)
    return Account(
        balance=sum(lot.remaining for lot in lots),
        lots=lots,
        earned_consumption=sum(lot.earned_consumption for lot in lots),
        earned_reward=sum(lot.earned_reward for lot in lots),
        expired=sum(lot.expired for lot in lots),
        redeemed=net[PointKind.DEDUCT_REDEEM],
        by_policy=net[PointKind.DEDUCT_POLICY],
        adjusted=net[PointKind.DEDUCT_ADJUST],
        expiring=first.remaining if first else 0,
        expiring_on=first.expires_on if first else None,
    )


def _note(entry: PointEntry, movement: PointMovement | None) -> Sentence:
    """Say what a line stands for, in words."""
    head, _colon, month = entry.ref.partition(":")
    if head == "bill":
        return format_lazy(_("Bill of {month}"), month=month)
    if movement is None:
        return ""
    if entry.ref.startswith("refund:"):
        note: Sentence = format_lazy(_("Refund of the bill of {month}"), month=movement.reason)
        if movement.uncollected:
            left = format_lazy(_("{n} points could not be collected"), n=movement.uncollected)
            note = format_lazy("{note} · {left}", note=note, left=left)
        return note
    reason, _space, remark = movement.reason.partition(" ")
    if movement.kind == PointKind.EARN_REWARD and reason in RewardReason.values:
        return format_lazy("{label} {remark}", label=RewardReason(reason).label, remark=remark)
    people = [str(p) for p in (movement.operator, movement.approver) if p]
    return " · ".join(part for part in (movement.reason, *people) if part)


def statement_of(customer: PersonalCustomer, *, before: int | None = None) -> tuple[list[Line], int | None]:
    """Return a page of a customer's statement, newest first, and the place the next page begins.

    Lines of one movement stand together; the balance is what the account held after it.
    """
    entries = PointEntry.objects.filter(account__customer=customer)
    page = list((entries.filter(pk__lt=before) if before else entries).order_by("-pk")[: PAGE + 1])
    more = len(page) > PAGE
    if more:
        # Do not cut a movement in two: it is read whole on the next page.
        cut = page[PAGE].movement
        page = [entry for entry in page[:PAGE] if entry.movement != cut] or page[:PAGE]
    balance = entries.filter(pk__lte=page[0].pk).aggregate(n=Sum("points"))["n"] if page else 0
    movements = (
        PointMovement.objects.filter(pk__in={entry.movement for entry in page})
        .select_related("operator", "approver", "reversed_by")
        .in_bulk()
    )
    lines: list[Line] = []
    groups: list[list[PointEntry]] = []
    for entry in page:
        if groups and groups[-1][0].movement == entry.movement and groups[-1][0].kind == entry.kind:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    for group in groups:
        newest, points = group[0], sum(entry.points for entry in group)
        lines.append(
            Line(
                newest.pk,
                str(newest.movement),
                newest.business_date,
                newest.kind,
                PointKind(newest.kind).label,
                _note(newest, movements.get(newest.movement)),
                points,
                balance,
                tuple(LotPart(str(entry.lot_year), abs(entry.points)) for entry in reversed(group))
                if newest.kind in (*DEDUCTIONS, PointKind.REVERSAL)
                else (),
                _may_be_reversed(movements.get(newest.movement)),
            )
        )
        balance -= points
    return lines, (page[-1].pk if more and page else None)


def _may_be_reversed(movement: PointMovement | None) -> bool:
    """Say whether a movement is a deduction by a person that nobody reversed."""
    return (
        movement is not None
        and movement.kind in DEDUCTIONS
        and not movement.key.startswith("refund:")
        and not hasattr(movement, "reversed_by")
    )


def expiring_of(clients: Any, *, as_of: date) -> dict[str, int]:
    """Return how many points of a client's people expire at the end of this year, and of how many people."""
    lots = PointLot.objects.filter(
        account__customer__client__in=clients, remaining__gt=0, expires_on=date(as_of.year, 12, 31)
    )
    found = lots.aggregate(points=Sum("remaining"))
    return {"points": found["points"] or 0, "people": lots.values("account").distinct().count()}


def forecast(customers: Any, *, as_of: date) -> list[tuple[date, int]]:
    """Return what expires when, over the accounts of the customers."""
    return list(
        PointLot.objects.filter(account__customer__in=customers, remaining__gt=0, expires_on__gte=as_of)
        .values_list("expires_on")
        .annotate(points=Sum("remaining"))
        .order_by("expires_on")
    )


def people_of(client: Client) -> QuerySet[PersonalCustomer]:
    """Return a client's people with their balances, the largest first."""
    return (
        PersonalCustomer.objects.filter(client=client, in_net_to=None)
        .annotate(balance=Sum("account__lots__remaining", filter=Q(account__lots__remaining__gt=0)))
        .order_by(F("balance").desc(nulls_last=True), "pk")[:20]
    )
