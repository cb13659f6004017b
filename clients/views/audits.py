"""Information audits in the browser: lists, plans, the comparison sheet, and what comes of it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import services
from clients.cards import card_context, client_for, sees_plain
from clients.choices import FAULTS, AuditKind, AuditState, Verdict
from clients.figures import audit_rates
from clients.forms.audits import VOCABULARY, ActForm, PlanForm, SpotForm, read_sheet
from clients.models import AuditPlan, AuditTask, Client
from clients.services.audits import note_current, population_of, sample_of
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs, require
from crm.base.errors import BusinessError, Invalid
from crm.base.text import mask_mobile, mask_name, read_number
from crm.params import registry

PAGE = 50
SHOWN = 12


def task_for(request: PersonRequest, pk: int) -> AuditTask:
    """Return an audit of a client the person may open.

    Raises: Http404.
    """
    task = AuditTask.objects.visible_to(request.user).with_rows().filter(pk=pk).first()
    if task is None:
        raise Http404
    return task


@require_GET
@needs("clients.view")
def audits(request: PersonRequest) -> HttpResponse:
    """List audits: what waits for the person first, then by state."""
    user = request.user
    visible = AuditTask.objects.visible_to(user).with_rows()
    runs = user.can("audits.run")
    mine = visible.for_auditor(user) if runs else visible.for_manager(user)
    tabs = {
        "mine": (_("For me"), mine),
        "open": (_("Under way"), visible.open()),
        "correction": (_("To be corrected"), visible.filter(state=AuditState.CORRECTION)),
        "closed": (_("Audit closed"), visible.filter(state=AuditState.CLOSED)),
    }
    shown = request.GET.get("show", "mine")
    if shown not in tabs:
        raise Http404
    rows = tabs[shown][1]
    plan = request.GET.get("plan", "")
    if (at := read_number(plan)) is not None:
        rows = rows.filter(plan=at)
    after = request.GET.get("after", "")
    if (at := read_number(after)) is not None:
        rows = rows.filter(pk__lt=at)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    kept = {key: value for key, value in (("show", shown), ("plan", plan)) if value}
    context = {
        "rows": found[:PAGE],
        "shown": shown,
        "tabs": [
            {"label": label, "url": "?" + urlencode(kept | {"show": code}), "current": code == shown,
             "count": queryset.count() if code == "mine" else None}
            for code, (label, queryset) in tabs.items()
        ],
        "next_url": "?" + urlencode(kept | {"after": found[PAGE - 1].pk}) if len(found) > PAGE else "",
        "previous_url": "?" + urlencode(kept) if after else "",
        "plans": AuditPlan.objects.visible_to(user)
        .select_related("unit", "auditor")
        .annotate(drawn=Count("tasks"), closed=Count("tasks", filter=Q(tasks__state="CLOSED")))[:SHOWN],
        "may_run": runs,
        "today": clock.today(),
    }  # fmt: skip
    return render(request, "clients/audits/list.html", context)


@require_http_methods(["GET", "POST"])
@needs("audits.run")
def new_plan(request: PersonRequest) -> HttpResponse:
    """Plan an audit; the population is counted before anything is drawn."""
    form = PlanForm(request.POST or None, user=request.user)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        if form.is_valid() and "preview" in request.POST:
            values = form.values()
            trial = AuditPlan(**{k: v for k, v in values.items() if k != "first_on"})
            context["population"] = population_of(trial).count()
            drawn = sample_of(trial, 1)
            context |= {"drawn": len(drawn), "first": drawn[:10]}
        elif form.is_valid():
            try:
                plan = services.plan_audit(actor=request.user, **form.values())
            except BusinessError as error:
                for name, sentences in error.fields.items():
                    form.add_error(name if name in form.fields else None, [str(s) for s in sentences])
                status = error.status
            else:
                messages.success(request, _("Planned."))
                return redirect("clients:audit_plan", plan.pk)
        else:
            status = 400
    return render(request, "clients/audits/plan_form.html", context, status=status)


@require_GET
@needs("clients.view")
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a plan: its population, seed, drawings and how far it is."""
    found = AuditPlan.objects.visible_to(request.user).select_related("unit", "auditor").filter(pk=pk).first()
    if found is None:
        raise Http404
    tasks = AuditTask.objects.visible_to(request.user).filter(plan=found)
    states = dict(tasks.order_by().values_list("state").annotate(n=Count("pk")))
    context = {
        "plan": found,
        "population": [
            (VOCABULARY[column][0], ", ".join(str(VOCABULARY[column][1](code).label) for code in codes))
            for column, codes in found.filters.items()
        ],
        "states": [(code, label, states.get(code, 0)) for code, label in AuditState.choices],
        "rows": tasks.with_rows().order_by("-pk")[:PAGE],
        "may_end": request.user.can("audits.run") and found.ended_at is None,
    }
    return render(request, "clients/audits/plan.html", context)


