"""Hold morning and evening meetings; give tasks and report on them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from visits.choices import AttendanceState, MeetingState
from visits.models import Attendance, DailyTask, Meeting, RaisedItem
from visits.notices import Notice, tell
from visits.querysets.meetings import raised_logs

WRITTEN = ("key_work", "special", "measures", "minutes")


def team_of(unit: OrgUnit, as_of: date) -> list[User]:
    """Return the active account managers who belong to a unit or below it."""
    managers = RoleAssignment.objects.current(as_of).filter(role=Role.AM).values("user")
    people = User.objects.active().people().filter(pk__in=managers, org_unit__path__startswith=unit.path)
    return list(people.order_by("staff_no"))


def units_to_meet(actor: User) -> list[OrgUnit]:
    """Return the units whose meetings the person chairs: those of the roles that may hold one."""
    paths = actor.scope.paths_for("visits.hold_meeting")
    return list(OrgUnit.objects.filter(path__in=paths, active=True))


def _locked(meeting_id: int, actor: User) -> Meeting:
    """Lock a meeting that the person may write.

    Raises: NotFound, Forbidden NOT_YOURS.
    """
    if not Meeting.objects.visible_to(actor).filter(pk=meeting_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such meeting, or you may not see it."))
    if not Meeting.objects.writable_by(actor).filter(pk=meeting_id).exists():
        raise Forbidden("NOT_YOURS", _("Only the head of the unit writes about its meetings."))
    return Meeting.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=meeting_id)


def _save(meeting: Meeting, actor: User, *fields: str) -> Meeting:
    meeting.save_by(actor, *fields)
    return meeting


@transaction.atomic
def call_meeting(*, actor: User, unit: OrgUnit, kind: str, held_on: date) -> tuple[Meeting, bool]:
    """Open the meeting of a unit on a day; return it and whether it is new.

    Steps: 1. make the meeting; 2. note the team as present, the head changes who was not; 3. take up the
    logs whose writers want to speak about them. Called twice it is the same meeting.
    Raises: Forbidden. Source: S1-13, S1-96, S1-51
    """
    require(actor, "visits.hold_meeting")
    if not actor.scope.covers(unit, "visits.hold_meeting"):
        raise NotFound("NOT_FOUND", _("There is no such unit, or you may not hold its meetings."))
    known = Meeting.objects.filter(org_unit=unit, kind=kind, held_on=held_on).first()
    if known:
        return known, False
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                org_unit=unit, kind=kind, held_on=held_on, chaired_by=actor, created_by=actor
            )
    except IntegrityError:  # somebody opened it in the same moment
        return Meeting.objects.get(org_unit=unit, kind=kind, held_on=held_on), False
    team = team_of(unit, held_on)
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, user=person, state=AttendanceState.PRESENT) for person in team]
    )
    RaisedItem.objects.bulk_create(
        [RaisedItem(meeting=meeting, log=log) for log in raised_logs(unit, until=held_on)[:100]],
        ignore_conflicts=True,
    )
    record(actor=actor, action="visits.meeting_called", entity=meeting, unit=unit, data={"kind": kind})
    return meeting, True


@transaction.atomic
def begin_meeting(*, actor: User, meeting_id: int, now: datetime | None = None) -> Meeting:
    """Note that the meeting begins; begun twice the first time counts."""
    meeting = _locked(meeting_id, actor)
    if meeting.started_at is None:
        meeting.started_at = now or clock.now()
        meeting.state = MeetingState.RUNNING
        _save(meeting, actor, "started_at", "state")
    return meeting


@transaction.atomic
def end_meeting(*, actor: User, meeting_id: int, now: datetime | None = None) -> Meeting:
    """Note that the meeting is over; ended twice the first time counts.

    Raises: BusinessError NOT_BEGUN.
    """
    meeting = _locked(meeting_id, actor)
    if meeting.started_at is None:
        raise BusinessError("NOT_BEGUN", _("Begin the meeting first, so that its length is known."))
    if meeting.ended_at is None:
        meeting.ended_at = max(now or clock.now(), meeting.started_at)
        meeting.state = MeetingState.HELD
        _save(meeting, actor, "ended_at", "state")
        record(
            actor=actor,
            action="visits.meeting_held",
            entity=meeting,
            unit=meeting.org_unit,
            data={"kind": meeting.kind, "minutes": meeting.minutes_long},
        )
    return meeting


@transaction.atomic
def write_meeting(
    *,
    actor: User,
    meeting_id: int,
    values: Mapping[str, str],
    attendance: Mapping[int, str] | None = None,
    outcomes: Mapping[int, str] | None = None,
    version: int | None = None,
) -> Meeting:
    """Write the record of a meeting: texts, who was there, what was agreed about each raised log.

    Units: `attendance` person → state; `outcomes` raised item → words.
    Raises: BusinessError STALE when somebody wrote meanwhile.
    """
    meeting = _locked(meeting_id, actor)
    if version is not None and version != meeting.version:
        raise BusinessError(
            "STALE", _("Somebody wrote about this meeting meanwhile. Read it again and repeat your change.")
        )
    for name in WRITTEN:
        if name in values:
            setattr(meeting, name, values[name].strip())
    _save(meeting, actor, *[name for name in WRITTEN if name in values])
    for row in meeting.attendance.select_for_update():
        state = (attendance or {}).get(row.user_id)
        if state in AttendanceState.values and state != row.state:
            row.state = state
            row.save(update_fields=["state"])
    for item in meeting.raised.select_for_update():
        words = (outcomes or {}).get(item.pk)
        if words is not None and words.strip() != item.outcome:
            item.outcome = words.strip()[:500]
            item.save(update_fields=["outcome"])
    return meeting


@transaction.atomic
def give_task(
    *,
    actor: User,
    user: User,
    task: str,
    due_on: date,
    target: int = 1,
    unit_of_target: str = "",
    special: bool = False,
    meeting_id: int | None = None,
) -> DailyTask:
    """Give a manager a task for a day; the manager finds it on the workbench and is told.

    Raises: Invalid NOT_IN_TEAM, DUE_PAST; NotFound. Source: S1-15
    """
    require(actor, "visits.hold_meeting")
    unit = user.org_unit
    if unit is None or not actor.scope.covers(unit, "visits.hold_meeting"):
        sentence = _("Choose somebody of your own team.")
        raise Invalid("NOT_IN_TEAM", sentence, fields={"user": [sentence]})
    if due_on < clock.today():
        sentence = _("Choose today or a later day.")
        raise Invalid("DUE_PAST", sentence, fields={"due_on": [sentence]})
    meeting = _locked(meeting_id, actor) if meeting_id is not None else None
    made = DailyTask.objects.create(
        meeting=meeting,
        org_unit=unit,
        user=user,
        task=task.strip(),
        target=target,
        unit_of_target=unit_of_target.strip(),
        special=special,
        due_on=due_on,
        created_by=actor,
    )
    record(
        actor=actor,
        action="visits.task_given",
        entity=made,
        unit=unit,
        data={"task": made.task, "to": user.full_name, "due": str(due_on)},
    )
    if user.pk != actor.pk:
        with in_language_of(user):
            text = _now("%(who)s gave you a task: %(task)s") % {"who": actor.full_name, "task": made.task}
        tell([Notice(user.pk, "task", text, reverse("visits:tasks"), f"task:{made.pk}")])
    return made


@transaction.atomic
def report_task(*, actor: User, task_id: int, done: int, note: str | None = None) -> DailyTask:
    """Write how much of a task is done; its manager does it, or who gave it.

    Raises: NotFound; Forbidden NOT_YOURS; BusinessError TASK_DROPPED. Source: S1-97
    """
    if not DailyTask.objects.visible_to(actor).filter(pk=task_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such task, or you may not see it."))
    task = DailyTask.objects.select_for_update().get(pk=task_id)
    if actor.pk not in (task.user_id, task.created_by_id):
        raise Forbidden("NOT_YOURS", _("Only the person who has the task, or who gave it, reports on it."))
    if task.dropped:
        raise BusinessError("TASK_DROPPED", _("This task was dropped."))
    before = task.done
    task.done = done
    task.note = task.note if note is None else note.strip()
    task.save_by(actor, "done", "note")
    if before != done:
        data = {"task": task.task, "done": done, "target": task.target}
        record(actor=actor, action="visits.task_reported", entity=task, unit=task.org_unit, data=data)
    return task


@transaction.atomic
def drop_task(*, actor: User, task_id: int) -> DailyTask:
    """Take a task back; nothing is lost, it counts no more. Done twice it changes nothing.

    Raises: NotFound; Forbidden NOT_YOURS.
    """
    if not DailyTask.objects.visible_to(actor).filter(pk=task_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such task, or you may not see it."))
    task = DailyTask.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=task_id)
    if not actor.scope.covers(task.org_unit, "visits.hold_meeting"):
        raise Forbidden("NOT_YOURS", _("Only the head of the unit takes a task back."))
    if not task.dropped:
        task.dropped = True
        task.save(update_fields=["dropped", "updated_at"])
        record(
            actor=actor,
            action="visits.task_dropped",
            entity=task,
            unit=task.org_unit,
            data={"task": task.task},
        )
    return task


def meeting_facts(meeting: Meeting) -> dict[str, Any]:
    """Return the people of a meeting with their report of the day, and its tasks by person."""
    from visits.querysets.meetings import day_report

    attendance = list(meeting.attendance.select_related("user"))
    tasks: dict[int, list[DailyTask]] = {}
    for task in DailyTask.objects.filter(
        org_unit__path__startswith=meeting.org_unit.path, due_on=meeting.held_on, dropped=False
    ).select_related("user"):
        tasks.setdefault(task.user_id, []).append(task)
    users = [row.user_id for row in attendance]
    report = day_report(users, meeting.held_on)
    return {
        "people": [
            {
                "row": row,
                "user": row.user,
                "tasks": tasks.get(row.user_id, []),
                "report": report[row.user_id],
            }
            for row in attendance
        ],
        "raised": list(meeting.raised.select_related("log__visit__client", "log__visit__owner")),
    }
