"""The visit that follows one that was cut short."""

from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import Invalid
from crm.base.trail import record
from visits.models import Visit, VisitLog
from visits.services.visits import check_time


def plan_following(*, actor: User, visit: Visit, log: VisitLog) -> Visit | None:
    """Plan the next visit of a log that says we left early: once, however often the log is handed in.

    Raises: Invalid NEXT_VISIT_PAST, TIME_TOO_FAR. Source: S1-45
    """
    if not log.left_early or log.next_visit_at is None or visit.followed_by.exists():
        return None
    if clock.business_date(log.next_visit_at) < visit.visit_on:
        sentence = _("The next visit comes after this one. Choose a later day.")
        raise Invalid("NEXT_VISIT_PAST", sentence, fields={"next_visit_day": [sentence]})
    check_time(log.next_visit_at, log.submitted_at or log.next_visit_at)
    following = Visit(
        client=visit.client, contact=visit.contact, owner=visit.owner, org_unit=visit.org_unit,
        planned_at=log.next_visit_at, place=visit.place, purposes=visit.purposes, benefit=visit.benefit,
        purpose_note=visit.purpose_note, unscheduled_reason=visit.unscheduled_reason, follows=visit,
        visit_on=clock.business_date(log.next_visit_at), created_by=actor, updated_by=actor,
    )  # fmt: skip
    following.save()
    record(
        actor=actor, action="visits.visit_planned", entity=following, unit=following.org_unit,
        data={"client": following.client_id, "follows": visit.pk},
    )  # fmt: skip
    return following
