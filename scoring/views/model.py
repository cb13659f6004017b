"""The value model in force and what its runs found."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.params import registry
from scoring import reading, rules
from scoring.models import TierModelVersion, TierRun

TIERS = ("A1", "A2", "B1", "B2", "C", "D")


@require_GET
@needs("scoring.view")
def model(request: PersonRequest) -> HttpResponse:
    """Show the value model in force, what it found last, and its last runs."""
    visible = reading.provinces_of(request.user)
    asked = request.GET.get("province")
    province = next((p for p in visible if p.code == asked), visible[0] if visible else None)
    version = TierModelVersion.objects.in_force(as_of=clock.today(), province=province)
    runs = TierRun.objects.filter(province=province, finished_at__isnull=False).select_related("version")
    last = runs.first()
    weights = version.numbers["weights"] if version else {}
    caps = version.numbers["caps"] if version else {}
    context = {
        "section": "value",
        "provinces": visible,
        "province": province,
        "version": version,
        "indicators": [
            {
                "label": i.label,
                "family": rules.FAMILIES[i.family],
                "cap": f"{caps[i.code]:,} {i.unit}",
                "weight": weights[i.code],
                "code": i.code,
            }
            for i in rules.INDICATORS
            if version
        ],
        "families": rules.FAMILIES,
        "last": last,
        "runs": runs[:30],
        "tiers": TIERS,
        "tier_chart": _tier_chart(last) if last else None,
        "spread_chart": _spread_chart(last) if last else None,
        "size_rules": rules.size_rules(registry.get_group("size.", as_of=clock.today())),
    }
    return render(request, "scoring/model.html", context)


def _tier_chart(run: TierRun) -> dict[str, Any]:
    address = reverse("clients:list")
    return {
        "id": "tiers",
        "kind": "bar",
        "title": _("Clients by value tier"),
        "labels": list(TIERS),
        "series": [{"name": _("Clients"), "data": [run.counts.get(tier, 0) for tier in TIERS]}],
        "links": [f"{address}?tier={tier}" for tier in TIERS],
    }


def _spread_chart(run: TierRun) -> dict[str, Any]:
    return {
        "id": "spread",
        "kind": "bar",
        "title": _("Ranked clients by score"),
        "labels": [f"{low}–{low + 5}" for low in range(0, 100, 5)],
        "series": [{"name": _("Clients"), "data": run.spread}],
    }
