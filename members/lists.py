"""The list of personal customers: what the address narrows it by, for the page and for its export."""

from typing import Any

from django.http import QueryDict

from crm.accounts.models import User
from crm.base import text
from crm.intake.querysets import touched_by
from members import services, slots
from members.choices import Brand, VipGrade
from members.querysets import PersonalCustomerQuerySet

STARS = ("6", "5", "4", "3", "2", "1", "0")


def narrowed(query: QueryDict, rows: PersonalCustomerQuerySet, user: User) -> tuple[Any, dict[str, str]]:
    """Apply the filters of the address: brand, VIP grade, star, mark, name or end of the number, import."""
    chosen = {name: str(query.get(name) or "") for name in ("brand", "vip", "star", "mark", "batch")}
    if (batch := text.read_number(chosen["batch"])) is not None:
        rows = rows.filter(pk__in=touched_by(user, batch, "customers"))
    else:
        chosen["batch"] = ""
    words = text.clean(str(query.get("q") or ""))[:40]
    if chosen["brand"] in Brand.values:
        rows = rows.filter(brand=chosen["brand"])
    if chosen["vip"] in VipGrade.values:
        rows = rows.filter(vip_grade=chosen["vip"])
    if chosen["star"] in STARS:
        rows = rows.filter(star=int(chosen["star"]))
    rows = slots.narrowed_by_mark(rows, chosen["mark"])
    return services.look_up(rows, words, actor=user), {**chosen, "q": words}
