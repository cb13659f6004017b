"""Pages of what was imported: the history with its filters, and exactly the records an import touched."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from crm.accounts.access import PersonRequest
from crm.base.access import needs
from crm.base.text import read_number
from crm.intake import services, showing
from crm.intake.forms import HistoryForm
from crm.intake.models import ImportBatch, RowChange
from crm.intake.resources import offered_to, resource_of, resources
from crm.intake.views import PAGE, VERBS


@require_GET
@needs(*VERBS)
def batch_list(request: PersonRequest) -> HttpResponse:
    """List imports, newest first, narrowed by roster, state, person and days."""
    form = HistoryForm(request.GET)
    queryset = form.narrow(ImportBatch.objects.visible_to(request.user).select_related("owner"))
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        queryset = queryset.filter(pk__lt=at)
    found = list(queryset[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    asked = request.GET.copy()
    asked.pop("before", None)
    first = asked.urlencode()
    if more:
        asked["before"] = str(found[-1].pk)
    context = {
        "batches": [(batch, _roster_label(batch), services.counts_of(batch)) for batch in found],
        "next_url": f"?{asked.urlencode()}" if more else "",
        "previous_url": f"{reverse('intake:list')}?{first}" if before else "",
        "rosters": list(offered_to(request.user).values()),
        "form": form,
        "filtered": form.chosen,
    }
    return render(request, "intake/list.html", context)


def _roster_label(batch: ImportBatch) -> str:
    found = resources().get(batch.roster)
    return str(found.label) if found else batch.roster


@require_GET
@needs(*VERBS)
def touched(request: PersonRequest, pk: int) -> HttpResponse:
    """List exactly the records an import created or changed, in the order of its rows."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    resource = resource_of(batch.roster)
    after = request.GET.get("after", "")
    changes = RowChange.objects.filter(batch=batch).order_by("rn", "id")
    if (at := read_number(after)) is not None:
        changes = changes.filter(rn__gt=at)
    found = list(changes[: PAGE + 1])
    context = {
        "batch": batch,
        "resource": resource,
        "rows": showing.changes(batch, resource, found[:PAGE]),
        "next_url": f"?after={found[PAGE - 1].rn}" if len(found) > PAGE else "",
        "previous_url": reverse("intake:touched", args=[pk]) if after else "",
    }
    return render(request, "intake/touched.html", context)
