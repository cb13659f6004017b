"""Products of a client: order, open, suspend, resume, cancel; each event derives the client's state."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.choices import PayMode, ProductStatus
from clients.models import Client, ClientProduct, Product
from clients.services.files import locked
from clients.services.lifecycle import refresh_status
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.text import clean
from crm.base.trail import record

# ORDERED → OPEN → SUSPENDED ↔ OPEN → CANCELLED; a re-order is a new row (spec §3.4).
MOVES = {
    "open": ({ProductStatus.ORDERED}, ProductStatus.OPEN),
    "suspend": ({ProductStatus.OPEN}, ProductStatus.SUSPENDED),
    "resume": ({ProductStatus.SUSPENDED}, ProductStatus.OPEN),
    "cancel": ({ProductStatus.ORDERED, ProductStatus.OPEN, ProductStatus.SUSPENDED}, ProductStatus.CANCELLED),
}


def visible_products(actor: User) -> QuerySet[ClientProduct]:
    """Return products of clients the person may open."""
    return ClientProduct.objects.filter(client__in=Client.objects.visible_to(actor))


def _day(day: date | None, today: date, field: str) -> date:
    chosen = day or today
    if chosen > today:
        sentence = _("The date lies in the future.")
        raise Invalid("INVALID", sentence, fields={field: [sentence]})
    return chosen


def _save(row: ClientProduct) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "circuit" in str(error):
            sentence = _("This circuit already belongs to another product.")
            raise BusinessError("CIRCUIT_DUPLICATE", sentence, fields={"circuit_id": [sentence]}) from error
        raise


@transaction.atomic
def order_product(
    *,
    actor: User,
    client_id: int,
    product: Product,
    pay_mode: str = PayMode.UNIFIED,
    circuit_id: str = "",
    bandwidth_kbps: int | None = None,
    on: date | None = None,
) -> ClientProduct:
    """Order a product for a client.

    Raises: BusinessError CLIENT_CLOSED (E062), CIRCUIT_DUPLICATE (E179); Invalid for a line without circuit.
    """
    client = locked(client_id, actor)
    circuit = clean(circuit_id)
    if product.needs_circuit and not circuit:
        sentence = _("A leased line needs its circuit number.")
        raise Invalid("INVALID", sentence, fields={"circuit_id": [sentence]})
    if not product.active:
        sentence = _("This product is not sold any more.")
        raise Invalid("INVALID", sentence, fields={"product": [sentence]})
    row = ClientProduct(
        client=client, product=product, pay_mode=pay_mode, circuit_id=circuit or None,
        bandwidth_kbps=bandwidth_kbps, ordered_on=_day(on, clock.today(), "on"),
        created_by=actor, updated_by=actor,
    )  # fmt: skip
    _save(row)
    record(actor=actor, action="clients.product_ordered", entity=client, unit=client.org_unit,
           data={"product": product.code})  # fmt: skip
    return row


@transaction.atomic
def move_product(*, actor: User, product_id: int, act: str, on: date | None = None) -> ClientProduct:
    """Open, suspend, resume or cancel a product, and derive the client's state at once.

    Raises: NotFound outside the scope; BusinessError WRONG_STATE, CLIENT_CLOSED.
    """
    row = visible_products(actor).filter(pk=product_id).first()
    if row is None:
        raise NotFound("NOT_FOUND", _("There is no such product, or you may not see it."))
    client = locked(row.client_id, actor)
    row = ClientProduct.objects.select_for_update().select_related("product").get(pk=row.pk)
    sources, target = MOVES[act]
    if row.status not in sources:
        raise BusinessError(
            "WRONG_STATE",
            _("%(product)s is %(state)s; this step does not fit.")
            % {"product": row.product, "state": row.get_status_display()},
        )
    today = clock.today()
    day = _day(on, today, "on")
    if act == "open":
        if day < row.ordered_on:
            sentence = _("The product was ordered on %(day)s.") % {"day": row.ordered_on}
            raise Invalid("INVALID", sentence, fields={"on": [sentence]})
        row.opened_on = day
    if act == "cancel":
        if day < (row.opened_on or row.ordered_on):
            sentence = _("The product was opened on %(day)s.") % {"day": row.opened_on or row.ordered_on}
            raise Invalid("INVALID", sentence, fields={"on": [sentence]})
        row.cancelled_on = day
    row.status = target
    row.version += 1
    row.updated_by = actor
    row.save()
    record(actor=actor, action=f"clients.product_{target.lower()}", entity=client, unit=client.org_unit,
           data={"product": row.product.code, "on": str(day)})  # fmt: skip
    refresh_status([client.pk], as_of=today, actor=actor)
    return row


def open_product(*, actor: User, product_id: int, on: date | None = None) -> ClientProduct:
    """Open an ordered product."""
    return move_product(actor=actor, product_id=product_id, act="open", on=on)


def suspend_product(*, actor: User, product_id: int) -> ClientProduct:
    """Suspend an open product."""
    return move_product(actor=actor, product_id=product_id, act="suspend")


def cancel_product(*, actor: User, product_id: int, on: date | None = None) -> ClientProduct:
    """Cancel a product for good."""
    return move_product(actor=actor, product_id=product_id, act="cancel", on=on)


def product_names(codes: set[Any]) -> dict[Any, str]:
    """Return what products are called, by their codes."""
    return {product.code: str(product) for product in Product.objects.filter(code__in=codes)}
