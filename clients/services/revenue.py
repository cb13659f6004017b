"""Monthly revenue: lines by product, the total of the month, and the part that counts as informatisation."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clients.choices import ProductStatus, RevenueCategory
from clients.models import Client, ClientProduct, Product, RevenueLine, RevenueMonth
from clients.querysets.revenue import judged, open_months
from clients.services.reported import NO_CLIENT, NO_PRODUCT, FeedResult, FeedRow, find_clients, note_feed
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require

JUDGE = """
UPDATE clients_revenueline l SET counts = n.new_counts = 1, ict_rule = n.new_rule
FROM ({select}) n
WHERE l.id = n.id AND (l.counts, l.ict_rule) IS DISTINCT FROM (n.new_counts = 1, n.new_rule)
RETURNING l.client_id, l.month
"""

# A total that was reported as such stays; what products explain of it stands beside it.
TOTAL = """
INSERT INTO clients_revenuemonth AS r (client_id, month, revenue_fen, cost_fen, ict_fen, stated)
SELECT l.client_id, l.month, SUM(l.revenue_fen)::bigint, SUM(l.cost_fen)::bigint,
       COALESCE(SUM(l.revenue_fen) FILTER (WHERE l.counts), 0)::bigint, false
FROM clients_revenueline l
JOIN (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::date[]) AS k (client_id, month)) k
    ON k.client_id = l.client_id AND k.month = l.month
GROUP BY l.client_id, l.month
ON CONFLICT (client_id, month) DO UPDATE SET
    revenue_fen = CASE WHEN r.stated THEN r.revenue_fen ELSE EXCLUDED.revenue_fen END,
    cost_fen = CASE WHEN r.stated THEN COALESCE(r.cost_fen, EXCLUDED.cost_fen) ELSE EXCLUDED.cost_fen END,
    ict_fen = EXCLUDED.ict_fen
WHERE (r.revenue_fen, r.cost_fen, r.ict_fen) IS DISTINCT FROM (
    CASE WHEN r.stated THEN r.revenue_fen ELSE EXCLUDED.revenue_fen END,
    CASE WHEN r.stated THEN COALESCE(r.cost_fen, EXCLUDED.cost_fen) ELSE EXCLUDED.cost_fen END,
    EXCLUDED.ict_fen
)
"""

# What no line explains any longer: the total goes, one reported as such stays and counts nothing.
FORGET = """
DELETE FROM clients_revenuemonth r USING (SELECT * FROM unnest(%s::bigint[], %s::date[])) k (client_id, month)
WHERE (r.client_id, r.month) = (k.client_id, k.month) AND NOT r.stated
  AND NOT EXISTS (SELECT 1 FROM clients_revenueline l WHERE (l.client_id, l.month) = (r.client_id, r.month))
"""
COUNT_NOTHING = """
UPDATE clients_revenuemonth r SET ict_fen = 0
FROM (SELECT * FROM unnest(%s::bigint[], %s::date[])) k (client_id, month)
WHERE (r.client_id, r.month) = (k.client_id, k.month) AND r.ict_fen <> 0
  AND NOT EXISTS (SELECT 1 FROM clients_revenueline l WHERE (l.client_id, l.month) = (r.client_id, r.month))
