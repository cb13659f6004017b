"""Run the value model over a province (spec §3.6.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState
from clients.models import Client
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.expressions import first_code, first_match
from crm.base.gathering import gathered_entries
from crm.base.trail import record
from crm.params import registry
from scoring import rules, statements
from scoring.choices import ModelState
from scoring.models import ClientFacts, TierModelVersion, TierRun
from scoring.querysets import override_in_force
from scoring.services.overrides import end_overrides
from scoring.services.size import in_province, sized
from scoring.statements.scores import scored

RAW_COLUMNS = (
    "revenue_12m_fen",
    "revenue_months",
    "revenue_prev_12m_fen",
    "mobiles",
    "mobiles_own",
    "ict_demand_score",
    "influence_level",
    "social_weight",
    "is_benchmark",
)
IN_UNIVERSE = Q(filing=FilingState.FILED, status__in=rules.RANKED)


@dataclass
class Distribution:
    """How the scores of a universe lie: what the limits of the bands follow from."""

    universe: int = 0
    by_score: list[tuple[Decimal, int]] = field(default_factory=list)  # best first
    spread: list[int] = field(default_factory=lambda: [0] * 20)

    @classmethod
    def of(cls, rows: Iterable[tuple[Decimal, int]]) -> "Distribution":
        """Read counts per score, best first: at most 10,001 rows whatever the size of the province."""
        found = cls()
        for score, count in rows:
            found.universe += count
            found.by_score.append((score, count))
            found.spread[min(int(score // 5), 19)] += count
        return found

    def at(self, place: int) -> Decimal | None:
        """Return the score of the client at a place, counted from 1; None for place 0."""
        for score, count in self.by_score:
            if place <= count:
                return score if place > 0 else None
            place -= count
        return None


def _ranked_clients(province: OrgUnit) -> Any:
    return in_province(Client.objects.filter(IN_UNIVERSE, is_legal_person=True), province).order_by()


def write_facts(*, as_of: date, run: TierRun) -> int:
    """Write the facts and scores of a province's clients where something differs; return the rows.

    One statement: facts of the client's row, revenue of 24 closed months, indicators and scores.
    """
    size = registry.get_group("size.", as_of=as_of)
    numbers = run.version.numbers
    clients = sized(_ranked_clients(run.province), as_of=as_of).values(
        "is_benchmark",
        "mobiles",
        ict_demand_given=F("ict_demand_score"),
        influence_given=F("influence_level"),
        client_id=F("id"),
        mobiles_own=Coalesce(F("mobile_users_cm"), 0),
        social_weight=rules.social_weight(size, numbers["social"]),
    )
    clients_sql, clients_params = statements.compiled(clients)
    this, end = clock.closed_months(as_of, 12)
    before, _end = clock.closed_months(as_of, 24)
    scored_sql, scored_params = scored(numbers, *RAW_COLUMNS)
    columns = (*RAW_COLUMNS, *rules.SCORE_COLUMNS)
    found = [*RAW_COLUMNS, *(f"new_{name}" for name in rules.SCORE_COLUMNS)]
    sql = statements.WRITE_FACTS.format(
        raw=statements.RAW_FACTS.format(clients=clients_sql),
        scored=scored_sql,
        held=", ".join(f"f.{c}" for c in columns),
        found=", ".join(f"s.{c}" for c in found),
        columns=", ".join(columns),
        new=", ".join(found),
        assignments=", ".join(f"{c} = EXCLUDED.{c}" for c in columns),
    )
    revenue = (this, this, this, before, end)
    return statements.write(sql, [*clients_params, *revenue, *scored_params, run.version_id, as_of, run.pk])


def distribution(province: OrgUnit) -> Distribution:
    """Return how the stored scores of a province's universe lie."""
    rows = (
        ClientFacts.objects.filter(client__in=_ranked_clients(province))
        .order_by("-total")
        .values_list("total")
        .annotate(n=Count("pk"))
    )
    return Distribution.of(rows)


def limits_of(found: Distribution, n: rules.Numbers) -> tuple[Decimal | None, Decimal | None]:
    """Return the lowest T of bands A and B; None where the band is empty."""
    if n["mode"] == "THRESHOLD":
        return Decimal(str(n["a_min"])), Decimal(str(n["b_min"]))
    n_a, n_b = rules.band_sizes(found.universe, c_share=n["c_share"], a_share=n["a_share"])
    return found.at(n_a), found.at(n_a + n_b) if n_b else None


def tiered(clients: Any, limit_a: Decimal | None, limit_b: Decimal | None, *, as_of: date) -> Any:
    """Return clients with the tier and rule that stored scores and decisions give under the limits."""
    table = rules.tier_rules(limit_a, limit_b)
    facts = {name: F(f"facts__{name}") for name in ("total", "cv", "pv", "strategic")}
    return (
        clients.annotate(
            decided=override_in_force("tier_overrides", as_of=as_of),
            ranked=Case(
                When(IN_UNIVERSE, then=Value(True)), default=Value(False), output_field=BooleanField()
            ),
            **facts,
        )
        .annotate(override=Coalesce(F("decided__tier"), Value("")))
        .annotate(
            new_tier=first_match(table, default="", output=CharField()),
            rule=first_code(table, default=""),
            old_tier=Coalesce(F("value_tier"), Value("")),
        )
        .values("id", "client_code", "old_tier", "new_tier", "rule")
    )


