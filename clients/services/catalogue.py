"""The product catalogue and the typical needs of industries: who administers them, with a trace."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import PayMode, ProductLineKind
from clients.models import NeedTemplate, Product
from crm.accounts.models import User
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.text import clean
from crm.base.trail import record

FIELDS = (
    "name", "name_en", "family", "is_group_product", "counts_as_ict", "needs_agreement", "needs_circuit",
    "pay_modes", "line_kinds", "active",
)  # fmt: skip


@transaction.atomic
def save_product(
    *, actor: User, values: Mapping[str, Any], product_id: int | None = None, version: int | None = None
) -> Product:
    """Add a product to the catalogue or change its rules; months already closed keep what they counted.

    Raises: Forbidden; Invalid; BusinessError STALE.
    """
    require(actor, "clients.catalogue")
    if product_id is None:
        product = Product(code=clean(str(values.get("code", ""))).upper())
    else:
        product = Product.objects.select_for_update().get(pk=product_id)
        if version is not None and version != product.version:
            raise BusinessError(
                "STALE", _("Somebody changed this meanwhile. Look at it again and repeat your change.")
            )
    changed = {}
    for name in FIELDS:
        if name not in values:
            continue
        value = clean(values[name]) if isinstance(values[name], str) else values[name]
        if getattr(product, name) != value:
            changed[name] = [str(getattr(product, name)), str(value)]
            setattr(product, name, value)
    if product.pk and not changed:
        return product
    _check(product)
    if product.pk:
        product.version += 1
    product.save()
    act = "clients.catalogue_changed" if product_id else "clients.catalogue_added"
    record(actor=actor, action=act, entity=product, data={"product": product.code, "changes": changed})
    return product


def _check(product: Product) -> None:
    fields: dict[str, list[Any]] = {}
    try:
        product.full_clean(validate_constraints=False)
    except ValidationError as error:
        fields = {name: list(sentences) for name, sentences in error.message_dict.items()}
    if not product.pay_modes or not set(product.pay_modes) <= set(PayMode.values):
        fields["pay_modes"] = [_("Choose at least one way to pay.")]
    if not set(product.line_kinds) <= set(ProductLineKind.values):
        fields["line_kinds"] = [_("There is no such kind of line.")]
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)


@transaction.atomic
def save_need(*, actor: User, values: Mapping[str, Any], need_id: int | None = None) -> NeedTemplate:
    """Add or change a typical need of an industry.

    Raises: Forbidden; Invalid.
    """
    require(actor, "clients.catalogue")
    need = NeedTemplate.objects.select_for_update().get(pk=need_id) if need_id else NeedTemplate()
    for name, value in values.items():
        setattr(need, name, clean(value) if isinstance(value, str) else value)
    if bool(need.key_industry) == bool(need.industry_section):
        sentence = _("Choose a key industry or a section, one of the two.")
        raise Invalid("INVALID", sentence, fields={"key_industry": [sentence]})
    try:
        need.clean_fields()
    except ValidationError as error:
        raise Invalid(
            "INVALID", _("Some fields need correction."),
            fields={name: list(sentences) for name, sentences in error.message_dict.items()},
        ) from error  # fmt: skip
    need.save()
    record(actor=actor, action="clients.needs_changed", entity=need, data={"name": need.text})
    return need


def needs_of(key_industry: str, section: str) -> list[NeedTemplate]:
    """Return the typical needs of an industry, those of the key industry first."""
    rows = NeedTemplate.objects.filter(active=True)
    found = list(rows.filter(key_industry=key_industry)) if key_industry else []
    return found + (list(rows.filter(industry_section=section)) if section else [])
