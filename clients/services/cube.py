"""Clients counted by their six axes, unit and month: kept by the night, read as a table of two or three axes.

Source: S0-02, S0-03, R1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import choices
from clients.models import Client, ClientCube, Industry
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import Invalid

# Cells as they are now, those that are gone, those that are new or other: one statement.
COUNT = """
WITH fresh AS MATERIALIZED (
    SELECT c.org_unit_id, c.institution_type AS institution, COALESCE(i.section, '') AS industry,
           c.size_class AS size, COALESCE(c.value_tier, '') AS tier, c.region_scope AS region, c.status,
           COUNT(*) AS clients, SUM(m.members_active) AS members
    FROM {source} c
    JOIN {client} m ON m.id = c.id
    LEFT JOIN {industry} i ON i.code = c.industry_id
    WHERE c.org_unit_id = ANY(%(units)s) AND c.filing = 'FILED'
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
gone AS (
    DELETE FROM {cube} k
    WHERE k.month = %(month)s AND k.org_unit_id = ANY(%(units)s) AND NOT EXISTS (
        SELECT 1 FROM fresh f
        WHERE (f.org_unit_id, f.institution, f.industry, f.size, f.tier, f.region, f.status)
            = (k.org_unit_id, k.institution, k.industry, k.size, k.tier, k.region, k.status)
    )
    RETURNING 1
),
put AS (
    INSERT INTO {cube} AS k
        (month, org_unit_id, institution, industry, size, tier, region, status, clients, members)
    SELECT %(month)s, org_unit_id, institution, industry, size, tier, region, status, clients, members
    FROM fresh
    ON CONFLICT ON CONSTRAINT client_cube_cell
    DO UPDATE SET clients = EXCLUDED.clients, members = EXCLUDED.members
    WHERE (k.clients, k.members) IS DISTINCT FROM (EXCLUDED.clients, EXCLUDED.members)
    RETURNING 1
)
SELECT (SELECT COUNT(*) FROM gone) + (SELECT COUNT(*) FROM put)
"""


@transaction.atomic
def count_clients(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Count the clients of a province for the month of the night; return how many cells changed.

    The running month is counted anew every night, and stays as the last night of the month left it. A night
    that is made up later counts from the history, and only a month that was never counted.
    """
    month = clock.month_of(as_of - timedelta(days=1))
    units = OrgUnit.objects.filter(path__startswith=province.path) if province else OrgUnit.objects.all()
    ids = list(units.values_list("pk", flat=True))
    late = as_of < clock.today()
    if late and ClientCube.objects.filter(month=month, org_unit__in=ids).exists():
        return 0
    statement = COUNT.format(
        source="clients_past" if late else Client._meta.db_table,
        client=Client._meta.db_table,
        industry=Industry._meta.db_table,
        cube=ClientCube._meta.db_table,
    )
    with connection.cursor() as cursor:
        if late:
            moment = clock.next_midnight(as_of).isoformat()
            cursor.execute("SELECT set_config('crm.as_at', %s, true)", [moment])
        cursor.execute(statement, {"units": ids, "month": month})
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Axis:
    """One way to divide the clients: its codes in words, the column, and the filter of the list."""

    code: str
    label: str | Promise
    words: Callable[[], dict[str, str]]
    column: str
    narrow: str

    def live(self) -> Any:
        """Return the expression over the file of today."""
        return Coalesce(F(self.column), Value(""))


def _vocabulary(vocabulary: Any, *, coded: bool = False) -> Callable[[], dict[str, str]]:
    def words() -> dict[str, str]:
        return {code: f"{code} {label}" if coded else str(label) for code, label in vocabulary.choices}

    return words


def _sections() -> dict[str, str]:
    return dict(Industry.objects.filter(level=1).order_by("code").values_list("code", "name"))


AXES = {
    axis.code: axis
    for axis in (
        Axis("institution", gettext_lazy("institution type"), _vocabulary(choices.InstitutionType),
             "institution_type", "institution"),
        Axis("industry", gettext_lazy("industry"), _sections, "industry__section", "industry"),
        Axis("size", gettext_lazy("size class"), _vocabulary(choices.SizeClass), "size_class", "size_class"),
        Axis("tier", gettext_lazy("value tier"), _vocabulary(choices.ValueTier, coded=True), "value_tier",
             "tier"),
        Axis("region", gettext_lazy("operating region"), _vocabulary(choices.RegionScope), "region_scope",
             "region"),
        Axis("status", gettext_lazy("status"), _vocabulary(choices.ClientStatus), "status", "status"),
    )
}  # fmt: skip
# A table is divided by axes, by the units below, or by months.
UNIT, MONTH = "unit", "month"
DIMENSIONS: dict[str, str | Promise] = {
    **{code: axis.label for code, axis in AXES.items()},
    UNIT: gettext_lazy("unit"),
    MONTH: gettext_lazy("month"),
}
MEASURES: dict[str, str | Promise] = {
    "clients": gettext_lazy("clients"),
    "members": gettext_lazy("active members"),
}
MONTHS_BACK = 12
# Above this many clients the count of last night answers for now.
LIVE_MOST = 100_000


@dataclass(slots=True)
class Question:
    """What a table is asked for: two or three dimensions, a unit, a month (None: now), a measure."""

    dimensions: tuple[str, ...]
    unit: OrgUnit | None = None
    month: date | None = None
    measure: str = "clients"
    # Set by the answer: the running month, when the count of last night answered for now.
    counted: date | None = None

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises: Invalid INVALID.
        """
        known = {code for code in self.dimensions if code in DIMENSIONS}
        if len(known) != len(self.dimensions) or not 2 <= len(known) <= 3:
            sentence = _("Choose two or three different axes.")
            raise Invalid("INVALID", sentence, fields={"axes": [sentence]})
        if self.measure not in MEASURES:
            sentence = _("There is no such figure.")
            raise Invalid("INVALID", sentence, fields={"measure": [sentence]})


def months_counted(user: User) -> list[date]:
    """Return the months that were counted for units the person may see, newest first."""
    rows = ClientCube.objects.filter(user.scope.unit_filter("org_unit"))
    return list(rows.order_by("-month").values_list("month", flat=True).distinct()[:36])


def unit_filter(user: User, unit: OrgUnit | None) -> Q:
    """Return the filter of rows by unit: the person's scope, and the sub-tree of a unit in it."""
    allowed = user.scope.unit_filter("org_unit")
    if unit is None:
        return allowed
    below = OrgUnit.objects.filter(path__startswith=unit.path)
    return allowed & Q(org_unit__in=list(below.values_list("pk", flat=True)))


def counts(user: User, question: Question) -> dict[tuple[str, ...], int]:
    """Return the figure of each cell by the codes of its dimensions; units and months are codes too.

    The file of today answers for now; months come from what the nights counted.
    """
    question.check()
    by_month = MONTH in question.dimensions
    question.counted = None
    if question.month is None and not by_month and _is_large(user, question.unit):
        question.counted = clock.month_of(clock.today())
    if question.counted is None and question.month is None and not by_month:
        rows: Any = Client.objects.visible_to(user).filed()
        if question.unit is not None:
            rows = rows.filter(unit_filter(user, question.unit))
        figure: Any = Count("pk") if question.measure == "clients" else Sum("members_active")
        columns = {f"d_{code}": AXES[code].live() for code in question.dimensions if code in AXES}
    else:
        rows = ClientCube.objects.filter(unit_filter(user, question.unit))
        newest = question.counted or question.month or clock.month_of(clock.today())
        first = clock.add_months(newest, 1 - MONTHS_BACK) if by_month else newest
        rows = rows.filter(month__gte=first, month__lte=newest)
        figure = Sum(question.measure)
        columns = {f"d_{code}": F(code) for code in question.dimensions if code in AXES}
    columns |= {"d_month": F("month")} if by_month else {}
    columns |= {"d_unit": F("org_unit")} if UNIT in question.dimensions else {}
    found: dict[tuple[str, ...], int] = {}
    place = _places(user, question.unit) if UNIT in question.dimensions else {}
    names = [f"d_{code}" for code in question.dimensions]
    for row in rows.order_by().values(**columns).annotate(figure=figure).values_list(*names, "figure"):
        key = tuple(
            place.get(value, "") if code == UNIT else f"{value:%Y-%m}" if code == MONTH else value or ""
            for code, value in zip(question.dimensions, row, strict=False)
        )
        found[key] = found.get(key, 0) + int(row[-1] or 0)
    return found


def _is_large(user: User, unit: OrgUnit | None) -> bool:
    """Say whether counting the file itself would take long and last night counted it."""
    rows = ClientCube.objects.filter(unit_filter(user, unit), month=clock.month_of(clock.today()))
    return int(rows.aggregate(n=Sum("clients"))["n"] or 0) > LIVE_MOST


def _places(user: User, unit: OrgUnit | None) -> dict[int, str]:
    """Return under which unit of the table each unit counts: the units right below the one asked for."""
    tops = _below(user, unit)
    found: dict[int, str] = {}
    for pk, path in OrgUnit.objects.values_list("pk", "path"):
        top = next((one for one in tops if path.startswith(one.path)), None)
        if top is not None:
            found[pk] = str(top.pk)
    return found


def _below(user: User, unit: OrgUnit | None) -> list[OrgUnit]:
    """Return the units a table by unit has: children of a unit, or of the person's own when there is one."""
    if unit is None:
        tops = list(OrgUnit.objects.filter(path__in=user.scope.paths).order_by("path"))
        if len(tops) != 1:
            return tops
        unit = tops[0]
    children = OrgUnit.objects.filter(path__startswith=unit.path, depth=unit.depth + 1).order_by("path")
    # The deepest first: what stands at the unit itself counts under its own name.
    return [*children, unit]


def words_of(user: User, question: Question, code: str, found: dict[tuple[str, ...], int]) -> dict[str, str]:
    """Return the codes of one dimension in words, in order; only those a cell has, axes whole."""
    place = question.dimensions.index(code)
    present = {key[place] for key in found}
    if code == MONTH:
        return {month: month for month in sorted(present)}
    if code == UNIT:
        units = {str(unit.pk): unit.name for unit in _below(user, question.unit)}
        return {pk: name for pk, name in units.items() if pk in present}
    words = AXES[code].words()
    if code == "industry":
        words = {section: name for section, name in words.items() if section in present}
    return words | ({"": _("not known")} if "" in present else {})


def lines(user: User, question: Question) -> Iterator[list[Any]]:
    """Yield a flat table for other programs: the dimensions in words, the figure."""
    found = counts(user, question)
    words = [words_of(user, question, code, found) for code in question.dimensions]
    for key in sorted(found):
        yield [*(words[i].get(code, code) for i, code in enumerate(key)), found[key]]
