"""Key accounts, segments and responsible units: one statement a city at night, the same for one client.

Source: S2-01, S2-13, S2-20…S2-22, S4-03, E172…E176, spec §3.6.3
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Field,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Col
from django.db.models.functions import Coalesce, Greatest, Rank

from clients.choices import AgreementScope, FilingState, KeyAccountKind, ResponsibilityLevel, Segment
from clients.models import Agreement, Client, ClientClassHistory, RevenueMonth
from clients.rules import key_account
from clients.services.codes import code_prefixes
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.expressions import first_code, first_match
from crm.params.registry import get_group

MONTHS = 3

# What upper floors know about a client; each gives an expression over clients.
_known: dict[str, Any] = {}
FACTS = ("vip_person",)


def know(name: str, expression: Any) -> None:
    """Let the rules know a fact of an upper floor: an expression over clients that says yes or no."""
    if name not in FACTS:
        raise ValueError(f"no rule asks for this: {name}")
    _known[name] = expression


def _fact(name: str) -> Any:
    return _known.get(name, Value(False, output_field=BooleanField()))


def _agreements(as_of: date) -> QuerySet[Agreement]:
    """Return the agreements of a client in force on a day."""
    return Agreement.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=as_of),
        Q(ended_on=None) | Q(ended_on__gt=as_of),
        client=OuterRef("pk"),
        effective_on__lte=as_of,
    )


def spend(as_of: date) -> Any:
    """Return the telecom spend of three months: what they paid us, or what the file says if that is more.

    Units: fen. The month of `as_of` is not closed and does not count.
    """
    first, end = clock.closed_months(as_of, MONTHS)
    paid = (
        RevenueMonth.objects.filter(client=OuterRef("pk"), month__gte=first, month__lt=end)
        .order_by()
        .values("client")
        .annotate(fen=Sum("revenue_fen"))
        .values("fen")
    )
    return Greatest(
        Coalesce(Subquery(paid, output_field=BigIntegerField()), Value(0)),
        Coalesce(F("monthly_telecom_spend_fen"), Value(0)) * MONTHS,
        output_field=BigIntegerField(),
    )


def _kinds() -> Any:
    """Return the set of kinds, in the order of the vocabulary."""
    kinds = (
        (Q(group_agreement=True), KeyAccountKind.GROUP),
        (Q(vip_person=True), KeyAccountKind.VIP),
        (Q(is_strategic=True), KeyAccountKind.STRATEGIC),
        (Q(new_rule="LOCAL_KEY"), KeyAccountKind.LOCAL_KEY),
    )
    parts = [
        Case(When(when, then=Value(kind.value)), default=Value(None), output_field=TextField())
        for when, kind in kinds
    ]
    listed = Func(*parts, template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField()))
    return Func(
        listed, Value(None, output_field=TextField()), function="array_remove",
        template="array_remove(%(expressions)s)::varchar(9)[]", output_field=ArrayField(TextField()),
    )  # fmt: skip


# Columns of the client's own row that the rules and the comparison look at.
_OWN = (
    "id", "segment", "segment_rule", "key_account_kinds",
    "is_party_gov_military", "is_strategic", "is_legal_person", "region_scope",
)  # fmt: skip

# {facts} and {judged} are compiled over the model's table; for the second its name stands for the facts.
# OFFSET 0 keeps the planner from working a fact out again wherever a rule asks for it.
_JUDGED = """WITH "clients_client" ({names}) AS ({facts} OFFSET 0) {judged}"""


def _held(name: str, field: "Field[Any, Any]") -> Col:
    """Return a fact that stands in the rows as a column."""
    field.set_attributes_from_name(name)
    return Col(Client._meta.db_table, field)


def judged(clients: QuerySet[Client], *, as_of: date, ranked: bool) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters of clients with the facts of their segment and what follows from them.

    `ranked` compares the clients given with each other: they must be a whole city. Otherwise a client keeps
    its place of last night.
    Raises: EmptyResultSet
    """
    facts = {
        "spend3_fen": spend(as_of),
        "group_agreement": Exists(_agreements(as_of)),
        "wide_agreement": Exists(_agreements(as_of).exclude(scope=AgreementScope.LOCAL)),
        **{name: _fact(name) for name in FACTS},
    }
    own = clients.filter(filing=FilingState.FILED, closed_at=None).order_by()
    inner, inner_params = own.values_list(*_OWN, *facts.values()).query.sql_with_params()
    numbers = get_group("ka.", as_of=as_of)
    table = key_account.segment_rules(numbers)
    rank: Any
    total: Any
    if ranked:
        peers = [F("is_legal_person")]
        rank = Window(Rank(), partition_by=peers, order_by=F("spend3_fen").desc())
        total = Window(Count("pk"), partition_by=peers)
    else:
        kept = Case(When(segment_rule="LOCAL_KEY", then=Value(0)), default=Value(1))
        rank, total = kept, Value(0)
    pct = int(numbers["local_top_pct"])
    rows = (
        Client.objects.order_by()
        .annotate(
            spend3_fen=_held("spend3_fen", BigIntegerField()),
            **{name: _held(name, BooleanField()) for name in facts if name != "spend3_fen"},
        )
        .annotate(local_rank=rank, local_total=total)
        .annotate(local_over_pct=F("local_rank") * 100 - F("local_total") * pct)
        .annotate(
            new_segment=first_match(table, default=Segment.BUSINESS, output=CharField(max_length=8)),
            new_rule=first_code(table, default="BUSINESS"),
        )
        .annotate(new_kinds=_kinds())
        .values(
            "id", "segment", "segment_rule", "key_account_kinds", "new_segment", "new_rule", "new_kinds",
            "spend3_fen", "local_rank", "local_total",
        )
    )  # fmt: skip
    outer, outer_params = rows.query.sql_with_params()
    names = ", ".join(f'"{name}"' for name in (*_OWN, *facts))
    return _JUDGED.format(names=names, facts=inner, judged=outer), (*inner_params, *outer_params)


