"""Products of a client: order, open, suspend, resume, cancel; each event derives the client's state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, PayMode, ProductStatus, ReportedBy
from clients.models import Agreement, Client, ClientProduct, Product
from clients.rules.agreements import in_force
from clients.services.agreements import fitting_agreement
from clients.services.files import locked
from clients.services.lifecycle import refresh_status
from clients.services.revenue import judge_revenue
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
LABELS: dict[str, str | Promise] = {
    "open": _("Open"),
    "suspend": _("Suspend"),
    "resume": _("Resume"),
    "cancel": _("Cancel the product"),
}
CHANGEABLE = ("pay_mode", "agreement", "bound", "circuit_id", "bandwidth_kbps")
NO_AGREEMENT = _("No agreement of this client is in force. Enter the agreement first.")


@dataclass(frozen=True, slots=True)
class Act:
    """One step a product could take: whether it may be taken now, and if not why."""

    code: str
    label: str | Promise
    allowed: bool
    why_not: str | Promise = ""
    way_out: str = ""  # the page that mends it: "agreements"


def visible_products(actor: User) -> QuerySet[ClientProduct]:
    """Return products of clients the person may open."""
    return ClientProduct.objects.filter(client__in=Client.objects.visible_to(actor))


def circuit_key(value: str | None) -> str:
    """Return a circuit number as it is compared: without blanks, in capitals, full-width digits mended."""
    return clean(value or "").replace(" ", "").upper()


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


def agreement_for(row: ClientProduct, day: date, *, returning: bool) -> Agreement | None:
    """Return the agreement a product may be opened under: its own if in force, else a fitting one.

    `returning` clients were churned: they come back under an agreement in force only (spec §3.4).
    Raises: BusinessError AGREEMENT_REQUIRED (E183).
    """
    own = row.agreement
    if own is not None and Agreement.objects.filter(in_force(day), pk=own.pk).exists():
        return own
    found = fitting_agreement(row.client, day)
    if found is None and (row.product.needs_agreement or returning):
        raise BusinessError(
            "AGREEMENT_REQUIRED", NO_AGREEMENT, fields={"agreement": [NO_AGREEMENT]},
            details={"way_out": "agreements", "product": row.product.code},
        )  # fmt: skip
    return found or own


def acts_of(row: ClientProduct, as_of: date) -> list[Act]:
    """Return the steps that fit the product's state, each with what stands in its way."""
    found = []
    for code, (sources, _target) in MOVES.items():
        if row.status not in sources:
            continue
        try:
            if code in ("open", "resume"):
                agreement_for(row, as_of, returning=row.client.status == ClientStatus.CHURNED)
        except BusinessError as error:
            found.append(Act(code, LABELS[code], False, error.message, "agreements"))
        else:
            found.append(Act(code, LABELS[code], True))
    return found


def _check_terms(row: ClientProduct) -> None:
    """Refuse terms the catalogue does not know for this product, and an agreement of somebody else."""
    if row.product.needs_circuit and not row.circuit_id:
        sentence = _("A leased line needs its circuit number.")
        raise Invalid("INVALID", sentence, fields={"circuit_id": [sentence]})
    if row.pay_mode not in row.product.pay_modes:
        sentence = _("This product cannot be paid this way.")
        raise Invalid("INVALID", sentence, fields={"pay_mode": [sentence]})
    if row.agreement is not None and row.agreement.client_id != row.client_id:
        sentence = _("This agreement belongs to another client.")
        raise Invalid("INVALID", sentence, fields={"agreement": [sentence]})


@transaction.atomic
def order_product(
    *,
    actor: User,
    client_id: int,
    product: Product,
    pay_mode: str = PayMode.UNIFIED,
    circuit_id: str = "",
    bandwidth_kbps: int | None = None,
    agreement: Agreement | None = None,
    on: date | None = None,
) -> ClientProduct:
    """Order a product for a client.

    Raises: BusinessError CLIENT_CLOSED (E062), CIRCUIT_DUPLICATE (E179); Invalid for a line without circuit.
    """
    client = locked(client_id, actor)
    if not product.active:
        sentence = _("This product is not sold any more.")
        raise Invalid("INVALID", sentence, fields={"product": [sentence]})
    row = ClientProduct(
        client=client, product=product, pay_mode=pay_mode, circuit_id=circuit_key(circuit_id) or None,
        bandwidth_kbps=bandwidth_kbps, ordered_on=_day(on, clock.today(), "on"), agreement=agreement,
        created_by=actor, updated_by=actor,
    )  # fmt: skip
    _check_terms(row)
    _save(row)
    record(actor=actor, action="clients.product_ordered", entity=client, unit=client.org_unit,
           data={"product": product.code})  # fmt: skip
    return row


