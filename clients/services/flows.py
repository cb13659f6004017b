"""Movements of the lifecycle in a month: from which state to which, how often (Source: R4)."""

from datetime import date
from typing import Any

from django.db.models import Count

from clients import choices
from clients.models import Client, ClientStatusHistory
from clients.services.cube import unit_filter
from crm.accounts.models import OrgUnit, User
from crm.base import clock


def months_moved(user: User) -> list[date]:
    """Return the months a matrix can be drawn for: this one and eleven before it."""
    this = clock.month_of(clock.today())
    return [clock.add_months(this, -back) for back in range(12)]


def moves(user: User, *, month: date, unit: OrgUnit | None = None) -> dict[tuple[str, str], int]:
    """Return how many movements there were from one state to another; "" stands for a new file."""
    clients = Client.objects.visible_to(user)
    if unit is not None:
        clients = clients.filter(unit_filter(user, unit))
    rows = in_month(month)
    if unit is not None or not user.scope.sees_all:
        rows = rows.filter(client__in=clients)
    found = rows.order_by().values("old", "new").annotate(n=Count("pk")).values_list("old", "new", "n")
    return {(old, new): n for old, new, n in found}


def in_month(month: date) -> Any:
    """Return the movements of a month."""
    end = clock.add_months(month, 1)
    return ClientStatusHistory.objects.filter(changed_on__gte=month, changed_on__lt=end)


def matrix(user: User, *, month: date, unit: OrgUnit | None = None) -> dict[str, Any]:
    """Return the matrix with what came in, what went out and what is left, state by state."""
    found = moves(user, month=month, unit=unit)
    states = list(choices.ClientStatus.values)
    rows = [
        {
            "code": old,
            "label": str(choices.ClientStatus(old).label) if old else "",
            "cells": [{"code": new, "n": found.get((old, new), 0)} for new in states],
            "total": sum(found.get((old, new), 0) for new in states),
        }
        for old in ["", *states]
    ]
    into = [sum(found.get((old, new), 0) for old in ["", *states] if old != new) for new in states]
    out = [sum(found.get((state, new), 0) for new in states if new != state) for state in states]
    return {
        "states": [{"code": code, "label": str(choices.ClientStatus(code).label)} for code in states],
        "rows": rows,
        "into": into,
        "net": [i - o for i, o in zip(into, out, strict=True)],
        "total": sum(found.values()),
        "most": max(found.values(), default=0),
    }
