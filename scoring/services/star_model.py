"""Propose a version of the star model and put it in force as a second person (Source: S3-31, S3-32)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.trail import record
from scoring import rules
from scoring.choices import ModelState
from scoring.models import StarModelVersion


@transaction.atomic
def propose_star_model(*, numbers: dict[str, Any], effective_from: date, actor: User) -> StarModelVersion:
    """Write down thresholds that shall hold from a day on; nothing changes until they are published.

    Raises: Invalid MODEL_NUMBERS, MODEL_PAST.
    """
    require(actor, "scoring.propose_model")
    if wrong := rules.star_problem(numbers):
        sentence = _("Keep each number within its bounds, and each average below the one of the star above.")
        raise Invalid("MODEL_NUMBERS", sentence, fields={wrong: [sentence]})
    _refuse_past(effective_from)
    number = StarModelVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    version = StarModelVersion.objects.create(
        name=f"S{number + 1}", numbers=numbers, effective_from=effective_from, proposed_by=actor
    )
    record(
        actor=actor,
        action="scoring.star_model_proposed",
        entity=version,
        data={"name": version.name, "effective_from": str(effective_from), **numbers},
    )
    return version


def _refuse_past(effective_from: date) -> None:
    if effective_from <= clock.today():
        sentence = _("A version cannot reach into the past. Choose tomorrow or later.")
        raise Invalid("MODEL_PAST", sentence, fields={"effective_from": [sentence]})


@transaction.atomic
def publish_star_model(*, version: StarModelVersion, actor: User) -> StarModelVersion:
    """Put a proposed version in force from its day on; runs of earlier days stay as they are.

    Raises: BusinessError MODEL_STATE, OWN_PROPOSAL, DAY_TAKEN; Invalid MODEL_PAST.
    """
    require(actor, "scoring.publish_model")
    version = StarModelVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != ModelState.DRAFT:
        raise BusinessError("MODEL_STATE", _("This version was published before. Copy it into a new one."))
    if actor.scope.is_self(version.proposed_by_id):
        raise BusinessError("OWN_PROPOSAL", _("You proposed it yourself. Somebody else must decide."))
    assert version.effective_from is not None  # noqa: S101 - every proposal has its day
    _refuse_past(version.effective_from)
    published = StarModelVersion.objects.filter(published_at__isnull=False)
    if published.filter(effective_from=version.effective_from).exists():
        raise BusinessError("DAY_TAKEN", _("Another version begins on that day."))
    published.filter(effective_from__lt=version.effective_from).update(state=ModelState.SUPERSEDED)
    version.state = ModelState.PUBLISHED
    version.published_by, version.published_at = actor, clock.now()
    version.save()
    record(
        actor=actor,
        action="scoring.star_model_published",
        entity=version,
        data={"name": version.name, "effective_from": str(version.effective_from)},
    )
    return version
