"""The list of clients, of today or of a past day, and the views people keep of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients import lists
from clients.filters import ClientFilter, past_filter
from clients.models import Client
from clients.services import bulk, past, views
from clients.slots import slots
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError

SHOWN = ("am", "org_unit", "industry", "grid")


def day_of(text: str) -> date | None:
    """Return a past business day, or None for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and date(2000, 1, 1) <= day < clock.today() else None


@require_GET
@needs("clients.view")
def client_list(request: PersonRequest) -> HttpResponse:
    """Show the clients the person may open, narrowed by the address, today or as at a past day."""
    setting = views.setting_of(request.user)
    if not request.GET and setting.opens_with:
        return redirect(f"{reverse('clients:list')}?{setting.opens_with}")
    day = day_of(request.GET.get("as_at", ""))
    if day is None:
        visible = Client.objects.visible_to(request.user)
        return _list(request, ClientFilter(request.GET, queryset=visible, request=request), setting)
    with past.as_at(day):
        return _list(request, past_filter(request.GET, request), setting, day)


def _list(
    request: PersonRequest, filters: ClientFilter, setting: Any, day: date | None = None
) -> HttpResponse:
    query, user = request.GET, request.user
    if "filters" in query:
        return render(
            request,
            "clients/includes/filters.html",
            {"filters": filters, "q": query.get("q", ""), "day": day},
        )
    rows = filters.qs if filters.form.is_valid() else filters.queryset.none()
    if "count" in query:
        return render(request, "clients/includes/count.html", {"count": rows.about(), "exact": True})
    orders = [order for order in lists.ORDERS.values() if day is None or order.code == "code"]
    order = lists.ORDERS.get(query.get("sort", ""), lists.ORDERS["code"])
    order = order if order in orders else lists.ORDERS["code"]
    rows = rows.select_related(*SHOWN)
    if day is None:
        page = lists.page_of(rows.defer(*lists.UNSEEN), order, query, keys_first=bool(filters.data))
    else:
        page = lists.page_of(rows, order, query)
    kept = lists.plain_query(query)
    columns = lists.chosen_columns(query, setting.columns)
    tabs = [*lists.fixed_views(user), *lists.kept_views(user)]
    acts = [] if day else bulk.acts_for(user)
    shown = [column for column in columns if column.kept] if day else columns
    context: dict[str, Any] = {
        "page": page,
        "rows": list(lists.rows_of(page.rows, shown, day)),
        "order": order,
        "orders": orders,
        "chips": lists.chips(filters, query),
        "filter_query": kept,
        "unsorted_query": lists.without(query, "sort"),
        "present_query": lists.without(query, "as_at"),
        "columns": shown,
        "all_columns": lists.in_order(columns),
        "tabs": tabs,
        "current": next((tab for tab in reversed(tabs) if tab.query == kept), None),
        "current_view": kept,
        "opens_with": setting.opens_with,
        "q": query.get("q", ""),
        "next_url": f"?{_join(kept, 'after', page.next)}" if page.next else "",
        "previous_url": f"?{_join(kept, 'before', page.previous)}" if page.previous else "",
        "row_act": None if day else next(iter(slots("action", user)), None),
        "actable": set() if day else _actable(user, page.rows),
        "acts": acts,
        "may_add": user.can("clients.add"),
        # A file has the rows of today.
        "may_export": day is None and user.can("clients.export"),
        "may_share": user.can("accounts.view_team"),
        "can_save": bool(kept) and all(tab.query != kept for tab in tabs),
        "count": rows.about(exact=False) if page.next or page.previous else len(page.rows),
        "exact": not (page.next or page.previous),
        "day": day,
        "yesterday": clock.today() - timedelta(days=1),
    }
    return render(request, "clients/list.html", context)


def _actable(user: Any, rows: list[Any]) -> set[int]:
    """Return the clients an act is offered for: open ones the person may change."""
    keys = [client.pk for client in rows]
    open_ones = Client.objects.writable_by(user).filter(pk__in=keys, closed_at=None)
    return set(open_ones.values_list("pk", flat=True))


def _join(kept: str, name: str, token: str) -> str:
    return f"{kept}&{name}={token}" if kept else f"{name}={token}"


def back_to(request: PersonRequest) -> str:
    """Return where the person came from, if it is a page of ours; else the list."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else reverse("clients:list")


def _kept(
    request: PersonRequest, verb: Callable[[], Any], done: str, query: str | None = None
) -> HttpResponse:
    """Do something to a kept view; say what came of it; lead to the view or back."""
    try:
        verb()
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
        return HttpResponseRedirect(back_to(request))
    messages.success(request, done)
    return HttpResponseRedirect(back_to(request) if query is None else f"{reverse('clients:list')}?{query}")


@require_POST
@needs("clients.view")
def choose_columns(request: PersonRequest) -> HttpResponse:
    """Keep the columns a person wants to see; `usual` takes the choice back."""
    chosen = [] if "usual" in request.POST else lists.known_columns(request.POST.getlist("column"))
    views.choose_columns(actor=request.user, columns=chosen)
    return HttpResponseRedirect(lists.address_without(back_to(request), "cols"))


@require_POST
@needs("clients.view")
def save_view(request: PersonRequest) -> HttpResponse:
    """Keep the present list under a name."""
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    return _kept(
        request,
        lambda: views.save_view(actor=request.user, name=name, query=query),
        _("The view is kept as a tab."),
        query,
    )


@require_POST
@needs("clients.view")
def rename_view(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a kept view another name."""
    name = request.POST.get("name", "")
    return _kept(
        request,
        lambda: views.rename_view(actor=request.user, view_id=pk, name=name),
        _("The view has its new name."),
    )


@require_POST
@needs("accounts.view_team")
def share_view(request: PersonRequest, pk: int) -> HttpResponse:
    """Share a kept view with the unit, or take it back."""
    shared = request.POST.get("shared") == "yes"
    return _kept(
        request,
        lambda: views.share_view(actor=request.user, view_id=pk, shared=shared),
        _("Everybody of your unit finds the view now.") if shared else _("Only you find the view now."),
    )


@require_POST
@needs("clients.view")
def drop_view(request: PersonRequest, pk: int) -> HttpResponse:
    """Forget a kept view."""
    return _kept(
        request,
        lambda: views.drop_view(actor=request.user, view_id=pk),
        _("The view is removed."),
        "view=all",
    )


@require_POST
@needs("clients.view")
def open_with(request: PersonRequest) -> HttpResponse:
    """Let the list open with the present view."""
    query = request.POST.get("query", "")
    return _kept(
        request,
        lambda: views.open_with(actor=request.user, query=query),
        _("The list opens with this view now.") if query else _("The list opens with all clients now."),
    )
