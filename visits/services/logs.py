"""Write a log, submit it, and decide about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.forms import model_to_dict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services.churn import note_from_log
from clients.services.visited import note_visit
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, NotFound, Sentence
from crm.base.offline import PhoneTime
from crm.base.trail import record, record_many
from crm.params import registry
from visits import calendar
from visits.choices import LogState, Purpose, VisitState
from visits.models import Presence, Visit, VisitLog
from visits.notices import Notice, in_language_of, tell
from visits.rules import field as field_rules
from visits.rules import visits as rules
from visits.services.following import plan_following
from visits.services.gifts import check_receipt
from visits.services.visits import locked, must_write, plan_visit, save, step

# What its writer may write into a log.
WRITABLE = (
    "results", "opinion_asked", "opinion", "demands", "competitor", "competitor_operator",
    "competitor_product", "lessons", "raise_in_meeting", "next_step", "next_due_on", "left_early",
    "next_visit_at", "card_given", "receipt_no", "consent_evidence", "complaint_no",
)  # fmt: skip


def must_write_log(visit: Visit, actor: User) -> None:
    """Refuse a person who may not write the visit's log.

    Raises: NotFound; Forbidden NOT_YOURS: a head may move a visit, but nobody writes another's log.
    """
    must_write(visit, actor)
    if visit.owner_id != actor.pk and not actor.is_system:
        raise Forbidden(
            "NOT_YOURS", _("This log is %(owner)s's. Only they can write it.") % {"owner": visit.owner}
        )


def _own(visit: Visit, actor: User) -> Visit:
    """Return the locked visit if its log is the person's to write. Raises: what must_write_log raises."""
    must_write_log(visit, actor)
    return locked(visit, actor)


def _log_of(visit: Visit) -> VisitLog:
    return VisitLog.objects.filter(visit=visit).first() or VisitLog(visit=visit)


