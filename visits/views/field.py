"""Acts in the field: arrive, leave, take photos, say where a client is, write a whole visit at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.offline import KEY, is_queued, kept_offline, phone_time, refused_fields, sent_once
from crm.params import registry
from visits import services, sheets
from visits.forms.field import PlaceForm, RecordForm, WhereForm
from visits.models import Visit, VisitPhoto
from visits.reading.calls import open_calls
from visits.rules.visits import OPEN_STATES
from visits.views.logs import log_context
from visits.views.visits import back_to, beside, visit_or_404


def _with_sides(request: PersonRequest, visit: Visit, mine: str, act: Callable[..., Visit]) -> Visit:
    """Do an act of the field; a conflict of what was queued shows both sides."""
    phone = phone_time(request) if is_queued(request) else None
    said = f"{mine} {clock.at_minute(phone.made_at)}" if phone else mine
    where = WhereForm.read(request.POST)
    return beside(
        request, visit, said, lambda: act(actor=request.user, visit=visit, where=where, phone=phone)
    )


@sent_once
@require_POST
@needs("visits.change")
def check_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Note the arrival, and where the phone was if it said so."""
    visit = _with_sides(request, visit_or_404(request, pk), gettext("Arrived"), services.arrive)
    messages.success(request, _("Your arrival is noted."))
    return back_to(request, visit)


@sent_once
@require_POST
@needs("visits.change")
def check_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Note the departure and go on with the log."""
    visit = _with_sides(request, visit_or_404(request, pk), gettext("Departed"), services.leave)
    messages.success(request, _("Your departure is noted. Now write the log."))
    return redirect("visits:log", visit.pk)


@sent_once
@require_POST
@needs("visits.change")
def late(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the client was told we come late."""
    phone = phone_time(request) if is_queued(request) else None
    visit = services.note_late(actor=request.user, visit=visit_or_404(request, pk), phone=phone)
    messages.success(request, _("It is noted that the client knows."))
    return back_to(request, visit)


PAGES = ("visits:visit", "visits:log", "visits:prep-sheet")
# How a visit may end that does not take place.
WAYS_OUT = ("visits:postpone", "visits:cancel", "visits:no-show")


@never_cache
@require_GET
@needs("visits.view")
def today(request: PersonRequest) -> JsonResponse:
    """Name the pages a person needs on the way today, for the phone to keep."""
    mine = Visit.objects.visible_to(request.user).filter(owner=request.user)
    visits = mine.on(clock.today()).order_by("planned_at")[:40]
    pages = [reverse("workbench:today"), reverse("visits:list"), reverse("visits:calls")]
    if request.user.can("visits.change"):
        pages.append(reverse("visits:record"))
    for pk, client, state in visits.values_list("pk", "client_id", "state"):
        pages += [reverse(name, args=[pk]) for name in PAGES]
        if state in OPEN_STATES:
            pages += [reverse(name, args=[pk]) for name in WAYS_OUT]
        pages.append("~" + reverse("members:traits_brief", args=[client]))
        pages += ["~" + reverse(name, args=[pk]) for name in ("visits:fitting", "visits:notes")]
    calls = open_calls(request.user, clock.today()).values_list("pk", flat=True)[:20]
    pages += [reverse("visits:call", args=[pk]) for pk in calls]
    return JsonResponse({"pages": pages})


# ---- Photos


def _key(request: PersonRequest) -> UUID:
    """Return the key the phone made; a page without a queue needs none."""
    return UUID(request.headers[KEY]) if is_queued(request) else uuid4()


@sent_once
@require_POST
@needs("visits.write_log")
def photos(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep a photo of the visit."""
    visit = visit_or_404(request, pk)
    services.must_write_log(visit, request.user)
    upload = request.FILES.get("photo")
    if upload is None:
        raise BusinessError("PHOTO_MISSING", _("Choose a photo."), status=400)
    phone = phone_time(request) if is_queued(request) else None
    photo = services.add_visit_photo(
        actor=request.user, visit=visit, upload=upload, key=_key(request), phone=phone
    )
    if is_queued(request):
        return JsonResponse({"photo": photo.pk, "url": reverse("visits:photo", args=[pk, photo.pk])})
    return redirect("visits:log", pk)


@require_GET
@needs("visits.view")
def photo(request: PersonRequest, pk: int, photo: int) -> FileResponse:
    """Hand out a photo; the browser shows no page of it."""
    found = get_object_or_404(VisitPhoto, visit=visit_or_404(request, pk), pk=photo)
    try:
        handle = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(handle, content_type=found.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@sent_once
@require_POST
@needs("visits.write_log")
def photo_remove(request: PersonRequest, pk: int, photo: int) -> HttpResponse:
    """Take a photo away before the log is approved."""
    services.remove_visit_photo(actor=request.user, visit=visit_or_404(request, pk), photo_id=photo)
    messages.success(request, _("The photo is removed."))
    return redirect("visits:log", pk)


# ---- Where a client is


@require_http_methods(["GET", "POST"])
@needs("visits.change")
def place(request: PersonRequest, pk: int) -> HttpResponse:
    """Say where a client is, so that check-ins can be judged."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    numbers = registry.get_group("visits.", as_of=clock.today())
    known = services.place_of(client.pk, numbers=numbers)
    initial = {"latitude": f"{known[0]:.6f}", "longitude": f"{known[1]:.6f}"} if known else {}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.enter_place(actor=request.user, client=client, **form.degrees())
        messages.success(request, _("It is noted where the client is."))
        return redirect("visits:of-client", client.pk)
    context = {"client": client, "form": form, "known": known, "numbers": numbers}
    return render(request, "visits/place.html", context, status=422 if form.errors else 200)


# ---- A visit nobody planned, written at once


def _record(request: PersonRequest, form: RecordForm) -> Visit:
    values = form.values()
    arrived, phone = values.pop("arrived", None), phone_time(request) if is_queued(request) else None
    moment = phone.made_at if phone else clock.now()
    day = clock.business_date(moment)
    at = datetime.combine(day, arrived, tzinfo=clock.BUSINESS_ZONE) if arrived else moment
    return services.record_visit(
        actor=request.user,
        client=values.pop("client"),
        client_key=_posted_key(request),
        planned_at=min(at, moment),
        arrived_at=min(at, moment),
        left_at=moment,
        purposes=values["purposes"],
        unscheduled_reason=values.pop("unscheduled_reason"),
        values=values,
        phone=phone,
    )


def _posted_key(request: PersonRequest) -> UUID:
    """Return the key of the form; one kept page may write many visits, so the queue's own key goes first."""
    if is_queued(request):
        return _key(request)
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return uuid4()


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.change")
def record(request: PersonRequest) -> HttpResponse:
    """Write down a visit that was not planned, with its log, on one page that also works without a signal."""
    form = RecordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST":
        if form.is_valid():
            try:
                visit = _record(request, form)
            except BusinessError as error:
                if error.status != 400 or is_queued(request):
                    raise
                place_refusal(form, error)
            else:
                messages.success(request, _("Submitted. It now waits for your head's approval."))
                return redirect("visits:visit", visit.pk)
        elif is_queued(request):
            return refused_fields(form.errors, _("Some fields need correction."))
    context: dict[str, Any] = log_context(form) | {
        "client_key": request.POST.get("client_key") or uuid4(),
        "reasons": sheets.UNANNOUNCED,
    }
    return render(request, "visits/record.html", context, status=422 if form.errors else 200)
