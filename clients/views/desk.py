"""The desk of filing: own drafts, files to decide, files without evidence, regions that do not fit."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from clients.choices import RegionScope
from clients.models import Client
from clients.querysets.clients import ClientQuerySet
from clients.rules.filing import needs_head
from clients.services import region_mismatches
from clients.services.guards import facts_of
from crm.accounts.access import PersonRequest
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from crm.params import registry

PAGE = 50
TABS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("waiting", _("To decide"), ("clients.approve",)),
    ("drafts", _("Drafts"), ("clients.add",)),
    ("submitted", _("Submitted"), ("clients.add",)),
    ("evidence", _("Without evidence"), ("clients.view",)),
    ("regions", _("Regions that differ"), ("clients.view",)),
)


def rows_of(tab: str, user: User) -> Any:
    """Return the files of a tab the person may see."""
    visible = Client.objects.visible_to(user)
    if tab == "waiting":
        return visible.filter(filing="SUBMITTED").order_by("pk")
    if tab == "submitted":
        return Client.objects.writable_by(user).filter(filing="SUBMITTED", submitted_by=user).order_by("pk")
    if tab == "drafts":
        return Client.objects.writable_by(user).filter(filing__in=["DRAFT", "REJECTED"]).order_by("-pk")
    if tab == "evidence":
        return without_evidence(visible, user).order_by("-pk")
    return region_mismatches(visible).order_by("pk")


def without_evidence(clients: ClientQuerySet, user: User) -> ClientQuerySet:
    """Return filed clients nobody visited in time: they may be fake files (Source: S1-73).

    A file made on day D is listed from the first day after D + `filing.evidence_days`.
    """
    today = clock.today()
    days = int(registry.get("filing.evidence_days", as_of=today))
    limit = clock.at(today - timedelta(days=days))
    return clients.filed().filter(last_visited_on=None, closed_at=None, created_at__lt=limit)


@require_GET
@needs("clients.view")
def desk(request: PersonRequest) -> HttpResponse:
    """Show one tab of the desk."""
    user = request.user
    tabs = [(code, label) for code, label, verbs in TABS if any(user.can(verb) for verb in verbs)]
    asked = request.GET.get("tab", "")
    active = asked if asked in dict(tabs) else tabs[0][0]
    rows = rows_of(active, user).select_related("org_unit", "am", "parent", "submitted_by", "grid")
    after = request.GET.get("after", "")
    descending = active in ("drafts", "evidence")
    if (at := read_number(after)) is not None:
        rows = rows.filter(pk__lt=at) if descending else rows.filter(pk__gt=at)
    found = list(rows[: PAGE + 1])
    context: dict[str, Any] = {
        "tabs": tabs,
        "active": active,
        "rows": [_row(client, active, user) for client in found[:PAGE]],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "days": registry.get("filing.evidence_days", as_of=clock.today()),
        "may_add": user.can("clients.add"),
    }
    return render(request, "clients/desk.html", context)


def _row(client: Client, tab: str, user: User) -> dict[str, Any]:
    row: dict[str, Any] = {"client": client}
    if tab == "waiting":
        row["own"] = user.pk in (client.submitted_by_id, client.created_by_id, client.am_id)
        row["exceptional"] = needs_head(facts_of(client, {"bank.municipality_exempt": []}, ""))
        row["gaps"] = client.completeness == "INCOMPLETE"
    if tab == "regions":
        row["suggested"] = RegionScope(client.suggested).label  # type: ignore[attr-defined]  # annotated
    return row
