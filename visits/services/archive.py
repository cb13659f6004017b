"""Print the log book of a week, file it, inspect it; print a whole unit's week by a worker."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock, typeset
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from visits.choices import InspectionResult, LogState, RunState
from visits.models import PrintRun, VisitLog, WeekBook, WeekFiling, WeekInspection, WeeklyReport
from visits.notices import Notice, tell
from visits.rules import weeks as rules
from visits.services.books import content_of, many_books, one_book
from visits.services.weeks import locked, save

# A worker that says nothing for so long is dead: the next click begins anew.
SILENCE = timedelta(minutes=2)


def number_of(report: WeeklyReport) -> str:
    """Return the archive number: ZB, week, and six figures of the report."""
    return f"ZB{report.iso_year}-{report.iso_week:02d}-{report.pk:06d}"


def _printable(report_id: int, actor: User) -> WeeklyReport:
    require(actor, "visits.print_week")
    report = locked(report_id, actor)
    if not actor.scope.covers(report.org_unit, "visits.print_week"):
        raise Forbidden("FORBIDDEN", _("Only the head or leader of the unit prints and files its log books."))
    return report


@transaction.atomic
def print_week(*, actor: User, report_id: int, now: datetime | None = None) -> WeekBook:
    """Seal the log book of an approved report as a PDF; printed again it is the same document.

    A returned log keeps the book open as a waiting one does: what becomes of it could never be added.
    Raises: BusinessError LOGS_WAITING while logs of the week wait for approval or were returned, WRONG_STATE;
    Forbidden; NotFound. Source: S1-95, D-33
    """
    report = _printable(report_id, actor)
    if report.state in rules.BOOK_STATES:
        return report.book
    waiting = VisitLog.objects.filter(
        visit__owner=report.owner_id,
        visit__visit_on__range=(report.monday, report.sunday),
        state__in=[LogState.SUBMITTED, LogState.RETURNED],
    ).count()
    report.state = rules.move_week(report.state, "print", {"logs_waiting": waiting})
    number = number_of(report)
    content = content_of(report, number=number)
    pdf = one_book(content)
    book = WeekBook.objects.create(
        report=report,
        archive_no=number,
        pdf=pdf,
        content=content,
        sha256=typeset.digest(pdf),
        size=len(pdf),
        logs=len(content["logs"]),
        printed_at=now or clock.now(),
        printed_by=actor,
    )
    save(report, actor, "state")
    data = {"week": report.week, "number": number, "sha256": book.sha256, "owner": report.owner.full_name}
    record(actor=actor, action="visits.week_printed", entity=report, unit=report.org_unit, data=data)
    return book


@transaction.atomic
def file_week(*, actor: User, report_id: int, paper_no: str = "", now: datetime | None = None) -> WeekFiling:
    """Note that a log book lies in the archive, with the number of its paper if there is one.

    Raises: BusinessError WRONG_STATE; Forbidden; NotFound. Source: S1-95
    """
    report = _printable(report_id, actor)
    report.state = rules.move_week(report.state, "file", {})
    filing = WeekFiling.objects.create(
        book=report.book, paper_no=paper_no.strip()[:40], filed_at=now or clock.now(), filed_by=actor
    )
    save(report, actor, "state")
    data = {"week": report.week, "number": report.book.archive_no, "paper": filing.paper_no}
    record(actor=actor, action="visits.week_filed", entity=report, unit=report.org_unit, data=data)
    return filing


@transaction.atomic
def inspect_week(
    *, actor: User, report_id: int, result: str, comment: str = "", now: datetime | None = None
) -> WeekInspection:
    """Write what the company found in a filed log book; faults go to its manager and who filed it.

    Raises: Invalid COMMENT_REQUIRED; BusinessError WRONG_STATE; Forbidden; NotFound. Source: S1-95
    """
    require(actor, "visits.inspect_week")
    report = locked(report_id, actor)
    if not actor.scope.covers(report.org_unit, "visits.inspect_week"):
        raise NotFound("NOT_FOUND", _("There is no such weekly report, or you may not see it."))
    if actor.scope.is_self(report.owner_id):
        raise Forbidden("SELF_APPROVAL", _("Nobody inspects an own log book."))
    report.state = rules.move_week(report.state, "inspect", {"result": result, "comment": comment})
    made = WeekInspection.objects.create(
        book=report.book,
        result=InspectionResult(result),
        comment=comment.strip()[:500],
        inspected_at=now or clock.now(),
        inspected_by=actor,
    )
    save(report, actor, "state")
    data = {"week": report.week, "number": report.book.archive_no, "result": result, "comment": made.comment}
    record(actor=actor, action="visits.week_inspected", entity=report, unit=report.org_unit, data=data)
    if made.result == InspectionResult.FAULTS:
        _tell_of_faults(report, made)
    return made


def _tell_of_faults(report: WeeklyReport, made: WeekInspection) -> None:
    notices = []
    for person in {report.owner, report.book.filing.filed_by}:
        with in_language_of(person):
            text = _now("The inspection of %(who)s's log book %(week)s found faults: %(words)s") % {
                "who": report.owner, "week": report.week, "words": made.comment,
            }  # fmt: skip
        url = reverse("visits:week-report", args=[report.pk])
        notices.append(Notice(person.pk, "week", text, url, f"week_inspected:{made.pk}"))
    tell(notices)


def open_book(*, actor: User, report_id: int) -> WeekBook:
    """Return the sealed book; one whose bytes no longer fit their fingerprint is never handed out.

    Raises: NotFound; BusinessError ARCHIVE_DAMAGED.
    """
    visible = WeeklyReport.objects.visible_to(actor)
    book = WeekBook.objects.filter(report__in=visible.filter(pk=report_id)).first()
    if book is None:
        raise NotFound("NOT_FOUND", _("There is no such log book, or you may not see it."))
    if hashlib.sha256(book.pdf).hexdigest() != book.sha256:
        raise BusinessError(
            "ARCHIVE_DAMAGED",
            _("This document is not what was sealed: its fingerprint differs. Tell your administrator."),
        )
    return book


# ---- A whole unit's week


def units_to_print(actor: User) -> list[OrgUnit]:
    """Return the units whose log books the person prints: those of the roles that print."""
    paths = actor.scope.paths_for("visits.print_week")
    return list(OrgUnit.objects.filter(path__in=paths, active=True))


@transaction.atomic
def print_unit(*, actor: User, unit: OrgUnit, monday: date) -> tuple[PrintRun, bool]:
    """Have a worker print all approved reports of a unit's week; asked twice it is one printing.

    Returns the printing, and whether it is to be given to a worker.
    Raises: BusinessError NOTHING_TO_PRINT; NotFound outside the scope; Forbidden. Source: S1-95
    """
    require(actor, "visits.print_week")
    if not actor.scope.covers(unit, "visits.print_week"):
        raise NotFound("NOT_FOUND", _("There is no such unit, or you do not print its log books."))
    now = clock.now()
    running = PrintRun.objects.select_for_update().defer("pdf").filter(
        org_unit=unit, monday=monday, state__in=[RunState.WAITING, RunState.RUNNING]
    ).first()  # fmt: skip
    if running is not None:
        silent = running.beat_at < now - SILENCE
        if silent:
            running.state, running.beat_at = RunState.WAITING, now
            running.save(update_fields=["state", "beat_at"])
        return running, silent
    total = _to_print(unit, monday).count()
    if not total:
        raise BusinessError(
            "NOTHING_TO_PRINT",
            _("No report of this week is approved in this unit; there is nothing to print."),
        )
    try:
        with transaction.atomic():
            made = PrintRun.objects.create(
                org_unit=unit, monday=monday, asked_by=actor, asked_at=now, beat_at=now, total=total
            )
    except IntegrityError:  # somebody asked in the same moment
        joined = PrintRun.objects.defer("pdf").get(
            org_unit=unit, monday=monday, state__in=[RunState.WAITING, RunState.RUNNING]
        )
        return joined, False
    return made, True


def _to_print(unit: OrgUnit, monday: date) -> "models.QuerySet[WeeklyReport]":
    rows = WeeklyReport.objects.filter(org_unit__path__startswith=unit.path, monday=monday)
    rows = rows.filter(state__in=rules.FINAL)
    found: models.QuerySet[WeeklyReport] = rows.order_by("owner__staff_no", "pk")
    return found


def run_print(*, run_id: int) -> None:
    """Print the books of a run one after the other; one that cannot be printed is no harm to the others.

    Each book is its own transaction: a worker that dies loses nothing, and begun anew it goes on.
    """
    claimed = PrintRun.objects.filter(pk=run_id, state=RunState.WAITING)
    if not claimed.update(state=RunState.RUNNING, done=0, refused=[], beat_at=clock.now()):
        return
    run = PrintRun.objects.select_related("org_unit", "asked_by").defer("pdf").get(pk=run_id)
    refused: list[list[str]] = []
    try:
        for report in list(_to_print(run.org_unit, run.monday).select_related("owner")):
            try:
                print_week(actor=run.asked_by, report_id=report.pk)
            except BusinessError as error:
                refused.append([report.owner.full_name, str(error.message)])
            PrintRun.objects.filter(pk=run_id).update(
                done=F("done") + 1, refused=refused, beat_at=clock.now()
            )
        books = WeekBook.objects.filter(report__in=_to_print(run.org_unit, run.monday)).defer("pdf")
        contents = list(books.order_by("report__owner__staff_no").values_list("content", flat=True))
        sunday = run.monday + timedelta(days=6)
        pdf = many_books(
            contents, unit=run.org_unit.name, week=run.week, on=f"{run.monday:%Y-%m-%d} 至 {sunday:%m-%d}"
        ) if contents else None  # fmt: skip
        PrintRun.objects.filter(pk=run_id).update(state=RunState.DONE, pdf=pdf, beat_at=clock.now())
    except OperationalError:
        PrintRun.objects.filter(pk=run_id).update(state=RunState.WAITING, beat_at=clock.now())
        raise
    except Exception:
        PrintRun.objects.filter(pk=run_id).update(state=RunState.FAILED, beat_at=clock.now())
        raise
