"""Opinions of clients: noted, answered by a department, told back to the client (Source: S1-47)."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.params import registry
from members.models import Contact
from visits.choices import OpinionKind, OpinionState
from visits.models import OpinionForm, Visit
from visits.notices import Notice, tell
from visits.services.deciders import heads_of
from visits.services.visits import client_to_visit, must_write


@transaction.atomic
def note_opinion(
    *,
    actor: User,
    visit: Visit,
    text: str,
    kind: str = OpinionKind.OTHER,
    asked_unit: OrgUnit | None = None,
    contact: Contact | None = None,
    as_of: date | None = None,
) -> OpinionForm:
    """Note what a client said on a visit; the same words of the same visit are one opinion.

    Raises: NotFound, Forbidden NOT_YOURS; Invalid TEXT_REQUIRED, KIND, CONTACT_ELSEWHERE. Source: S1-47
    """
    must_write(visit, actor)
    known = OpinionForm.objects.filter(visit=visit, text=text.strip()).first() if text.strip() else None
    if known:
        return known
    return _note(
        actor, visit.client, visit.owner, visit.org_unit, text, kind, asked_unit, contact or visit.contact,
        as_of or clock.today(), visit,
    )  # fmt: skip


@transaction.atomic
def note_opinion_of_client(
    *,
    actor: User,
    client: Client,
    text: str,
    kind: str = OpinionKind.OTHER,
    asked_unit: OrgUnit | None = None,
    contact: Contact | None = None,
    as_of: date | None = None,
) -> OpinionForm:
    """Note what a client said by telephone or letter, without a visit.

    Raises: what client_to_visit raises; Invalid TEXT_REQUIRED, KIND, CONTACT_ELSEWHERE.
    """
    client = client_to_visit(client, actor)
    return _note(
        actor, client, actor, client.org_unit, text, kind, asked_unit, contact, as_of or clock.today(), None
    )


def _note(
    actor: User,
    client: Client,
    owner: User,
    unit: OrgUnit,
    text: str,
    kind: str,
    asked_unit: OrgUnit | None,
    contact: Contact | None,
    as_of: date,
    visit: Visit | None,
) -> OpinionForm:
    if not text.strip():
        sentence = _("Write what the client said.")
        raise Invalid("TEXT_REQUIRED", sentence, fields={"text": [sentence]})
    if kind not in OpinionKind.values:
        sentence = _("Choose what the opinion is about.")
        raise Invalid("KIND", sentence, fields={"kind": [sentence]})
    if contact is not None and contact.client_id != client.pk:
        sentence = _("This person belongs to another client.")
        raise Invalid("CONTACT_ELSEWHERE", sentence, fields={"contact": [sentence]})
    days = registry.get("opinion.feedback_days", as_of=as_of)
    made = OpinionForm.objects.create(
        client=client,
        contact=contact,
        visit=visit,
        owner=owner,
        org_unit=unit,
        kind=kind,
        text=text.strip()[:500],
        asked_unit=asked_unit or unit,
        due_on=workdays.after(as_of, days),
        created_by=actor,
    )
    _trace(actor, "visits.opinion_noted", made)
    asked = [person for person in heads_of(made.asked_unit, as_of) if person.pk != actor.pk]
    _tell(made, asked, "asked")
    return made


def _locked(opinion: OpinionForm, actor: User) -> OpinionForm:
    if not OpinionForm.objects.visible_to(actor).filter(pk=opinion.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such opinion, or you may not see it."))
    rows = OpinionForm.objects.select_for_update(of=("self",))
    found: OpinionForm = rows.select_related("client", "owner", "asked_unit", "org_unit").get(pk=opinion.pk)
    return found


@transaction.atomic
def answer_opinion(*, actor: User, opinion: OpinionForm, answer: str) -> OpinionForm:
    """Answer for the department that was asked; the manager then tells the client.

    Raises: NotFound; Forbidden; Invalid ANSWER_REQUIRED; BusinessError ALREADY_ANSWERED.
    """
    found = _locked(opinion, actor)
    if not actor.can("visits.answer_opinion") or not actor.scope.covers(
        found.asked_unit, "visits.answer_opinion"
    ):
        raise Forbidden("FORBIDDEN", _("%(unit)s is asked. Only they answer.") % {"unit": found.asked_unit})
    if found.state != OpinionState.ASKED:
        raise BusinessError(
            "ALREADY_ANSWERED", _("%(who)s has answered already.") % {"who": found.answered_by}
        )
    if not answer.strip():
        sentence = _("Write what is done about it, in words the client understands.")
        raise Invalid("ANSWER_REQUIRED", sentence, fields={"answer": [sentence]})
    found.state = OpinionState.ANSWERED
    found.answer, found.answered_by, found.answered_at = answer.strip()[:500], actor, clock.now()
    found.save_by(actor, "state", "answer", "answered_by", "answered_at")
    _trace(actor, "visits.opinion_answered", found)
    if found.owner_id != actor.pk:
        _tell(found, [found.owner], "answered")
    return found


@transaction.atomic
def feed_back(
    *, actor: User, opinion: OpinionForm, feedback: str, satisfied: bool | None = None
) -> OpinionForm:
    """Note that the client was told of the result, and what they think of it.

    Raises: NotFound; Forbidden NOT_YOURS; Invalid FEEDBACK_REQUIRED; BusinessError NOT_ANSWERED, WRONG_STATE.
    """
    found = _locked(opinion, actor)
    if found.owner_id != actor.pk:
        raise Forbidden(
            "NOT_YOURS", _("Only %(owner)s tells the client what became of it.") % {"owner": found.owner}
        )
    if found.state == OpinionState.ASKED:
        raise BusinessError("NOT_ANSWERED", _("%(unit)s has not answered yet.") % {"unit": found.asked_unit})
    if found.state == OpinionState.FED_BACK:
        raise BusinessError("WRONG_STATE", _("The client has been told already."))
    if not feedback.strip():
        sentence = _("Write what you told the client.")
        raise Invalid("FEEDBACK_REQUIRED", sentence, fields={"feedback": [sentence]})
    found.state = OpinionState.FED_BACK
    found.feedback, found.fed_back_at, found.satisfied = feedback.strip()[:500], clock.now(), satisfied
    found.save_by(actor, "state", "feedback", "fed_back_at", "satisfied")
    _trace(actor, "visits.opinion_fed_back", found)
    return found


def _trace(actor: User, action: str, opinion: OpinionForm) -> None:
    data = {"number": opinion.number, "client": opinion.client.name, "department": str(opinion.asked_unit)}
    record(actor=actor, action=action, entity=opinion, unit=opinion.org_unit, data=data)


def _tell(opinion: OpinionForm, people: list[User], key: str) -> None:
    notices = []
    for person in people:
        with in_language_of(person):
            words = (
                gettext("%(client)s has an opinion your department is asked about: %(text)s")
                if key == "asked"
                else gettext("The opinion of %(client)s is answered. Tell the client by %(day)s.")
            )
            text = words % {"client": opinion.client, "text": opinion.text, "day": opinion.due_on}
        url = reverse("visits:opinion", args=[opinion.pk])
        notices.append(Notice(person.pk, "opinion", text, url, f"opinion:{opinion.pk}:{key}"))
    tell(notices)
