"""Pages of parameters: what is in force, why, since when; and the form that changes one."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import F, Window
from django.db.models.functions import Lag
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.base import clock
from crm.base.access import needs
from crm.params import services
from crm.params.forms import ChangeForm, read, shown
from crm.params.models import ParamValue
from crm.params.registry import Param, declared, get_many

PAGE = 50

# The first word of a key, for people; a test sees that each is named.
GROUPS = {
    "audit": gettext_lazy("Audit of files"),
    "bank": gettext_lazy("Banks"),
    "call": gettext_lazy("Calls"),
    "churn": gettext_lazy("Churn alerts"),
    "client": gettext_lazy("Client files"),
    "conduct": gettext_lazy("Reports of conduct"),
    "contact": gettext_lazy("Contacts"),
    "coverage": gettext_lazy("Member coverage"),
    "ecard": gettext_lazy("VIP e-cards"),
    "event": gettext_lazy("On-site events"),
    "escalation": gettext_lazy("Urgent needs"),
    "exports": gettext_lazy("Exports"),
    "filing": gettext_lazy("Filing"),
    "gift": gettext_lazy("Gifts"),
    "hv": gettext_lazy("High value"),
    "intake": gettext_lazy("Imports"),
    "ka": gettext_lazy("Key accounts"),
    "kpi": gettext_lazy("Plans of managers"),
    "label": gettext_lazy("Labels"),
    "lifecycle": gettext_lazy("Lifecycle"),
    "mark": gettext_lazy("Brand marks"),
    "meeting": gettext_lazy("Meetings"),
    "merge": gettext_lazy("Duplicates"),
    "midhigh": gettext_lazy("Mid-high end"),
    "night": gettext_lazy("Night"),
    "opinion": gettext_lazy("Opinions of clients"),
    "points": gettext_lazy("Points"),
    "position": gettext_lazy("Positions"),
    "product": gettext_lazy("Products"),
    "reach": gettext_lazy("Clients reached"),
    "rehome": gettext_lazy("Re-homing of members"),
    "segment": gettext_lazy("Segments"),
    "size": gettext_lazy("Size classes"),
    "sl": gettext_lazy("Second-level units"),
    "spot": gettext_lazy("Spot checks"),
    "tier": gettext_lazy("Value tiers"),
    "vip": gettext_lazy("VIP grades"),
    "visits": gettext_lazy("Visits"),
}


@never_cache
@require_safe
@needs("params.view")
def params(request: HttpRequest) -> HttpResponse:
    """List every declared parameter with the value in force today and what is planned."""
    today = clock.today()
    found = declared()
    values = get_many(list(found), as_of=today)
    planned = {
        row.key: row
        for row in ParamValue.objects.filter(effective_from__gt=today).order_by("-effective_from", "-id")
    }
    changed = dict(
        ParamValue.objects.filter(effective_from__lte=today)
        .order_by("key", "-effective_from", "-id")
        .distinct("key")
        .values_list("key", "effective_from")
    )
    asked = request.GET.get("q", "").strip()[:80]
    group, only = request.GET.get("group", ""), request.GET.get("only", "")
    lines: list[dict[str, Any]] = [
        {
            "param": param,
            "value": read(param, values[key]),
            "default": read(param, param.default),
            "bounds": _bounds(param),
            "since": changed.get(key),
            "planned": planned.get(key),
            "planned_value": read(param, planned[key].value) if key in planned else "",
        }
        for key, param in found.items()
        if _wanted(param, asked, group)
        and (only != "changed" or key in changed)
        and (only != "planned" or key in planned)
    ]
    groups = [
        {"key": name, "label": GROUPS.get(name, name), "lines": list(group)}
        for name, group in groupby(lines, key=lambda line: line["param"].key.split(".")[0])
    ]
    context = {
        "groups": groups,
        "all_groups": [
            (name, GROUPS.get(name, name)) for name in dict.fromkeys(k.split(".")[0] for k in found)
        ],
        "q": asked,
        "group": group,
        "only": only,
        "count": len(lines),
        "may_change": request.user.can("params.change"),  # type: ignore[union-attr]
    }
    return render(request, "params/list.html", context)


def _wanted(param: Param, asked: str, group: str) -> bool:
    """Say whether a parameter has every word that was typed, in its key, name, group or source."""
    name = param.key.split(".")[0]
    if group and name != group:
        return False
    text = f"{param.key} {param.label} {GROUPS.get(name, '')} {param.source}".lower()
    return all(word in text for word in asked.lower().split())


@never_cache
@require_safe
@needs("params.view")
def changes(request: HttpRequest) -> HttpResponse:
    """List every change ever made: who, when, from what to what, from which day on."""
    rows = ParamValue.objects.annotate(
        before=Window(Lag("value"), partition_by=[F("key")], order_by=["effective_from", "id"])
    ).select_related("changed_by")
    known = declared()
    # The value before is found among all rows of a key; the page is cut afterwards.
    after = request.GET.get("after", "")
    ids = ParamValue.objects.order_by("-pk").values_list("pk", flat=True)
    if after.isdecimal() and len(after) < 19:
        ids = ids.filter(pk__lt=int(after))
    page = list(ids[: PAGE + 1])
    keys = set(ParamValue.objects.filter(pk__in=page).values_list("key", flat=True))
    by_pk = {row.pk: row for row in rows.filter(key__in=keys)}
    shown_rows = []
    for pk in page[:PAGE]:
        row, param = by_pk[pk], known.get(by_pk[pk].key)
        before = row.before if row.before is not None else (param.default if param else None)
        shown_rows.append(
            {
                "row": row,
                "param": param,
                "before": read(param, before) if param else before,
                "value": read(param, row.value) if param else row.value,
                "planned": row.effective_from > clock.today(),
            }
        )
    next_url = f"?after={page[PAGE - 1]}" if len(page) > PAGE else ""
    return render(request, "params/changes.html", {"rows": shown_rows, "next_url": next_url})


def _bounds(param: Param) -> str:
    least, most = param.minimum, param.maximum
    if least is not None and most is not None:
        return f"{least:,} – {most:,}"
    if least is not None:
        return f"≥ {least:,}"
    if most is not None:
        return f"≤ {most:,}"
    return " / ".join(param.choices)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("params.view")
def change(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show one parameter with its history; who may, changes it."""
    param = declared().get(key)
    if param is None:
        raise Http404
    user: Any = request.user
    may_change = user.can("params.change")
    value = get_many([key], as_of=clock.today())[key]
    form = ChangeForm(request.POST or None, param=param, initial={"value": shown(param, value)})
    if request.method == "POST":
        return _save(request, param, form)
    return _show(request, param, form, may_change=may_change)