def own_product(actor: User, product_id: int) -> tuple[Client, ClientProduct]:
    """Return a product with its client, both locked, that the person may change.

    Raises: NotFound outside the scope; Forbidden; BusinessError CLIENT_CLOSED.
    """
    row = visible_products(actor).filter(pk=product_id).first()
    if row is None:
        raise NotFound("NOT_FOUND", _("There is no such product, or you may not see it."))
    client = locked(row.client_id, actor)
    row = (
        ClientProduct.objects.select_for_update(of=("self",))
        .select_related("product", "agreement", "client")
        .get(pk=row.pk)
    )
    return client, row


@transaction.atomic
def move_product(*, actor: User, product_id: int, act: str, on: date | None = None) -> ClientProduct:
    """Open, suspend, resume or cancel a product, and derive the client's state at once.

    Raises: NotFound outside the scope; BusinessError WRONG_STATE, CLIENT_CLOSED, AGREEMENT_REQUIRED (E183).
    """
    client, row = own_product(actor, product_id)
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
    if act in ("open", "resume"):
        row.agreement = agreement_for(row, day, returning=client.status == ClientStatus.CHURNED)
    if act == "cancel":
        if day < (row.opened_on or row.ordered_on):
            sentence = _("The product was opened on %(day)s.") % {"day": row.opened_on or row.ordered_on}
            raise Invalid("INVALID", sentence, fields={"on": [sentence]})
        row.cancelled_on, row.cancelled_via = day, ReportedBy.PERSON
        row.members.filter(left_on=None).update(left_on=Greatest(F("joined_on"), Value(day)))
    row.status = target
    row.stamp(actor)
    _save(row)
    record(actor=actor, action=f"clients.product_{target.lower()}", entity=client, unit=client.org_unit,
           data={"product": row.product.code, "on": str(day)})  # fmt: skip
    refresh_status([client.pk], as_of=today, actor=actor)
    judge_revenue(as_of=today, client_ids=[client.pk])
    return row


@transaction.atomic
def change_product(
    *, actor: User, product_id: int, values: Mapping[str, Any], version: int | None = None
) -> ClientProduct:
    """Change how a product is paid, bound, agreed or connected; its state has steps of its own.

    Raises: NotFound; Forbidden; Invalid; BusinessError WRONG_STATE, STALE, CIRCUIT_DUPLICATE (E179).
    """
    client, row = own_product(actor, product_id)
    if version is not None and version != row.version:
        raise BusinessError(
            "STALE", _("Somebody changed this meanwhile. Look at it again and repeat your change.")
        )
    if row.status == ProductStatus.CANCELLED:
        raise BusinessError("WRONG_STATE", _("A cancelled product cannot be changed; order it anew."))
    changed = {}
    for name in CHANGEABLE:
        if name not in values:
            continue
        value = values[name]
        if name == "circuit_id":
            value = circuit_key(value) or None
        if getattr(row, name) != value:
            changed[name] = value
            setattr(row, name, value)
    if not changed:
        return row
    _check_terms(row)
    if "agreement" in changed and row.status != ProductStatus.ORDERED:
        agreed = Agreement.objects.filter(in_force(clock.today()), pk=row.agreement_id or 0).exists()
        if row.product.needs_agreement and not agreed:
            sentence = _("An open product needs an agreement in force.")
            raise BusinessError("AGREEMENT_REQUIRED", sentence, fields={"agreement": [sentence]})
    row.stamp(actor)
    _save(row)
    record(actor=actor, action="clients.product_changed", entity=client, unit=client.org_unit,
           data={"product": row.product.code, "fields": sorted(changed)})  # fmt: skip
    judge_revenue(as_of=clock.today(), client_ids=[client.pk])
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
