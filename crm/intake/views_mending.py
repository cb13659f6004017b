"""Mend wrong cells of a preview on the page, have all rows looked through again, take one's own file back."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import INT, read_number
from crm.base.trail import record
from crm.intake import looking, report, services
from crm.intake.models import ImportBatch, RowEdit
from crm.intake.resources import resource_of
from crm.intake.services.mending import AT_ONCE
from crm.intake.views import PAGE, VERBS, PersonRequest


def _own(request: HttpRequest, pk: int) -> ImportBatch:
    """Return an import of the person's own: its cells are shown to nobody else."""
    return get_object_or_404(ImportBatch.objects.select_related("owner"), pk=pk, owner=request.user)


@require_POST
@needs(*VERBS)
def mend(request: PersonRequest, pk: int) -> HttpResponse:
    """Put another value into a wrong cell; the figures and the rows come back as they stand then."""
    batch = _own(request, pk)
    given = request.POST
    problem, mended = "", 0
    try:
        mended = services.mend_cell(
            actor=request.user,
            batch=batch,
            rn=read_number(given.get("rn", ""), most=INT) or 0,
            column=given.get("name", ""),
            value=given.get("value", "")[:1000],
            everywhere=bool(given.get("everywhere")),
        )
    except BusinessError as error:
        if error.code != "BAD_CELL":
            raise
        problem = str(error.message)
    batch.refresh_from_db()
    if not request.htmx and not problem:
        return redirect(reverse("intake:batch", args=[pk]) + given.get("look", ""))
    look = {
        key: given[f"look-{key}"] for key in ("show", "column", "code", "after") if given.get(f"look-{key}")
    }
    context = {
        "batch": batch,
        "resource": resource_of(batch.roster),
        "counts": services.counts_of(batch),
        "good": (batch.created or 0) + (batch.updated or 0),
        "owned": True,
        "sheets": report.sheets_of(batch),
        "step": 3,
        "mended": mended,
        "later": mended and (batch.read or 0) > AT_ONCE,
        "edits": RowEdit.objects.filter(batch=batch).count(),
        **looking.context_of(batch, look, user=request.user, size=PAGE),
    }
    if problem:
        for row in context["rows"]:
            for cell in row["errors"]:
                if str(row["rn"]) == given.get("rn") and cell["name"] == given.get("name"):
                    cell["typed"], cell["problem"] = given.get("value", ""), problem
    template = "intake/includes/checked.html" if request.htmx else "intake/preview.html"
    return render(request, template, context)


@require_POST
@needs(*VERBS)
def recheck(request: PersonRequest, pk: int) -> HttpResponse:
    """Have all rows looked through again."""
    services.recheck(actor=request.user, batch=_own(request, pk))
    return redirect("intake:batch", pk=pk)


@require_GET
@needs(*VERBS)
def source(request: PersonRequest, pk: int) -> FileResponse:
    """Send the uploaded file back as it was, to the person who sent it."""
    batch = _own(request, pk)
    if not batch.folder or not batch.source.exists():
        raise BusinessError("FILE_EXPIRED", _("The file of this import is no longer kept."), status=404)
    record(actor=request.user, action="intake.file_downloaded", entity=batch)
    return FileResponse(
        batch.source.open("rb"),
        as_attachment=True,
        filename=batch.file_name,
        content_type="application/octet-stream",
    )