@needs("params.change")
def _save(request: HttpRequest, param: Param, form: ChangeForm) -> HttpResponse:
    if not form.is_valid():
        return _show(request, param, form, may_change=True, status=400)
    user: Any = request.user
    row = services.change(actor=user, key=param.key, **form.cleaned_data)
    messages.success(
        request,
        _("%(name)s is %(value)s from %(day)s on.")
        % {"name": param.label, "value": read(param, row.value), "day": row.effective_from},
    )
    return redirect("params:list")


def _show(
    request: HttpRequest, param: Param, form: ChangeForm, *, may_change: bool, status: int = 200
) -> HttpResponse:
    history = list(ParamValue.objects.filter(key=param.key).select_related("changed_by"))
    today = clock.today()
    in_force = next((row for row in history if row.effective_from <= today), None)
    context = {
        "param": param,
        "form": form,
        "may_change": may_change,
        "bounds": _bounds(param),
        "default": read(param, param.default),
        "value": read(param, in_force.value if in_force else param.default),
        "history": [
            {"row": row, "value": read(param, row.value), "state": _state(row, in_force, today)}
            for row in history
        ],
    }
    return render(request, "params/change.html", context, status=status)


def _state(row: ParamValue, in_force: ParamValue | None, today: Any) -> str:
    if row == in_force:
        return "current"
    return "planned" if row.effective_from > today else "past"
