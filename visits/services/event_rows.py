"""The rows of an event's plan: who stands there, what is promoted, what is given away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Product
from crm.accounts.models import OrgUnit, User
from crm.base.errors import Invalid, NotFound
from crm.base.text import clean
from visits.models import EventGift, EventProduct, EventStaff, GiftStock, OnSiteEvent
from visits.rules import events as rules
from visits.services.events import PRODUCT, locked, save


def _draft(event_id: int, actor: User) -> OnSiteEvent:
    event = locked(event_id, actor)
    rules.move(event.state, "change")
    return event


def colleagues(unit: OrgUnit) -> Any:
    """Return who may stand in a team: active people of the unit, below it, and at the units above it."""
    above = [unit.path[:end] for end in range(unit.steplen, len(unit.path) + 1, unit.steplen)]
    people = User.objects.active().people()
    return (
        people.filter(org_unit__path__startswith=unit.path) | people.filter(org_unit__path__in=above)
    ).order_by("staff_no")


@transaction.atomic
def add_staff(
    *,
    actor: User,
    event_id: int,
    user: User | None = None,
    helper: str = "",
    duty: str = "",
    is_leader: bool = False,
) -> EventStaff:
    """Take a colleague, or a helper by name, into the team.

    Raises: Invalid STAFF_UNKNOWN, STAFF_TWICE, STAFF_LEADER; BusinessError WRONG_STATE. Source: S1-55
    """
    event = _draft(event_id, actor)
    helper = clean(helper)
    if (user is None) == (not helper):
        sentence = _("Choose a colleague, or write the name of a helper.")
        raise Invalid("STAFF_UNKNOWN", sentence, fields={"user": [sentence]})
    if user is not None and not colleagues(event.org_unit).filter(pk=user.pk).exists():
        sentence = _("Choose somebody of your own unit or of those above it.")
        raise Invalid("STAFF_UNKNOWN", sentence, fields={"user": [sentence]})
    if user is not None and event.staff.filter(user=user).exists():
        known = _("%(who)s is in the team already.") % {"who": user.full_name}
        raise Invalid("STAFF_TWICE", known, fields={"user": [known]})
    made = EventStaff.objects.create(event=event, user=user, helper=helper[:40], duty=clean(duty)[:60])
    if is_leader:
        _lead(event, made)
    save(event, actor)
    return made


def _lead(event: OnSiteEvent, row: EventStaff) -> None:
    if row.user_id is None:
        sentence = _("A colleague leads the stand, not a helper.")
        raise Invalid("STAFF_LEADER", sentence, fields={"is_leader": [sentence]})
    event.staff.exclude(pk=row.pk).update(is_leader=False)
    event.staff.filter(pk=row.pk).update(is_leader=True)


def _row(rows: Any, row_id: int) -> Any:
    """Return one row of an event.

    Raises: NotFound.
    """
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    return row


@transaction.atomic
def choose_leader(*, actor: User, event_id: int, staff_id: int) -> None:
    """Let one of the team lead the stand; nobody else does then (Source: S1-55)."""
    event = _draft(event_id, actor)
    _lead(event, _row(event.staff, staff_id))
    save(event, actor)


@transaction.atomic
def remove_staff(*, actor: User, event_id: int, staff_id: int) -> None:
    """Take somebody out of the team."""
    event = _draft(event_id, actor)
    _row(event.staff, staff_id).delete()
    save(event, actor)


def _checked_product(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(PRODUCT):
        raise TypeError(f"unknown fields of a product: {sorted(unknown)}")
    cleaned: dict[str, Any] = {
        name: clean(value) if isinstance(value, str) else value for name, value in values.items()
    }
    target = cleaned.get("target_qty")
    if target is not None and target < 1:
        sentence = _("Set a target of at least 1.")
        raise Invalid("EVENT_TARGET", sentence, fields={"target_qty": [sentence]})
    return cleaned


@transaction.atomic
def add_product(*, actor: User, event_id: int, product: Product, **values: Any) -> EventProduct:
    """Add a product to promote, with wording, tariff, support and target.

    Raises: Invalid PRODUCT_TWICE, PRODUCT_CLOSED, EVENT_TARGET; BusinessError WRONG_STATE.
    Source: S1-57, S1-59, S1-60
    """
    event = _draft(event_id, actor)
    if not product.active:
        sentence = _("This product is not sold any more.")
        raise Invalid("PRODUCT_CLOSED", sentence, fields={"product": [sentence]})
    if event.products.filter(product=product).exists():
        sentence = _("This product stands in the plan already.")
        raise Invalid("PRODUCT_TWICE", sentence, fields={"product": [sentence]})
    made = EventProduct.objects.create(event=event, product=product, **_checked_product(values))
    save(event, actor)
    return made


@transaction.atomic
def change_product(*, actor: User, event_id: int, row_id: int, **values: Any) -> EventProduct:
    """Change what is written about a product of a draft.

    Raises: Invalid EVENT_TARGET; BusinessError WRONG_STATE; NotFound.
    """
    event = _draft(event_id, actor)
    row: EventProduct = _row(event.products, row_id)
    cleaned = _checked_product(values)
    for name, value in cleaned.items():
        setattr(row, name, value)
    row.save(update_fields=list(cleaned))
    save(event, actor)
    return row


@transaction.atomic
def remove_product(*, actor: User, event_id: int, row_id: int) -> None:
    """Take a product out of the plan."""
    event = _draft(event_id, actor)
    _row(event.products, row_id).delete()
    save(event, actor)


@transaction.atomic
def add_event_gift(*, actor: User, event_id: int, stock: GiftStock, quantity: int) -> EventGift:
    """Plan gifts to give away; the stock moves when the plan is approved.

    Raises: NotFound; Invalid QUANTITY, GIFT_TWICE.
    """
    event = _draft(event_id, actor)
    if not GiftStock.objects.visible_to(actor).filter(pk=stock.pk, gift__active=True).exists():
        raise NotFound("NOT_FOUND", _("There is no such stock, or you may not see it."))
    if quantity < 1:
        sentence = _("Write how many, at least one.")
        raise Invalid("QUANTITY", sentence, fields={"quantity": [sentence]})
    if event.gifts.filter(stock=stock).exists():
        sentence = _("This gift stands in the plan already.")
        raise Invalid("GIFT_TWICE", sentence, fields={"stock": [sentence]})
    made = EventGift.objects.create(event=event, stock=stock, quantity=quantity)
    save(event, actor)
    return made


@transaction.atomic
def remove_event_gift(*, actor: User, event_id: int, row_id: int) -> None:
    """Take a gift out of the plan."""
    event = _draft(event_id, actor)
    _row(event.gifts, row_id).delete()
    save(event, actor)


@transaction.atomic
def fill_plan(
    *,
    actor: User,
    event_id: int,
    staff: Sequence[Mapping[str, Any]] | None = None,
    products: Sequence[Mapping[str, Any]] | None = None,
    gifts: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Put whole lists in the place of those in the plan; what is left out stays as it is.

    Raises: what adding one row raises; then nothing is changed.
    """
    event = _draft(event_id, actor)
    if staff is not None:
        event.staff.all().delete()
        for row in staff:
            add_staff(actor=actor, event_id=event_id, **row)
    if products is not None:
        event.products.all().delete()
        for row in products:
            add_product(actor=actor, event_id=event_id, **row)
    if gifts is not None:
        event.gifts.all().delete()
        for row in gifts:
            add_event_gift(actor=actor, event_id=event_id, **row)
