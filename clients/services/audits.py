"""Plan, draw, run, correct and close information audits; the auditor never writes the client's file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.choices import (
    AuditKind,
    AuditOrigin,
    AuditPeriod,
    AuditState,
    Consistency,
    Verdict,
)
from clients.models import Agreement, AuditLine, AuditPlan, AuditTask, Client
from clients.rules import audits as rules
from clients.services import audit_sheet
from clients.services.freshness import note_refreshed
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound, Sentence
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.text import clean
from crm.base.trail import record
from crm.params import registry

VERB = "audits.run"
STEP_MONTHS = {AuditPeriod.MONTHLY: 1, AuditPeriod.QUARTERLY: 3}


# ---- Plans and samples


def population_of(plan: AuditPlan) -> Any:
    """Return the clients a plan draws from, as they are now."""
    units = OrgUnit.objects.filter(path__startswith=plan.unit.path).values_list("pk", flat=True)
    clients = Client.objects.filter(rules.population(plan.filters), org_unit__in=list(units))
    return clients.exclude(am=plan.auditor)


def sample_of(plan: AuditPlan, round_no: int) -> list[Client]:
    """Return the clients a round of a plan draws: the same seed and population give the same ones."""
    clients = population_of(plan)
    count = rules.sample_count(clients.count(), size=plan.sample_size, pct=plan.sample_pct)
    return list(clients.order_by(rules.lot(plan.seed, round_no), "pk")[:count])


@transaction.atomic
def plan_audit(
    *,
    actor: User,
    name: str,
    kind: str,
    unit: OrgUnit,
    seed: int,
    filters: Mapping[str, Any] | None = None,
    sample_size: int | None = None,
    sample_pct: int | None = None,
    period: str = AuditPeriod.ONCE,
    first_on: date | None = None,
    auditor: User | None = None,
    as_of: date | None = None,
) -> AuditPlan:
    """Plan an audit; draw its first sample when its day has come (Source: S0-60).

    Raises: Invalid SAMPLE_REQUIRED, UNIT_OUT_OF_SCOPE, INVALID; Forbidden.
    """
    require(actor, VERB)
    day = as_of or clock.today()
    fields: dict[str, list[Sentence]] = {}
    name = clean(name)
    if not name:
        fields["name"] = [_("This field is required.")]
    if (sample_size is None) == (sample_pct is None):
        fields["sample_size"] = [_("Give either a number of clients or a share.")]
    if not actor.scope.covers(unit, VERB):
        fields["unit"] = [_("Choose a unit of your own area.")]
    chosen = auditor or actor
    if not (chosen.can(VERB) and chosen.scope.covers(unit, VERB)):
        fields["auditor"] = [_("This person does not audit this unit.")]
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)
    given = filters or {}
    kept = {name: list(given[name]) for name in rules.POPULATION if given.get(name)}
    plan = AuditPlan.objects.create(
        name=name[:80], kind=kind, unit=unit, auditor=chosen, filters=kept, sample_size=sample_size,
        sample_pct=sample_pct, seed=seed, period=period, next_on=first_on or day, created_by=actor,
        updated_by=actor,
    )  # fmt: skip
    record(actor=actor, action="clients.audit_planned", entity=plan, unit=unit,
           data={"kind": kind, "seed": seed, "filters": kept, "size": sample_size,
                 "pct": sample_pct})  # fmt: skip
    if plan.next_on and plan.next_on <= day:
        _draw(plan, day)
    return plan


def _draw(plan: AuditPlan, day: date) -> int:
    """Draw the next round of a plan and move its next day on; return the tasks made."""
    plan.rounds += 1
    due = workdays.after(day, registry.get("audit.task_days", as_of=day))
    tasks = [
        AuditTask(
            plan=plan, round=plan.rounds, client=client, kind=plan.kind, origin=AuditOrigin.PLAN,
            auditor=plan.auditor, due_on=due, org_unit_id=client.org_unit_id, am_id=client.am_id,
            created_by=plan.created_by, updated_by=plan.created_by,
        )
        for client in sample_of(plan, plan.rounds)
    ]  # fmt: skip
    AuditTask.objects.bulk_create(tasks, ignore_conflicts=True, batch_size=1000)
    step = STEP_MONTHS.get(AuditPeriod(plan.period))
    if step is None:
        plan.next_on = None
    else:
        assert plan.next_on is not None  # noqa: S101 - a plan that is drawn has its day
        while plan.next_on <= day:
            plan.next_on = clock.add_months(clock.month_of(plan.next_on), step)
    plan.save()
    return len(tasks)


@transaction.atomic
def end_plan(*, actor: User, plan_id: int) -> AuditPlan:
    """End a plan: it draws no more; audits that were drawn go on."""
    require(actor, VERB)
    plan = AuditPlan.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("NOT_FOUND", _("There is no such plan, or you may not see it."))
    if plan.ended_at is None:
        plan.ended_at = clock.now()
        plan.save_by(actor, "ended_at")
        record(actor=actor, action="clients.audit_plan_ended", entity=plan, unit=plan.unit)
    return plan


@transaction.atomic
def draw_due_audits(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Draw the samples of plans whose day has come, and open the check of first signings (J14).

    Return the audits made; run twice it makes none.
    """
    plans = AuditPlan.objects.due(as_of).select_for_update(of=("self",)).select_related("unit", "auditor")
    if province is not None:
        plans = plans.filter(unit__path__startswith=province.path)
    made = sum(_draw(plan, as_of) for plan in plans.order_by("pk"))
    return made + open_first_signings(as_of=as_of, province=province)


