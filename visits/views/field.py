"""Acts in the field: arrive and leave, with or without a signal."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.offline import is_queued, phone_time, sent_once
from visits import services, sides
from visits.models import Visit
from visits.views.visits import back_to, visit_or_404


def _made_at(request: PersonRequest) -> datetime | None:
    """Return when a queued act was made, by our clock; None for now."""
    phone = phone_time(request) if is_queued(request) else None
    return phone.made_at if phone else None


@sent_once
@require_POST
@needs("visits.change")
def check_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Note the arrival."""
    visit = visit_or_404(request, pk)
    at = _made_at(request)
    try:
        visit = services.check_in(actor=request.user, visit=visit, arrived_at=at)
    except BusinessError as error:
        if error.status != 409 or not at:
            raise
        raise sides.with_standing(error, visit, f"{gettext('Arrived')} {clock.at_minute(at)}") from error
    messages.success(request, _("Your arrival is noted."))
    return back_to(request, visit)


@sent_once
@require_POST
@needs("visits.change")
def check_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Note the departure and go on with the log."""
    visit = visit_or_404(request, pk)
    at = _made_at(request)
    try:
        visit = services.check_out(actor=request.user, visit=visit, left_at=at)
    except BusinessError as error:
        if error.status != 409 or not at:
            raise
        raise sides.with_standing(error, visit, f"{gettext('Departed')} {clock.at_minute(at)}") from error
    messages.success(request, _("Your departure is noted. Now write the log."))
    return redirect("visits:log", visit.pk)


@never_cache
@require_GET
@needs("visits.view")
def today(request: PersonRequest) -> JsonResponse:
    """Name the pages a person needs on the way today, for the phone to keep."""
    mine = Visit.objects.visible_to(request.user).filter(owner=request.user)
    visits = mine.on(clock.today()).order_by("planned_at")[:40]
    pages = [reverse("workbench:today"), reverse("visits:list")]
    for pk, client in visits.values_list("pk", "client_id"):
        pages += [reverse(name, args=[pk]) for name in ("visits:visit", "visits:log")]
        pages.append("~" + reverse("members:traits_brief", args=[client]))
    return JsonResponse({"pages": pages})
