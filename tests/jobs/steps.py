"""Steps that tests put into the graph: they write notices, so that what happened can be counted."""

import os
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from crm.accounts.models import OrgUnit, User
from crm.base.models import Notification
from crm.jobs.graph import Step

HERE = "tests.jobs.steps"


def _mark(name: str, as_of: date, province: OrgUnit | None) -> int:
    """Write one notice a step, scope and day; a second run writes nothing."""
    code = province.code if province else ""
    key = f"{name}:{code}:{as_of}"
    mine = Notification.objects.filter(key=key)  # others write at the same time
    before = mine.count()
    user = User.objects.order_by("pk").first()
    Notification.objects.bulk_create(
        [Notification(user=user, kind="night", text=name, key=key)], ignore_conflicts=True
    )
    return mine.count() - before


def one(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Do the first thing."""
    return _mark("one", as_of, province)


def two(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Do the second thing."""
    return _mark("two", as_of, province)


def three(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Do the third thing."""
    return _mark("three", as_of, province)


def aside(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Do something nobody waits for."""
    return _mark("aside", as_of, province)


def fail(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Write something, then fail: nothing may stay."""
    _mark("fail", as_of, province)
    raise RuntimeError("the cable was pulled\n  File /secret/path.py line 3")


def slow(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Write, tell that the middle is reached, and take long: somebody kills the worker here."""
    rows = _mark("slow", as_of, province)
    flag = os.environ.get("NIGHT_TEST_FLAG")
    if flag and not os.path.exists(flag):
        with open(flag, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(60)
    return rows


def step(
    name: str,
    *after: str,
    does: Callable[..., Any] | None = None,
    per_province: bool = False,
    rewrites: str = "",
) -> Step:
    """Return a step whose function is the one of this module with the same name, or another."""
    function = f"{HERE}.{does.__name__ if does else name}"
    return Step(name, name, function, after, per_province, rewrites)
