"""On-site events: the stand, the poster, the public sign-in page, photos, evaluation, printed forms."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError, NotFound
from crm.base.forms import place_refusal
from crm.base.middleware import client_address
from crm.base.offline import is_queued, kept_offline, phone_time, sent_once
from crm.base.text import read_number, read_numbers
from visits import services
from visits.choices import EventState, SiteCheck
from visits.forms.events import EvaluationForm, PhotoForm, SignInForm, StandForm
from visits.models import OnSiteEvent
from visits.rules import events as rules
from visits.views.events import event_for, event_url, page_context

PAGE = 100


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody who comes to the stand sign in on the own phone; nothing of others is shown."""
    try:
        event = services.event_of_token(token)
    except BusinessError as refusal:
        return render(
            request, "visits/events/join_closed.html", {"message": refusal.message}, status=refusal.status
        )
    form = SignInForm(request.POST or None, event=event)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_in_oneself(token=token, address=client_address(request), **form.values())
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            return render(request, "visits/events/join_done.html", {"event": event}, status=201)
    return render(request, "visits/events/join.html", {"event": event, "form": form}, status=status)


@sent_once
@kept_offline
@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.view")
def stand(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign people in at the stand, also without a signal; sent twice it is one."""
    event = event_for(request, pk)
    if not OnSiteEvent.objects.staffed_by(request.user).filter(pk=pk).exists():
        raise BusinessError("NOT_IN_TEAM", _("Only the team of the event signs people in."), status=403)
    form = StandForm(request.POST or None, event=event)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            values = form.values()
            if at := phone_time(request):
                values["signed_at"] = at.made_at
            row, fresh = services.sign_in_at_stand(actor=request.user, event_id=pk, **values)
        except BusinessError as refusal:
            if not refusal.fields or is_queued(request):
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            words = _("%(name)s is signed in.") if fresh else _("%(name)s was signed in already.")
            messages.success(request, words % {"name": row.name})
            return redirect("visits:event-stand", pk)
    context = {"event": event, "form": form, "signed": event.attendees.count()}
    return render(request, "visits/events/stand.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.view")
def attendees(request: PersonRequest, pk: int) -> HttpResponse:
    """Show who signed in; who agreed and is no member yet may be taken into the members."""
    event = event_for(request, pk)
    writes = OnSiteEvent.objects.writable_by(request.user).filter(pk=pk).exists()
    outcome = None
    if request.method == "POST":
        chosen = read_numbers(request.POST.getlist("attendee"))
        outcome = services.take_over(actor=request.user, event_id=pk, attendees=chosen)
        count = sum(one.member is not None for one in outcome)
        words = ngettext("%(n)d person is a member now.", "%(n)d people are members now.", count)
        messages.success(request, words % {"n": count})
    rows = event.attendees.select_related("member", "customer").prefetch_related("interests__product")
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "event": event,
        "writes": writes,
        "plain": writes,
        "takes": writes and request.user.can("members.change"),
        "rows": page[:PAGE],
        "refused": [one for one in outcome or [] if one.member is None],
        "next_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": "?" if before else "",
    }
    return render(request, "visits/events/attendees.html", context)


def sign_in_url(request: HttpRequest, event: OnSiteEvent) -> str:
    """Return the address the poster leads to; empty without a code."""
    if not event.sign_in_token:
        return ""
    return request.build_absolute_uri(reverse("visits:event-join", args=[event.sign_in_token]))


@require_GET
@needs("visits.view")
def poster(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the poster with the code to sign in, to print or to hold up."""
    event = event_for(request, pk)
    if not event.sign_in_token:
        raise BusinessError("NO_CODE", _("There is a sign-in code from approval until the event is closed."))
    return render(request, "visits/events/poster.html", {"event": event, "url": sign_in_url(request, event)})


@require_GET
@needs("visits.view")
def code(request: PersonRequest, pk: int) -> HttpResponse:
    """Draw the code of the poster."""
    url = sign_in_url(request, event_for(request, pk))
    if not url:
        raise Http404
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", scale=8, border=2)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def evaluation(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the evaluation in its five parts; save as often as wanted, hand in when it is whole."""
    event = event_for(request, pk)
    services.must_carry_out(event, request.user)
    form = EvaluationForm(request.POST or None, instance=services.evaluation_of(event))
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.write_evaluation(
                actor=request.user,
                event_id=pk,
                values=form.cleaned_data,
                results=_numbers(request, "result-"),
                given=_numbers(request, "given-"),
                ratings=_numbers(request, "rating-"),
            )
            if "hand_in" in request.POST:
                services.hand_in_evaluation(actor=request.user, event_id=pk)
        except BusinessError as refusal:
            if refusal.status in (403, 404) or refusal.code == "WRONG_STATE":
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            if "hand_in" in request.POST and not event.photos.exists():
                messages.warning(request, _("Handed in without a photo of the site."))
            messages.success(request, _("Saved."))
            return redirect("visits:event", pk)
    context = {
        "event": event,
        "form": form,
        "may_write": rules.allows(event.state, "evaluate"),
        "products": event.products.select_related("product"),
        "gifts": event.gifts.select_related("stock__gift"),
        "staff": event.staff.select_related("user"),
        "ratings": range(1, 6),
        "signed": event.attendees.count(),
        "photo_form": PhotoForm(),
        "photos": event.photos.all(),
    }
    return render(request, "visits/events/evaluation.html", context, status=status)


def _numbers(request: PersonRequest, prefix: str) -> dict[int, int | None]:
    """Return what was posted for numbered rows, `result-12=7`; an empty field is no number yet."""
    found: dict[int, int | None] = {}
    for name, value in request.POST.items():
        row = read_number(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if row is not None:
            found[row] = read_number(str(value), most=9_999_999)
    return found


@require_POST
@needs("visits.change")
def photo_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep a picture of the site."""
    form = PhotoForm(request.POST, request.FILES)
    event = event_for(request, pk)
    services.must_carry_out(event, request.user)
    status = 400
    if form.is_valid():
        try:
            services.add_photo(
                actor=request.user,
                event_id=pk,
                upload=form.cleaned_data["photo"],
                caption=form.cleaned_data["caption"],
            )
            messages.success(request, _("The photo is kept."))
            return redirect(f"{event_url(pk)}#photos")
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
    return render(
        request, "visits/events/event.html", page_context(request, event, photo_form=form), status=status
    )


@require_POST
@needs("visits.change")
def photo_remove(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    """Remove a picture."""
    services.remove_photo(actor=request.user, event_id=pk, photo_id=row)
    return redirect(f"{event_url(pk)}#photos")


@require_GET
@needs("visits.view")
def photo(request: PersonRequest, pk: int, row: int) -> FileResponse:
    """Show a picture to who may see the event."""
    found = get_object_or_404(event_for(request, pk).photos, pk=row)
    try:
        handle = found.file.open("rb")
    except OSError as error:
        raise NotFound("FILE_LOST", _("The file is not in its place any more.")) from error
    return FileResponse(handle, content_type=found.content_type)


FORMS = {"plan": "visits/events/print_plan.html", "effect": "visits/events/print_effect.html"}


@require_GET
@needs("visits.view")
def print_form(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print the plan form or the effect form (集团进驻营销方案表, 集团进驻营销效果表)."""
    event = event_for(request, pk)
    products = list(event.products.select_related("product"))
    context: dict[str, Any] = page_context(request, event) | {
        "no": event.form_no,
        "unit": event.org_unit,
        "on": event.starts_at if form == "plan" else event.finished_at or clock.now(),
        "rows": [(row, rules.share(row.result_qty, row.target_qty)) for row in products],
        "checks": [(label, code in event.site_checks) for code, label in SiteCheck.choices],
        "final": event.state in (EventState.EVALUATED, EventState.CLOSED),
    }
    return render(request, FORMS[form], context)
