"""Urgent needs: put to the superior at once, granted for a time, over when it is over (Source: S1-46)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.base.workdays import Hours
from crm.params import registry
from visits.choices import Procedure, UrgentState, VisitState
from visits.models import EscalationRequest, Visit
from visits.notices import Notice, tell
from visits.services.deciders import heads_of, leaders_of
from visits.services.visits import must_write

HEAD, LEADER = 0, 1
CALLED_OFF = (VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW)


def working_hours(now: datetime) -> Hours:
    """Return the working hours in force."""
    keys = ["visits.work_from", "visits.work_to"]
    numbers = registry.get_many(keys, as_of=clock.business_date(now))
    return Hours(numbers["visits.work_from"], numbers["visits.work_to"])


@transaction.atomic
def ask_superior(
    *, actor: User, visit: Visit, procedure: str, need: str, now: datetime | None = None
) -> EscalationRequest:
    """Put an urgent need to the superior: the head hears at once, the leader if nobody answers in time.

    Who is a head, or has none, asks the leader.
    Raises: NotFound, Forbidden NOT_YOURS; Invalid NEED_REQUIRED, PROCEDURE; ALREADY_ASKED, WRONG_STATE.
    Source: S1-46
    """
    must_write(visit, actor)
    if visit.owner_id != actor.pk:
        raise Forbidden("NOT_YOURS", _("This visit is %(owner)s's. Only they ask.") % {"owner": visit.owner})
    if visit.state in CALLED_OFF:
        raise BusinessError("WRONG_STATE", _("This visit did not take place; nothing about it is urgent."))
    if procedure not in Procedure.values:
        sentence = _("Choose what should be simplified.")
        raise Invalid("PROCEDURE", sentence, fields={"procedure": [sentence]})
    if not need.strip():
        sentence = _("Write what the client needs and why it cannot wait.")
        raise Invalid("NEED_REQUIRED", sentence, fields={"need": [sentence]})
    moment = now or clock.now()
    day = clock.business_date(moment)
    minutes = registry.get("escalation.answer_minutes", as_of=day)
    heads = [person for person in heads_of(visit.org_unit, day) if person.pk != actor.pk]
    try:
        with transaction.atomic():
            made = EscalationRequest.objects.create(
                visit=visit,
                client=visit.client,
                owner=actor,
                org_unit=visit.org_unit,
                procedure=procedure,
                need=need.strip()[:300],
                asked_at=moment,
                level=HEAD if heads else LEADER,
                escalates_at=working_hours(moment).add(moment, minutes),
                created_by=actor,
            )
    except IntegrityError:
        raise BusinessError(
            "ALREADY_ASKED", _("You have asked for this already; it waits for an answer.")
        ) from None
    _trace(actor, "visits.urgent_asked", made)
    _tell_superiors(made, heads or leaders_of(visit.org_unit, day))
    return made


@transaction.atomic
def escalate_urgent(*, now: datetime | None = None) -> int:
    """Pass what no head answered in time to the leader; return how many. Run twice it passes nothing."""
    moment = now or clock.now()
    waiting = EscalationRequest.objects.waiting().filter(level=HEAD, escalates_at__lte=moment)
    rows = list(
        waiting.select_for_update(of=("self",), skip_locked=True)
        .select_related("client", "owner", "org_unit")
        .order_by("pk")[:500]
    )
    for found in rows:
        found.level = LEADER
        found.version += 1
        found.save(update_fields=["level", "version", "updated_at"])
        _trace(None, "visits.urgent_escalated", found)
        _tell_superiors(found, leaders_of(found.org_unit, clock.business_date(moment)))
    return len(rows)


def _waiting(request: EscalationRequest, actor: User) -> EscalationRequest:
    """Return the locked request if it waits and the person may answer. Raises: NotFound and all refusals."""
    if not EscalationRequest.objects.visible_to(actor).filter(pk=request.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such request, or you may not see it."))
    rows = EscalationRequest.objects.select_for_update(of=("self",))
    found: EscalationRequest = rows.select_related("client", "owner", "org_unit", "decided_by").get(
        pk=request.pk
    )
    if found.state != UrgentState.ASKED:
        raise BusinessError(
            "ALREADY_DECIDED",
            _("%(who)s has answered already: %(state)s.")
            % {"who": found.decided_by or found.owner, "state": found.get_state_display()},
        )
    return found


def _may_decide(found: EscalationRequest, actor: User) -> None:
    if actor.scope.is_self(found.owner_id):
        raise Forbidden("SELF_APPROVAL", _("Nobody grants their own request. Another superior must do it."))
    if not actor.can("visits.approve_log") or not actor.scope.covers(found.org_unit, "visits.approve_log"):
        raise Forbidden("FORBIDDEN", _("Only the head or the leader of the unit answers."))


@transaction.atomic
def grant_urgent(
    *, actor: User, request: EscalationRequest, allowed: str, hours: int, now: datetime | None = None
) -> EscalationRequest:
    """Allow a simplified procedure: what exactly, and for how many hours.

    Raises: NotFound; Forbidden SELF_APPROVAL; Invalid ALLOWED_REQUIRED, HOURS; BusinessError ALREADY_DECIDED.
    """
    found = _waiting(request, actor)
    _may_decide(found, actor)
    moment = now or clock.now()
    longest = registry.get("escalation.max_hours", as_of=clock.business_date(moment))
    if not allowed.strip():
        sentence = _("Write what exactly you allow.")
        raise Invalid("ALLOWED_REQUIRED", sentence, fields={"allowed": [sentence]})
    if not 1 <= hours <= longest:
        limits = _("A grant lasts from one hour to %(hours)d.") % {"hours": longest}
        raise Invalid("HOURS", limits, fields={"hours": [limits]})
    found.state, found.decided_by, found.decided_at = UrgentState.GRANTED, actor, moment
    found.allowed, found.valid_until = allowed.strip()[:300], moment + timedelta(hours=hours)
    found.save_by(actor, "state", "decided_by", "decided_at", "allowed", "valid_until")
    _trace(actor, "visits.urgent_granted", found, allowed=found.allowed, hours=hours)
    _tell_owner(found, gettext_noop("Granted for %(client)s until %(until)s: %(words)s"), found.allowed)
    return found


@transaction.atomic
def refuse_urgent(
    *, actor: User, request: EscalationRequest, reason: str, now: datetime | None = None
) -> EscalationRequest:
    """Refuse, with the reason.

    Raises: NotFound; Forbidden SELF_APPROVAL; Invalid REASON_REQUIRED; BusinessError ALREADY_DECIDED.
    """
    found = _waiting(request, actor)
    _may_decide(found, actor)
    if not reason.strip():
        sentence = _("Say why, so that the manager can tell the client.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    found.state, found.decided_by, found.decided_at = UrgentState.REFUSED, actor, now or clock.now()
    found.refusal = reason.strip()[:300]
    found.save_by(actor, "state", "decided_by", "decided_at", "refusal")
    _trace(actor, "visits.urgent_refused", found, reason=found.refusal)
    _tell_owner(found, gettext_noop("Not granted for %(client)s: %(words)s"), found.refusal)
    return found


@transaction.atomic
def withdraw_urgent(*, actor: User, request: EscalationRequest) -> EscalationRequest:
    """Take an own request back while nobody answered.

    Raises: NotFound; Forbidden NOT_YOURS; BusinessError ALREADY_DECIDED.
    """
    found = _waiting(request, actor)
    if found.owner_id != actor.pk:
        raise Forbidden("NOT_YOURS", _("Only %(owner)s takes this back.") % {"owner": found.owner})
    found.state = UrgentState.WITHDRAWN
    found.save_by(actor, "state")
    _trace(actor, "visits.urgent_withdrawn", found)
    return found


@transaction.atomic
def revoke_urgent(
    *, actor: User, request: EscalationRequest, reason: str, now: datetime | None = None
) -> EscalationRequest:
    """End a grant before its time.

    Raises: NotFound; Forbidden SELF_APPROVAL; Invalid REASON_REQUIRED; BusinessError WRONG_STATE.
    """
    if not EscalationRequest.objects.visible_to(actor).filter(pk=request.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such request, or you may not see it."))
    rows = EscalationRequest.objects.select_for_update(of=("self",))
    found: EscalationRequest = rows.select_related("client", "owner", "org_unit").get(pk=request.pk)
    _may_decide(found, actor)
    if not found.in_force(now or clock.now()):
        raise BusinessError("WRONG_STATE", _("This grant is not in force any more."))
    if not reason.strip():
        sentence = _("Say why the grant ends early.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    found.state, found.refusal = UrgentState.REVOKED, reason.strip()[:300]
    found.save_by(actor, "state", "refusal")
    _trace(actor, "visits.urgent_revoked", found, reason=found.refusal)
    _tell_owner(found, gettext_noop("The grant for %(client)s ends now: %(words)s"), found.refusal)
    return found


def has_grant(
    about: Visit | Client, procedure: str, *, at: datetime | None = None
) -> EscalationRequest | None:
    """Return the grant that allows a simplified procedure for a visit or a client now, or None.

    Whoever simplifies asks here: an expired or revoked grant is none.
    """
    grants = EscalationRequest.objects.in_force(at or clock.now()).filter(procedure=procedure)
    grants = grants.filter(visit=about) if isinstance(about, Visit) else grants.filter(client=about)
    found: EscalationRequest | None = grants.order_by("-valid_until").first()
    return found


def must_have_grant(
    about: Visit | Client, procedure: str, *, at: datetime | None = None
) -> EscalationRequest:
    """Return the grant, or refuse and say whether there was none or it is over.

    Raises: Forbidden NO_GRANT, GRANT_OVER.
    """
    moment = at or clock.now()
    if grant := has_grant(about, procedure, at=moment):
        return grant
    earlier = EscalationRequest.objects.filter(
        procedure=procedure, state__in=[UrgentState.GRANTED, UrgentState.REVOKED]
    )
    earlier = earlier.filter(visit=about) if isinstance(about, Visit) else earlier.filter(client=about)
    last = earlier.order_by("-pk").first()
    if last is None:
        raise Forbidden(
            "NO_GRANT", _("Nobody granted a simplified procedure here. Ask your superior from the visit.")
        )
    raise Forbidden(
        "GRANT_OVER",
        _("The grant %(number)s is over. Ask your superior again.") % {"number": last.number},
    )


def _trace(actor: User | None, action: str, found: EscalationRequest, **data: object) -> None:
    data = {
        "number": found.number,
        "client": found.client.name,
        "procedure": str(Procedure(found.procedure).label),
        **data,
    }
    record(actor=actor, action=action, entity=found, unit=found.org_unit, data=data)


def _tell_superiors(found: EscalationRequest, people: list[User]) -> None:
    notices = []
    for person in people:
        if person.pk == found.owner_id:
            continue
        with in_language_of(person):
            text = gettext("Urgent: %(who)s at %(client)s asks for “%(procedure)s”. %(need)s") % {
                "who": found.owner,
                "client": found.client,
                "procedure": found.get_procedure_display(),
                "need": found.need,
            }
        url = reverse("visits:urgent", args=[found.pk])
        notices.append(Notice(person.pk, "urgent", text, url, f"urgent:{found.pk}:{found.level}"))
    tell(notices)


def _tell_owner(found: EscalationRequest, sentence: str, words: str) -> None:
    with in_language_of(found.owner):
        until = found.valid_until.astimezone(clock.BUSINESS_ZONE) if found.valid_until else None
        text = gettext(sentence) % {
            "client": found.client,
            "words": words,
            "until": f"{until:%m-%d %H:%M}" if until else "",
        }
    url = reverse("visits:urgent", args=[found.pk])
    tell([Notice(found.owner_id, "urgent", text, url, f"urgent:{found.pk}:{found.state}")])
