"""Who moved between two months on one axis: taken back from today by the histories (R5, R12)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import SizeClass, ValueTier
from clients.models import Client, ClientClassHistory
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.text import mask_mobile, mask_name
from members.choices import VipGrade
from members.models import PersonalCustomer
from scoring import statements
from scoring.models import MarkChange
from scoring.statements import migration as sql

MONTHS = 24


@dataclass(frozen=True, slots=True)
class Axis:
    """What clients or customers move on; a month's result stands from `day` of the next one."""

    code: str
    label: str | Promise
    column: str
    codes: tuple[tuple[str, str | Promise], ...]
    vocabulary: str
    people: bool = False
    day: int = 1


AXES = {
    axis.code: axis
    for axis in (
        Axis("TIER", _("Value tier"), "value_tier",
             tuple((code, code) for code in ValueTier.values), "value_tier"),
        Axis("SIZE", _("Size class"), "size_class", tuple(SizeClass.choices), "size_class"),
        Axis("STAR", _("Star"), "star",
             (*((str(n), f"{n} ★") for n in range(6, 0, -1)), ("0", _("not rated yet"))), "", True, 3),
        Axis("VIP", _("VIP grade"), "vip_grade", tuple(VipGrade.choices), "vip_grade", True),
    )
}  # fmt: skip


def months() -> list[date]:
    """Return the closed months one may choose from, newest first."""
    this = clock.month_of(clock.today())
    return [clock.add_months(this, -back) for back in range(1, MONTHS + 1)]


def stands_on(axis: Axis, month: date) -> date:
    """Return the day on whose night the result of a month stood."""
    return clock.add_months(month, 1).replace(day=axis.day)


def subjects(user: User, axis: Axis, unit: OrgUnit | None) -> Any:
    """Return the clients or customers in scope, below a unit if one is given."""
    model: Any = PersonalCustomer if axis.people else Client
    rows = model.objects.visible_to(user)
    if axis.people:
        rows = rows.filter(in_net_to=None)
    if unit:
        rows = rows.filter(org_unit__path__startswith=unit.path)
    return rows.order_by()


def _parts(user: User, axis: Axis, unit: OrgUnit | None, first: date, last: date) -> tuple[dict, list[Any]]:
    now = Coalesce(Cast(F(axis.column), CharField()), Value(""))
    mine, params = statements.compiled(subjects(user, axis, unit).values("id", now=now))
    later = []
    for month in (first, last):
        day = stands_on(axis, month)
        if axis.people:
            rows = MarkChange.objects.filter(kind=axis.code, changed_on__gt=day)
            subject = "customer_id"
        else:
            rows = ClientClassHistory.objects.filter(axis=axis.code, changed_on__gt=day)  # type: ignore[assignment]
            subject = "client_id"
        # The oldest change after the month says what stood at its end.
        oldest = rows.order_by(subject, "pk").distinct(subject).values("old", subject_id=F(subject))
        text, values = statements.compiled(oldest)
        later.append(text)
        params = (*params, *values)
    return {"mine": mine, "after_first": later[0], "after_last": later[1]}, list(params)


def matrix(
    user: User, axis: Axis, *, first: date, last: date, unit: OrgUnit | None = None
) -> dict[tuple[str, str], int]:
    """Return how many went from one class at the end of a month to another at the end of a later one."""
    parts, params = _parts(user, axis, unit, first, last)
    return {(old, new): n for old, new, n in statements.rows(sql.MATRIX.format(**parts), params)}


def movers(
    user: User,
    axis: Axis,
    *,
    first: date,
    last: date,
    unit: OrgUnit | None = None,
    old: str | None = None,
    new: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[tuple[int, str, str]]:
    """Return who moved, by id, a page at a time: id, class before, class after."""
    parts, params = _parts(user, axis, unit, first, last)
    query = sql.MOVERS.format(**parts)
    found = statements.rows(query, [*params, after, old, old, new, new, limit])
    return [(pk, before, then) for pk, before, then in found]


def code_of(subject: Any) -> str:
    """Return a client's code, or a customer's number without its middle."""
    return mask_mobile(subject.msisdn) if isinstance(subject, PersonalCustomer) else str(subject.client_code)


def name_of(subject: Any) -> str:
    """Return a client's name, or a customer's with only its first character."""
    return mask_name(subject.name) if isinstance(subject, PersonalCustomer) else str(subject.name)
