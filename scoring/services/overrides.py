"""A tier by decision: a head proposes it with evidence, the province approves it, the night joins it."""

from datetime import date

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.models import Attachment, Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, Sentence
from crm.base.trail import record
from scoring.choices import OVERRIDE_TIERS, OverrideState
from scoring.models import TierOverride
from scoring.rules.value import RANKED


def last_day(starts_on: date) -> date:
    """Return the latest day a decision may end on: the same day a year later."""
    leap = (starts_on.month, starts_on.day) == (2, 29)
    return starts_on.replace(year=starts_on.year + 1, day=28 if leap else starts_on.day)


@transaction.atomic
def propose_override(
    *,
    client: Client,
    tier: str,
    reason: str,
    evidence: str,
    ends_on: date,
    actor: User,
    starts_on: date | None = None,
    paper: Attachment | None = None,
) -> TierOverride:
    """Ask for a tier the model does not give, until a day; nothing changes before it is approved.

    Raises: Invalid with the fields; BusinessError NOT_RANKED, OVERRIDE_WAITING.
    Source: spec §3.6.2.
    """
    require(actor, "scoring.propose_override")
    client = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not client.is_legal_person:
        raise BusinessError(
            "NOT_RANKED", _("Individual businesses and clusters are always D; there is nothing to decide.")
        )
    if client.filing != "FILED" or client.status not in RANKED:
        raise BusinessError(
            "NOT_RANKED", _("Only filed clients that are not churned or closed have a value tier.")
        )
    starts_on = starts_on or clock.today()
    if problems := _problems(tier, reason, evidence, starts_on, ends_on):
        raise Invalid("INVALID", next(iter(problems.values()))[0], fields=problems)
    if paper is not None and paper.client_id != client.pk:
        sentence = _("Choose a paper of this client.")
        raise Invalid("INVALID", sentence, fields={"paper": [sentence]})
    if TierOverride.objects.filter(client=client, state=OverrideState.PROPOSED).exists():
        raise BusinessError(
            "OVERRIDE_WAITING", _("A proposal for this client waits already. Decide on it first.")
        )
    override = TierOverride.objects.create(
        client=client,
        tier=tier,
        reason=reason.strip(),
        evidence=evidence.strip(),
        paper=paper,
        starts_on=starts_on,
        ends_on=ends_on,
        proposed_by=actor,
    )
    _record(override, "scoring.override_proposed", actor)
    return override


def _problems(
    tier: str, reason: str, evidence: str, starts_on: date, ends_on: date
) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    if tier not in dict(OVERRIDE_TIERS):
        found["tier"] = [_("Choose A1, A2, B1, B2 or C.")]
    if not reason.strip():
        found["reason"] = [_("Say why, so that the second person can decide.")]
    if not evidence.strip():
        found["evidence"] = [_("Name what proves it: a document, a contract, a minute.")]
    if starts_on > last_day(clock.today()):
        found["starts_on"] = [_("It begins within twelve months. Choose an earlier day.")]
        return found
    if starts_on < clock.today():
        found["starts_on"] = [_("A decision cannot reach into the past. Choose today or later.")]
    if ends_on < starts_on:
        found["ends_on"] = [_("It ends before it begins.")]
    elif ends_on > last_day(starts_on):
        found["ends_on"] = [_("A decision holds twelve months at most. Choose an earlier day.")]
    return found


def _record(override: TierOverride, action: str, actor: User) -> None:
    client = override.client
    record(
        actor=actor,
        action=action,
        entity=client,
        unit=client.org_unit,
        data={
            "override": override.pk,
            "tier": override.tier,
            "from": str(override.starts_on),
            "until": str(override.ends_on),
        },
    )


def _locked(override: TierOverride, *states: str) -> TierOverride:
    held = TierOverride.objects.select_for_update(of=("self",)).select_related("client__org_unit")
    found = held.get(pk=override.pk)
    if found.state not in states:
        raise BusinessError("ALREADY_DECIDED", _("Somebody decided on this proposal before."))
    return found


def _decided(override: TierOverride, state: str, actor: User, remark: str = "") -> TierOverride:
    override.state, override.decided_by, override.decided_at = state, actor, clock.now()
    override.remark = remark.strip()
    override.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    return override


@transaction.atomic
def approve_override(*, override: TierOverride, actor: User) -> TierOverride:
    """Agree as the second person: from its first day the night joins it; an older one of the client ends.

    One that begins later than today waits while an older one holds: its approval would end that one early.
    Raises: BusinessError ALREADY_DECIDED, OVERRIDE_PAST, OVERRIDE_RUNNING, NOT_RANKED; Forbidden
    SELF_APPROVAL.
    """
    require(actor, "scoring.approve_override")
    override = _locked(override, OverrideState.PROPOSED)
    if actor.scope.is_self(override.proposed_by_id):
        raise Forbidden("SELF_APPROVAL", _("You proposed it yourself. Somebody else must decide."))
    if not override.client.is_legal_person:
        raise BusinessError(
            "NOT_RANKED", _("Individual businesses and clusters are always D; there is nothing to decide.")
        )
    today = clock.today()
    if override.ends_on < today:
        raise BusinessError("OVERRIDE_PAST", _("Its last day is past. Decline it and propose it anew."))
    held = TierOverride.objects.filter(client=override.client, state=OverrideState.APPROVED)
    running = held.filter(ends_on__gte=today).first()
    if running and override.starts_on > today:
        raise BusinessError(
            "OVERRIDE_RUNNING",
            format_lazy(
                _(
                    "Another decision about this client holds until {last}."
                    " Approve this one from its first day, {first}, on."
                ),
                last=running.ends_on,
                first=override.starts_on,
            ),
        )
    held.update(state=OverrideState.ENDED)
    _decided(override, OverrideState.APPROVED, actor)
    _record(override, "scoring.override_approved", actor)
    return override


@transaction.atomic
def decline_override(*, override: TierOverride, actor: User, remark: str = "") -> TierOverride:
    """Decline a proposal, saying why.

    Raises: BusinessError ALREADY_DECIDED; Invalid without a reason.
    """
    require(actor, "scoring.approve_override")
    override = _locked(override, OverrideState.PROPOSED)
    if not remark.strip():
        sentence = _("Say why it is declined.")
        raise Invalid("INVALID", sentence, fields={"remark": [sentence]})
    _decided(override, OverrideState.DECLINED, actor, remark)
    _record(override, "scoring.override_declined", actor)
    return override


@transaction.atomic
def withdraw_override(*, override: TierOverride, actor: User, remark: str = "") -> TierOverride:
    """Take a proposal back, or end a decision before its day; the next night returns to the model.

    Raises: BusinessError ALREADY_DECIDED; Invalid when a decision in force ends without a reason.
    """
    require(actor, "scoring.propose_override", "scoring.approve_override")
    override = _locked(override, OverrideState.PROPOSED, OverrideState.APPROVED)
    if override.state == OverrideState.APPROVED:
        if not remark.strip():
            sentence = _("Say why it ends before its day.")
            raise Invalid("INVALID", sentence, fields={"remark": [sentence]})
        override.state, override.remark = OverrideState.WITHDRAWN, remark.strip()
        override.save(update_fields=["state", "remark"])
    else:
        _decided(override, OverrideState.WITHDRAWN, actor, remark)
    _record(override, "scoring.override_withdrawn", actor)
    return override


def end_overrides(*, as_of: date) -> int:
    """Close decisions whose last day is past; return how many."""
    past = TierOverride.objects.filter(state=OverrideState.APPROVED, ends_on__lt=as_of)
    return past.update(state=OverrideState.ENDED)