def _move(log: VisitLog, verb: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return the log's state after an act. Raises: LOG_LOCKED (E191), WRONG_STATE."""
    if log.state == LogState.APPROVED and verb in ("write", "submit"):
        raise BusinessError("LOG_LOCKED", _("An approved log cannot be changed any more."))
    return rules.move(rules.LOG_MOVES, log.state, verb, facts or {})


@transaction.atomic
def write_log(*, actor: User, visit: Visit, values: Mapping[str, Any]) -> VisitLog:
    """Keep a draft of the log: nothing is checked yet, so that nothing typed is ever lost.

    `values` may hold `purposes`: the visit's are then what was really done.

    Raises: LOG_LOCKED, WRONG_STATE, Forbidden, NotFound.
    """
    visit = _own(visit, actor)
    log = _log_of(visit)
    log.state = _move(log, "write")
    if visit.state in (VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW):
        raise BusinessError("WRONG_STATE", _("This visit did not take place; there is nothing to log."))
    chosen = [purpose for purpose in rules.ORDER if purpose in set(values.get("purposes", ()))]
    if chosen and chosen != visit.purposes:
        # What was done on the spot counts, not what was planned.
        visit.purposes = chosen
        save(visit, actor, "purposes")
    changed = not log.pk
    for name in WRITABLE:
        if name in values and getattr(log, name) != values[name]:
            setattr(log, name, values[name])
            changed = True
    if changed:
        log.created_by = log.created_by or actor
        log.updated_by = actor
        log.version += bool(log.pk)
        log.save()
    return log


@transaction.atomic
def submit_log(
    *, actor: User, visit: Visit, now: datetime | None = None, phone: PhoneTime | None = None
) -> VisitLog:
    """Hand the log in for approval; our clock says when, whatever the phone's shows.

    Steps: 1. check what the purposes ask for; 2. say whether it is late and until when it must be decided;
    3. look for doubts; 4. the visit is done, the client's last visit noted, and who left early comes again.
    Raises: NEXT_VISIT_REQUIRED, TIME_TOO_FAR, RESULT_REQUIRED, RECEIPT_REQUIRED, CONSENT_REQUIRED,
    COMPLAINT_REQUIRED, NOT_YET, LOG_LOCKED, WRONG_STATE.
    Source: S1-45, S1-50, S1-89, E186, E187, E189, D-25
    """
    moment = now or clock.now()
    visit = _own(visit, actor)
    log = _log_of(visit)
    resubmitted = log.state == LogState.RETURNED
    log.state = _move(log, "submit")
    log.results = {code: result for code, result in log.results.items() if code in visit.purposes}
    facts = model_to_dict(log)
    rules.check_log(visit.purposes, facts)
    if Purpose.P3 in visit.purposes:
        check_receipt(visit.client_id, log.receipt_no)
    as_of = clock.business_date(moment)
    if visit.state in rules.OPEN_STATES:
        step(visit, actor, "log", action="visits.visit_done", as_of=as_of)
    log.submitted_at = moment
    log.written_at, log.skew_s = (phone.made_at, phone.skew_s) if phone else (None, None)
    # A log handed in on time and returned later keeps its good name.
    log.late_submit = (
        log.late_submit if resubmitted else rules.is_late(visit_on=visit.visit_on, submitted_at=moment)
    )
    log.approval_due_at = _due(moment)
    log.doubts = _doubts(log, visit, facts, as_of)
    log.decided_at = log.decided_by = None
    log.created_by = log.created_by or actor
    log.updated_by = actor
    log.version += bool(log.pk)
    log.save()
    note_visit(client=visit.client, visited_on=visit.visit_on)
    plan_following(actor=actor, visit=visit, log=log)
    if log.competitor or log.competitor_product:
        note_from_log(
            actor=actor, client_id=visit.client_id, text=log.competitor or log.competitor_product,
            seen_on=min(visit.visit_on, as_of), ref=f"log:{log.pk}", operator=log.competitor_operator,
            product=log.competitor_product,
        )  # fmt: skip
    data = {"late": log.late_submit, "doubts": log.doubts}
    record(actor=actor, action="visits.log_submitted", entity=log, unit=visit.org_unit, data=data)
    return log


def _due(moment: datetime) -> datetime:
    day = clock.business_date(moment)
    numbers = registry.get_many(["visits.evening_hour", "visits.approval_hour"], as_of=day)
    return rules.approval_due(
        moment,
        evening_hour=numbers["visits.evening_hour"],
        approval_hour=numbers["visits.approval_hour"],
        working_day_after=calendar.next_working_day(day),
    )


def _doubts(log: VisitLog, visit: Visit, facts: Mapping[str, Any], as_of: date) -> list[str]:
    earlier = VisitLog.objects.exclude(visit=visit).exclude(state=LogState.DRAFT)
    written = earlier.earlier_of(visit.owner, before=visit.visit_on).values(
        "results", "opinion", "demands", "lessons", "next_step"
    )
    numbers = registry.get_group("visits.", as_of=as_of)
    presences = list(Presence.objects.filter(visit=visit).values_list("light", "skew_s"))
    return rules.doubts(
        facts,
        purposes=visit.purposes,
        late=log.late_submit,
        checked_in=visit.arrived_at is not None,
        earlier=[rules.text_of(row) for row in written],
        numbers=numbers,
    ) + field_rules.doubts(
        lights=[light for light, _skew in presences],
        skews=[log.skew_s, *(skew for _light, skew in presences)],
        numbers=numbers,
    )


@transaction.atomic
def record_visit(
    *,
    actor: User,
    client: Client,
    client_key: UUID,
    planned_at: datetime,
    values: Mapping[str, Any],
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    submit: bool = True,
    phone: PhoneTime | None = None,
    **plan: Any,
) -> Visit:
    """Take in a whole visit made without a signal: plan, arrival, departure and log, once and only once.

    The key was made on the phone. A repeated sending answers with the visit as it stands.
    Raises: what plan_visit, write_log and submit_log raise; then nothing at all is kept.
    """
    visit = plan_visit(actor=actor, client=client, planned_at=planned_at, client_key=client_key, **plan)
    visit = locked(visit, actor)
    if VisitLog.objects.filter(visit=visit).exclude(state=LogState.DRAFT).exists():
        return visit
    if arrived_at and visit.arrived_at is None:
        visit.arrived_at, visit.left_at = arrived_at, left_at
        visit.visit_on = clock.business_date(arrived_at)
        save(visit, actor, "arrived_at", "left_at", "visit_on")
    write_log(actor=actor, visit=visit, values=values)
    if submit:
        submit_log(actor=actor, visit=visit, phone=phone)
    visit.refresh_from_db()
    return visit


# ---- Decisions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one log of a bulk act."""

    log_id: int
    done: bool
    code: str = ""
    message: Sentence = ""


def _refusal(log: VisitLog, actor: User) -> BusinessError | None:
    """Return why the person may not decide about the log, or None."""
    if actor.scope.selves & {log.visit.owner_id, log.created_by_id}:
        return Forbidden("SELF_APPROVAL", _("Nobody decides about their own log. Another head must do it."))
    if not actor.scope.covers(log.visit.org_unit, "visits.approve_log"):
        return Forbidden(
            "FORBIDDEN", _("Your role does not include this. Ask your administrator if you need it.")
        )
    if log.state == LogState.SUBMITTED:
        return None
    if log.decided_by_id and log.decided_at:
        return BusinessError(
            "ALREADY_DECIDED",
            (
                _("%(who)s already approved this log at %(time)s.")
                if log.state == LogState.APPROVED
                else _("%(who)s already returned this log at %(time)s.")
            )
            % {"who": log.decided_by, "time": f"{log.decided_at.astimezone(clock.BUSINESS_ZONE):%H:%M}"},
        )
    return BusinessError("WRONG_STATE", _("This log is not submitted."), details={"state": log.state})


def _decidable(log: VisitLog, actor: User, version: int | None) -> VisitLog:
    """Return the log as it stands if the person may decide about it. Raises: NotFound, and all refusals."""
    found: VisitLog | None = VisitLog.objects.visible_to(actor).with_rows().filter(pk=log.pk).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such log, or you may not see it."))
    if refusal := _refusal(found, actor):
        raise refusal
    if version is not None and version != found.version:
        raise BusinessError(
            "STALE", _("This log was changed meanwhile. Read it again before you decide."), status=409
        )
    return found


def _decide(found: VisitLog, actor: User, moment: datetime, **values: Any) -> VisitLog:
    """Write a decision if nobody else was faster: one conditional update, exactly one wins."""
    won = VisitLog.objects.filter(pk=found.pk, state=LogState.SUBMITTED, version=found.version).update(
        decided_at=moment,
        decided_by=actor,
        updated_by=actor,
        updated_at=moment,
        version=F("version") + 1,
        **values,
    )
    now = VisitLog.objects.with_rows().get(pk=found.pk)
    if not won:
        raise _refusal(now, actor) or BusinessError(
            "STALE", _("This log was changed meanwhile. Read it again before you decide.")
        )
    return now


@transaction.atomic
def approve_log(
    *, actor: User, log: VisitLog, version: int | None = None, now: datetime | None = None
) -> VisitLog:
    """Approve a log for good; a visit without an open promise is closed with it.

    Raises: SELF_APPROVAL, ALREADY_DECIDED, STALE, WRONG_STATE, Forbidden, NotFound. Source: S1-91, E190, E192
    """
    moment = now or clock.now()
    found = _decidable(log, actor, version)
    late = _is_late(found, moment)
    approved = _decide(found, actor, moment, state=_move(found, "approve"), late_approval=late)
    _close([approved.visit_id])
    record(
        actor=actor,
        action="visits.log_approved",
        entity=approved,
        unit=approved.visit.org_unit,
        data={"late": late, "doubts": approved.doubts},
    )
    return approved


def _is_late(log: VisitLog, moment: datetime) -> bool:
    due = log.approval_due_at
    return due is not None and rules.is_late_approval(due_at=due, decided_at=moment)


def _close(visits: Iterable[int]) -> None:
    """Close the visits whose log is approved and whose promise, if any, is kept: guard `close` as a set."""
    done = Visit.objects.filter(pk__in=visits, log__state=LogState.APPROVED)
    without_promise = done.filter(state=VisitState.DONE, log__next_step="")
    kept = done.filter(state=VisitState.FOLLOWED_UP)
    ids = list((without_promise | kept).values_list("pk", flat=True))
    Visit.objects.filter(pk__in=ids).update(state=VisitState.CLOSED, version=F("version") + 1)


@transaction.atomic
def return_log(
    *, actor: User, log: VisitLog, reason: str, version: int | None = None, now: datetime | None = None
) -> VisitLog:
    """Give a log back with the reason; its writer is told.

    Raises: REASON_REQUIRED, SELF_APPROVAL, ALREADY_DECIDED, STALE, Forbidden, NotFound.
    """
    moment = now or clock.now()
    found = _decidable(log, actor, version)
    state = _move(found, "return", {"reason": reason.strip()})
    returned = _decide(found, actor, moment, state=state, return_reason=reason.strip())
    data = {"reason": reason.strip()}
    record(
        actor=actor, action="visits.log_returned", entity=returned, unit=returned.visit.org_unit, data=data
    )
    owner = returned.visit.owner
    with in_language_of(owner):
        text = gettext("%(who)s returned your log of %(client)s: %(reason)s") % {
            "who": actor,
            "client": returned.visit.client,
            "reason": reason.strip(),
        }
    url = reverse("visits:log", args=[returned.visit_id])
    tell([Notice(owner.pk, "log_returned", text, url, f"log_returned:{returned.pk}:{returned.version}")])
    return returned


@transaction.atomic
def approve_logs(*, actor: User, logs: Iterable[int], now: datetime | None = None) -> list[Outcome]:
    """Approve many logs in one go; each gets its own outcome, and one that cannot is no harm to the others.

    Steps: 1. lock the rows in id order, so that two heads wait for each other instead of blocking;
    2. sort out what may not be approved, with the reason; 3. two statements for the rest.
    """
    moment = now or clock.now()
    wanted = list(dict.fromkeys(logs))
    rows = {
        log.pk: log
        for log in VisitLog.objects.visible_to(actor)
        .filter(pk__in=wanted)
        .with_rows()
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    outcomes: dict[int, Outcome] = {}
    good: list[VisitLog] = []
    for pk in wanted:
        log = rows.get(pk)
        if log is None:
            sentence = _("There is no such log, or you may not see it.")
            outcomes[pk] = Outcome(pk, done=False, code="NOT_FOUND", message=sentence)
        elif refusal := _refusal(log, actor):
            outcomes[pk] = Outcome(pk, done=False, code=refusal.code, message=refusal.message)
        else:
            good.append(log)
            outcomes[pk] = Outcome(pk, done=True)
    late = {log.pk for log in good if _is_late(log, moment)}
    for flag, ids in ((True, late), (False, {log.pk for log in good} - late)):
        VisitLog.objects.filter(pk__in=ids).update(
            state=LogState.APPROVED,
            decided_at=moment,
            decided_by=actor,
            late_approval=flag,
            updated_by=actor,
            updated_at=moment,
            version=F("version") + 1,
        )
    _close([log.visit_id for log in good])
    record_many(
        actor=actor,
        action="visits.log_approved",
        entities=[
            (log, log.visit.org_unit, {"late": log.pk in late, "doubts": log.doubts, "bulk": True})
            for log in good
        ],
    )
    return [outcomes[pk] for pk in wanted]
