"""Structure of a client: the tree from headquarters to outlets, its region, and who of ours answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients import services
from clients.cards import card_context, client_for
from clients.choices import KeyAccountKind
from clients.forms.structure import SiteForm
from clients.models import BranchSite, Client, ClientClassHistory
from clients.rules import key_account, region
from clients.services.key_accounts import spend
from clients.services.regions import places_of
from clients.trees import tree_of
from clients.views.acts import _back
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import Invalid
from crm.base.expressions import evaluate, first_code
from crm.params.registry import get_group


@require_GET
@needs("clients.view")
def structure(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the tree, the region that follows from it, the branches noted, and who answers."""
    client = client_for(request, pk)
    context = card_context(request, client, "structure")
    suggested, known = services.suggest_region(client)
    hq, branches = places_of(client)
    rule = evaluate({"code": first_code(region.RULES, default="LOCAL")}, region.count(hq, branches))["code"]
    context |= {
        "tree": tree_of(client, request.user),
        "suggested": suggested,
        "branches_known": known,
        "region_rule": next((r for r in region.RULES if r.code == rule), None),
        "differs": known and suggested != client.region_scope,
        "sites": BranchSite.objects.filter(client=client).select_related("region__parent"),
        "site_form": SiteForm(),
        "answers": client.responsibilities.select_related("org_unit").order_by("-role", "org_unit__path"),
        "merge_notes": client.merge_notes.all(),
    }
    return render(request, "clients/structure/tab.html", context)


@require_POST
@needs("clients.change")
def add_site(request: PersonRequest, pk: int) -> HttpResponse:
    """Note a branch that is no client of ours."""
    client_for(request, pk, "clients.change")
    form = SiteForm(request.POST)
    if not form.is_valid():
        raise Invalid("INVALID", _("Write the name of the branch and where it is."))
    services.add_site(
        actor=request.user, client_id=pk, name=form.cleaned_data["name"],
        place=form.cleaned_data["region"], country=form.cleaned_data["country"],
    )  # fmt: skip
    messages.success(request, _("Branch noted."))
    return _back(request, pk, "structure")


@require_POST
@needs("clients.change")
def remove_site(request: PersonRequest, pk: int, site: int) -> HttpResponse:
    """Take a branch out of the file."""
    client_for(request, pk, "clients.change")
    services.remove_site(actor=request.user, client_id=pk, site_id=site)
    messages.success(request, _("Branch taken out."))
    return _back(request, pk, "structure")


@require_POST
@needs("clients.change")
def take_region(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the region that follows from the branches."""
    client_for(request, pk, "clients.change")
    client = services.take_region(actor=request.user, client_id=pk)
    messages.success(
        request, _("Operating region: %(region)s.") % {"region": client.get_region_scope_display()}
    )
    return _back(request, pk, "structure")


@require_GET
@needs("clients.view")
def why_segment(request: PersonRequest, pk: int) -> HttpResponse:
    """Explain segment, kinds of key account and the level that answers first."""
    client = client_for(request, pk)
    today = clock.today()
    numbers = get_group("ka.", as_of=today)
    newest = ClientClassHistory.objects.filter(client=client, axis="SEGMENT").first()
    first, end = clock.closed_months(today, 3)
    row = Client.objects.filter(pk=client.pk).annotate(spend3=spend(today)).values("spend3").get()
    answer = client.responsibilities.filter(role="FIRST_RESPONSIBLE").select_related("org_unit").first()
    context = {
        "client": client,
        "rules": key_account.segment_rules(numbers),
        "reason": key_account.REASONS.get(client.segment_rule, ""),
        "newest": newest,
        "average_fen": row["spend3"] // 3,
        "limit_fen": numbers["spend_yuan"] * 100,
        "local_top_pct": numbers["local_top_pct"],
        "first_month": first,
        "last_month": clock.add_months(end, -1),
        "kinds": [
            (code, label) for code, label in KeyAccountKind.choices if code in client.key_account_kinds
        ],
        "answer": answer,
        "levels": (*key_account.level_rules(numbers, today), key_account.DEFAULT_LEVEL),
    }
    return render(request, "clients/why/segment.html", context)
