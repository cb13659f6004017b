"""Pages of imports: the list, the wizard (upload → columns → preview → commit) and the result."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.models import User
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.queue import is_there
from crm.base.trail import record
from crm.intake import looking, messages, report, services, showing
from crm.intake.choices import BUSY, BatchStatus, Mode, Phase
from crm.intake.forms import UploadForm
from crm.intake.models import ImportBatch, ImportProgress, RowChange, RowEdit
from crm.intake.passwords import without_password
from crm.intake.resources import Resource, offered_to, resource_of
from crm.intake.services.mending import AT_ONCE

PAGE = 50
VERBS = ("intake.import", "intake.import_members", "intake.import_users")


class PersonRequest(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: Any


def _batch(request: PersonRequest, pk: int) -> ImportBatch:
    return get_object_or_404(
        ImportBatch.objects.visible_to(request.user).select_related("owner", "progress"), pk=pk
    )


@require_http_methods(["GET", "POST"])
@needs(*VERBS)
def upload(request: PersonRequest) -> HttpResponse:
    """Take a file: the first step."""
    chosen = request.GET.get("roster", "")
    sending = request.method == "POST"
    form = UploadForm(
        request.POST if sending else None,
        request.FILES if sending else None,
        user=request.user,
        initial={"roster": chosen, "mode": Mode.OVERWRITE},
    )
    if sending and form.is_valid():
        sent: UploadedFile = form.cleaned_data["file"]
        try:
            batch = services.open_batch(
                actor=request.user,
                roster=form.cleaned_data["roster"],
                name=sent.name or "",
                content=sent.chunks(),
                mode=form.cleaned_data["mode"],
                all_or_nothing=form.cleaned_data["all_or_nothing"],
            )
        except BusinessError as error:
            form.add_error("file", str(error.message))
        else:
            services.start(batch=batch)
            return redirect("intake:batch", pk=batch.pk)
    status = 400 if form.errors else 200
    context = {
        "form": form,
        "step": 1,
        "rosters": list(offered_to(request.user).values()),
    }
    return render(request, "intake/upload.html", context, status=status)


@require_GET
@needs(*VERBS)
def batch_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show an import as it stands: progress, refusal, preview or result."""
    batch = _batch(request, pk)
    if batch.status == BatchStatus.MAPPING:
        return redirect("intake:mapping", pk=pk)
    resource = resource_of(batch.roster)
    context: dict[str, Any] = {
        "batch": batch,
        "resource": resource,
        "counts": services.counts_of(batch),
        "good": (batch.created or 0) + (batch.updated or 0),
        "owned": batch.owner_id == request.user.pk,
        "sheets": report.sheets_of(batch),
        "sentence": messages.file_sentence(batch.error_code, batch.error_params, resource)
        if batch.error_code
        else "",
    }
    if batch.status in (*BUSY, BatchStatus.UPLOADED):
        return render(request, "intake/progress.html", context | _progress(batch))
    if batch.read is not None:
        context |= looking.context_of(batch, request.GET.dict(), user=request.user, size=PAGE)
    if batch.status == BatchStatus.VALIDATED:
        context |= {"step": 3, "edits": RowEdit.objects.filter(batch=batch).count()}
        context["later"] = context["edits"] and (batch.read or 0) > AT_ONCE
        return render(request, "intake/preview.html", context)
    context["undoable"] = services.undoable(batch)
    context["touched_url"] = resource.touched_url(batch.pk) if batch.status == BatchStatus.APPLIED else ""
    context["meanings"] = showing.meanings(batch, resource)
    if batch.roster == "users":
        context["waiting_passwords"] = without_password(batch, request.user)
    if batch.status == BatchStatus.ROLLED_BACK:
        kept = RowChange.objects.filter(batch=batch, kept=True).order_by("rn")[:100]
        context["kept"] = showing.changes(batch, resource, list(kept))
    return render(request, "intake/result.html", context | {"step": 5})


def _progress(batch: ImportBatch) -> dict[str, Any]:
    """Return phase, count, rate and time left."""
    progress = ImportProgress.objects.get_or_create(batch=batch)[0]
    waiting = batch.status == BatchStatus.UPLOADED or progress.phase == Phase.WAITING
    return {
        "progress": progress,
        "phase": Phase(progress.phase).label,
        "step": 4
        if batch.status == BatchStatus.COMMITTING
        else 2
        if batch.status == BatchStatus.UPLOADED
        else 3,
        "queue_away": waiting and not is_there(),
    }