def run_tiers(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Run the value model for one province or for all; return the rows written.

    Run twice it changes nothing; the official run of a month's end is never run again.
    """
    if province is None:
        provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
        return sum(run_tiers(as_of=as_of, province=each) for each in provinces)
    return _run(as_of=as_of, province=province)


@transaction.atomic
def _run(*, as_of: date, province: OrgUnit) -> int:
    """Evaluate one province.

    Steps: 1. one TierRun row for the business date; 2. facts and scores; 3. the limits of the bands from the
    distribution; 4. tiers, history and events of the clients that changed; 5. what was found, in the run.
    """
    business_date = as_of - timedelta(days=1)
    version = TierModelVersion.objects.in_force(as_of=as_of, province=province)
    if version is None:
        raise BusinessError("NO_MODEL", _("No version of the value model is in force on this day."))
    if TierRun.objects.filter(province=province, business_date__gt=business_date).exists():
        return 0  # a newer night has spoken already
    run, _created = TierRun.objects.select_for_update(of=("self",)).get_or_create(
        province=province, business_date=business_date, defaults={"version": version}
    )
    if run.official and run.finished_at:
        return 0
    run.version = version
    statements.give_memory()
    written = write_facts(as_of=as_of, run=run)
    statements.count_again(written, "scoring_clientfacts")
    found = distribution(province)
    n = rules.with_shares(registry.get_group("tier.", as_of=as_of), version.numbers)
    limit_a, limit_b = limits_of(found, n)
    clients = in_province(Client.objects.all(), province).order_by()
    end_overrides(as_of=as_of)
    sql, params = statements.compiled(tiered(clients, limit_a, limit_b, as_of=as_of))
    day = business_date.isoformat()
    changed = 0
    if statements.write(statements.COUNT_TIERS.format(select=sql), params):
        told = [*params, version.name, as_of, day, version.name, day, as_of]
        with gathered_entries("clients_client"):
            changed = statements.write(statements.WRITE_TIERS.format(select=sql), told)
    result = {
        "version": version,
        "official": as_of.day == 1,
        "universe": found.universe,
        "spread": found.spread,
        "counts": {
            tier or "": count
            for tier, count in clients.values_list("value_tier")
            .annotate(n=Count("pk"))
            .order_by("value_tier")
        },
        "limits": {
            "A": str(limit_a) if limit_a is not None else None,
            "B": str(limit_b) if limit_b is not None else None,
        },
        "changed": run.changed + changed,
    }
    if run.finished_at is None or any(getattr(run, name) != value for name, value in result.items()):
        for name, value in result.items():
            setattr(run, name, value)
        run.finished_at = clock.now()
        run.save()
    return written + changed


@transaction.atomic
def publish_version(*, version: TierModelVersion, effective_from: date, actor: User) -> TierModelVersion:
    """Put a version in force from a day on; what earlier versions said stays as it is (E046).

    Raises: Invalid MODEL_NUMBERS; BusinessError MODEL_STATE, NOT_REVIEWED, OWN_PROPOSAL, MODEL_PAST.
    """
    version = TierModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state in (ModelState.PUBLISHED, ModelState.SUPERSEDED):
        raise BusinessError("MODEL_STATE", _("This version was published before. Copy it into a new one."))
    if version.state != ModelState.REVIEWED:
        raise BusinessError("NOT_REVIEWED", _("Look at what it would move first, then confirm it."))
    if actor.scope.is_self(version.proposed_by_id):
        raise BusinessError("OWN_PROPOSAL", _("You proposed it yourself. Somebody else must decide."))
    if problem := rules.model_problem(version.numbers):
        raise Invalid(
            "MODEL_NUMBERS",
            _("Every indicator needs a weight and a cap above zero, and the weights must sum to 100."),
            details={"problem": problem},
        )
    last = TierRun.objects.order_by("-business_date").values_list("business_date", flat=True).first()
    if last and effective_from <= last:
        raise BusinessError(
            "MODEL_PAST", _("Nights up to this day are evaluated already. Choose a later day.")
        )
    TierModelVersion.objects.filter(province=version.province, state=ModelState.PUBLISHED).update(
        state=ModelState.SUPERSEDED
    )
    version.state = ModelState.PUBLISHED
    version.effective_from = effective_from
    version.published_by = actor
    version.published_at = clock.now()
    version.save()
    record(
        actor=actor,
        action="scoring.model_published",
        entity=version,
        unit=version.province,
        data={"name": version.name, "effective_from": effective_from.isoformat()},
    )
    return version
