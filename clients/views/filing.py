"""Filing a client step by step; the draft is kept at every step, and each refusal offers its way out."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import services
from clients.cards import card_context, client_for, hand_out, may_write
from clients.choices import FilingState
from clients.forms.filing import MergeDraftForm, PaperForm, StepForm
from clients.models import Client
from clients.overview import sections_of
from clients.rules.filing import needs_head
from clients.services.guards import facts_of
from clients.services.papers import KIND_OF
from clients.wizard import STEP_OF, next_url, wizard_context
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.text import read_number
from crm.params import registry

UNFILED = (FilingState.DRAFT, FilingState.REJECTED)


def _draft(request: PersonRequest, pk: int) -> Client:
    """Return a draft the person may write; a file further on leads to its card.

    Raises: Http404, Forbidden.
    """
    client = client_for(request, pk, "clients.change")
    if not may_write(request.user, client):
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    return client


def ways_out(request: PersonRequest, error: BusinessError, client: Client | None) -> list[dict[str, Any]]:
    """Return the acts that lead out of a refusal: each a label, and a link or a form to send."""
    found: list[dict[str, Any]] = []
    details = error.details
    if error.code in ("DUPLICATE_CLIENT", "DUPLICATE_NAME") and "client" in details:
        found.append({
            "label": _("Open the file that exists"), "url": reverse("clients:card", args=[details["client"]]),
        })  # fmt: skip
    if error.code == "DUPLICATE_NAME":
        found.append({"label": _("Say why it is another one"), "url": "#id_duplicate_reason"})
    if error.code in ("SECOND_LEVEL_MERGE", "BRANCH_NEEDS_AUTHORIZATION") and client:
        parent = details.get("parent")
        if parent:
            found.append(_merge(client, parent, details["parent_name"]))
    if error.code == "BRANCH_NEEDS_AUTHORIZATION":
        found.append({"label": _("Hand in the authorisation"), "url": "#id_authorization_doc"})
    if error.code == "BANK_LEVEL_TOO_LOW" and client:
        banks = services.bank_parents(client, request.user)
        found += [
            {"label": _("Open %(client)s") % {"client": bank.name},
             "url": reverse("clients:card", args=[bank.pk])}
            for bank in banks
        ]  # fmt: skip
        found += [_merge(client, bank.pk, bank.name) for bank in banks[:1]]
        if not banks:
            found.append({"label": _("File the sub-branch of the county"), "url": reverse("clients:new")})
    if error.code == "GRID_OUT_OF_SCOPE":
        found.append({"label": _("Choose another grid"), "url": "#id_grid"})
    if error.code in ("KEY_PERSON_MISSING", "CONTACT_MISSING") and client:
        step = next((s for s in wizard_context(request, client, "")["steps"] if s["code"] == "people"), None)
        if step:
            found.append({"label": _("Enter the people"), "url": step["url"]})
    if client and error.fields:
        step_code = next((STEP_OF[name] for name in error.fields if name in STEP_OF), "")
        if step_code:
            label = _("Go to the step")
            found.append({"label": label, "url": reverse(f"clients:filing_{step_code}", args=[client.pk])})
    return found


def _merge(client: Client, parent: int, name: str) -> dict[str, Any]:
    return {
        "label": _("Name it in the file of %(parent)s") % {"parent": name},
        "post": reverse("clients:merge_draft", args=[client.pk]),
        "fields": {"parent": parent, "name": client.name, "headcount": client.employee_total or ""},
    }


def _refused(request: PersonRequest, error: BusinessError, client: Client | None) -> dict[str, Any]:
    acts = ways_out(request, error, client)
    # The person stands in the step already.
    acts = [act for act in acts if act.get("url") != request.path]
    return {"message": str(error.message), "code": error.code, "acts": acts}


def definition(*, as_of: date) -> str:
    """Return who counts as a group client: what administrators wrote, or the handbook's words (X-02)."""
    return registry.get("client.definition", as_of=as_of) or _(
        "An organisation lawfully founded, or with needs of communication in common, that signs or is about"
        " to sign with us in its own name; also individual businesses and clusters."
    )


