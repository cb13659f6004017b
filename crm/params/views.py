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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from crm.params import services
from crm.params.forms import ChangeForm, read, shown
from crm.params.models import ParamValue
from crm.params.reading import GROUPS, history, standings
from crm.params.registry import Param, declared, get_many

PAGE = 50


@never_cache
@require_safe
@needs("params.view")
def params(request: HttpRequest) -> HttpResponse:
    """List every declared parameter with the value in force today and what is planned."""
    today = clock.today()
    asked = request.GET.get("q", "").strip()[:80]
    group, only = request.GET.get("group", ""), request.GET.get("only", "")
    lines: list[dict[str, Any]] = [
        {
            "param": found.param,
            "value": read(found.param, found.value),
            "default": read(found.param, found.param.default),
            "bounds": _bounds(found.param),
            "since": found.since,
            "planned": found.planned,
            "planned_value": read(found.param, found.planned.value) if found.planned else "",
        }
        for found in standings(as_of=today, asked=asked, group=group, only=only)
    ]
    groups = [
        {"key": name, "label": GROUPS.get(name, name), "lines": list(group)}
        for name, group in groupby(lines, key=lambda line: line["param"].key.split(".")[0])
    ]
    context = {
        "groups": groups,
        "all_groups": [
            (name, GROUPS.get(name, name)) for name in dict.fromkeys(k.split(".")[0] for k in declared())
        ],
        "q": asked,
        "group": group,
        "only": only,
        "count": len(lines),
        "may_change": request.user.can("params.change"),  # type: ignore[union-attr]
    }
    return render(request, "params/list.html", context)


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
    if (at := read_number(after)) is not None:
        ids = ids.filter(pk__lt=at)
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
    return " / ".join(param.called(code) for code in param.choices)


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
    past = history(param.key)
    today = clock.today()
    in_force = next((row for row, _before in past if row.effective_from <= today), None)
    context = {
        "param": param,
        "form": form,
        "may_change": may_change,
        "bounds": _bounds(param),
        "default": read(param, param.default),
        "value": read(param, in_force.value if in_force else param.default),
        "history": [
            {
                "row": row,
                "before": read(param, before),
                "value": read(param, row.value),
                "state": _state(row, in_force, today),
            }
            for row, before in past
        ],
    }
    return render(request, "params/change.html", context, status=status)


def _state(row: ParamValue, in_force: ParamValue | None, today: Any) -> str:
    if row == in_force:
        return "current"
    return "planned" if row.effective_from > today else "past"
