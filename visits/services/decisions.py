"""Decide about logs: approve or return one, or approve many with an outcome for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, NotFound, Sentence
from crm.base.language import in_language_of
from crm.base.trail import record, record_many
from visits.choices import LogState, VisitState
from visits.models import Visit, VisitLog
from visits.notices import Notice, tell
from visits.rules import visits as rules
from visits.services.logs import move_log
from visits.services.returns import keep_return


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
    if refusal := _stale(found, version):
        raise refusal
    return found


def _stale(log: VisitLog, version: int | None) -> BusinessError | None:
    """Return the refusal of a decision on a text that is no longer the one that was read, or None."""
    if version is None or version == log.version:
        return None
    return BusinessError("STALE", _("This log was changed meanwhile. Read it again before you decide."))


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
    late = rules.is_late_approval(due_at=found.approval_due_at, decided_at=moment)
    approved = _decide(found, actor, moment, state=move_log(found, "approve"), late_approval=late)
    _close([approved.visit_id])
    record(
        actor=actor,
        action="visits.log_approved",
        entity=approved,
        unit=approved.visit.org_unit,
        data={"late": late, "doubts": approved.doubts},
    )
    return approved


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
    state = move_log(found, "return", {"reason": reason.strip()})
    returned = _decide(found, actor, moment, state=state, return_reason=reason.strip())
    keep_return(returned, actor=actor, moment=moment, reason=reason.strip())
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
def approve_logs(
    *,
    actor: User,
    logs: Iterable[int],
    versions: Mapping[int, int] | None = None,
    now: datetime | None = None,
) -> list[Outcome]:
    """Approve many logs in one go; each gets its own outcome, and one that cannot is no harm to the others.

    `versions` are those that were read: a log handed in again meanwhile is not approved unread.
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
        elif refusal := _refusal(log, actor) or _stale(log, (versions or {}).get(pk)):
            outcomes[pk] = Outcome(pk, done=False, code=refusal.code, message=refusal.message)
        else:
            good.append(log)
            outcomes[pk] = Outcome(pk, done=True)
    late = {log.pk for log in good if rules.is_late_approval(due_at=log.approval_due_at, decided_at=moment)}
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