@require_GET
@needs(*VERBS)
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer the poll of the progress page; when the work is over the page loads anew."""
    batch = _batch(request, pk)
    if batch.status not in (*BUSY, BatchStatus.UPLOADED):
        return HttpResponse(headers={"HX-Redirect": reverse("intake:batch", args=[pk])})
    return render(request, "intake/includes/progress.html", {"batch": batch, **_progress(batch)})


@require_http_methods(["GET", "POST"])
@needs(*VERBS)
def mapping(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what each column of the file means: the second step."""
    batch = _batch(request, pk)
    if batch.status not in (BatchStatus.MAPPING, BatchStatus.VALIDATED):
        return redirect("intake:batch", pk=pk)
    resource = resource_of(batch.roster)
    headers = showing.headers(batch, resource)
    sheets = showing.choosable_sheets(batch)
    problem = ""
    if "as" in request.POST:
        if request.POST["as"] not in offered_to(request.user):
            raise Http404
        services.change_roster(actor=request.user, batch=batch, roster=request.POST["as"])
        return redirect("intake:batch", pk=pk)
    if request.method == "POST":
        chosen = {header["key"]: request.POST.get(f"map-{header['place']}", "") for header in headers}
        constants = {
            column.name: request.POST.get(f"set-{column.name}", "").strip()
            for column in resource.columns
            if request.POST.get(f"set-{column.name}", "").strip()
        }
        words = {
            column: {
                word: request.POST[f"value-{column}-{place}"]
                for place, word in enumerate(unknown)
                if request.POST.get(f"value-{column}-{place}")
            }
            for column, unknown in showing.unknown_words(batch).items()
        }
        left_out = [sheet["name"] for sheet in sheets if f"leave-{sheet['index']}" in request.POST]
        kept = {name: {**batch.value_map.get(name, {}), **found} for name, found in words.items()}
        try:
            services.choose_mapping(
                actor=request.user,
                batch=batch,
                mapping=chosen,
                constants=constants,
                value_map={**batch.value_map, **kept},
                left_out=left_out,
            )
            return redirect("intake:batch", pk=pk)
        except BusinessError as error:
            problem = str(error.message)
            batch.refresh_from_db()
            for header in headers:
                header["column"] = chosen[header["key"]]
            for sheet in sheets:
                sheet["left_out"] = sheet["name"] in left_out
    used = {header["column"] for header in headers}
    context = {
        "batch": batch,
        "resource": resource,
        "headers": headers,
        "choosable": sheets,
        "constants": showing.constant_fields(
            resource, used, request.POST if problem else batch.constants, prefix="set-" if problem else ""
        ),
        "words": showing.word_choices(batch, resource),
        "problem": problem,
        "doubts": "" if problem else showing.doubts(batch, resource),
        "better": _better(request, batch),
        "step": 2,
        "sheets": report.sheets_of(batch),
    }
    return render(request, "intake/mapping.html", context, status=400 if problem else 200)


def _better(request: PersonRequest, batch: ImportBatch) -> Resource | None:
    """Return the roster the file looks like, where it was taken for another."""
    if batch.status != BatchStatus.MAPPING:
        return None
    return services.better_roster(batch, offered_to(request.user).values())


@require_POST
@needs(*VERBS)
def commit(request: PersonRequest, pk: int) -> HttpResponse:
    """Have the good rows written."""
    services.commit_batch(actor=request.user, batch=_batch(request, pk))
    return redirect("intake:batch", pk=pk)


@require_POST
@needs(*VERBS)
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop an import before it is written."""
    services.cancel_batch(actor=request.user, batch=_batch(request, pk))
    return redirect("intake:batch", pk=pk)


@require_POST
@needs(*VERBS)
def undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Have a whole import taken back."""
    services.undo_batch(actor=request.user, batch=_batch(request, pk))
    return redirect("intake:batch", pk=pk)


@require_GET
@needs(*VERBS)
def errors(request: PersonRequest, pk: int) -> FileResponse:
    """Send the person's own workbook back with its errors marked."""
    batch = get_object_or_404(ImportBatch, pk=pk, owner=request.user)
    if not batch.folder or batch.read is None:
        raise BusinessError("FILE_EXPIRED", _("The file of this import is no longer kept."), status=404)
    record(actor=request.user, action="intake.errors_downloaded", entity=batch)
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "errors.xlsx"
        report.write_error_workbook(batch, target)
        name = f"{Path(batch.file_name).stem}-{_('errors')}.xlsx"
        return FileResponse(target.open("rb"), as_attachment=True, filename=name)


@require_GET
@needs(*VERBS)
def template(request: PersonRequest, roster: str) -> FileResponse:
    """Send the template of a roster."""
    found = offered_to(request.user).get(roster)
    if found is None:
        raise BusinessError("UNKNOWN_ROSTER", _("There is no roster of this name."), status=404)
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "template.xlsx"
        report.write_template(found, target)
        return FileResponse(
            target.open("rb"), as_attachment=True, filename=f"{found.label}-{_('template')}.xlsx"
        )
