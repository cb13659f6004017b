"""Quality of files: completeness and consistency by unit and manager, field rules, confirming data."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients import services
from clients.cards import client_for, sees_plain
from clients.choices import FieldLevel
from clients.figures import Line, by_manager, by_unit, most_missing
from clients.forms.quality import FieldLevelForm
from clients.models import FieldSetting
from clients.overview import sections_of
from clients.rules import completeness
from clients.services.audit_sheet import people_fields
from clients.tasks import enqueue_regrade
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.text import mask_mobile, mask_name, read_number
from crm.params import registry


def chosen_unit(request: PersonRequest) -> OrgUnit | None:
    """Return the unit the address names, inside the scope; none means everything.

    Raises: Http404.
    """
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    key = read_number(asked) or 0
    unit = OrgUnit.objects.visible_to(request.user).filter(pk=key).first()
    if unit is None:
        raise Http404
    return unit


def unit_trail(request: PersonRequest, unit: OrgUnit | None) -> list[OrgUnit]:
    """Return the units above one, inside the scope, the outermost first."""
    if unit is None:
        return []
    step = OrgUnit.steplen
    paths = [unit.path[:end] for end in range(step, len(unit.path), step)]
    return list(OrgUnit.objects.visible_to(request.user).filter(path__in=paths))


def _lines(request: PersonRequest, unit: OrgUnit | None) -> tuple[list[Line], Line]:
    read = by_manager if request.GET.get("by") == "am" else by_unit
    return read(request.user, as_of=clock.today(), unit=unit)


@require_GET
@needs("clients.view")
def quality(request: PersonRequest) -> HttpResponse:
    """Show how complete, consistent and fresh the files are, by unit or manager (R3)."""
    unit = chosen_unit(request)
    lines, total = _lines(request, unit)
    by = "am" if request.GET.get("by") == "am" else "unit"
    at = f"unit={unit.pk}" if unit else ""
    tabs = [
        {"label": _("By unit"), "url": f"?{at}", "current": by == "unit"},
        {"label": _("By manager"), "url": f"?by=am&{at}".rstrip("&"), "current": by == "am"},
    ]
    context = {
        "lines": lines,
        "total": total,
        "unit": unit,
        "trail": unit_trail(request, unit),
        "by": by,
        "tabs": tabs,
        "days": registry.get("audit.stale_days", as_of=clock.today()),
        "may_export": request.user.can("clients.export"),
        "query": request.GET.urlencode(),
        "missing_url": f"{reverse('clients:quality_missing')}?{at}",
        "at": at,
    }
    return render(request, "clients/quality/report.html", context)


@require_GET
@needs("clients.view")
def missing(request: PersonRequest) -> HttpResponse:
    """Show which fields are missing most; a part of the report that comes after it."""
    unit = chosen_unit(request)
    found = most_missing(request.user, unit=unit)
    context = {
        "required": [line for line in found if line["rule"].required],
        "optional": [line for line in found if not line["rule"].required],
        "most": max((line["count"] for line in found), default=1),
        "at": f"&unit={unit.pk}" if unit else "",
    }
    return render(request, "clients/quality/missing.html", context)


@require_GET
@needs("clients.export")
def quality_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand the report out as a table."""
    lines, total = _lines(request, chosen_unit(request))
    header = [
        _("Manager") if request.GET.get("by") == "am" else _("Unit"),
        _("Clients"), _("Incomplete"), _("Basically complete"), _("Complete"), _("Required filled, %"),
        _("Complete, %"), _("Compared"), _("Consistent"), _("Inconsistent"), _("Consistent, %"), _("Stale"),
    ]  # fmt: skip
    return download(f"quality-{clock.today()}", header, (_row(line) for line in [*lines, total]))


def _row(line: Line) -> list[Any]:
    def pct(share: float | None) -> Any:
        return "" if share is None else round(100 * share, 1)

    n = line.counts
    return [
        line.label, n["total"], n["incomplete"], n["basic"], n["complete"], pct(line.filled_rate),
        pct(line.complete_rate), line.compared, n["consistent"], n["inconsistent"],
        pct(line.consistent_rate), n["stale"],
    ]  # fmt: skip


@require_POST
@needs("clients.change")
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm that the data is still right."""
    client_for(request, pk, "clients.change")
    services.confirm_client(actor=request.user, client_id=pk)
    messages.success(request, _("Noted: the data is right as of today."))
    return redirect("clients:card", pk)


@require_GET
@needs("params.view")
def fields(request: PersonRequest) -> HttpResponse:
    """List what the file asks: required, optional or not at all (S0-53)."""
    settings = {row.code: row for row in FieldSetting.objects.select_related("changed_by")}
    lines = []
    for rule in completeness.RULES:
        row = settings.get(rule.code)
        level = FieldLevel(row.level) if row else rule.level
        lines.append({"rule": rule, "level": level, "row": row, "differs": level != rule.level})
    counts = {level: sum(line["level"] == level for line in lines) for level in FieldLevel}
    context = {
        "groups": [
            {"level": level, "label": level.label, "count": counts[level],
             "lines": [line for line in lines if line["level"] == level]}
            for level in FieldLevel
        ],
        "levels": FieldLevel.choices,
        "may_change": request.user.can("params.change"),
        "ratio": registry.get("audit.optional_ratio", as_of=clock.today()),
    }  # fmt: skip
    return render(request, "clients/quality/fields.html", context)


@require_POST
@needs("params.change")
def set_field(request: PersonRequest, code: str) -> HttpResponse:
    """Change what the file asks of one field; all files are graded anew."""
    form = FieldLevelForm(request.POST)
    form.full_clean()
    changed = services.set_field_level(
        actor=request.user,
        code=code,
        level=form.cleaned_data.get("level", ""),
        reason=form.cleaned_data.get("reason", ""),
    )
    if changed:
        transaction.on_commit(enqueue_regrade)
        messages.success(request, _("Changed. The files are graded anew; in the night at the latest."))
    else:
        messages.info(request, _("Nothing changed."))
    return redirect("clients:fields")


@require_GET
@needs("clients.view")
def print_file(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the client file as it is printed, signed and filed on paper."""
    client = client_for(request, pk)
    plain = sees_plain(request.user, client)
    people = []
    for field in people_fields(client):
        value = field.value
        if field.personal and not plain and value:
            value = mask_mobile(value) if field.code.startswith("mobile:") else mask_name(value)
        people.append({"label": field.label, "value": value})
    context = {
        "client": client,
        "sections": [section for section in sections_of(client) if section["code"] != "whose"],
        "people": people,
        "no": client.client_code,
        "unit": client.org_unit,
        "on": clock.now(),
        "history": client.status_history.all()[:5],
    }
    return render(request, "clients/print/client_file.html", context)
