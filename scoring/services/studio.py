"""Draft a version of the value model, see what it would move over the whole base, confirm what was seen."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, CharField, F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.expressions import first_match
from crm.base.trail import record
from crm.params import registry
from scoring import rules, statements
from scoring.choices import ModelState
from scoring.models import ClientFacts, TierModelVersion, WhatIf
from scoring.querysets import override_in_force
from scoring.services.size import in_province
from scoring.services.tier import IN_UNIVERSE, Distribution, limits_of
from scoring.statements import whatif as sql
from scoring.statements.scores import OF_TIERS, scored

Numbers = dict[str, Any]


def _check(numbers: Numbers) -> None:
    """Refuse numbers out of bounds.

    Raises: Invalid MODEL_NUMBERS.
    """
    problem = rules.model_problem(numbers)
    if problem is None:
        return
    sentences = {
        "weights": _("The weights must sum to 100, each from 0 to 100."),
        "caps": _("Every cap must be above zero."),
        "shares": _("Tier C holds 50 to 90 %, band A 1 to 30 %, both together 100 % at most."),
    }
    sentence = sentences.get(problem, _("Every indicator needs a weight and a cap."))
    raise Invalid("MODEL_NUMBERS", sentence, fields={problem: [sentence]}, details={"problem": problem})


@transaction.atomic
def draft_version(*, province: OrgUnit, actor: User) -> TierModelVersion:
    """Copy the version in force into a draft of the province.

    Raises: BusinessError NO_MODEL.
    """
    require(actor, "scoring.propose_model")
    as_of = clock.today()
    source = TierModelVersion.objects.in_force(as_of=as_of, province=province)
    if source is None:
        raise BusinessError("NO_MODEL", _("No version of the value model is in force on this day."))
    n = registry.get_group("tier.", as_of=as_of)
    shares = {"c_percent": round(n["c_share"] * 100), "a_percent": round(n["a_share"] * 100)}
    last = TierModelVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    version = TierModelVersion.objects.create(
        name=f"V{last + 1}",
        numbers={"shares": shares, **source.numbers},
        province=province,
        proposed_by=actor,
    )
    record(actor=actor, action="scoring.model_drafted", entity=version, unit=province,
           data={"name": version.name, "copy_of": source.name})  # fmt: skip
    return version


@transaction.atomic
def change_version(*, version: TierModelVersion, numbers: Numbers, actor: User) -> TierModelVersion:
    """Change the numbers of a draft; what was confirmed before must be looked at again.

    Raises: BusinessError MODEL_STATE; Invalid MODEL_NUMBERS.
    """
    require(actor, "scoring.propose_model")
    version = TierModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state not in (ModelState.DRAFT, ModelState.REVIEWED):
        raise BusinessError("MODEL_STATE", _("This version was published before. Copy it into a new one."))
    numbers = {**version.numbers, **numbers}
    _check(numbers)
    if numbers == version.numbers:
        return version
    version.numbers, version.state, version.reviewed_by = numbers, ModelState.DRAFT, None
    # Whoever changes a number answers for it: somebody else publishes.
    version.proposed_by = actor
    version.save()
    record(actor=actor, action="scoring.model_changed", entity=version, unit=version.province,
           data={"name": version.name, **numbers})  # fmt: skip
    return version


@transaction.atomic
def ask_whatif(*, version: TierModelVersion, actor: User) -> WhatIf:
    """Ask what a version would do to its province; the worker answers.

    Raises: Invalid MODEL_NUMBERS; BusinessError NO_PROVINCE.
    """
    require(actor, "scoring.propose_model", "scoring.publish_model")
    if version.province is None:
        raise BusinessError("NO_PROVINCE", _("Copy it into a version of your province first."))
    _check(version.numbers)
    WhatIf.objects.filter(version=version).delete()
    return WhatIf.objects.create(
        version=version, numbers=version.numbers, province=version.province, asked_by=actor
    )


@transaction.atomic
def review_version(*, version: TierModelVersion, actor: User) -> TierModelVersion:
    """Confirm that the migration matrix of these very numbers was seen (spec §3.4).

    Raises: BusinessError MODEL_STATE, NOT_SEEN.
    """
    require(actor, "scoring.propose_model", "scoring.publish_model")
    version = TierModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelState.DRAFT:
        raise BusinessError("MODEL_STATE", _("Only a draft is confirmed."))
    answered = version.whatifs.filter(state=WhatIf.State.DONE).first()
    if answered is None or answered.numbers != version.numbers:
        raise BusinessError("NOT_SEEN", _("Find out what these numbers would move first."))
    version.state, version.reviewed_by = ModelState.REVIEWED, actor
    version.save()
    record(actor=actor, action="scoring.model_reviewed", entity=version, unit=version.province,
           data={"name": version.name, "moved": answered.moved})  # fmt: skip
    return version


def answer_whatif(*, whatif_id: int) -> WhatIf:
    """Evaluate the numbers over the stored facts of the whole province; nothing but the answer is written.

    Steps: 1. scores of all ranked clients in one pass; 2. the limits of the bands from their distribution;
    3. who would move, and the matrix, in one pass over what step 1 kept.
    """
    asked = WhatIf.objects.select_related("province").get(pk=whatif_id)
    began = time.monotonic()
    WhatIf.objects.filter(pk=asked.pk).update(state=WhatIf.State.RUNNING, progress=10)
    try:
        with transaction.atomic():
            found = _evaluate(asked, as_of=clock.today())
    except Exception as error:
        WhatIf.objects.filter(pk=asked.pk).update(state=WhatIf.State.FAILED, error=str(error)[:300])
        raise
    ms = round((time.monotonic() - began) * 1000)
    WhatIf.objects.filter(pk=asked.pk).update(
        state=WhatIf.State.DONE, progress=100, milliseconds=ms, error="", **found
    )
    asked.refresh_from_db()
    return asked


def _evaluate(asked: WhatIf, *, as_of: date) -> dict[str, Any]:
    statements.give_memory()
    asked.moves.all().delete()
    universe = (
        in_province(Client.objects.filter(IN_UNIVERSE, is_legal_person=True), asked.province)
        .order_by()
        .values("id", "org_unit_id", old_tier=Coalesce(F("value_tier"), Value("")))
    )
    clients, params = statements.compiled(universe)
    scores, score_params = scored(asked.numbers, "is_benchmark", "total", wanted=OF_TIERS)
    with connection.cursor() as cursor:
        cursor.execute(sql.KEEP_SCORES.format(clients=clients, scores=scores), [*params, *score_params])
        cursor.execute(sql.COUNT_SCORES)
        cursor.execute(sql.THEN)
        then = Distribution.of(cursor.fetchall())
        cursor.execute(sql.NOW)
        now = Distribution.of(cursor.fetchall())
    n = rules.with_shares(registry.get_group("tier.", as_of=as_of), asked.numbers)
    limit_a, limit_b = limits_of(then, n)
    table = rules.tier_rules(limit_a, limit_b)
    placed = (
        ClientFacts.objects.order_by()
        .annotate(
            decided=override_in_force("client__tier_overrides", as_of=as_of),
            is_legal_person=Value(True, output_field=BooleanField()),
            ranked=Value(True, output_field=BooleanField()),
        )
        .annotate(override=Coalesce(F("decided__tier"), Value("")))
        .values("client_id", "total", tier=first_match(table, default="", output=CharField()))
    )
    select, params = statements.compiled(placed)
    with connection.cursor() as cursor:
        cursor.execute(sql.KEEP_TIERS.format(select=select), params)
        cursor.execute(sql.WRITE_MOVES, [asked.pk])
        moved = cursor.rowcount
        cursor.execute(sql.MATRIX)
        matrix: dict[str, dict[str, int]] = {}
        for old, tier, count in cursor.fetchall():
            matrix.setdefault(old, {})[tier] = count
        cursor.execute(sql.FORGET)

    def plain(limit: Decimal | None) -> str | None:
        return str(limit) if limit is not None else None

    return {
        "universe": then.universe,
        "moved": moved,
        "matrix": matrix,
        "limits": {"A": plain(limit_a), "B": plain(limit_b)},
        "spread_now": now.spread,
        "spread_then": then.spread,
    }