@require_POST
@needs("audits.run")
def end_plan(request: PersonRequest, pk: int) -> HttpResponse:
    """End a plan."""
    services.end_plan(actor=request.user, plan_id=pk)
    messages.success(request, _("The plan draws no more clients."))
    return redirect("clients:audit_plan", pk)


@require_GET
@needs("clients.view")
def of_client(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the audits of a client, newest first; who audits begins one here."""
    client = client_for(request, pk)
    own = Client.objects.managed_by(request.user).filter(pk=pk).exists()
    context = card_context(request, client, "audits") | {
        "rows": AuditTask.objects.filter(client=client).with_rows()[:PAGE],
        "spot_form": SpotForm(),
        "may_audit": request.user.can("audits.run") and not own and client.closed_at is None,
    }
    return render(request, "clients/audits/of_client.html", context)


@require_POST
@needs("audits.run")
def spot(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin an audit of a client now."""
    client_for(request, pk)
    form = SpotForm(request.POST)
    if not form.is_valid():
        raise Invalid("INVALID", _("Choose the kind of audit."))
    task = services.audit_on_the_spot(actor=request.user, client_id=pk, kind=form.cleaned_data["kind"])
    services.start_audit(actor=request.user, task_id=task.pk)
    return redirect("clients:audit", task.pk)


def shown_lines(request: PersonRequest, task: AuditTask) -> list[dict[str, Any]]:
    """Return the sheet as the person may see it: personal data masked for who does not manage the client."""
    plain = sees_plain(request.user, task.client)
    found = []
    for line in task.lines.all():
        system, now = line.system_value, line.now_value
        if line.personal and not plain:
            hide = mask_mobile if line.field.startswith("mobile:") else mask_name
            system, now = hide(system) if system else "", hide(now) if now else ""
        found.append({"line": line, "system": system, "now": now})
    return found


@require_GET
@needs("clients.view")
def audit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the audit of one client: the sheet to write, the findings to correct, the correction to verify."""
    return show_audit(request, task_for(request, pk))


def show_audit(
    request: PersonRequest, task: AuditTask, *, error: BusinessError | None = None, posted: Any = None
) -> HttpResponse:
    """Render an audit, with what was refused and what was typed."""
    user = request.user
    if task.state == AuditState.CORRECTION:
        note_current(task)
    lines = shown_lines(request, task)
    if posted is not None:
        for row in lines:
            line = row["line"]
            line.paper_value = posted.get(f"paper-{line.pk}", line.paper_value)
            line.real_value = posted.get(f"real-{line.pk}", line.real_value)
            line.reason = posted.get(f"reason-{line.pk}", line.reason)
            line.verdict = posted.get(f"verdict-{line.pk}", line.verdict)
    wrong = {name: str(sentences[0]) for name, sentences in error.fields.items()} if error else {}
    for row in lines:
        row["error"] = next(
            (wrong[f"{name}-{row['line'].pk}"] for name in ("verdict", "reason", "paper", "real", "since")
             if f"{name}-{row['line'].pk}" in wrong), "",
        )  # fmt: skip
    own = Client.objects.managed_by(user).filter(pk=task.client_id).exists()
    runs = user.can("audits.run") and task.auditor_id in (None, user.pk) and not own
    context = {
        "task": task,
        "client": task.client,
        "lines": lines,
        "faults": [row for row in lines if row["line"].verdict in FAULTS],
        "judged": sum(bool(row["line"].verdict) for row in lines),
        "verdicts": Verdict.choices,
        "compares": task.kind != AuditKind.COMPLETENESS,
        "real": task.kind == AuditKind.REALITY,
        "writing": runs and task.state == AuditState.RUNNING,
        "may_run": runs,
        "may_correct": Client.objects.writable_by(user).filter(pk=task.client_id).exists()
        and user.can("clients.change"),
        "grace": registry.get("position.grace_days", as_of=clock.today()),
        "error": error,
        "steps": [label for _code, label in AuditState.choices],
        "step": AuditState.values.index(task.state) + 1,
        "today": clock.today(),
    }
    return render(request, "clients/audits/task.html", context, status=error.status if error else 200)


@require_POST
@needs("audits.run", "clients.change")
def audit_act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Do one act of an audit and come back to it; a refusal keeps what was typed."""
    task = task_for(request, pk)
    form = ActForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    if act not in ACTS:
        raise Http404
    verb, said = ACTS[act]
    require(request.user, verb)
    try:
        _do(request, task, act, given)
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        if request.htmx:
            return render(request, "clients/audits/saved.html", {"error": error}, status=200)
        return show_audit(request, task_for(request, pk), error=error, posted=request.POST)
    if request.htmx:
        fresh = task_for(request, pk)
        return render(request, "clients/audits/saved.html", {"task": fresh, "now": clock.now()})
    messages.success(request, said)
    return redirect("clients:audit", pk)


ACTS = {
    "start": ("audits.run", gettext_lazy("The values of the system are frozen; compare them.")),
    "save": ("audits.run", gettext_lazy("Saved.")),
    "finish": ("audits.run", gettext_lazy("The sheet is finished.")),
    "notify": ("audits.run", gettext_lazy("The manager was told.")),
    "corrected": ("clients.change", gettext_lazy("The auditor was told.")),
    "verify": ("audits.run", gettext_lazy("Verified and closed.")),
    "return": ("audits.run", gettext_lazy("Sent back to the manager.")),
}


def _do(request: PersonRequest, task: AuditTask, act: str, given: dict[str, Any]) -> None:
    user = request.user
    if act == "start":
        services.start_audit(actor=user, task_id=task.pk)
    elif act in ("save", "finish"):
        _save(request, task, given)
        if act == "finish":
            services.finish_audit(actor=user, task_id=task.pk, rest_agrees=bool(given.get("rest_agrees")))
    elif act == "notify":
        services.notify_manager(actor=user, task_id=task.pk, due_on=given.get("due_on"))
    elif act == "corrected":
        services.report_corrected(actor=user, task_id=task.pk, note=given.get("note", ""))
    else:
        services.verify_correction(
            actor=user, task_id=task.pk, accepted=act == "verify", reason=given.get("reason", "")
        )


def _save(request: PersonRequest, task: AuditTask, given: dict[str, Any]) -> None:
    lines, wrong = read_sheet(task, request.POST)
    if wrong:
        raise Invalid("INVALID", _("Some fields need correction."), fields=wrong)  # type: ignore[arg-type]
    services.save_sheet(actor=request.user, task_id=task.pk, lines=lines, note=given.get("note"))


@require_GET
@needs("clients.view")
def rates(request: PersonRequest) -> HttpResponse:
    """Show what audits found by month, unit and manager (S0-61)."""
    by = "am" if request.GET.get("by") == "am" else "unit"
    months, lines = audit_rates(request.user, as_of=clock.today(), by=by)
    address = reverse("clients:audit_rates")
    context = {
        "months": months,
        "lines": lines,
        "by": by,
        "tabs": [
            {"label": _("By unit"), "url": address, "current": by == "unit"},
            {"label": _("By manager"), "url": f"{address}?by=am", "current": by == "am"},
        ],
        "chart": {
            "id": "audit-rates", "title": _("Clients without fault, %"), "kind": "line", "unit": "%",
            "labels": [f"{row['month']:%Y-%m}" for row in months],
            "series": [{"name": _("Clients without fault, %"), "data": [row["rate"] for row in months]}],
        },
    }  # fmt: skip
    return render(request, "clients/audits/rates.html", context)


@require_GET
@needs("clients.view")
def print_sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the audit sheet as it is printed and signed."""
    task = task_for(request, pk)
    context = {
        "task": task, "client": task.client, "lines": shown_lines(request, task), "no": task.no,
        "unit": task.org_unit, "on": task.finished_at or task.started_at or task.created_at,
        "compares": task.kind != AuditKind.COMPLETENESS,
    }  # fmt: skip
    return render(request, "clients/print/audit_sheet.html", context)


@require_GET
@needs("clients.view")
def print_notice(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the notice of correction as it is printed and signed."""
    task = task_for(request, pk)
    if task.correction_due_on is None:
        raise Http404
    lines = [row for row in shown_lines(request, task) if row["line"].verdict in FAULTS]
    context = {
        "task": task, "client": task.client, "lines": lines, "no": task.no.replace("JH", "ZG"),
        "unit": task.org_unit, "on": task.finished_at,
    }  # fmt: skip
    return render(request, "clients/print/correction_notice.html", context)
