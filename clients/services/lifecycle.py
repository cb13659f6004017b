"""Derive lifecycle states: one statement for the night, the same one for few clients after an event."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from clients.choices import FilingState
from clients.models import Client, ClientStatusHistory
from clients.rules import lifecycle
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.params.registry import get_group

# The rule's query says what changed; one statement writes history and clients. A derived column leaves
# `version` and `updated_at` alone: they speak of what people changed.
APPLY = """
WITH changed AS MATERIALIZED ({changed}),
history AS (
    INSERT INTO {history} (client_id, old, new, reason, changed_on, recorded_at, actor_id)
    SELECT id, status, new_status, new_reason, %s, %s, %s FROM changed
)
UPDATE {client} c
SET status = changed.new_status, status_changed_at = %s,
    account_opened_at = COALESCE(
        c.account_opened_at, changed.opened_at::timestamp AT TIME ZONE 'Asia/Shanghai'
    )
FROM changed WHERE c.id = changed.id
"""


def _derive(clients: QuerySet[Client], *, as_of: date, changed_on: date, actor: User | None) -> int:
    numbers = get_group("lifecycle.", as_of=as_of)
    changed = (
        clients.filter(filing=FilingState.FILED)
        .annotate(**lifecycle.FACTS)
        .annotate(
            new_status=lifecycle.status(as_of, numbers),
            new_reason=lifecycle.reason(as_of, numbers),
            opened_at=F("life__live_since"),
        )
        .filter(~Q(new_status=F("status")))
        .order_by()
        .values("id", "status", "new_status", "new_reason", "opened_at")
    )
    try:
        sql, params = changed.query.sql_with_params()
    except EmptyResultSet:  # no client can fit, such as a province without units
        return 0
    statement = APPLY.format(
        changed=sql, history=ClientStatusHistory._meta.db_table, client=Client._meta.db_table
    )
    moment = clock.now()
    since = clock.at(changed_on) if changed_on < clock.today() else moment
    arguments: list[Any] = [*params, changed_on, moment, actor.pk if actor else None, since]
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.rowcount


@transaction.atomic
def derive_statuses(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Derive the state of every client of a province; return how many changed (J04).

    The month before `as_of` is closed when `as_of` lies in the next. A second run changes nothing.
    """
    clients = Client.objects.all()
    if province is not None:
        clients = clients.filter(org_unit__in=_units_of(province))
    return _derive(clients, as_of=as_of, changed_on=as_of, actor=None)


@transaction.atomic
def refresh_status(client_ids: Iterable[int], *, as_of: date | None = None, actor: User | None = None) -> int:
    """Derive the state of a few clients after an event of theirs; return how many changed.

    Steps: 1. lock the clients, so that two events of one client follow each other; 2. derive.
    """
    ids = sorted(set(client_ids))
    day = as_of or clock.today()
    list(Client.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    return _derive(Client.objects.filter(pk__in=ids), as_of=day, changed_on=day, actor=actor)


def _units_of(province: OrgUnit) -> list[int]:
    return list(OrgUnit.objects.filter(path__startswith=province.path).values_list("pk", flat=True))
