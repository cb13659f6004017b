"""The library of solutions and the script cards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.audit.history import changes_of
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from knowledge import rules, services
from knowledge.choices import SolutionCategory, SolutionState, Stage
from knowledge.forms import CardForm, SolutionForm, related
from knowledge.models import ScriptCard, Solution

PAGE = 30


@require_GET
@needs("knowledge.view")
def solutions(request: PersonRequest) -> HttpResponse:
    """Search the library: by words, category, industry and product (Source: S1-07, S1-08)."""
    given = request.GET
    keeps = request.user.can("knowledge.edit")
    found = Solution.objects.visible_to(request.user).search(given.get("q", ""))
    state = given.get("state", "")
    if keeps and state in SolutionState.values:
        found = found.filter(state=state)
    if (category := given.get("category", "")) in SolutionCategory.values:
        found = found.filter(category=category)
    if industry := given.get("industry", ""):
        found = found.filter(industries=industry)
    if product := given.get("product", ""):
        found = found.filter(products__code=product)
    if (before := read_number(given.get("before", ""))) is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.prefetch_related("industries", "products").order_by("-pk")[: PAGE + 1])
    kept = {
        name: given[name] for name in ("q", "state", "category", "industry", "product") if given.get(name)
    }
    context = {
        "q": given.get("q", "").strip(),
        "rows": rows[:PAGE],
        "keeps": keeps,
        "states": SolutionState.choices,
        "categories": SolutionCategory.choices,
        "industries": related("industries").filter(level=1),
        "products": related("products").filter(active=True),
        "chosen": {"state": state, "category": category, "industry": industry, "product": product},
        "filtered": bool(kept),
        "next_url": "?" + urlencode(kept | {"before": rows[PAGE - 1].pk}) if len(rows) > PAGE else "",
        "previous_url": "?" + urlencode(kept) if before else "",
    }
    template = "knowledge/includes/solutions.html" if request.htmx else "knowledge/solutions.html"
    return render(request, template, context)


@require_GET
@needs("knowledge.view")
def solution(request: PersonRequest, pk: int) -> HttpResponse:
    """Read a solution."""
    found = get_object_or_404(
        Solution.objects.visible_to(request.user).select_related("created_by__org_unit", "updated_by"), pk=pk
    )
    keeps = request.user.can("knowledge.edit")
    context = {
        "solution": found,
        "keeps": keeps,
        "may_publish": keeps and found.state != SolutionState.PUBLISHED,
        "may_archive": keeps and found.state != SolutionState.ARCHIVED,
    }
    return render(request, "knowledge/solution.html", context)


def _page(request: PersonRequest, form: Any, title: str, back: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "back": back} | more
    return render(request, "knowledge/form.html", context, status=422 if form.errors else 200)


def _solution_form(request: PersonRequest, found: Solution | None) -> HttpResponse:
    form = SolutionForm(request.POST or None, solution=found)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        try:
            saved = services.save_solution(
                actor=request.user, values=values, solution_id=found.pk if found else None, version=version
            )
        except BusinessError as error:
            place_refusal(form, error)
        else:
            messages.success(
                request, _("Saved.") if found else _("Kept as a draft. Publish it when it is ready.")
            )
            return redirect("knowledge:solution", saved.pk)
    back = reverse("knowledge:solution", args=[found.pk]) if found else reverse("knowledge:solutions")
    return _page(request, form, str(found) if found else _("Upload a solution"), back)


@require_http_methods(["GET", "POST"])
@needs("knowledge.edit")
def solution_new(request: PersonRequest) -> HttpResponse:
    """Upload a solution."""
    return _solution_form(request, None)


@require_http_methods(["GET", "POST"])
@needs("knowledge.edit")
def solution_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a solution."""
    return _solution_form(request, get_object_or_404(Solution.objects.writable_by(request.user), pk=pk))


@require_POST
@needs("knowledge.edit")
def solution_act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Publish a solution, or put it into the archive."""
    get_object_or_404(Solution.objects.writable_by(request.user), pk=pk)
    found = services.move_solution(actor=request.user, solution_id=pk, act=act)
    messages.success(
        request, _("%(title)s: %(state)s") % {"title": found, "state": found.get_state_display()}
    )
    return redirect("knowledge:solution", pk)


@require_GET
@needs("knowledge.view")
def scripts(request: PersonRequest) -> HttpResponse:
    """Read the script cards by stage; who keeps them changes them from here."""
    cards = list(ScriptCard.objects.visible_to(request.user).order_by("position", "id"))
    context = {
        "stages": [
            (code, label, [(card, rules.named(card.words)) for card in cards if card.stage == code])
            for code, label in Stage.choices
        ],
        "keeps": request.user.can("knowledge.edit"),
    }
    return render(request, "knowledge/scripts.html", context)


def _card_form(request: PersonRequest, card: ScriptCard | None) -> HttpResponse:
    form = CardForm(request.POST or None, card=card)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        try:
            services.save_card(
                actor=request.user, values=values, card_id=card.pk if card else None, version=version
            )
        except BusinessError as error:
            place_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("knowledge:scripts")
    changes = changes_of(card, limit=20) if card else None
    return _page(
        request,
        form,
        str(card) if card else _("Add a script card"),
        reverse("knowledge:scripts"),
        changes=changes,
    )


@require_http_methods(["GET", "POST"])
@needs("knowledge.edit")
def script_new(request: PersonRequest) -> HttpResponse:
    """Add a script card."""
    return _card_form(request, None)


@require_http_methods(["GET", "POST"])
@needs("knowledge.edit")
def script_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change the words of a script card."""
    return _card_form(request, get_object_or_404(ScriptCard, pk=pk))
