"""The way of a file: draft → submitted → filed or rejected; and its end."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState, ProductStatus
from clients.models import Client, MergeNote
from clients.rules.filing import needs_head
from clients.services.codes import code_prefixes
from clients.services.files import enter_lifecycle, locked
from clients.services.guards import check_duplicates, check_guards
from clients.services.key_accounts import refresh_key_accounts
from clients.services.lifecycle import refresh_status
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, Sentence
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.text import clean
from crm.base.trail import record
from crm.params import registry


def missing_people(client: Client) -> list[BusinessError]:
    """Return a refusal for each of key person and contact that is missing (Source: S1-81, E096)."""
    missing = []
    if client.key_persons_active < 1:
        missing.append(("KEY_PERSON_MISSING", _("The file needs a key person. Add one on the people tab.")))
    if client.contacts_active < 1:
        missing.append(("CONTACT_MISSING", _("The file needs a contact. Add one on the people tab.")))
    sentences: list[Sentence] = [text for _code, text in missing]
    return [BusinessError(code, sentence, fields={"": sentences}) for code, sentence in missing]


def _check_people(client: Client) -> None:
    for refusal in missing_people(client):
        raise refusal


def _wrong_state(client: Client) -> BusinessError:
    return BusinessError(
        "WRONG_STATE",
        _("The file is %(state)s; this step does not fit.") % {"state": client.get_filing_display()},
    )


def _tell(users: list[User], client: Client, kind: str, sentence: Sentence, **values: Any) -> None:
    """Tell each in the own language."""
    url, key = reverse("clients:card", args=[client.pk]), f"{kind}:{client.pk}:{client.version}"
    notices = []
    for user in users:
        with in_language_of(user):
            text = str(sentence) % {"client": client, **values}
        notices.append(Notification(user=user, kind=kind, text=text[:300], url=url, key=key))
    Notification.objects.bulk_create(notices, ignore_conflicts=True)


def _checked(client: Client, actor: User, day: date) -> bool:
    """Ask all guards again; return whether the file needs the head whatever the parameter says."""
    region = code_prefixes([client.org_unit])[client.org_unit_id]
    facts = check_guards(client, as_of=day, region=region)
    check_duplicates(client, actor=actor, region=region)
    _check_people(client)
    return needs_head(facts)


@transaction.atomic
def submit_client(*, actor: User, client_id: int, as_of: date | None = None) -> Client:
    """Hand a draft or rejected file to the head; it is filed at once where nobody has to approve it.

    Raises: BusinessError KEY_PERSON_MISSING, CONTACT_MISSING, WRONG_STATE and the codes of the guards.
    """
    day = as_of or clock.today()
    client = locked(client_id, actor)
    if client.filing not in (FilingState.DRAFT, FilingState.REJECTED):
        raise _wrong_state(client)
    exceptional = _checked(client, actor, day)
    client.submitted_by, client.submitted_at, client.filing_note = actor, clock.now(), ""
    client.stamp(actor)
    needed = registry.get("client.create_needs_approval", as_of=day) or exceptional
    if needed and not actor.scope.writes(client.org_unit):
        client.filing = FilingState.SUBMITTED
        client.save()
        heads = list(User.objects.holding(Role.DEPT_HEAD, over=client.org_unit, as_of=day))
        sentence = _("%(who)s submitted the file of %(client)s.")
        _tell(heads, client, "clients.file_submitted", sentence, who=actor)
    else:
        client.filing = FilingState.FILED
        client.save()
        enter_lifecycle(client, actor=actor, day=day)
        refresh_key_accounts([client.pk], as_of=day)
    record(actor=actor, action="clients.submitted", entity=client, unit=client.org_unit,
           data={"filing": client.filing})  # fmt: skip
    return client


def _for_decision(client_id: int, actor: User) -> Client:
    client = locked(client_id, actor, "clients.approve")
    if client.filing != FilingState.SUBMITTED:
        raise _wrong_state(client)
    if actor.scope.selves & {client.submitted_by_id, client.created_by_id, client.am_id}:
        raise Forbidden("SELF_APPROVAL", _("Nobody decides about an own file. Ask another head."))
    return client


@transaction.atomic
def approve_client(*, actor: User, client_id: int, as_of: date | None = None) -> Client:
    """File a submitted client (Source: S1-63).

    Raises: BusinessError SELF_APPROVAL (403), WRONG_STATE and the codes of the guards.
    """
    day = as_of or clock.today()
    client = _for_decision(client_id, actor)
    _checked(client, actor, day)
    client.filing = FilingState.FILED
    client.stamp(actor)
    client.save()
    enter_lifecycle(client, actor=actor, day=day)
    refresh_status([client.pk], as_of=day, actor=actor)
    refresh_key_accounts([client.pk], as_of=day)
    if client.submitted_by:
        sentence = _("The file of %(client)s was approved.")
        _tell([client.submitted_by], client, "clients.file_approved", sentence)
    record(actor=actor, action="clients.approved", entity=client, unit=client.org_unit)
    client.refresh_from_db()
    return client


@transaction.atomic
def reject_client(*, actor: User, client_id: int, reason: str) -> Client:
    """Give a submitted file back with a reason.

    Raises: Invalid REASON_REQUIRED, BusinessError SELF_APPROVAL (403) and WRONG_STATE.
    """
    reason = clean(reason)
    if not reason:
        sentence = _("Say what has to be mended.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    client = _for_decision(client_id, actor)
    client.filing = FilingState.REJECTED
    client.filing_note = reason[:200]
    client.stamp(actor)
    client.save()
    if client.submitted_by:
        sentence = _("The file of %(client)s was returned: %(reason)s")
        _tell([client.submitted_by], client, "clients.file_rejected", sentence, reason=reason)
    record(actor=actor, action="clients.rejected", entity=client, unit=client.org_unit,
           data={"reason": reason})  # fmt: skip
    return client


@transaction.atomic
def close_client(*, actor: User, client_id: int, reason: str, as_of: date | None = None) -> Client:
    """Cancel a client code for good (Source: S0-38, D-13, E059–E061).

    Raises: BusinessError LIVE_PRODUCTS while a product is ordered, open or suspended; CLIENT_CLOSED.
    """
    day = as_of or clock.today()
    reason = clean(reason)
    if not reason:
        sentence = _("Say why the client code is cancelled.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    client = locked(client_id, actor, "clients.close")
    if client.filing == FilingState.SUBMITTED:
        raise _wrong_state(client)
    living = client.products.exclude(status=ProductStatus.CANCELLED).select_related("product")
    if names := [str(row.product) for row in living]:
        raise BusinessError(
            "LIVE_PRODUCTS",
            _("Products are still ordered or open: %(names)s. Cancel them first.")
            % {"names": ", ".join(names[:5])},
            details={"products": [row.pk for row in living]},
        )
    client.closed_at = clock.now()
    client.stamp(actor)
    client.save()
    if client.filing == FilingState.FILED:
        refresh_status([client.pk], as_of=day, actor=actor)
    else:
        Client.objects.filter(pk=client.pk).update(filing=FilingState.FILED)
        refresh_status([client.pk], as_of=day, actor=actor)
    record(actor=actor, action="clients.closed", entity=client, unit=client.org_unit,
           data={"reason": reason})  # fmt: skip
    client.refresh_from_db()
    return client


REMARK_STARTS = "包括"


@transaction.atomic
def merge_into_parent(
    *,
    actor: User,
    parent_id: int,
    name: str,
    headcount: int | None = None,
    reason: str = "SECOND_LEVEL_MERGE",
) -> MergeNote:
    """Name a unit without a file of its own in its parent's file (Source: S1-74, S1-76, E087).

    The parent's remark ends with what it includes: 区政府,包括区妇联、农业综合开发办.
    """
    name = clean(name)
    if not name:
        sentence = _("This field is required.")
        raise Invalid("INVALID", sentence, fields={"name": [sentence]})
    parent = locked(parent_id, actor)
    note, _created = MergeNote.objects.update_or_create(
        parent=parent, merged_name=name[:200],
        defaults={"headcount": headcount, "reason": reason, "created_by": actor},
    )  # fmt: skip
    names = list(parent.merge_notes.values_list("merged_name", flat=True))
    own, _sign, _rest = parent.remark.partition(REMARK_STARTS)
    own = own.rstrip(" ,;，；")
    included = REMARK_STARTS + "、".join(names)
    parent.remark = (f"{own},{included}" if own else included)[:500]
    parent.stamp(actor)
    parent.save()
    record(actor=actor, action="clients.merged", entity=parent, unit=parent.org_unit,
           data={"name": name, "headcount": headcount, "reason": reason})  # fmt: skip
    return note
