"""What other systems report: product states, monthly traffic, monthly revenue; in bulk, safe to repeat."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, PayMode, ProductStatus, ReportedBy
from clients.models import ClientProduct, Product, ProductTraffic
from clients.services.lifecycle import refresh_status
from clients.services.products import agreement_for, circuit_key
from clients.services.reported import NO_CLIENT, NO_PRODUCT, FeedResult, FeedRow, find_clients, note_feed
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError


@transaction.atomic
def record_products(*, actor: User, rows: Sequence[FeedRow]) -> FeedResult:
    """Store product states reported by another system, found again by `external_id`.

    A row: client_code, product_code, external_id, status, ordered_on?, opened_on?, cancelled_on?, pay_mode?,
    circuit_id?, bandwidth_kbps?. A cancelled product stays cancelled: a re-order is a new row.
    """
    require(actor, "feeds.post")
    result = FeedResult()
    readable = result.readable(rows)
    clients = find_clients(actor, {str(row["client_code"]) for _place, row in readable})
    catalogue = {product.code: product for product in Product.objects.all()}
    known = {
        row.external_id: row
        for row in ClientProduct.objects.select_for_update(of=("self",))
        .select_related("agreement", "client", "product")
        .filter(external_id__in=[str(row["external_id"]) for _place, row in readable])
    }
    touched: set[int] = set()
    today = clock.today()
    for index, given in readable:
        client = clients.get(str(given["client_code"]))
        product = catalogue.get(str(given["product_code"]))
        if client is None:
            result.say(index, "error", "CLIENT_NOT_FOUND", NO_CLIENT)
            continue
        if product is None:
            result.say(index, "error", "PRODUCT_NOT_FOUND", NO_PRODUCT)
            continue
        if client.status == ClientStatus.CLOSED:
            result.say(index, "error", "CLIENT_CLOSED", _("This client code was cancelled."))
            continue
        row = known.get(str(given["external_id"]))
        if row is not None and (row.client_id != client.pk or row.product_id != product.pk):
            result.say(index, "error", "EXTERNAL_ID_TAKEN", _("This key belongs to another product."))
            continue
        values = _product_values(given, row, today)
        if row is None:
            row = ClientProduct(
                client=client, product=product, external_id=str(given["external_id"]), created_by=actor
            )
        elif row.status == ProductStatus.CANCELLED and values["status"] != ProductStatus.CANCELLED:
            result.say(index, "error", "WRONG_STATE", _("This product was cancelled; report a new key."))
            continue
        elif all(getattr(row, name) == value for name, value in values.items()):
            result.say(index, "unchanged")
            continue
        else:
            row.version += 1
        was = row.status if row.pk else ""
        for name, value in values.items():
            setattr(row, name, value)
        row.updated_by = actor
        if row.status == ProductStatus.CANCELLED and was != ProductStatus.CANCELLED:
            row.cancelled_via = ReportedBy.FEED
        if row.status == ProductStatus.OPEN and was != ProductStatus.OPEN:
            try:
                row.agreement = agreement_for(row, today, returning=client.status == ClientStatus.CHURNED)
            except BusinessError as refused:
                result.say(index, "error", refused.code, refused.message)
                continue
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            result.say(
                index, "error", "CIRCUIT_DUPLICATE", _("This circuit already belongs to another product.")
            )
            continue
        known[row.external_id] = row
        touched.add(client.pk)
        result.say(index, "stored")
    refresh_status(touched, as_of=today, actor=actor)
    note_feed(actor, "products", result)
    return result.sorted()


def _product_values(given: Mapping[str, Any], row: ClientProduct | None, today: date) -> dict[str, Any]:
    status = given["status"]
    opened = given.get("opened_on") or (row.opened_on if row else None)
    if opened is None and status in (ProductStatus.OPEN, ProductStatus.SUSPENDED):
        opened = today
    cancelled = None
    if status == ProductStatus.CANCELLED:
        cancelled = given.get("cancelled_on") or (row.cancelled_on if row else None) or today
    return {
        "status": status,
        "ordered_on": given.get("ordered_on") or (row.ordered_on if row else opened or today),
        "opened_on": opened,
        "cancelled_on": cancelled,
        "pay_mode": given.get("pay_mode") or (row.pay_mode if row else PayMode.UNIFIED),
        "circuit_id": circuit_key(given.get("circuit_id")) or (row.circuit_id if row else None),
        "bandwidth_kbps": given.get("bandwidth_kbps") or (row.bandwidth_kbps if row else None),
    }


@transaction.atomic
def record_traffic(*, actor: User, rows: Sequence[FeedRow]) -> FeedResult:
    """Store monthly traffic of products and derive the states of their clients (S0-35, E052).

    A row: external_id of the product, or client_code and product_code of its only live product; then
    month and amount. The last report of a product and month wins.
    """
    require(actor, "feeds.post")
    result = FeedResult()
    readable = result.readable(rows)
    products = _feed_products(actor, [row for _place, row in readable])
    amounts: dict[tuple[int, date], int] = {}
    owner: dict[int, int] = {}
    for index, given in readable:
        key = str(given.get("external_id") or "") or (
            str(given.get("client_code") or ""), str(given.get("product_code") or "")
        )  # fmt: skip
        product = products.get(key)
        if product is None:
            result.say(index, "error", "PRODUCT_NOT_FOUND", NO_PRODUCT)
            continue
        amounts[product.pk, clock.month_of(given["month"])] = given["amount"]
        owner[product.pk] = product.client_id
        result.say(index, "stored")
    store_traffic(amounts)
    refresh_status(set(owner.values()), as_of=clock.today(), actor=actor)
    note_feed(actor, "traffic", result)
    return result.sorted()


def _feed_products(actor: User, rows: Sequence[Mapping[str, Any]]) -> dict[Any, ClientProduct]:
    """Return products by external key, and by client and catalogue code where only one is live."""
    inside = ClientProduct.objects.filter(actor.scope.unit_filter("client__org_unit")).select_related(
        "client", "product"
    )
    found: dict[Any, ClientProduct] = {}
    keys = [str(row["external_id"]) for row in rows if row.get("external_id")]
    for product in inside.filter(external_id__in=keys):
        found[product.external_id] = product
    codes = {str(row["client_code"]) for row in rows if row.get("client_code") and not row.get("external_id")}
    live = inside.filter(
        client__client_code__in=codes, status__in=[ProductStatus.OPEN, ProductStatus.SUSPENDED]
    )
    several = set()
    for product in live:
        key = (product.client.client_code, product.product.code)
        if key in found:
            several.add(key)
        found[key] = product
    for key in several:
        del found[key]
    return found


def store_traffic(amounts: Mapping[tuple[int, date], int]) -> None:
    """Upsert traffic by product and month, and keep each product's newest month with traffic."""
    ProductTraffic.objects.bulk_create(
        [
            ProductTraffic(client_product_id=product, month=month, amount=amount)
            for (product, month), amount in amounts.items()
        ],
        update_conflicts=True,
        unique_fields=["client_product", "month"],
        update_fields=["amount", "recorded_at"],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE clients_clientproduct p SET last_traffic_month = t.month
            FROM (
                SELECT p.id, (SELECT MAX(month) FROM clients_producttraffic t
                              WHERE t.client_product_id = p.id AND t.amount > 0) AS month
                FROM clients_clientproduct p WHERE p.id = ANY(%s)
            ) t
            WHERE p.id = t.id AND p.last_traffic_month IS DISTINCT FROM t.month
            """,
            [sorted({product for product, _month in amounts})],
        )
