"""Stars, labels and flags: why a customer has them, and the model that gives them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from members.models import PersonalCustomer
from scoring import reading, rules, services
from scoring.forms import StarModelForm
from scoring.models import StarModelVersion, StarRun
from scoring.reading.treatments import by_row, levels_of, treatments_of

STARS = ("6", "5", "4", "3", "2", "1", "0")


@require_GET
@needs("scoring.view")
def standing(request: PersonRequest, pk: int) -> HttpResponse:
    """Show why a customer has its star, flags and labels, how far the next star is, and what changed."""
    customers = PersonalCustomer.objects.visible_to(request.user).select_related("client", "org_unit")
    customer = get_object_or_404(customers, pk=pk)
    context = {
        "customer": customer,
        "plain": bool(customer.client and sees_plain(request.user, customer.client)),
        "why": reading.standing_of(customer, as_of=clock.today()),
        "services": by_row(treatments_of(customer)),
    }
    return render(request, "scoring/stars/standing.html", context)


@require_GET
@needs("scoring.view")
def stars(request: PersonRequest) -> HttpResponse:
    """Show the star model in force, what its last runs found, and versions that wait."""
    version = StarModelVersion.objects.in_force(as_of=clock.today())
    runs = list(StarRun.objects.filter(finished_at__isnull=False).select_related("version")[:24])
    last = runs[0] if runs else None
    address = reverse("members:customers")
    context = {
        "section": "stars",
        "version": version,
        "rules": rules.star_rules(version.numbers) if version else (),
        "runs": [{"run": run, "counts": [run.counts.get(star, 0) for star in STARS]} for run in runs],
        "stars": STARS,
        "last": last,
        "levels": levels_of(last) if last else (),
        "chart": {
            "id": "stars",
            "kind": "bar",
            "title": _("Customers by star"),
            "labels": [_("not rated yet") if star == "0" else f"{star} ★" for star in STARS],
            "series": [{"name": _("Customers"), "data": [last.counts.get(star, 0) for star in STARS]}],
            "links": [f"{address}?star={star}" for star in STARS],
        }
        if last
        else None,
        "versions": StarModelVersion.objects.select_related("proposed_by", "published_by")[:20],
        "may_propose": request.user.can("scoring.propose_model"),
        "may_publish": request.user.can("scoring.publish_model"),
    }
    return render(request, "scoring/stars/model.html", context)


@require_http_methods(["GET", "POST"])
@needs("scoring.propose_model")
def propose(request: PersonRequest) -> HttpResponse:
    """Propose thresholds; a second person puts them in force."""
    version = StarModelVersion.objects.in_force(as_of=clock.today())
    initial: dict[str, Any] = dict(version.numbers) if version else {}
    initial["effective_from"] = clock.add_months(clock.month_of(clock.today()), 1)
    form = StarModelForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.propose_star_model(
                numbers=form.numbers(), effective_from=form.cleaned_data["effective_from"], actor=request.user
            )
        except BusinessError as error:
            for name, sentences in (error.fields or {"": [error.message]}).items():
                form.add_error(name if name in form.fields else None, [str(s) for s in sentences])
        else:
            messages.success(request, _("The version waits for a second person."))
            return redirect("scoring:stars")
    status = 422 if form.errors else 200
    return render(request, "scoring/stars/propose.html", {"form": form}, status=status)


@require_POST
@needs("scoring.publish_model")
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a proposed version in force from its day on."""
    version = services.publish_star_model(
        version=get_object_or_404(StarModelVersion, pk=pk), actor=request.user
    )
    text = _("%(name)s is in force from %(day)s on.")
    messages.success(request, text % {"name": version.name, "day": version.effective_from})
    return redirect("scoring:stars")