"""
SUMMED_AT_ONCE = 50_000


@transaction.atomic
def record_revenue(*, actor: User, rows: Sequence[FeedRow]) -> FeedResult:
    """Store monthly revenue of clients; the last report of a client, month, product and kind of fee wins.

    A row: client_code, month, revenue_fen, cost_fen?; with product_code or the external_id of the client's
    product it is one line of the month, without both it is the whole month. Units: fen.
    """
    require(actor, "feeds.post")
    result = FeedResult()
    readable = result.readable(rows)
    clients = find_clients(actor, {str(row["client_code"]) for _place, row in readable})
    named, only = _products([row for _place, row in readable], clients)
    catalogue = {product.code: product for product in Product.objects.all()}
    totals: dict[tuple[int, date], RevenueMonth] = {}
    lines: dict[tuple[int, date, int, int | None, str], RevenueLine] = {}
    for index, given in readable:
        client = clients.get(str(given["client_code"]))
        if client is None:
            result.say(index, "error", "CLIENT_NOT_FOUND", NO_CLIENT)
            continue
        month = clock.month_of(given["month"])
        external, code = str(given.get("external_id") or ""), str(given.get("product_code") or "")
        amounts = {"revenue_fen": given["revenue_fen"], "cost_fen": given.get("cost_fen")}
        if not external and not code:
            totals[client.pk, month] = RevenueMonth(client=client, month=month, stated=True, **amounts)
            result.say(index, "stored")
            continue
        owned = named.get(external) if external else only.get((client.pk, code))
        product = owned.product if owned else catalogue.get(code)
        if product is None or (external and (owned is None or owned.client_id != client.pk)):
            result.say(index, "error", "PRODUCT_NOT_FOUND", NO_PRODUCT)
            continue
        if code and product.code != code:
            result.say(index, "error", "EXTERNAL_ID_TAKEN", _("This key belongs to another product."))
            continue
        category = given.get("category") or RevenueCategory.MONTHLY_FEE
        key = (client.pk, month, product.pk, owned.pk if owned else None, str(category))
        lines[key] = RevenueLine(
            client=client, month=month, product=product, client_product=owned, category=category, **amounts
        )
        result.say(index, "stored")
    _store(totals.values(), lines.values())
    note_feed(actor, "revenue", result)
    return result.sorted()


def _products(
    rows: Sequence[Mapping[str, Any]], clients: Mapping[str, Client]
) -> tuple[dict[str, ClientProduct], dict[tuple[int, str], ClientProduct]]:
    """Return products by external key, and by client and catalogue code where only one fits."""
    keys = [str(row["external_id"]) for row in rows if row.get("external_id")]
    owned = ClientProduct.objects.filter(client__in=clients.values()).select_related("product")
    named = {str(row.external_id): row for row in owned.filter(external_id__in=keys)}
    codes = {str(row["product_code"]) for row in rows if row.get("product_code")}
    only: dict[tuple[int, str], ClientProduct] = {}
    several = set()
    # A cancelled product speaks for old months only where no other of its kind is there.
    for row in owned.filter(product__code__in=codes).exclude(status=ProductStatus.ORDERED):
        key = (row.client_id, row.product.code)
        before = only.get(key)
        if before is None or before.status == ProductStatus.CANCELLED:
            only[key] = row
        elif row.status != ProductStatus.CANCELLED:
            several.add(key)
    for key in several:
        del only[key]
    return named, only


def _store(totals: Iterable[RevenueMonth], lines: Iterable[RevenueLine]) -> None:
    totals, lines = list(totals), list(lines)
    RevenueMonth.objects.bulk_create(
        totals,
        update_conflicts=True,
        unique_fields=["client", "month"],
        update_fields=["revenue_fen", "cost_fen", "stated"],
        batch_size=2000,
    )
    if not lines:
        return
    store_lines(lines)


def store_lines(lines: Sequence[RevenueLine]) -> None:
    """Upsert lines of revenue, judge them and sum their months; for feeds and imports alike."""
    RevenueLine.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["client", "month", "product", "client_product", "category"],
        update_fields=["revenue_fen", "cost_fen"],
        batch_size=2000,
    )
    months = {(line.client_id, line.month) for line in lines}
    clients = {client for client, _month in months}
    touched = RevenueLine.objects.filter(client__in=clients, month__in={month for _client, month in months})
    judge_lines(touched)
    sum_months(months)


def sum_months(months: Iterable[tuple[int, date]]) -> int:
    """Sum the lines of months of clients into their totals; return how many totals changed."""
    return _for_months(months, TOTAL)


def sum_again(months: Iterable[tuple[int, date]]) -> int:
    """Sum months from which lines were taken away; return how many totals changed or went."""
    return _for_months(months, TOTAL, FORGET, COUNT_NOTHING)


def _for_months(months: Iterable[tuple[int, date]], *statements: str) -> int:
    keys = sorted(set(months))
    changed = 0
    with connection.cursor() as cursor:
        for start in range(0, len(keys), SUMMED_AT_ONCE):
            part = keys[start : start + SUMMED_AT_ONCE]
            values = ([client for client, _month in part], [month for _client, month in part])
            for statement in statements:
                cursor.execute(statement, values)
                changed += int(cursor.rowcount)
    return changed


def judge_lines(lines: QuerySet[RevenueLine]) -> list[tuple[int, date]]:
    """Let the rules judge lines; return the months of clients where an answer changed."""
    select = judged(lines.order_by()).values("id", "new_counts", "new_rule")
    try:
        sql, params = select.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(JUDGE.format(select=sql), params)
        return list(cursor.fetchall())


@transaction.atomic
def judge_revenue(
    *, as_of: date, province: OrgUnit | None = None, client_ids: Iterable[int] | None = None
) -> int:
    """Judge the lines of months still open anew and sum them; return how many lines changed.

    Months before the last closed one keep their answer. A second run changes nothing.
    Source: S1-87, S1-88
    """
    lines = RevenueLine.objects.filter(open_months(as_of))
    if client_ids is not None:
        lines = lines.filter(client__in=list(client_ids))
    if province is not None:
        lines = lines.filter(client__org_unit__path__startswith=province.path)
    changed = judge_lines(lines)
    sum_months(changed)
    return len(changed)


def lines_of(client: Client, first: date, end: date) -> QuerySet[RevenueLine]:
    """Return the lines of a client in the months of [first, end), with product names."""
    return (
        RevenueLine.objects.filter(Q(client=client), month__gte=first, month__lt=end)
        .select_related("product")
        .annotate(family=F("product__family"))
        .order_by("-month", "product__code", "category")
    )