# Writes what changed and one line of history each; a place among others is told with its numbers.
APPLY = """
WITH judged AS MATERIALIZED ({judged}),
changed AS MATERIALIZED (
    SELECT * FROM judged
    WHERE segment <> new_segment OR segment_rule <> new_rule OR key_account_kinds <> new_kinds
),
history AS (
    INSERT INTO {history} (client_id, axis, old, new, reason, rule, changed_on, recorded_at)
    SELECT id, 'SEGMENT', segment, new_segment,
           '¥' || to_char(spend3_fen / 300.0, 'FM999,999,999,990.00')
               || CASE WHEN new_rule = 'LOCAL_KEY' AND local_total > 0
                       THEN ' · ' || local_rank || '/' || local_total ELSE '' END,
           new_rule, %s, %s
    FROM changed WHERE segment <> new_segment OR segment_rule <> new_rule
)
UPDATE {client} c
SET segment = changed.new_segment, segment_rule = changed.new_rule, key_account_kinds = changed.new_kinds
FROM changed WHERE c.id = changed.id
"""


def _write(clients: QuerySet[Client], *, as_of: date, ranked: bool) -> int:
    try:
        sql, params = judged(clients, as_of=as_of, ranked=ranked)
    except EmptyResultSet:
        return 0
    statement = APPLY.format(
        judged=sql, history=ClientClassHistory._meta.db_table, client=Client._meta.db_table
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, as_of, clock.now()])
        return cursor.rowcount


# Which units answer for the key accounts among the clients asked.
WANTED = """
WITH key AS MATERIALIZED ({key}),
city AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS u(unit, city)),
place AS (SELECT * FROM unnest(%s::text[], %s::bigint[]) AS p(code, city)),
home AS MATERIALIZED (
    SELECT key.*, COALESCE(place.city, city.city, key.org_unit_id) AS home
    FROM key LEFT JOIN place ON place.code = left(key.hq_region_id, 4)
    LEFT JOIN city ON city.unit = key.org_unit_id
),
wanted AS (
    SELECT id AS client_id, level, 'FIRST_RESPONSIBLE' AS role,
           CASE level WHEN 'GROUP' THEN %s WHEN 'PROVINCE' THEN %s ELSE org_unit_id END AS org_unit_id
    FROM home
    UNION SELECT id, level, 'FIRST_CONTACT', home FROM home
    UNION SELECT home.id, level, 'CONTACT', COALESCE(place.city, city.city)
    FROM home JOIN clients_client branch ON branch.parent_id = home.id AND branch.closed_at IS NULL
    LEFT JOIN place ON place.code = left(branch.hq_region_id, 4)
    LEFT JOIN city ON city.unit = branch.org_unit_id
    WHERE COALESCE(place.city, city.city) <> home.home
    UNION SELECT home.id, level, 'CONTACT', place.city
    FROM home JOIN clients_branchsite site ON site.client_id = home.id
    JOIN place ON place.code = left(site.region_id, 4) WHERE place.city <> home.home
)
"""
FORGET = """{wanted}
DELETE FROM clients_responsibility r WHERE r.client_id IN ({asked})
AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.client_id = r.client_id AND w.role = r.role
                AND w.org_unit_id = r.org_unit_id AND w.level = r.level)
"""
ENTER = """{wanted}
INSERT INTO clients_responsibility (client_id, level, role, org_unit_id, since)
SELECT w.client_id, w.level, w.role, w.org_unit_id, %s FROM wanted w
LEFT JOIN clients_responsibility r
    ON r.client_id = w.client_id AND r.role = w.role AND r.org_unit_id = w.org_unit_id
WHERE r.id IS NULL ON CONFLICT DO NOTHING
"""


