"""Draw spot checks and state what was found; a log is never touched (Source: S1-92)."""

import secrets
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.accounts.scope import under
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.params import registry
from visits.choices import LogState, SpotResult, SpotTarget
from visits.models import QualityMonth, SpotCheck, SpotDraw, SpotSample, VisitLog
from visits.notices import Notice, tell
from visits.rules import checks as rules

LONGEST = timedelta(days=92)
LARGEST = 20_000


def _population(actor: User, unit: OrgUnit, target: str, first: date, last: date) -> dict[str, list[int]]:
    """Return person → logs of the unit and the days; the checker's own work is left out."""
    logs = VisitLog.objects.filter(under((unit.path,), "visit__org_unit__")).exclude(state=LogState.DRAFT)
    if target == SpotTarget.LOG:
        person = F("visit__owner")
        logs = logs.filter(visit__visit_on__range=(first, last))
    else:
        person = F("decided_by")
        logs = logs.filter(decided_at__gte=clock.at(first), decided_at__lt=clock.next_midnight(last)).exclude(
            decided_by=None
        )
    rows = logs.annotate(whose=person).exclude(whose__in=actor.scope.selves).order_by("pk")
    found: dict[str, list[int]] = defaultdict(list)
    for pk, whose in rows.values_list("pk", "whose")[:LARGEST]:
        found[str(whose)].append(pk)
    return dict(sorted(found.items(), key=lambda item: int(item[0])))


def rates_of(people: list[int], target: str, *, as_of: date) -> dict[str, tuple[str, int]]:
    """Return for each person which rule decides, and the rate in per cent, from the checks of the window."""
    numbers = registry.get_group("spot.", as_of=as_of)
    since = as_of - timedelta(days=numbers["window_days"])
    found = SpotSample.objects.found(target, people, since=since, until=as_of + timedelta(days=1))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for person, result, count in (
        found.order_by().values_list("person", "check_made__result").annotate(n=Count("pk"))
    ):
        counts[person][result] = count
    return {str(person): rules.rate_of(counts[person], base_pct=numbers["base_pct"]) for person in people}


@transaction.atomic
def draw_spot_check(
    *,
    actor: User,
    unit: OrgUnit,
    target: str,
    first_on: date,
    last_on: date,
    seed: str = "",
    now: datetime | None = None,
) -> SpotDraw:
    """Draw a random sample of logs, or of heads' decisions, and keep how it came about.

    Steps: 1. freeze the population; 2. fix each person's rate by the rule; 3. let the seed choose.
    Raises: Forbidden; NotFound outside the scope; Invalid PERIOD; BusinessError NOTHING_TO_CHECK.
    Source: S1-92
    """
    require(actor, "visits.spot_check")
    if not actor.scope.covers(unit, "visits.spot_check"):
        raise NotFound("NOT_FOUND", _("There is no such unit, or you do not check it."))
    if not first_on <= last_on <= first_on + LONGEST:
        sentence = _("Choose a period of at most 92 days that ends after it begins.")
        raise Invalid("PERIOD", sentence, fields={"last_on": [sentence]})
    moment = now or clock.now()
    frame = _population(actor, unit, target, first_on, last_on)
    if not frame:
        raise BusinessError("NOTHING_TO_CHECK", _("Nothing of these days can be checked. Choose other days."))
    rates = rates_of([int(person) for person in frame], target, as_of=clock.business_date(moment))
    draw = SpotDraw.objects.create(
        checker=actor,
        org_unit=unit,
        target=target,
        first_on=first_on,
        last_on=last_on,
        seed=seed or secrets.token_hex(8),
        frame=frame,
        rates=rates,
        drawn_at=moment,
    )
    chosen = rules.sample(frame, rates, draw.seed)
    SpotSample.objects.bulk_create(
        SpotSample(draw=draw, position=place, log_id=log, person_id=person)
        for place, (log, person) in enumerate(chosen, 1)
    )
    data: dict[str, Any] = {"target": target, "seed": draw.seed, "drawn": len(chosen)}
    record(actor=actor, action="visits.spot_check_drawn", entity=draw, unit=unit, data=data)
    return draw


def is_reproducible(draw: SpotDraw) -> bool:
    """Draw again from what was kept, and say whether the same logs come out in the same order."""
    kept = draw.samples.order_by("position").values_list("log", "person")
    return list(kept) == rules.sample(draw.frame, draw.rates, draw.seed)


@transaction.atomic
def state_check(
    *, actor: User, sample: SpotSample, result: str, comment: str = "", now: datetime | None = None
) -> SpotCheck:
    """State what was found in a drawn log; the statement stands for good, and the log stays as it is.

    Raises: NotFound; Forbidden NOT_YOURS, SELF_CHECK; Invalid RESULT, COMMENT_REQUIRED; ALREADY_CHECKED.
    Source: S1-92
    """
    if not SpotDraw.objects.visible_to(actor).filter(pk=sample.draw_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such spot check, or you may not see it."))
    found = SpotSample.objects.with_rows().get(pk=sample.pk)
    if actor.scope.is_self(found.person_id):
        raise Forbidden("SELF_CHECK", _("Nobody checks their own work."))
    if not actor.can("visits.spot_check") or found.draw.checker_id != actor.pk:
        raise Forbidden(
            "NOT_YOURS",
            _("%(who)s drew this check. Only they state what it found.") % {"who": found.draw.checker},
        )
    if result not in SpotResult.values:
        sentence = _("Choose what you found.")
        raise Invalid("RESULT", sentence, fields={"result": [sentence]})
    if result != SpotResult.OK and not comment.strip():
        sentence = _("Write what is doubtful or not in order.")
        raise Invalid("COMMENT_REQUIRED", sentence, fields={"comment": [sentence]})
    moment = now or clock.now()
    try:
        with transaction.atomic():
            made = SpotCheck.objects.create(
                sample=found, checked_by=actor, result=result, comment=comment.strip(), checked_at=moment
            )
    except IntegrityError:
        raise BusinessError("ALREADY_CHECKED", _("This log is checked; what was stated stands.")) from None
    score_month(found.person_id, found.draw.target, clock.month_of(clock.business_date(moment)))
    data = {"target": found.draw.target, "result": result, "comment": made.comment, "draw": str(found.draw)}
    record(
        actor=actor,
        action="visits.log_spot_checked",
        entity=found.log,
        unit=found.log.visit.org_unit,
        data=data,
    )
    if result != SpotResult.OK:
        _tell(found, made)
    return made


def score_month(person: int, target: str, month: date) -> QualityMonth:
    """Write a person's quality score of a month anew from the checks made in it."""
    until = clock.add_months(month, 1)
    found = SpotSample.objects.found(target, [person], since=month, until=until).order_by()
    counts = dict(found.values_list("check_made__result").annotate(n=Count("pk")))
    values = {
        "ok": counts.get(SpotResult.OK, 0),
        "doubt": counts.get(SpotResult.DOUBT, 0),
        "reject": counts.get(SpotResult.REJECT, 0),
        "score": rules.score(counts),
    }
    row, _made = QualityMonth.objects.update_or_create(
        user_id=person, target=target, month=month, defaults=values
    )
    return row


def _tell(sample: SpotSample, check: SpotCheck) -> None:
    with in_language_of(sample.person):
        text = gettext("Spot check of %(client)s: %(result)s. %(comment)s") % {
            "client": sample.log.visit.client,
            "result": check.get_result_display(),
            "comment": check.comment,
        }
    url = reverse("visits:my-checks")
    tell([Notice(sample.person_id, "spot_check", text, url, f"spot_check:{sample.pk}")])
