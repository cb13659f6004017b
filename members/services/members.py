"""Writing verbs of members."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from members import rules
from members.choices import Employment, LineKind, MemberSource, MemberType, PersonKind
from members.models import Member
from members.querysets import OfClientQuerySet
from members.services.refusals import (
    REFUSALS,
    cleaned_person,
    refusals,
    refuse_closed,
    refuse_closed_now,
    refuse_gone,
    refuse_stale,
)

FIELDS = frozenset(
    {
        "msisdn", "name", "position", "type", "source", "employment", "person_kind", "line_kind", "verified",
        "joined_on", "remark",
    }
)  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "type": MemberType.ORDINARY,
    "source": MemberSource.ADDRESS_BOOK,
    "employment": Employment.REGULAR,
    "person_kind": PersonKind.STAFF,
    "line_kind": LineKind.MOBILE,
    "verified": True,
}


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"unknown fields of a member: {sorted(unknown)}")
    return cleaned_person(fields)


def _refuse_forbidden(member: Member) -> None:
    """Refuse kinds that may not be members (S1-80)."""
    if found := rules.forbidden(member.person_kind, member.line_kind):
        raise BusinessError("MEMBER_KIND_FORBIDDEN", found.sentence, fields={found.field: [found.sentence]})


def _refuse_elsewhere(member: Member, actor: User) -> None:
    """Refuse a number that is active already, naming the other client to who may open it."""
    same = Member.objects.active().filter(client=member.client_id, msisdn=member.msisdn).exclude(pk=member.pk)
    if same.exists():
        code, field, sentence = REFUSALS["member_once_in_client"]
        raise BusinessError(code, sentence, fields={field: [sentence]})
    if not member.exclusive:
        return
    other = (
        Member.objects.active()
        .filter(msisdn=member.msisdn, exclusive=True)
        .exclude(client=member.client_id)
        .select_related("client")
        .first()
    )
    if other is None:
        return
    if Client.objects.visible_to(actor).filter(pk=other.client_id).exists():
        sentence = _(
            "This number is an active member of %(client)s. Move it from there, or end it there."
        ) % {"client": other.client.name}
        details = {"client": other.client_id, "member": other.pk}
    else:
        details, sentence = {}, REFUSALS["member_active_once"][2]
    raise BusinessError("MEMBER_ELSEWHERE", sentence, fields={"msisdn": [sentence]}, details=details)


def _settle_type(member: Member) -> None:
    member.type, _rule = rules.type_of(
        type=member.type, source=member.source, employment=member.employment, verified=member.verified
    )


def _locked(member: Member) -> Member:
    return (
        Member.objects.select_for_update(of=("self",))
        .select_related("client__org_unit", "updated_by")
        .get(pk=member.pk)
    )


@transaction.atomic
def add_member(*, client: Client, actor: User, **fields: Any) -> Member:
    """Enter a member; its type follows from source, employment and verification.

    Raises: BusinessError MEMBER_KIND_FORBIDDEN, MEMBER_ELSEWHERE, MEMBER_EXISTS, CLIENT_CLOSED.
    Source: S1-66, S1-78, S1-80, E099…E104
    """
    fields = _cleaned(fields)
    refuse_closed_now(client)
    fields = {**DEFAULTS, "joined_on": clock.today(), **fields}
    member = Member(
        client=client, exclusive=client.is_legal_person, created_by=actor, updated_by=actor, **fields
    )
    _refuse_forbidden(member)
    _refuse_elsewhere(member, actor)
    _settle_type(member)
    with refusals():
        member.save()
    record(
        actor=actor,
        action="members.member_added",
        entity=member,
        unit=client.org_unit,
        data={"client": client.pk, "type": member.type},
    )
    return member


@transaction.atomic
def update_member(*, member: Member, actor: User, version: int | None = None, **fields: Any) -> Member:
    """Change a member; the type is settled anew.

    Raises: BusinessError MEMBER_KIND_FORBIDDEN, MEMBER_ELSEWHERE, MEMBER_EXISTS, STALE, ALREADY_LEFT,
        CLIENT_CLOSED.
    """
    fields = _cleaned(fields)
    row = _locked(member)
    refuse_stale(row, version)
    refuse_gone(row)
    refuse_closed(row.client)
    before = {name: getattr(row, name) for name in FIELDS}
    for name, value in fields.items():
        setattr(row, name, value)
    _refuse_forbidden(row)
    _refuse_elsewhere(row, actor)
    _settle_type(row)
    changed = sorted(name for name, value in before.items() if getattr(row, name) != value)
    if not changed:
        return row
    row.updated_by, row.version = actor, row.version + 1
    with refusals():
        row.save()
    record(
        actor=actor,
        action="members.member_changed",
        entity=row,
        unit=row.client.org_unit,
        data={"client": row.client_id, "fields": changed},
    )
    return row


@transaction.atomic
def leave_member(*, member: Member, actor: User, left_on: date | None = None) -> Member:
    """End a membership; the row stays as history.

    Raises: BusinessError ALREADY_LEFT, LEFT_IN_FUTURE.
    """
    row = _locked(member)
    refuse_gone(row)
    day = left_on or clock.today()
    if day > clock.today():
        raise BusinessError(
            "LEFT_IN_FUTURE",
            _("The day of leaving lies in the future."),
            fields={"left_on": [_("Choose today or a day before.")]},
            status=400,
        )
    row.left_on, row.updated_by, row.version = day, actor, row.version + 1
    row.save()
    record(
        actor=actor,
        action="members.member_left",
        entity=row,
        unit=row.client.org_unit,
        data={"client": row.client_id, "left_on": day.isoformat()},
    )
    return row


@transaction.atomic
def move_member(*, member: Member, to: Client, actor: User, on: date | None = None) -> Member:
    """Move a member to another client: the old membership ends, a new one begins on the same day.

    Raises: BusinessError ALREADY_LEFT, MEMBER_EXISTS, CLIENT_CLOSED.
    """
    # Both clients in one order: two moves against each other wait, they do not lock each other out.
    list(
        Client.objects.select_for_update(no_key=True).filter(pk__in=[member.client_id, to.pk]).order_by("pk")
    )
    refuse_closed(to)
    day = on or clock.today()
    old = leave_member(member=member, actor=actor, left_on=day)
    fields = {name: getattr(old, name) for name in FIELDS - {"joined_on"}}
    new = add_member(client=to, actor=actor, joined_on=day, **fields)
    record(
        actor=actor,
        action="members.member_moved",
        entity=new,
        unit=to.org_unit,
        data={"from": old.client_id, "to": to.pk, "old_member": old.pk},
    )
    return new


def apply_type_rules(queryset: OfClientQuerySet) -> int:
    """Settle the types of many members in one statement, writing only what changes; return how many."""
    return int(
        queryset.exclude(type=rules.effective_type()).update(
            type=rules.effective_type(), updated_at=clock.now(), version=F("version") + 1
        )
    )
