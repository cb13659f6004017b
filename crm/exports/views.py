"""Pages of exports: ask for a list, wait, decide about others', download once."""

from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number
from crm.exports import services
from crm.exports.exportables import exportables
from crm.exports.forms import RequestForm
from crm.exports.models import DownloadRequest
from crm.params import registry

PAGE = 50
VERBS = ("clients.export", "exports.approve", "exports.approve_leaders", "accounts.manage")


def _request(request: PersonRequest, pk: int) -> DownloadRequest:
    found: DownloadRequest = get_object_or_404(
        DownloadRequest.objects.visible_to(request.user).with_people(), pk=pk
    )
    return found


def said(row: DownloadRequest, request: PersonRequest) -> dict[str, Any]:
    """Return one request as the pages show it."""
    found = exportables().get(row.name)
    words = []
    if found and found.describe:
        words = [str(word) for word in found.describe(row.owner, QueryDict(row.query))]
    return {
        "row": row,
        "label": found.label if found else row.name,
        "filters": words,
        "own": row.owner_id == request.user.pk,
    }


@require_GET
@needs(*VERBS)
def export_list(request: PersonRequest) -> HttpResponse:
    """Show what waits for the person's decision, then the own exports, newest first."""
    own = DownloadRequest.objects.filter(owner=request.user).with_people()
    if (before := read_number(request.GET.get("before", ""))) is not None:
        own = own.filter(pk__lt=before)
    found = list(own[: PAGE + 1])
    waiting = list(DownloadRequest.objects.decidable_by(request.user).with_people().order_by("pk")[:PAGE])
    # What the person may see is looked up once, not for each row that says its filters.
    people = {request.user.pk: request.user}
    for row in [*found, *waiting]:
        row.owner = people.setdefault(row.owner_id, row.owner)
    context = {
        "waiting": [said(row, request) for row in waiting],
        "own": [said(row, request) for row in found[:PAGE]],
        "next_url": f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "previous_url": reverse("exports:list") if before else "",
        "lists": [one for one in exportables().values() if request.user.can(one.verb)],
    }
    return render(request, "exports/list.html", context)


@require_http_methods(["GET", "POST"])
@needs("clients.export", "accounts.manage")
def new(request: PersonRequest) -> HttpResponse:
    """Ask for a list with the filters of the address."""
    query = request.GET.copy()
    name = query.pop("of", [""])[0]
    found = services.open_to(request.user, name)
    kept = services.kept_filters(found, query)
    may_plain = found.personal and (request.user.can("members.reveal") or found.verb == "accounts.manage")
    form = RequestForm(request.POST or None, may_plain=may_plain, initial={"file_format": "xlsx"})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = services.request_export(actor=request.user, name=name, query=kept, **form.cleaned_data)
        except BusinessError as error:
            form.add_error("reason" if error.code == "REASON_REQUIRED" else None, str(error.message))
        else:
            return redirect("exports:export", pk=made.pk)
    count = services.preview_count(request.user, name, kept)
    context = {
        "form": form,
        "found": found,
        "filters": list(found.describe(request.user, query)) if found.describe else [],
        "count": count,
        "second": services.needs_second(count, plain=False),
        "free_rows": registry.get("exports.free_rows", as_of=clock.today()),
        "back": reverse(found.page) + (f"?{kept}" if kept else "") if found.page else reverse("exports:list"),
    }
    return render(request, "exports/new.html", context, status=400 if form.errors else 200)


@require_GET
@needs(*VERBS)
def export(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one export as it stands."""
    row = _request(request, pk)
    decidable = DownloadRequest.objects.decidable_by(request.user).filter(pk=pk).exists()
    found = exportables().get(row.name)
    context = said(row, request) | {
        "decidable": decidable,
        "columns": [column.label for column in found.fields] if found else [],
        "open": row.state in ("REQUESTED", "APPROVED"),
        "deciders": services.deciders(row) if row.state == "REQUESTED" else [],
    }
    return render(request, "exports/export.html", context)


@require_GET
@needs(*VERBS)
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer the poll; when the work is over the page loads anew."""
    row = _request(request, pk)
    if not row.busy:
        return HttpResponse(headers={"HX-Redirect": reverse("exports:export", args=[pk])})
    return render(request, "exports/includes/progress.html", {"row": row})


@require_POST
@needs("exports.approve", "exports.approve_leaders", "accounts.manage")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Let an export go."""
    services.approve(actor=request.user, request=_request(request, pk), note=request.POST.get("note", ""))
    return redirect("exports:list")


@require_POST
@needs("exports.approve", "exports.approve_leaders", "accounts.manage")
def reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Refuse an export."""
    services.reject(actor=request.user, request=_request(request, pk), note=request.POST.get("note", ""))
    return redirect("exports:list")


@require_POST
@needs("clients.export", "accounts.manage")
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    services.cancel(actor=request.user, request=_request(request, pk))
    return redirect("exports:list")


@transaction.non_atomic_requests
@never_cache
@require_POST
@needs("clients.export", "accounts.manage")
def download(request: PersonRequest, pk: int) -> FileResponse:
    """Send the file, this once."""
    file, row = services.take(actor=request.user, request=_request(request, pk))
    return FileResponse(file, as_attachment=True, filename=services.file_name(row))
