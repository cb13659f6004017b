"""The workbench, the global search, the notifications."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.models import Notification
from crm.base.offline import kept_offline
from workbench import services
from workbench.duties import duties_of
from workbench.figures import changes_of, completeness_of, figures_of, goals_of, team_of, weeks_of
from workbench.search import search as find

NOTICES_A_PAGE = 30


@kept_offline
@require_GET
@needs("workbench.view")
def today(request: PersonRequest) -> HttpResponse:
    """Show what must be done, what the night changed, and the figures."""
    now = clock.now()
    day = now.date()
    changes, changed = changes_of(request.user, day)
    weeks = weeks_of(request.user, day)
    context = {
        "now": now,
        "today": day,
        "duties": duties_of(request.user, now=now),
        "changes": changes,
        "changed": changed,
        "figures": figures_of(request.user, day),
        "goals": goals_of(request.user, day),
        "weeks": weeks,
        "tallest": max((week["planned"] for week in weeks), default=0),
        "team": team_of(request.user, day),
        "completeness": completeness_of(request.user),
    }
    return render(request, "workbench/today.html", context)


@require_GET
@needs("workbench.view")
def search(request: PersonRequest) -> HttpResponse:
    """Find what was typed: as a list under the search box, or as a page."""
    query = request.GET.get("q", "").strip()
    context = {"q": query, "groups": find(request.user, query)}
    return render(
        request, "workbench/includes/hits.html" if request.htmx else "workbench/search.html", context
    )


@require_GET
@needs("workbench.view")
def notifications(request: PersonRequest) -> HttpResponse:
    """Show the person's notifications, the newest first."""
    rows = Notification.objects.filter(user=request.user)
    unread_only = request.GET.get("show") == "unread"
    if unread_only:
        rows = rows.filter(read_at=None)
    page = Paginator(rows, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    shown = "&show=unread" if unread_only else ""
    context = {
        "page": page,
        "unread_only": unread_only,
        "previous_url": f"?page={page.previous_page_number()}{shown}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}{shown}" if page.has_next() else "",
    }
    return render(request, "workbench/notifications.html", context)


@require_POST
@needs("workbench.view")
def open_notification(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(Notification, pk=pk, user=request.user)
    services.mark_read(user=request.user, notices=[notice.pk])
    if url_has_allowed_host_and_scheme(notice.url, allowed_hosts={request.get_host()}):
        return redirect(notice.url)
    return redirect("workbench:notifications")


@require_POST
@needs("workbench.view")
def read_all(request: PersonRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_read(user=request.user)
    return redirect("workbench:notifications")


@require_GET
@needs("workbench.view")
def bell(request: PersonRequest) -> HttpResponse:
    """Return the number of unread notifications, for the bell."""
    context: dict[str, Any] = {"unread": Notification.objects.filter(user=request.user, read_at=None).count()}
    return render(request, "workbench/includes/bell.html", context)
