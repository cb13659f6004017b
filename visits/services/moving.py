"""Move a planned visit to another day of the calendar."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, NotFound
from visits.models import Visit
from visits.services.visits import change_visit


@transaction.atomic
def move_visit(*, actor: User, visit_id: int, day: date) -> Visit:
    """Move a planned visit to another day, the time of day stays; a confirmed one must be confirmed again.

    Raises: NotFound; BusinessError DAY_PAST; what change_visit raises.
    """
    visit = Visit.objects.visible_to(actor).filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("NOT_FOUND", _("There is no such visit, or you may not see it."))
    if day < clock.today():
        sentence = _("This day is over. Choose today or a later day.")
        raise BusinessError("DAY_PAST", sentence, fields={"day": [sentence]})
    at = visit.planned_at.astimezone(clock.BUSINESS_ZONE).time()
    return change_visit(
        actor=actor, visit=visit, planned_at=datetime.combine(day, at, tzinfo=clock.BUSINESS_ZONE)
    )
