"""Keep the holiday calendar: seeded from what the State Council publishes, mended by administrators."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.trail import record
from visits.choices import HolidayKind
from visits.models import Holiday


def _not_past(day: date) -> None:
    """Refuse a day whose due dates have already been judged.

    Raises: BusinessError DAY_PAST.
    """
    if day < clock.today():
        sentence = _("This day is over; what was due on it has been judged.")
        raise BusinessError("DAY_PAST", sentence, fields={"day": [sentence]})


@transaction.atomic
def set_holiday(*, actor: User, day: date, kind: str, name: str) -> tuple[Holiday, bool]:
    """Write what a day is; return it and whether it is new.

    Raises: Forbidden; Invalid KIND, NAME_REQUIRED; BusinessError DAY_PAST. Source: D-26
    """
    require(actor, "params.change")
    _not_past(day)
    if kind not in HolidayKind.values:
        sentence = _("This is none of the possible values.")
        raise Invalid("KIND", sentence, fields={"kind": [sentence]})
    name = name.strip()[:40]
    if not name:
        sentence = _("Write the name of the holiday.")
        raise Invalid("NAME_REQUIRED", sentence, fields={"name": [sentence]})
    if kind == HolidayKind.MAKEUP and day.isoweekday() <= 5:
        sentence = _("People work on this day anyhow; a day worked instead is a Saturday or Sunday.")
        raise Invalid("KIND", sentence, fields={"kind": [sentence]})
    before = Holiday.objects.select_for_update().filter(pk=day).first()
    row, fresh = Holiday.objects.update_or_create(day=day, defaults={"kind": kind, "name": name})
    if before is None or (before.kind, before.name) != (kind, name):
        data = {
            "day": day.isoformat(),
            "kind": kind,
            "name": name,
            "before": f"{before.kind} {before.name}" if before else "",
        }
        record(actor=actor, action="visits.holiday_set", entity=row, unit=actor.org_unit, data=data)
    return row, fresh


@transaction.atomic
def remove_holiday(*, actor: User, day: date) -> None:
    """Take a day out of the calendar: the plain week counts again.

    Raises: Forbidden; NotFound; BusinessError DAY_PAST.
    """
    require(actor, "params.change")
    row = Holiday.objects.select_for_update().filter(pk=day).first()
    if row is None:
        raise NotFound("NOT_FOUND", _("This day is not in the calendar."))
    _not_past(day)
    data = {"day": day.isoformat(), "kind": row.kind, "name": row.name}
    record(actor=actor, action="visits.holiday_removed", entity=row, unit=actor.org_unit, data=data)
    row.delete()
