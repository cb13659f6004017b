"""Collect a client's address book: lines as people paste or type them become members of type 2 (S1-79)."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock, text
from crm.base.errors import BusinessError, Invalid
from crm.base.trail import record
from members import rules
from members.choices import LineKind, MemberSource, MemberType, PersonKind
from members.models import BookEntry, Member
from members.services.members import add_member, update_member
from members.services.refusals import refuse_closed

MAX_LINES = 200
Verdict = Literal["NEW", "KNOWN", "RAISED", "OTHER", "WAITS", "BAD"]
_CELLS = re.compile(r"[\t,,;;、|]+|\s{1,}")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
# Thirteen digits of these prefixes are cards of things, not of people.
_M2M = re.compile(r"^(?:106|140|144|146|148|149|172)\d{8,12}$")
_HEADER = {
    "姓名",
    "手机",
    "手机号",
    "手机号码",
    "电话",
    "职务",
    "岗位",
    "name",
    "mobile",
    "phone",
    "position",
}
_STUDENT = ("学生", "student")


@dataclass(slots=True)
class BookLine:
    """One line: what was read, what becomes of it, and why."""

    number: int
    name: str = ""
    msisdn: str = ""
    position: str = ""
    verdict: Verdict = "BAD"
    note: str = ""
    member: Member | None = None

    @property
    def wanted(self) -> bool:
        """Say whether applying the book writes something for this line."""
        return self.verdict in ("NEW", "RAISED", "WAITS")


def read_lines(pasted: str, *, position: str = "") -> list[BookLine]:
    """Read name, number and position in any order; a line without a position takes the given one.

    Raises: Invalid TOO_MANY_LINES.
    """
    lines = [line for line in pasted.splitlines() if line.strip()]
    if lines and {cell.strip().lower() for cell in _CELLS.split(lines[0]) if cell.strip()} & _HEADER:
        lines = lines[1:]
    if len(lines) > MAX_LINES:
        sentence = _("At most %(n)d lines at once; import longer address books as a file.") % {"n": MAX_LINES}
        raise Invalid("TOO_MANY_LINES", sentence, fields={"lines": [sentence]})
    return [_read(number, line, position) for number, line in enumerate(lines, 1)]


def _read(number: int, line: str, position: str) -> BookLine:
    found = BookLine(number)
    words = []
    for cell in _CELLS.split(text.clean(line.replace("\t", " \t "))):
        digits = re.sub(r"^(?:\+?86|0086)(?=1[3-9]\d{9}$)", "", re.sub(r"[-–()]", "", cell))
        if digits.isdecimal() and len(digits) >= 7 and not found.msisdn:
            found.msisdn = digits
        elif cell.strip():
            words.append(cell.strip())
    found.name = words[0][:100] if words else ""
    found.position = (" ".join(words[1:]) or text.clean(position))[:40]
    return found


def check_lines(lines: list[BookLine], *, client: Client, actor: User) -> list[BookLine]:
    """Say of each line what becomes of it.

    NEW is entered as type 2; RAISED is a member here whose number now stands in the book; WAITS is a
    type-4 member elsewhere, which the next re-homing brings; OTHER is an active member elsewhere.
    """
    here = {m.msisdn: m for m in Member.objects.active().filter(
        client=client, msisdn__in=[line.msisdn for line in lines])}  # fmt: skip
    away = {}
    if client.is_legal_person:
        rows = Member.objects.active().filter(exclusive=True, msisdn__in=[line.msisdn for line in lines])
        away = {m.msisdn: m for m in rows.exclude(client=client).select_related("client")}
    seen_clients = set(
        Client.objects.visible_to(actor)
        .filter(pk__in={m.client_id for m in away.values()})
        .values_list("pk", flat=True)
    )
    seen: set[str] = set()
    for line in lines:
        _judge(line, here, away, seen, seen_clients)
        seen.add(line.msisdn)
    return lines


def _judge(
    line: BookLine, here: dict[str, Member], away: dict[str, Member], seen: set[str], visible: set[int]
) -> None:
    line.verdict = "BAD"
    if any(word in line.position.lower() for word in _STUDENT):
        line.note = str(rules.forbidden(PersonKind.STUDENT, LineKind.MOBILE).sentence)  # type: ignore[union-attr]
    elif _M2M.match(line.msisdn) and not _MOBILE.match(line.msisdn):
        line.note = str(rules.forbidden(PersonKind.STAFF, LineKind.M2M).sentence)  # type: ignore[union-attr]
    elif not _MOBILE.match(line.msisdn):
        line.note = _("This is not a mobile number of 11 digits.")
    elif not line.name:
        line.note = _("The name is missing.")
    elif not line.position:
        line.note = _("The position is missing.")
    elif line.msisdn in seen:
        line.note = _("This number stands in the list twice.")
    elif (member := here.get(line.msisdn)) is not None:
        line.member = member
        goes, _rule = rules.type_of(
            type=member.type, source=MemberSource.ADDRESS_BOOK, employment=member.employment,
            verified=member.verified,
        )  # fmt: skip
        line.verdict = "KNOWN" if member.source == MemberSource.ADDRESS_BOOK else "RAISED"
        line.note = (
            _("A member already.")
            if line.verdict == "KNOWN"
            else _("Becomes type %(type)s.") % {"type": goes}
        )
    elif (other := away.get(line.msisdn)) is not None:
        line.member = other
        if other.type == MemberType.OTHER:
            line.verdict = "WAITS"
            line.note = _("An other member elsewhere; the next re-homing brings it here.")
        else:
            line.verdict = "OTHER"
            line.note = (
                _("An active member of %(client)s.") % {"client": other.client.name}
                if other.client_id in visible
                else _("An active member of another client.")
            )
    else:
        line.verdict, line.note = "NEW", _("Becomes an ordinary member (type 2).")


@transaction.atomic
def collect_book(*, client: Client, actor: User, lines: list[BookLine]) -> dict[str, int]:
    """Enter what can be entered and keep every readable line as evidence; return counts by verdict.

    Steps: 1. lock the client, so that two collectors follow each other; 2. judge the lines anew; 3. enter.
    Raises: BusinessError CLIENT_CLOSED.
    """
    fresh = Client.objects.select_for_update(no_key=True).select_related("org_unit").get(pk=client.pk)
    refuse_closed(fresh)
    counts: dict[str, int] = {}
    entries = []
    for line in check_lines(lines, client=fresh, actor=actor):
        if line.verdict == "NEW":
            try:
                with transaction.atomic():
                    add_member(
                        client=fresh, actor=actor, msisdn=line.msisdn, name=line.name, position=line.position,
                        type=MemberType.ORDINARY, source=MemberSource.ADDRESS_BOOK,
                    )  # fmt: skip
            except BusinessError as refusal:
                line.verdict, line.note = "OTHER", str(refusal.message)
        elif line.verdict == "RAISED" and line.member is not None:
            update_member(member=line.member, actor=actor, source=MemberSource.ADDRESS_BOOK)
        counts[line.verdict] = counts.get(line.verdict, 0) + 1
        if line.verdict != "BAD":
            entries.append(
                BookEntry(client=fresh, msisdn=line.msisdn, name=line.name, position=line.position,
                          collected_on=clock.today(), collected_by=actor)
            )  # fmt: skip
    BookEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["client", "msisdn"],
        update_fields=["name", "position", "collected_on", "collected_by"],
    )
    record(actor=actor, action="members.book_collected", entity=fresh, unit=fresh.org_unit, data=dict(counts))
    return counts


def last_collected(client: Client) -> Any:
    """Return the newest day on which a line of the address book was collected, or None."""
    return (
        BookEntry.objects.filter(client=client)
        .order_by("-collected_on")
        .values_list("collected_on", flat=True)
        .first()
    )