@transaction.atomic
def open_first_signings(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Open a consistency audit for every first signing that has none, due in five working days (E114).

    The agreement is the message: whatever door it came through, it is found here (S0-59).
    """
    fresh = Agreement.objects.filter(
        first_signing=True, ended_on=None, first_audit=None, signed_on__lte=as_of
    )
    if province is not None:
        fresh = fresh.filter(client__org_unit__path__startswith=province.path)
    days = registry.get("audit.first_signing_days", as_of=as_of)
    made = 0
    for agreement in fresh.select_related("client__org_unit").exclude(client__status="CLOSED").order_by("pk"):
        client = agreement.client
        auditors = User.objects.holding(Role.AUDITOR, over=client.org_unit, as_of=as_of).order_by("staff_no")
        # The nearest auditor takes it; without one it stands open for all.
        auditor = auditors.exclude(pk=client.am_id or 0).order_by("-org_unit__depth", "staff_no").first()
        _task, new = AuditTask.objects.get_or_create(
            agreement=agreement,
            defaults={
                "client": client, "kind": AuditKind.CONSISTENCY, "origin": AuditOrigin.FIRST_SIGNING,
                "auditor": auditor, "due_on": workdays.after(max(agreement.signed_on, as_of), days),
                "org_unit": client.org_unit, "am_id": client.am_id,
            },
        )  # fmt: skip
        made += new
    return made


@transaction.atomic
def audit_on_the_spot(*, actor: User, client_id: int, kind: str, as_of: date | None = None) -> AuditTask:
    """Open an audit of one client now (Source: S0-60: at any time).

    Raises: NotFound; Forbidden SELF_AUDIT; BusinessError AUDIT_OPEN.
    """
    require(actor, VERB)
    day = as_of or clock.today()
    client = Client.objects.visible_to(actor).filter(pk=client_id).first()
    if client is None:
        raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
    _refuse_own(actor, client)
    open_one = AuditTask.objects.open().filter(client=client, kind=kind).first()
    if open_one:
        raise BusinessError(
            "AUDIT_OPEN", _("An audit of this kind is open for the client."), details={"audit": open_one.pk}
        )
    return AuditTask.objects.create(
        client=client, kind=kind, origin=AuditOrigin.SPOT, auditor=actor, org_unit_id=client.org_unit_id,
        due_on=workdays.after(day, registry.get("audit.task_days", as_of=day)), am_id=client.am_id,
        created_by=actor, updated_by=actor,
    )  # fmt: skip


def _refuse_own(actor: User, client: Client) -> None:
    if client.am_id == actor.pk or Client.objects.managed_by(actor).filter(pk=client.pk).exists():
        raise Forbidden("SELF_AUDIT", _("Nobody audits a client of their own."))


# ---- The sheet


def _locked(task_id: int, actor: User, verb: str) -> AuditTask:
    require(actor, verb)
    visible = AuditTask.objects.visible_to(actor).filter(pk=task_id)
    if not visible.exists():
        raise NotFound("NOT_FOUND", _("There is no such audit, or you may not see it."))
    task = (
        AuditTask.objects.select_for_update(of=("self",))
        .select_related("client__org_unit", "am")
        .get(pk=task_id)
    )
    if verb == VERB:
        if task.auditor_id not in (None, actor.pk):
            raise Forbidden("OTHER_AUDITOR", _("Another auditor does this audit."))
        _refuse_own(actor, task.client)
    return task


def _move(task: AuditTask, act: str, actor: User) -> None:
    """Take a task one state further.

    Raises: BusinessError WRONG_STATE.
    """
    sources, target = rules.TRANSITIONS[act]
    if task.state not in sources:
        raise BusinessError(
            "WRONG_STATE",
            _("The audit is “%(state)s”; this step does not fit.") % {"state": task.get_state_display()},
        )
    task.state = target
    task.stamp(actor)


@transaction.atomic
def start_audit(*, actor: User, task_id: int) -> AuditTask:
    """Begin an audit: freeze what the system holds, field by field."""
    task = _locked(task_id, actor, VERB)
    _move(task, "start", actor)
    client = task.client
    task.auditor, task.started_at = actor, clock.now()
    task.org_unit, task.am = client.org_unit, client.am
    with in_language_of(actor):
        lines = [
            AuditLine(
                task=task, position=place, field=field.code, label=str(field.label), personal=field.personal,
                required=field.required, system_value=field.value[:500], changed_on=field.changed_on,
                verdict=_first_verdict(task.kind, field),
            )
            for place, field in enumerate(audit_sheet.fields_of(client, task.kind), 1)
        ]  # fmt: skip
    AuditLine.objects.bulk_create(lines)
    task.save()
    record(actor=actor, action="clients.audit_started", entity=task, unit=client.org_unit,
           data={"client": client.pk, "kind": task.kind, "fields": len(lines)})  # fmt: skip
    return task


def _first_verdict(kind: str, field: audit_sheet.SheetField) -> str:
    """Propose what needs no paper: an empty required field is missing, a filled one agrees with the norm."""
    if not field.value.strip():
        return Verdict.MISSING if field.required else Verdict.OK if kind == AuditKind.COMPLETENESS else ""
    return Verdict.OK if kind == AuditKind.COMPLETENESS else ""


@transaction.atomic
def save_sheet(
    *, actor: User, task_id: int, lines: Mapping[int, Mapping[str, Any]], note: str | None = None
) -> AuditTask:
    """Keep what the auditor wrote; a verdict nobody gave follows from the values.

    `lines` maps the key of a line to paper_value, real_value, changed_on, verdict and reason.
    Raises: Invalid with the line's field; BusinessError WRONG_STATE.
    """
    task = _locked(task_id, actor, VERB)
    if task.state != AuditState.RUNNING:
        raise BusinessError("WRONG_STATE", _("The sheet can be written while the audit runs only."))
    day = clock.today()
    grace = registry.get("position.grace_days", as_of=day)
    written = []
    for line in task.lines.filter(pk__in=list(lines)):
        _write(line, lines[line.pk], task.kind, day, grace)
        written.append(line)
    fields = ["paper_value", "real_value", "changed_on", "verdict", "reason"]
    AuditLine.objects.bulk_update(written, fields)
    if note is not None:
        task.note = clean(note)[:300]
    task.stamp(actor)
    task.save()
    return task


def _write(line: AuditLine, given: Mapping[str, Any], kind: str, day: date, grace: int) -> None:
    """Take over what was written about one field."""
    for name in ("paper_value", "real_value", "reason"):
        if name in given:
            setattr(line, name, clean(str(given[name] or ""))[: 200 if name == "reason" else 500])
    if "changed_on" in given:
        line.changed_on = given["changed_on"]
    verdict = given.get("verdict") or ""
    found = line.real_value or line.paper_value
    if not verdict:
        verdict = rules.proposed(
            system=line.system_value, found=found, required=line.required,
            kind_compares=kind != AuditKind.COMPLETENESS,
        )  # fmt: skip
    if verdict not in ("", *Verdict.values):
        sentence = _("There is no such verdict.")
        raise Invalid("INVALID", sentence, fields={f"verdict-{line.pk}": [sentence]})
    if (
        verdict == Verdict.MISMATCH
        and line.is_position
        and line.changed_on
        and rules.within_grace(line.changed_on, day, grace)
    ):
        # The old post may stand for thirty days without being a fault (S1-84).
        verdict = Verdict.EXEMPT
        line.reason = line.reason or gettext("Position changed on %(day)s, within %(n)d days.") % {
            "day": line.changed_on,
            "n": grace,
        }
    if verdict == Verdict.EXEMPT and not line.reason:
        sentence = _("Say why this field is exempt.")
        raise Invalid("REASON_REQUIRED", sentence, fields={f"reason-{line.pk}": [sentence]})
    line.verdict = verdict


@transaction.atomic
def finish_audit(*, actor: User, task_id: int, rest_agrees: bool = False) -> AuditTask:
    """Finish the sheet: with faults it waits for the notice, without any it is closed at once.

    Raises: Invalid UNJUDGED when a field has no verdict; BusinessError WRONG_STATE.
    """
    task = _locked(task_id, actor, VERB)
    _move(task, "finish", actor)
    if rest_agrees:
        task.lines.filter(verdict="").update(verdict=Verdict.OK)
    lines = list(task.lines.all())
    open_lines = [line for line in lines if not line.verdict]
    if open_lines:
        sentence = _("Give a verdict on %(field)s.") % {"field": open_lines[0].label}
        raise Invalid("UNJUDGED", sentence, fields={f"verdict-{open_lines[0].pk}": [sentence]},
                      details={"lines": [line.pk for line in open_lines]})  # fmt: skip
    faults = [line for line in lines if line.is_fault]
    task.checked = sum(line.verdict != Verdict.EXEMPT for line in lines)
    task.faults, task.finished_at = len(faults), clock.now()
    task.save()
    record(actor=actor, action="clients.audit_finished", entity=task, unit=task.client.org_unit,
           data={"client": task.client_id, "faults": [line.field for line in faults]})  # fmt: skip
    _warn_agreement(task, [line.label for line in faults])
    if not faults:
        _close(task, actor)
    refresh_consistency(task.client_id)
    return task


def _warn_agreement(task: AuditTask, labels: list[str]) -> None:
    """Show on a first agreement that the file differs from its paper, and take the doubt back."""
    if task.agreement_id is None:
        return
    warning = ""
    if labels:
        with translation.override(settings.LANGUAGE_CODE):
            warning = gettext("The file differs from the paper: %(fields)s") % {"fields": "、".join(labels)}
    Agreement.objects.filter(pk=task.agreement_id).update(warning=warning[:200])


@transaction.atomic
def notify_manager(*, actor: User, task_id: int, due_on: date | None = None) -> AuditTask:
    """Send the findings to the manager with a day by which they are corrected (Source: S0-61)."""
    task = _locked(task_id, actor, VERB)
    _move(task, "notify", actor)
    task.correction_due_on = _correction_due(due_on)
    task.save()
    receivers = [task.client.am] if task.client.am else []
    if not receivers:
        receivers = list(User.objects.holding(Role.DEPT_HEAD, over=task.client.org_unit, as_of=clock.today()))
    for person in receivers:
        with in_language_of(person):
            text = ngettext(
                "The audit of %(client)s found %(n)d fault; correct it by %(day)s.",
                "The audit of %(client)s found %(n)d faults; correct them by %(day)s.",
                task.faults,
            ) % {"client": task.client, "n": task.faults, "day": task.correction_due_on}
        _tell(person, task, "clients.audit_findings", text)
    record(actor=actor, action="clients.audit_notified", entity=task, unit=task.client.org_unit,
           data={"client": task.client_id, "due": str(task.correction_due_on)})  # fmt: skip
    return task


def _correction_due(due_on: date | None) -> date:
    today = clock.today()
    if due_on is None:
        return workdays.after(today, registry.get("audit.correction_days", as_of=today))
    if due_on < today:
        sentence = _("Choose today or later.")
        raise Invalid("INVALID", sentence, fields={"due_on": [sentence]})
    return due_on


def _tell(person: User, task: AuditTask, kind: str, text: str) -> None:
    Notification.objects.get_or_create(
        user=person, key=f"{kind}:{task.pk}:{task.version}",
        defaults={"kind": kind, "text": text[:300], "url": reverse("clients:audit", args=[task.pk])},
    )  # fmt: skip


@transaction.atomic
def report_corrected(*, actor: User, task_id: int, note: str = "") -> AuditTask:
    """Tell the auditor that the file was corrected; what did not change needs a word.

    Raises: Invalid UNCHANGED naming the fields; Forbidden for who may not write the client.
    """
    task = _locked(task_id, actor, "clients.change")
    if not Client.objects.writable_by(actor).filter(pk=task.client_id).exists():
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    _move(task, "correct", actor)
    note = clean(note)
    unchanged = [
        line.label for line in note_current(task) if line.is_fault and line.now_value == line.system_value
    ]
    if unchanged and not note:
        sentence = _("Not changed yet: %(fields)s. Correct the file, or say why it stays.") % {
            "fields": "、".join(unchanged[:6])
        }
        raise Invalid("UNCHANGED", sentence, fields={"note": [sentence]})
    task.corrected_at, task.corrected_by, task.correction_note = clock.now(), actor, note[:300]
    task.return_reason = ""
    task.save()
    if task.auditor:
        with in_language_of(task.auditor):
            text = gettext("%(who)s corrected the file of %(client)s; verify it.") % {
                "who": actor, "client": task.client,
            }  # fmt: skip
        _tell(task.auditor, task, "clients.audit_corrected", text)
    record(actor=actor, action="clients.audit_corrected", entity=task, unit=task.client.org_unit,
           data={"client": task.client_id, "note": note})  # fmt: skip
    return task


def note_current(task: AuditTask) -> list[AuditLine]:
    """Write beside each fault what the system holds now; return the lines."""
    now = {field.code: field.value for field in audit_sheet.fields_of(task.client, task.kind)}
    lines = list(task.lines.all())
    changed = [line for line in lines if line.is_fault and line.now_value != now.get(line.field, "")]
    for line in changed:
        line.now_value = now.get(line.field, "")[:500]
    AuditLine.objects.bulk_update(changed, ["now_value"])
    return lines


@transaction.atomic
def verify_correction(*, actor: User, task_id: int, accepted: bool, reason: str = "") -> AuditTask:
    """Accept the correction and close the audit, or send it back with a reason and a new day.

    Raises: Invalid REASON_REQUIRED; BusinessError NOT_CORRECTED, WRONG_STATE.
    """
    task = _locked(task_id, actor, VERB)
    if task.state == AuditState.CORRECTION and task.corrected_at is None:
        raise BusinessError("NOT_CORRECTED", _("The manager has not reported the correction yet."))
    if actor.scope.is_self(task.corrected_by_id):
        raise Forbidden("SELF_APPROVAL", _("Nobody verifies an own correction."))
    note_current(task)
    if not accepted:
        reason = clean(reason)
        if not reason:
            sentence = _("Say what has to be mended.")
            raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
        _move(task, "send_back", actor)
        task.corrected_at = task.corrected_by = None
        task.return_reason, task.correction_due_on = reason[:200], _correction_due(None)
        task.save()
        if task.client.am:
            with in_language_of(task.client.am):
                text = gettext("The correction of %(client)s was sent back: %(reason)s") % {
                    "client": task.client, "reason": reason,
                }  # fmt: skip
            _tell(task.client.am, task, "clients.audit_returned", text)
        record(actor=actor, action="clients.audit_returned", entity=task, unit=task.client.org_unit,
               data={"client": task.client_id, "reason": reason})  # fmt: skip
        return task
    _move(task, "verify", actor)
    task.save()
    _warn_agreement(task, [])
    _close(task, actor)
    refresh_consistency(task.client_id)
    return task


def _close(task: AuditTask, actor: User) -> None:
    _move(task, "close", actor)
    task.closed_at = clock.now()
    task.save()
    note_refreshed([task.client_id])
    record(actor=actor, action="clients.audit_closed", entity=task, unit=task.client.org_unit,
           data={"client": task.client_id})  # fmt: skip


def refresh_consistency(client_id: int) -> str:
    """Derive the consistency of a file from its last finished comparison (spec §3.10).

    INCONSISTENT while a field of it differs and was not verified; completeness audits say nothing.
    """
    last = (
        AuditTask.objects.filter(client=client_id, finished_at__isnull=False)
        .exclude(kind=AuditKind.COMPLETENESS)
        .order_by("-finished_at", "-pk")
        .first()
    )
    value, day = Consistency.UNCHECKED, None
    if last is not None and last.finished_at is not None:
        differs = last.state != AuditState.CLOSED and last.lines.filter(verdict=Verdict.MISMATCH).exists()
        value = Consistency.INCONSISTENT if differs else Consistency.CONSISTENT
        day = clock.business_date(last.closed_at or last.finished_at)
    Client.objects.filter(pk=client_id).exclude(consistency=value, consistency_on=day).update(
        consistency=value, consistency_on=day
    )
    return value
