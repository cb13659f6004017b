"""Lines under a client's product: M2M cards and landlines, which are never members (S1-80, E100, E101)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import ProductLineKind, ProductStatus
from clients.models import ClientProduct, ProductMember
from clients.services.products import own_product
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid, Sentence
from crm.base.text import clean
from crm.base.trail import record
from crm.params import registry

PASTE_LIMIT = 5000
# M2M numbers have 11 or 13 digits; a landline its area code and 7 or 8 digits.
SHAPES = {
    ProductLineKind.M2M: re.compile(r"1\d{10}(\d{2})?"),
    ProductLineKind.TD_LANDLINE: re.compile(r"(0\d{9,11}|1\d{10})"),
    ProductLineKind.FIXED: re.compile(r"0\d{9,11}"),
}


@dataclass(slots=True)
class Pasted:
    """What became of a pasted list: the numbers added, and each refused one with its reason."""

    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[tuple[str, Sentence]] = field(default_factory=list)


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a pasted text, one a line or separated by commas, in order, once each."""
    parts = re.split(r"[\s,;、，；]+", clean(text.replace("\n", ",")))
    return list(dict.fromkeys(part.replace("-", "") for part in parts if part.strip("-")))


def _check_kind(row: ClientProduct, kind: str) -> None:
    if kind not in row.product.line_kinds:
        sentence = _("This product has no lines of this kind.")
        raise Invalid("LINE_KIND_FORBIDDEN", sentence, fields={"line_kind": [sentence]})
    if row.status == ProductStatus.CANCELLED:
        raise BusinessError("WRONG_STATE", _("A cancelled product takes no lines."))


def _unfit(sentence: Sentence) -> Invalid:
    return Invalid("INVALID", sentence, fields={"numbers": [sentence]})


@transaction.atomic
def add_lines(
    *, actor: User, product_id: int, line_kind: str, numbers: Sequence[str], on: date | None = None
) -> Pasted:
    """List lines under a product; each number has its own outcome, and good ones are not lost to bad ones.

    Raises: NotFound; Forbidden; Invalid LINE_KIND_FORBIDDEN or too many at once; BusinessError LINE_LIMIT.
    """
    client, row = own_product(actor, product_id)
    _check_kind(row, line_kind)
    if not numbers:
        raise _unfit(_("Paste at least one number."))
    if len(numbers) > PASTE_LIMIT:
        raise _unfit(_("Paste %(count)d numbers at most at once.") % {"count": PASTE_LIMIT})
    day = on or clock.today()
    taken = dict(
        ProductMember.objects.filter(number__in=numbers, left_on=None).values_list("number", "client_product")
    )
    shape = SHAPES[ProductLineKind(line_kind)]
    result = Pasted()
    for number in numbers:
        if taken.get(number) == row.pk:
            result.known.append(number)
        elif number in taken:
            result.refused.append((number, _("This number is listed under another product.")))
        elif not shape.fullmatch(number):
            result.refused.append((number, _("This is no number of this kind.")))
        else:
            result.added.append(number)
    limit = int(registry.get("product.lines_max", as_of=day))
    if row.members.filter(left_on=None).count() + len(result.added) > limit:
        raise BusinessError(
            "LINE_LIMIT", _("A product may have %(count)d lines at most.") % {"count": limit},
            fields={"numbers": [_("A product may have %(count)d lines at most.") % {"count": limit}]},
        )  # fmt: skip
    try:
        with transaction.atomic():
            ProductMember.objects.bulk_create(
                [
                    ProductMember(
                        client_product=row,
                        line_kind=line_kind,
                        number=number,
                        joined_on=day,
                        created_by=actor,
                    )
                    for number in result.added
                ],
                batch_size=1000,
            )
    except IntegrityError as error:
        raise BusinessError(
            "STALE", _("Somebody listed some of these numbers a moment ago. Paste them again.")
        ) from error
    if result.added:
        record(actor=actor, action="clients.product_members_added", entity=client, unit=client.org_unit,
               data={"product": row.product.code, "count": len(result.added)})  # fmt: skip
    return result


@transaction.atomic
def remove_lines(*, actor: User, product_id: int, member_ids: Sequence[int], on: date | None = None) -> int:
    """End lines of a product; return how many. Their rows stay as history."""
    client, row = own_product(actor, product_id)
    day = on or clock.today()
    ended = row.members.filter(pk__in=member_ids, left_on=None, joined_on__lte=day).update(left_on=day)
    if ended:
        record(actor=actor, action="clients.product_members_removed", entity=client, unit=client.org_unit,
               data={"product": row.product.code, "count": ended})  # fmt: skip
    return ended
