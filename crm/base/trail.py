"""Leave a trace of an act: the verb every service uses; the table and its pages live in crm.audit."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from."""

    ip: str | None = None
    request_id: str = ""


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    entity: models.Model | None = None,
    unit: models.Model | None = None,
    data: dict[str, Any] | None = None,
) -> Any:
    """Record one act; `action` is dotted and past tense, such as `visits.log_approved`.

    `unit` is the unit the record belongs to: it decides which auditors see the event.
    """
    event = _event(actor, action, entity, unit, data)
    event.save()
    return event


def record_many(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    entities: Iterable[tuple[models.Model, models.Model | None, dict[str, Any]]],
) -> None:
    """Record the same act on many records (record, unit, data) in one statement."""
    events = [_event(actor, action, entity, unit, data) for entity, unit, data in entities]
    apps.get_model("audit", "AuditEvent").objects.bulk_create(events)


def _deputy(actor: Any, unit: Any) -> dict[str, Any]:
    """Name the colleague whose lent role reaches the record: a deputy's acts say whose place it was."""
    lent = actor.scope.deputy_for if actor and unit and hasattr(actor, "scope") else ()
    names = sorted({each.name for each in lent if unit.path.startswith(each.path)})
    return {"stands_in_for": "、".join(names)} if names else {}


def _event(
    actor: AbstractBaseUser | None,
    action: str,
    entity: models.Model | None,
    unit: models.Model | None,
    data: dict[str, Any] | None,
) -> Any:
    where = origin.get()
    made: Any = apps.get_model("audit", "AuditEvent")
    return made(
        actor=actor,
        actor_name=str(actor) if actor else "",
        action=action,
        entity=entity._meta.label_lower if entity else "",
        entity_id=str(entity.pk) if entity else "",
        unit=unit,
        data=(data or {}) | _deputy(actor, unit),
        ip=where.ip,
        request_id=where.request_id,
    )
