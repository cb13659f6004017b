"""Calls to clients: the list of the day, the one screen of a call, missed calls."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import sees_plain
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.offline import PhoneTime, is_queued, kept_offline, phone_time, refused_fields, sent_once
from crm.base.text import read_number
from members.models import Contact
from members.services import update_contact
from visits import services, sheets
from visits.choices import CallKind, CallResult
from visits.forms.calls import PLACES, CallForm, MissedForm, moments
from visits.models import Appointment, MissedCall, Visit
from visits.reading import calls as reading
from visits.rules.calls import OUTCOMES

PAGE = reading.PAGE


@kept_offline
@require_GET
@needs("visits.view")
def calls(request: PersonRequest) -> HttpResponse:
    """List calls by what is to be done: to make, missed, to greet, made."""
    user, today = request.user, clock.today()
    acts = user.can("visits.change")
    seen = Appointment.objects.visible_to(user).with_rows()
    team = user.can("visits.approve_log") or not acts
    greet, greetings = reading.greetings(user, today) if acts else ([], 0)
    waiting = MissedCall.objects.visible_to(user) if team else MissedCall.objects.filter(owner=user)
    to_make = seen.to_make() if team else seen.to_make().filter(owner=user)
    views = [
        ("open", _("To call"), to_make[:100].count()),
        ("missed", _("Missed"), waiting.waiting()[:100].count()),
        *([("greet", _("To greet"), min(greetings, 100))] if acts else []),
        ("made", _("Called"), None),
    ]
    chosen = request.GET.get("view", "")
    chosen = chosen if chosen in [code for code, _words, _count in views] else "open"
    before = request.GET.get("before", "")
    context: dict[str, Any] = {
        "views": views,
        "view": chosen,
        "team": team,
        "today": today,
        "now": clock.now(),
    }
    rows: list[Any] = []
    if chosen == "greet":
        context |= {"greetings": greet, "total": greetings}
    elif chosen == "missed":
        found = waiting.with_rows()
        if (at := read_number(before)) is not None:
            found = found.filter(pk__lt=at)
        rows = list(found.order_by("-pk")[: PAGE + 1])
        own = Client.objects.managed_by(user).filter(pk__in=[row.client_id for row in rows if row.client_id])
        context["plain"] = set(own.values_list("pk", flat=True))
    elif chosen == "made":
        found = seen.exclude(result="") if team else seen.exclude(result="").filter(owner=user)
        if (at := read_number(before)) is not None:
            found = found.filter(pk__lt=at)
        rows = list(found.order_by("-pk")[: PAGE + 1])
    else:
        rows = list(to_make.order_by("call_at", "pk")[:200])
    if chosen in ("missed", "made"):
        context["next_url"] = f"?view={chosen}&before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
        context["previous_url"] = f"?view={chosen}" if before else ""
        rows = rows[:PAGE]
    return render(request, "visits/calls/list.html", context | {"rows": rows})


def _key(request: PersonRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None


def _phone(request: PersonRequest) -> PhoneTime | None:
    """Return when the phone made what waited for a signal."""
    return phone_time(request) if is_queued(request) else None


def _first_values(request: PersonRequest, client: Client, kind: str, visit: Visit | None) -> dict[str, Any]:
    """Return what the form of a new call starts with: the key person, two times, words that fit the kind."""
    slot1, slot2 = services.next_slots(clock.now())
    asked = read_number(request.GET.get("contact", ""))
    people = Contact.objects.active().filter(client=client).order_by("-kind", "id")
    chosen = people.filter(pk=asked).first() if asked is not None else None
    chosen = chosen or (visit.contact if visit else None) or people.first()
    words = {
        CallKind.GREETING: (_("A greeting"), _("A familiar voice whenever something is needed")),
        CallKind.ARREARS: (_("The balance of the account is used up"), _("The number stays in service")),
    }
    purpose, benefit = words.get(CallKind(kind), ("", ""))
    first: dict[str, Any] = {
        "contact": chosen.pk if chosen else None,
        "purpose": visit.purpose_note if visit else purpose,
        "benefit": visit.benefit if visit else benefit,
        "purposes": visit.purposes if visit else ["P2"],
        "place": (visit.place if visit else "") or client.address,
    }
    return first | (moments(slot1=slot1, slot2=slot2) if kind == CallKind.VISIT else {})


@require_http_methods(["GET", "POST"])
@needs("visits.change")
def call_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Call a client: what to say stands beside what to note."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    kind = request.GET.get("kind", CallKind.VISIT)
    kind = kind if kind in CallKind.values else CallKind.VISIT
    asked = request.GET.get("visit", "")
    visit = None
    if (at := read_number(asked)) is not None:
        visit = Visit.objects.writable_by(request.user).filter(client=client, pk=at).first()
    return _call_page(request, client, kind, visit, None)


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.view")
def call(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a call that stands in the list, or read what came of one."""
    found = get_object_or_404(
        Appointment.objects.visible_to(request.user).with_rows().select_related("follows", "visit__client"),
        pk=pk,
    )
    writable = Appointment.objects.writable_by(request.user).filter(pk=pk).exists()
    if request.method == "POST":
        services.call_to_make(found, request.user)
    if request.method == "POST" or (writable and found.is_open):
        return _call_page(request, found.client, found.kind, found.visit, found)
    context = {
        "call": found,
        "client": found.client,
        "next": Appointment.objects.filter(follows=found).first(),
        "outcome": OUTCOMES.get(found.result),
    }
    return render(request, "visits/calls/read.html", context)