@require_http_methods(["GET", "POST"])
@needs("clients.add")
def new(request: PersonRequest) -> HttpResponse:
    """Begin a file with who they are; from here on there is a draft."""
    context: dict[str, Any] = {"new": True, "active_step": "identity", "place": 1}
    context["definition"] = definition(as_of=clock.today())
    if request.method == "GET":
        initial = {"name": request.GET.get("name", "")}
        form = StepForm(user=request.user, step="identity", initial=initial)
        return render(
            request, "clients/filing/step.html", context | {"form": form, "parent": _parent(request)}
        )
    form = StepForm(request.POST, request.FILES, user=request.user, step="identity")
    context |= {"form": form, "parent": _parent(request)}
    if not form.is_valid():
        return render(request, "clients/filing/step.html", context, status=400)
    try:
        client = services.create_client(
            actor=request.user, values=form.values(), org_unit=form.cleaned_data["org_unit"],
            am=form.cleaned_data.get("am"), draft=True,
        )  # fmt: skip
    except BusinessError as error:
        form.take(error)
        context["refusals"] = [_refused(request, error, None)]
        return render(request, "clients/filing/step.html", context, status=error.status)
    messages.success(request, _("Draft %(code)s kept.") % {"code": client.client_code})
    target = next_url(request, client, "identity")
    parent = _parent(request)
    return redirect(f"{target}?parent={parent.pk}" if parent else target)


def _parent(request: PersonRequest) -> Client | None:
    """Return the parent a new unit is filed below, as the address says."""
    given = read_number(request.POST.get("below") or request.GET.get("parent", ""))
    return Client.objects.visible_to(request.user).filter(pk=given).first() if given is not None else None


def _step(request: PersonRequest, pk: int, step: str) -> HttpResponse:
    client = _draft(request, pk)
    if client.filing not in UNFILED:
        return redirect("clients:card", pk)
    if request.method == "GET":
        parent = _parent(request) if step == "classification" else None
        initial = {"parent": parent, "unit_relation": "SECOND_LEVEL_UNIT"} if parent else {}
        form = StepForm(instance=client, user=request.user, step=step, initial=initial)
        return render(
            request, "clients/filing/step.html", wizard_context(request, client, step) | {"form": form}
        )
    form = StepForm(request.POST, request.FILES, instance=client, user=request.user, step=step)
    valid = form.is_valid()
    # The form wrote into its instance; what is shown beside it must come from the database.
    client = _draft(request, pk)
    context = wizard_context(request, client, step) | {"form": form}
    if not valid:
        return render(request, "clients/filing/step.html", context, status=400)
    try:
        for name, upload in form.papers().items():
            services.add_paper(actor=request.user, client_id=pk, kind=KIND_OF[name], upload=upload)
            form.cleaned_data["version"] = (form.cleaned_data.get("version") or client.version) + 1
        services.update_client(
            actor=request.user, client_id=pk, values=form.values(), version=form.cleaned_data.get("version")
        )
    except BusinessError as error:
        if error.code == "STALE":
            sent = request.POST.copy()
            sent["version"] = str(error.details["version"])
            form.data = sent
        form.take(error)
        context |= {
            "refusals": [_refused(request, error, _typed(client, form))],
            "changes": error.details.get("changes"),
        }
        return render(request, "clients/filing/step.html", context, status=error.status)
    if "later" in request.POST:
        messages.success(request, _("Draft %(code)s kept.") % {"code": client.client_code})
        return redirect("clients:desk")
    return redirect(next_url(request, client, step))


