"""Writing verb of parameters."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.base import clock
from crm.base.errors import Invalid
from crm.base.trail import record
from crm.params.models import ParamValue
from crm.params.registry import Param, declared


@transaction.atomic
def change(*, actor: Any, key: str, value: Any, effective_from: date, reason: str = "") -> ParamValue:
    """Put a value in force from a day on; what was computed before that day stays as it is.

    Raises: Invalid NO_SUCH_PARAM, PARAM_BOUNDS, PARAM_PAST.
    """
    param = declared().get(key)
    if param is None:
        raise Invalid("NO_SUCH_PARAM", _("There is no parameter %(key)s.") % {"key": key})
    if problem := param.problem(value):
        sentence = sentence_for(param, problem)
        raise Invalid("PARAM_BOUNDS", sentence, fields={"value": [sentence]})
    if effective_from < clock.today():
        sentence = _("A change cannot reach into the past. Choose today or later.")
        raise Invalid("PARAM_PAST", sentence, fields={"effective_from": [sentence]})
    row = ParamValue.objects.create(
        key=key, value=value, effective_from=effective_from, reason=reason, changed_by=actor
    )
    record(
        actor=actor,
        action="params.changed",
        entity=row,
        data={"key": key, "value": value, "from": str(effective_from), "reason": reason},
    )
    return row


def sentence_for(param: Param, problem: str) -> str:
    """Say what a value must be."""
    if problem in ("minimum", "maximum"):
        if param.minimum is not None and param.maximum is not None:
            return _("Choose a value from %(least)s to %(most)s.") % {
                "least": param.minimum,
                "most": param.maximum,
            }
        if param.minimum is not None:
            return _("Choose a value of %(least)s or more.") % {"least": param.minimum}
        return _("Choose a value of %(most)s or less.") % {"most": param.maximum}
    if problem == "choice":
        return _("Choose one of these: %(choices)s") % {"choices": ", ".join(param.choices)}
    return _("This value is of the wrong kind.")
