"""The list of clients and what is done from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients import lists
from clients.filters import ClientFilter
from clients.forms.clients import AssignForm, SaveViewForm
from clients.models import Client, SavedView
from clients.services import reassign
from clients.slots import slots
from crm.accounts.access import PersonRequest
from crm.base.access import needs

COOKIE = "client_columns"


@require_GET
@needs("clients.view")
def client_list(request: PersonRequest) -> HttpResponse:
    """Show the clients the person may open, narrowed by the address."""
    query = request.GET
    visible = Client.objects.visible_to(request.user)
    filters = ClientFilter(query, queryset=visible, request=request)
    valid = filters.form.is_valid()
    rows = filters.qs if valid else visible.none()
    if "count" in query:
        return render(request, "clients/includes/count.html", {"count": rows.about(), "exact": True})
    order = lists.ORDERS.get(query.get("sort", ""), lists.ORDERS["code"])
    page = lists.page_of(
        rows.select_related("am", "org_unit", "industry", "grid").defer("search_text"), order, query
    )
    kept = lists.plain_query(query)
    without_sort = query.copy()
    without_sort.pop("sort", None)
    views = lists.fixed_views(request.user)
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "order": order,
        "orders": lists.ORDERS.values(),
        "chips": lists.chips(filters, query),
        "filter_query": kept,
        "unsorted_query": lists.plain_query(without_sort),
        "columns": lists.chosen_columns(request.COOKIES.get(COOKIE, "")),
        "all_columns": lists.COLUMNS,
        "views": views,
        "own_views": lists.own_views(request.user),
        "current_view": kept,
        "q": query.get("q", ""),
        "next_url": f"?{_join(kept, 'after', page.next)}" if page.next else "",
        "previous_url": f"?{_join(kept, 'before', page.previous)}" if page.previous else "",
        "row_act": next(iter(slots("action", request.user)), None),
        # An act is offered where it would not be refused: on open clients the person may change.
        "actable": set(
            Client.objects.writable_by(request.user)
            .filter(pk__in=[client.pk for client in page.rows], closed_at=None)
            .values_list("pk", flat=True)
        ),
        "may_assign": request.user.can("clients.assign"),
        "may_add": request.user.can("clients.add"),
        "assign_form": AssignForm(user=request.user) if request.user.can("clients.assign") else None,
        "count": rows.about(exact=False) if page.next or page.previous else len(page.rows),
        "exact": not (page.next or page.previous),
    }
    known = {view.query for view in [*views, *context["own_views"]]}
    context["can_save"] = bool(kept) and kept not in known
    return render(request, "clients/list.html", context)


def _join(kept: str, name: str, token: str) -> str:
    return f"{kept}&{name}={token}" if kept else f"{name}={token}"


def _back(request: PersonRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(target if safe else reverse("clients:list"))


@require_POST
@needs("clients.view")
def choose_columns(request: PersonRequest) -> HttpResponse:
    """Keep the columns a person wants to see."""
    known = {column.code for column in lists.COLUMNS}
    chosen = [code for code in request.POST.getlist("column") if code in known]
    response = _back(request)
    response.set_cookie(COOKIE, ".".join(chosen), max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


@require_POST
@needs("clients.view")
def save_view(request: PersonRequest) -> HttpResponse:
    """Keep the present list under a name."""
    form = SaveViewForm(request.POST)
    if form.is_valid():
        SavedView.objects.update_or_create(
            user=request.user,
            name=form.cleaned_data["name"],
            defaults={"query": form.cleaned_data["query"]},
        )
        messages.success(request, _("The view is kept as a tab."))
        return redirect(f"{reverse('clients:list')}?{form.cleaned_data['query']}")
    messages.error(request, _("Give the view a name of at most 20 characters."))
    return _back(request)


@require_POST
@needs("clients.view")
def drop_view(request: PersonRequest, pk: int) -> HttpResponse:
    """Forget a kept view."""
    SavedView.objects.filter(user=request.user, pk=pk).delete()
    return redirect("clients:list")


@require_POST
@needs("clients.assign")
def reassign_clients(request: PersonRequest) -> HttpResponse:
    """Give the chosen clients to a manager and say what became of each."""
    keys = [int(pk) for pk in request.POST.getlist("client") if pk.isdigit()][:500]
    form = AssignForm(request.POST, user=request.user)
    if not keys or not form.is_valid():
        messages.error(request, _("Choose clients and the manager who takes them over."))
        return _back(request)
    outcomes = reassign(
        actor=request.user,
        client_ids=keys,
        manager=form.cleaned_data["manager"],
        reason=form.cleaned_data["reason"],
    )
    context = {
        "outcomes": outcomes,
        "manager": form.cleaned_data["manager"],
        "done": sum(outcome.ok for outcome in outcomes),
        "back": request.POST.get("next", "") or reverse("clients:list"),
    }
    return render(request, "clients/reassigned.html", context)