def _typed(client: Client, form: StepForm) -> Client:
    """Return the draft with the number of people as typed, for the way out; nothing is saved."""
    if (count := form.cleaned_data.get("employee_total")) is not None:
        client.employee_total = count
    return client


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def identity(request: PersonRequest, pk: int) -> HttpResponse:
    """Say who they are."""
    return _step(request, pk, "identity")


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def classification(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what they do, how they stand to a parent, and how large they are."""
    return _step(request, pk, "classification")


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def place(request: PersonRequest, pk: int) -> HttpResponse:
    """Say where they are: region, grid, addresses."""
    return _step(request, pk, "place")


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def filing_papers(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand in papers of a draft."""
    client = _draft(request, pk)
    if client.filing not in UNFILED:
        return redirect("clients:papers", pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    context = wizard_context(request, client, "papers") | {"form": form, "papers": _current(client)}
    status = 200
    if request.method == "POST":
        if _take_paper(request, client, form):
            return redirect("clients:filing_papers", pk)
        status = 400
    return render(request, "clients/filing/papers.html", context, status=status)


def _current(client: Client) -> Any:
    return client.attachments.filter(replaced_at=None).select_related("uploaded_by").order_by("kind", "-id")


def _take_paper(request: PersonRequest, client: Client, form: PaperForm) -> bool:
    """Keep the paper of a form; say whether it was kept."""
    if not form.is_valid():
        return False
    fields = form.cleaned_data
    try:
        services.add_paper(
            actor=request.user, client_id=client.pk, kind=fields["kind"], upload=fields["file"],
            title=fields["title"],
        )  # fmt: skip
    except Invalid as error:
        form.add_error("file", str(error.message))
        return False
    messages.success(request, _("Paper kept."))
    return True


@require_GET
@needs("clients.change")
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the whole draft, what stands in its way, and who decides."""
    client = _draft(request, pk)
    if client.filing not in UNFILED:
        return redirect("clients:card", pk)
    refusals = [_refused(request, error, client) for error in services.obstacles(client, request.user)]
    context = wizard_context(request, client, "review")
    context |= {
        "refusals": refusals,
        "sections": [section for section in sections_of(client) if section["code"] != "more"],
        "gaps": [step for step in context["steps"] if step["missing"]],
        "at_once": not _needs_approval(request, client),
        "papers": _current(client),
    }
    return render(request, "clients/filing/review.html", context)


def _needs_approval(request: PersonRequest, client: Client) -> bool:
    if request.user.scope.writes(client.org_unit):
        return False
    numbers: dict[str, Any] = {"bank.municipality_exempt": []}
    always = bool(registry.get("client.create_needs_approval", as_of=clock.today()))
    return always or needs_head(facts_of(client, numbers, ""))


@require_POST
@needs("clients.change")
def merge_draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Name the unit in its parent's file instead of filing it."""
    client_for(request, pk, "clients.change")
    form = MergeDraftForm(request.POST)
    if not form.is_valid():
        raise Invalid("INVALID", _("Choose the parent client."))
    note = services.merge_draft(
        actor=request.user, client_id=pk, parent_id=form.cleaned_data["parent"],
        name=form.cleaned_data["name"], headcount=form.cleaned_data["headcount"],
    )  # fmt: skip
    messages.success(
        request, _("%(unit)s is named in this file now; the draft is gone.") % {"unit": note.merged_name}
    )
    return redirect("clients:structure", note.parent_id)


@require_POST
@needs("clients.change")
def give_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    client = client_for(request, pk, "clients.change")
    services.give_up_draft(actor=request.user, client_id=pk)
    messages.success(request, _("The draft of %(client)s is gone.") % {"client": client.name})
    return redirect("clients:desk")


# ---- Papers of a file on its card


@require_http_methods(["GET", "POST"])
@needs("clients.view")
def papers(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the papers of a client with what they replaced; hand in a new one."""
    client = client_for(request, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        client_for(request, pk, "clients.change")
        if _take_paper(request, client, form):
            return redirect("clients:papers", pk)
        status = 400
    context = card_context(request, client, "papers") | {
        "form": form,
        "papers": _current(client),
        "former": client.attachments.exclude(replaced_at=None).select_related("uploaded_by", "replaced_by"),
    }
    return render(request, "clients/papers.html", context, status=status)


@require_POST
@needs("clients.change")
def remove_paper(request: PersonRequest, pk: int, paper: int) -> HttpResponse:
    """Take a paper out of force."""
    client = client_for(request, pk, "clients.change")
    services.remove_paper(actor=request.user, client_id=pk, paper_id=paper)
    messages.success(request, _("Paper taken out; the history keeps it."))
    return redirect("clients:filing_papers" if client.filing in UNFILED else "clients:papers", pk)


@require_GET
@needs("clients.view")
def attachment(request: PersonRequest, pk: int, paper: int) -> FileResponse:
    """Hand out a paper; the browser keeps no copy and shows no page of it."""
    return hand_out(client_for(request, pk), paper)
