"""Duplicates: which files may be one client, the two side by side, the decision, and the way back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import card_context, client_for
from clients.choices import MergeKind
from clients.models import Client, Merge
from clients.services import merging
from clients.services.merging.fields import FIELDS
from crm.accounts.access import PersonRequest
from crm.base import clock, text
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number

PAGE = 30


@require_GET
@needs("clients.change")
def merges(request: PersonRequest) -> HttpResponse:
    """Show what waits for a decision, files that look alike, and what was merged."""
    rows = Merge.objects.visible_to(request.user).filter(kind=MergeKind.CLIENT)
    rows = rows.select_related("client", "other", "proposed_by", "decided_by")
    before = request.GET.get("before", "")
    done = rows.exclude(state="PROPOSED").order_by("-pk")
    if (at := read_number(before)) is not None:
        done = done.filter(pk__lt=at)
    shown = list(done[: PAGE + 1])
    groups, following = merging.pairs(request.user, after=request.GET.get("after", "")[:200])
    context = {
        "waiting": list(rows.waiting().order_by("pk")[:PAGE]),
        "done": shown[:PAGE],
        "older": shown[PAGE - 1].pk if len(shown) > PAGE else None,
        "groups": groups,
        "following": following,
    }
    return render(request, "clients/merging/list.html", context)


@require_GET
@needs("clients.change")
def duplicates(request: PersonRequest, pk: int) -> HttpResponse:
    """Show files that may be the same client as this one, or any other by name or code."""
    client = client_for(request, pk, "clients.change")
    query = text.clean(request.GET.get("q", ""))[:60]
    found = []
    if query:
        rows = Client.objects.writable_by(request.user).search(query).exclude(pk=pk).exclude(status="CLOSED")
        found = list(rows.select_related("org_unit", "am")[:20])
    context = card_context(request, client, "") | {
        "candidates": merging.candidates_of(client, request.user),
        "q": query,
        "found": found,
    }
    return render(request, "clients/merging/candidates.html", context)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def compare(request: PersonRequest, pk: int, other: int) -> HttpResponse:
    """Show two files side by side with what would move; propose the merge."""
    mine = Client.objects.writable_by(request.user).select_related("org_unit", "am", "parent", "grid")
    survivor, loser = get_object_or_404(mine, pk=pk), get_object_or_404(mine, pk=other)
    chosen = {name: request.POST[name] for name in FIELDS if request.POST.get(name) in ("survivor", "loser")}
    key_person = "loser" if request.POST.get("key_person") == "loser" else "survivor"
    refusal = ""
    if request.method == "POST":
        try:
            merge = merging.propose_merge(
                actor=request.user, survivor_id=pk, loser_id=other, reason=request.POST.get("reason", ""),
                choices={"fields": chosen, "key_person": key_person},
            )  # fmt: skip
        except BusinessError as error:
            refusal = str(error.message)
        else:
            messages.success(request, _("Proposed; it waits for a decision."))
            return redirect("clients:merge_card", merge.pk)
    deal = merging.Deal(survivor, loser, request.user, clock.today())
    context = {
        "survivor": survivor,
        "loser": loser,
        "fields": merging.field_choices(survivor, loser, chosen),
        "lines": merging.preview(deal),
        "key_person": key_person,
        "two_keys": bool(survivor.key_persons_active and loser.key_persons_active),
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
    }
    return render(request, "clients/merging/compare.html", context, status=422 if refusal else 200)


def _merge(request: PersonRequest, pk: int) -> Merge:
    rows = Merge.objects.visible_to(request.user).filter(kind=MergeKind.CLIENT)
    found: Merge = get_object_or_404(
        rows.select_related("client", "other", "proposed_by", "decided_by", "undone_by"), pk=pk
    )
    return found


@require_GET
@needs("clients.view")
def merge_card(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one merge: what was chosen, what would move or moved, who decided."""
    merge = _merge(request, pk)
    survivor, loser = merge.client, merge.other
    assert loser is not None  # noqa: S101 - a merge of clients names both
    waiting = merge.state == "PROPOSED"
    deal = merging.Deal(survivor, loser, request.user, clock.today(), merge.choices)
    words = {each.label: each.words for each in merging.relations(Client)}
    moved = [
        {"words": words.get(label, label), "moving": counts[0], "staying": counts[1]}
        for label, counts in sorted(merge.counts.items())
    ]
    writes = Client.objects.writable_by(request.user).filter(pk__in=[survivor.pk, loser.pk]).count() == 2
    decides = writes and request.user.can("clients.approve")
    context = {
        "merge": merge,
        "survivor": survivor,
        "loser": loser,
        "fields": merging.field_choices(survivor, loser, merge.choices.get("fields", {})) if waiting else [],
        "lines": merging.preview(deal) if waiting else moved,
        "may_decide": decides and waiting and not request.user.scope.is_self(merge.proposed_by_id),
        "is_own": decides and waiting and request.user.scope.is_self(merge.proposed_by_id),
        "may_undo": decides and merge.state == "DONE",
        "kept": [each | {"words": words.get(each["relation"], _("client"))} for each in merge.kept[:50]],
    }
    return render(request, "clients/merging/merge.html", context)


@require_POST
@needs("clients.approve")
def merge_decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Merge, or refuse with a word."""
    merge = _merge(request, pk)
    approve = request.POST.get("act") == "approve"
    try:
        merging.decide_merge(
            actor=request.user, merge_id=merge.pk, approve=approve, word=request.POST.get("word", "")
        )
    except BusinessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The files are merged.") if approve else _("The proposal is refused."))
    return redirect("clients:merge_card", pk)


@require_POST
@needs("clients.approve")
def merge_undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Take two files apart again."""
    merge = _merge(request, pk)
    try:
        done = merging.undo_merge(actor=request.user, merge_id=merge.pk)
    except BusinessError as error:
        messages.error(request, str(error.message))
    else:
        said = _("The files are apart again.")
        if done.kept:
            said = _("The files are apart again; %(n)d changes made since are kept.") % {"n": len(done.kept)}
        messages.success(request, said)
    return redirect("clients:merge_card", pk)