def _units(province: OrgUnit) -> tuple[list[int], list[int], list[str], list[int]]:
    """Return the city unit of every unit, and the city unit of every city's code, as parallel lists."""
    units = list(OrgUnit.objects.filter(path__startswith=province.path))
    cities = {unit.path: unit for unit in units if unit.type == UnitType.CITY}
    step = OrgUnit.steplen
    above = {}
    for unit in units:
        for end in range(len(unit.path), 0, -step):
            if unit.path[:end] in cities:
                above[unit.pk] = cities[unit.path[:end]].pk
                break
    codes = {city.region_code[:4]: city.pk for city in cities.values() if city.region_code}
    return list(above), list(above.values()), list(codes), list(codes.values())


def _answer_for(clients: QuerySet[Client], province: OrgUnit, *, as_of: date) -> int:
    """Write which units answer for the key accounts among the clients; return how many rows changed."""
    numbers = get_group("ka.", as_of=as_of)
    level = first_match(
        key_account.level_rules(numbers, as_of),
        default=ResponsibilityLevel.LOCAL,
        output=CharField(max_length=8),
    )
    key = (
        clients.filter(Q(segment=Segment.KEY) | Q(key_account_kinds__contains=[KeyAccountKind.LOCAL_KEY]))
        .filter(closed_at=None)
        .order_by()
        .annotate(level=level)
        .values("id", "level", "org_unit_id", "hq_region_id")
    )
    try:
        key_sql, key_params = key.query.sql_with_params()
        asked_sql, asked_params = clients.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    group = OrgUnit.objects.get(path=province.path[: OrgUnit.steplen])
    wanted = WANTED.format(key=key_sql)
    params = [*key_params, *_units(province), group.pk, province.pk]
    with connection.cursor() as cursor:
        cursor.execute(FORGET.format(wanted=wanted, asked=asked_sql), [*params, *asked_params])
        changed = cursor.rowcount
        cursor.execute(ENTER.format(wanted=wanted), [*params, as_of])
        return changed + cursor.rowcount


def _province_of(unit: OrgUnit) -> OrgUnit:
    paths = [unit.path[:end] for end in range(OrgUnit.steplen, len(unit.path) + 1, OrgUnit.steplen)]
    above = list(OrgUnit.objects.filter(path__in=paths))
    return next((one for one in above if one.type == UnitType.PROVINCE), above[0])


@transaction.atomic
def derive_key_accounts(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Derive segment, kinds and responsible units of a province; return how many rows changed (J07).

    Steps: 1. city by city, for the place among the spenders is a city's; 2. the units that answer.
    Run twice it changes nothing.
    """
    provinces = [province] if province else list(OrgUnit.objects.filter(type=UnitType.PROVINCE))
    changed = 0
    for one in provinces:
        units = list(OrgUnit.objects.filter(path__startswith=one.path))
        cities: dict[str, list[int]] = {}
        for pk, prefix in code_prefixes(units).items():
            cities.setdefault(prefix, []).append(pk)
        for keys in cities.values():
            changed += _write(Client.objects.filter(org_unit__in=keys), as_of=as_of, ranked=True)
        everywhere = Client.objects.filter(org_unit__in=[unit.pk for unit in units])
        changed += _answer_for(everywhere, one, as_of=as_of)
    return changed


@transaction.atomic
def refresh_key_accounts(client_ids: Iterable[int], *, as_of: date | None = None) -> int:
    """Derive segment and responsible units of a few clients after a change; their local place stays."""
    day = as_of or clock.today()
    rows = list(Client.objects.filter(pk__in=list(client_ids)).select_related("org_unit"))
    changed = _write(Client.objects.filter(pk__in=[row.pk for row in rows]), as_of=day, ranked=False)
    provinces: dict[int, tuple[OrgUnit, list[int]]] = {}
    for row in rows:
        province = _province_of(row.org_unit)
        provinces.setdefault(province.pk, (province, []))[1].append(row.pk)
    for province, keys in provinces.values():
        changed += _answer_for(Client.objects.filter(pk__in=keys), province, as_of=day)
    return changed


__all__ = ["derive_key_accounts", "judged", "know", "refresh_key_accounts", "spend"]