def _call_page(
    request: PersonRequest, client: Client, kind: str, visit: Visit | None, found: Appointment | None
) -> HttpResponse:
    form = CallForm(request.POST or None, client=client, kind=kind)
    form.initial = CallForm.first_values(found) if found else _first_values(request, client, kind, visit)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    made = _save(request, form, client, kind, visit, found)
            except BusinessError as error:
                if is_queued(request) or (error.status != 400 and error.code != "STALE"):
                    raise
                # The instant is two fields on the page: the sentence stands at its day.
                moved = {f"{PLACES[n]}_day" if n in PLACES else n: s for n, s in error.fields.items()}
                error.fields = moved
                place_refusal(form, error)
                status = 409 if error.code == "STALE" else 422
            else:
                return _after(request, made)
        if is_queued(request):
            return refused_fields(form.errors, _("Some fields need correction."))
    plain = sees_plain(request.user, client)
    people = sheets.people_of(client, plain=plain)
    chosen = str(form["contact"].value() or "")
    person = next((one for one in people if str(one.pk) == chosen), None)
    shown = {name: form[name].value() for name in ("purpose", "benefit", "place")}
    slots = dict(zip(("slot1_at", "slot2_at"), services.next_slots(clock.now()), strict=True))
    if found and found.slot1_at:
        slots = {"slot1_at": found.slot1_at, "slot2_at": found.slot2_at or found.slot1_at}
    facts = reading.facts_of(request.user, person, shown | slots, clock.today())
    context = {
        "form": form,
        "client": client,
        "kind": kind,
        "kinds": CallKind.choices,
        "call": found,
        "visit": visit,
        "people": people,
        "chosen": chosen,
        "client_key": request.POST.get("client_key") or uuid4(),
        "cards": reading.cards_of(kind, facts),
        "results": [(box, OUTCOMES.get(box.data["value"])) for box in form["result"]],
    }
    return render(request, "visits/calls/call.html", context, status=status)


def _save(
    request: PersonRequest, form: CallForm, client: Client, kind: str, visit: Visit | None,
    found: Appointment | None,
) -> Appointment:  # fmt: skip
    """Keep what is said, then what came of it: both, or neither."""
    planned, clean = form.planned(), form.cleaned_data
    contact: Contact | None = planned["contact"]
    if contact is not None and clean["salutation"].strip() and not contact.salutation:
        # S1-25: how the key person is addressed is asked once, and kept.
        planned["contact"] = update_contact(
            contact=contact, actor=request.user, salutation=clean["salutation"].strip()
        )
    if found is not None:
        made = services.change_call(actor=request.user, call=found, version=clean["version"], **planned)
    else:
        made = services.book_call(
            actor=request.user, client=client, kind=kind, visit=visit, client_key=_key(request), **planned
        )
    if clean["result"] and made.is_open:
        made = services.note_result(actor=request.user, call=made, phone=_phone(request), **form.outcome())
    return made


def _after(request: PersonRequest, made: Appointment) -> HttpResponse:
    if made.result == CallResult.CONFIRMED and made.visit_id:
        messages.success(request, _("Agreed. Now prepare the visit."))
        return redirect("visits:visit", made.visit_id)
    said = _("Noted.") if made.result else _("The call stands in your list.")
    if made.result and OUTCOMES[made.result].again:
        said = _("Noted. The next call stands in your list.")
    messages.success(request, said)
    return redirect("visits:calls")


@require_http_methods(["GET", "POST"])
@needs("visits.change")
def missed_new(request: PersonRequest) -> HttpResponse:
    """Note a call that was missed."""
    now = clock.now()
    form = MissedForm(request.POST or None, initial={"day": now.date(), "at": now.time()})
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            missed = services.note_missed(
                actor=request.user, number=form.cleaned_data["number"], missed_at=form.moment(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except BusinessError as error:
            if error.status != 400:
                raise
            error.fields = {{"missed_at": "at"}.get(name, name): said for name, said in error.fields.items()}
            place_refusal(form, error)
            status = 422
        else:
            until = f"{missed.due_at.astimezone(clock.BUSINESS_ZONE):%m-%d %H:%M}"
            messages.success(request, _("Noted. Call back until %(until)s.") % {"until": until})
            return redirect(f"{reverse('visits:calls')}?view=missed")
    return render(request, "visits/calls/missed.html", {"form": form}, status=status)


@sent_once
@require_POST
@needs("visits.change")
def missed_return(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the client was called back."""
    missed = get_object_or_404(MissedCall.objects.visible_to(request.user), pk=pk)
    services.return_missed(
        actor=request.user,
        missed=missed,
        note=request.POST.get("note", "")[:300],
        phone=_phone(request),
    )
    messages.success(request, _("Noted."))
    return redirect(f"{reverse('visits:calls')}?view=missed")
