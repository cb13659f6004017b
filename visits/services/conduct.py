"""Reports of conduct: recorded once, read and settled by auditors alone (Source: S0-85, S0-86)."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.params import registry
from visits.choices import ConductChannel, ConductKind, ConductState
from visits.models import ConductReport
from visits.notices import Notice, tell


@transaction.atomic
def report_conduct(
    *,
    actor: User,
    kind: str,
    channel: str,
    text: str,
    unit: OrgUnit,
    client: Client | None = None,
    about: User | None = None,
    told_by: str = "",
    happened_on: date | None = None,
    now: datetime | None = None,
) -> ConductReport:
    """Record what somebody of a client's side said about one of our people; auditors are told.

    Raises: Forbidden; NotFound outside the scope; Invalid TEXT_REQUIRED, KIND, DATE. Source: S0-86
    """
    require(actor, "visits.record_conduct")
    if not actor.scope.covers(unit, "visits.record_conduct"):
        raise NotFound("NOT_FOUND", _("There is no such unit, or it is not in your hands."))
    if client is not None and not Client.objects.visible_to(actor).filter(pk=client.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
    return keep_report(
        actor=actor, kind=kind, channel=channel, text=text, unit=unit, client=client, about=about,
        told_by=told_by, happened_on=happened_on, now=now,
    )  # fmt: skip


def keep_report(
    *,
    actor: User,
    kind: str,
    channel: str,
    text: str,
    unit: OrgUnit,
    client: Client | None = None,
    about: User | None = None,
    told_by: str = "",
    happened_on: date | None = None,
    now: datetime | None = None,
) -> ConductReport:
    """Keep a report and tell the auditors; who may make one is the caller's to decide.

    Raises: Invalid TEXT_REQUIRED, KIND, DATE.
    """
    moment = now or clock.now()
    today = clock.business_date(moment)
    if not text.strip():
        sentence = _("Write what was said.")
        raise Invalid("TEXT_REQUIRED", sentence, fields={"text": [sentence]})
    if kind not in ConductKind.values or channel not in ConductChannel.values:
        sentence = _("Choose what the report is about and how it came.")
        raise Invalid("KIND", sentence, fields={"kind": [sentence]})
    if happened_on is not None and happened_on > today:
        sentence = _("This day lies ahead.")
        raise Invalid("DATE", sentence, fields={"happened_on": [sentence]})
    made = ConductReport.objects.create(
        org_unit=unit,
        client=client,
        about=about,
        kind=kind,
        channel=channel,
        text=text.strip()[:1000],
        told_by=told_by.strip()[:60],
        happened_on=happened_on,
        recorded_by=actor,
        recorded_at=moment,
        due_on=workdays.after(today, registry.get("conduct.days", as_of=today)),
        created_by=actor,
    )
    # The trail is read by more people than the report: it says that there is one, not what it says.
    record(
        actor=actor, action="visits.conduct_reported", entity=made, unit=unit, data={"number": made.number}
    )
    notices = []
    for auditor in User.objects.holding(Role.AUDITOR, over=unit, as_of=today):
        if auditor.pk not in (actor.pk, made.about_id):
            with in_language_of(auditor):
                words = gettext("A report of conduct came in: %(number)s") % {"number": made.number}
            url = reverse("visits:conduct-report", args=[made.pk])
            notices.append(Notice(auditor.pk, "conduct", words, url, f"conduct:{made.pk}"))
    tell(notices)
    return made


def _open(report: ConductReport, actor: User) -> ConductReport:
    """Return the locked report if the person may settle it. Raises: NotFound, Forbidden, ALREADY_SETTLED."""
    if not ConductReport.objects.visible_to(actor).filter(pk=report.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such report, or you may not see it."))
    if not ConductReport.objects.handled_by(actor).filter(pk=report.pk).exists():
        raise Forbidden("FORBIDDEN", _("Auditors settle reports of conduct."))
    found = ConductReport.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=report.pk)
    if found.state in (ConductState.FOUNDED, ConductState.UNFOUNDED):
        raise BusinessError("ALREADY_SETTLED", _("This report is settled."))
    return found


def _save(found: ConductReport, actor: User, action: str, *fields: str) -> ConductReport:
    found.handled_by = actor
    found.save_by(actor, "state", "handled_by", *fields)
    record(
        actor=actor, action=action, entity=found, unit=found.org_unit,
        data={"number": found.number, "state": found.state},
    )  # fmt: skip
    return found


@transaction.atomic
def take_up_conduct(*, actor: User, report: ConductReport) -> ConductReport:
    """Say that one is looking into a report."""
    found = _open(report, actor)
    found.state = ConductState.LOOKED_INTO
    return _save(found, actor, "visits.conduct_taken_up")


@transaction.atomic
def settle_conduct(
    *, actor: User, report: ConductReport, founded: bool, disposition: str, now: datetime | None = None
) -> ConductReport:
    """Settle a report: true or not, and what follows.

    Raises: NotFound; Forbidden; Invalid DISPOSITION_REQUIRED; BusinessError ALREADY_SETTLED.
    """
    found = _open(report, actor)
    if not disposition.strip():
        sentence = _("Write what was found and what follows.")
        raise Invalid("DISPOSITION_REQUIRED", sentence, fields={"disposition": [sentence]})
    found.state = ConductState.FOUNDED if founded else ConductState.UNFOUNDED
    found.disposition, found.settled_at = disposition.strip()[:1000], now or clock.now()
    return _save(found, actor, "visits.conduct_settled", "disposition", "settled_at")
