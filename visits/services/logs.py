"""Write a log and submit it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.forms import model_to_dict
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services.churn import note_from_log
from clients.services.visited import note_visit
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.offline import PhoneTime
from crm.base.trail import record
from crm.params import registry
from visits import calendar
from visits.choices import Doubt, LogState, Purpose, VisitState
from visits.models import Presence, Visit, VisitLog
from visits.rules import field as field_rules
from visits.rules import visits as rules
from visits.services.following import plan_following
from visits.services.gifts import check_receipt
from visits.services.returns import WRITABLE, is_unchanged
from visits.services.visits import check_order, locked, moment_of, must_write, plan_visit, save, step


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


def move_log(log: VisitLog, verb: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return the log's state after an act. Raises: LOG_LOCKED (E191), WRONG_STATE."""
    if log.state == LogState.APPROVED and verb in ("write", "submit"):
        raise BusinessError("LOG_LOCKED", _("An approved log cannot be changed any more."))
    return rules.move(rules.LOG_MOVES, log.state, verb, facts or {})


def _must_have_been(visit: Visit) -> None:
    """Refuse the log of a visit that was called off, moved or missed, its draft too."""
    if visit.state in (VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW):
        raise BusinessError("WRONG_STATE", _("This visit did not take place; there is nothing to log."))


@transaction.atomic
def write_log(*, actor: User, visit: Visit, values: Mapping[str, Any]) -> VisitLog:
    """Keep a draft of the log: nothing is checked yet, so that nothing typed is ever lost.

    `values` may hold `purposes`: the visit's are then what was really done.

    Raises: LOG_LOCKED, WRONG_STATE, Forbidden, NotFound.
    """
    visit = _own(visit, actor)
    log = _log_of(visit)
    log.state = move_log(log, "write")
    _must_have_been(visit)
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
    Raises: OPINION_UNSAID, NEXT_VISIT_REQUIRED, TIME_TOO_FAR, RESULT_REQUIRED, RECEIPT_REQUIRED, what
    check_receipt raises, CONSENT_REQUIRED, COMPLAINT_REQUIRED, NOT_YET, LOG_LOCKED, WRONG_STATE.
    Source: S1-45, S1-50, S1-89, E186, E187, E189, D-25
    """
    moment = now or clock.now()
    visit = _own(visit, actor)
    _must_have_been(visit)
    log = _log_of(visit)
    resubmitted = log.state == LogState.RETURNED
    log.state = move_log(log, "submit")
    log.results = {code: result for code, result in log.results.items() if code in visit.purposes}
    facts = model_to_dict(log)
    rules.check_log(visit.purposes, facts)
    if Purpose.P3 in visit.purposes:
        log.receipt_no = check_receipt(visit, log.receipt_no)
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
    if resubmitted and is_unchanged(log):
        log.doubts.insert(0, Doubt.UNCHANGED)
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
    Raises: Invalid ARRIVAL_REQUIRED, BAD_TIME; what plan_visit, write_log and submit_log raise; then nothing
    at all is kept.
    """
    visit = plan_visit(actor=actor, client=client, planned_at=planned_at, client_key=client_key, **plan)
    visit = locked(visit, actor)
    if VisitLog.objects.filter(visit=visit).exclude(state=LogState.DRAFT).exists():
        return visit
    if visit.arrived_at is None:
        _note_times(visit, actor, arrived_at, left_at)
    write_log(actor=actor, visit=visit, values=values)
    if submit:
        submit_log(actor=actor, visit=visit, phone=phone)
    visit.refresh_from_db()
    return visit


def _note_times(visit: Visit, actor: User, arrived_at: datetime | None, left_at: datetime | None) -> None:
    """Note the times as check-in and check-out would. Raises: Invalid ARRIVAL_REQUIRED, BAD_TIME."""
    if arrived_at is None:
        if left_at is not None:
            sentence = _("Say when you arrived too.")
            raise Invalid("ARRIVAL_REQUIRED", sentence, fields={"arrived_at": [sentence]})
        return
    visit.arrived_at = moment_of("arrived_at", arrived_at)
    if left_at is not None:
        visit.left_at = moment_of("left_at", left_at)
        check_order(visit.arrived_at, visit.left_at)
    visit.visit_on = clock.business_date(visit.arrived_at)
    save(visit, actor, "arrived_at", "left_at", "visit_on")
