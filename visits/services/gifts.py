"""Gifts: asked for, approved, handed out, signed for by the client, and called back about."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound, Sentence
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.params import registry
from members.models import Contact
from visits.choices import (
    ConductChannel,
    ConductKind,
    GiftCallback,
    GiftMoveKind,
    GiftState,
    LogState,
    Purpose,
    VisitState,
)
from visits.models import Gift, GiftMove, GiftRequest, GiftStock, Visit, VisitLog
from visits.notices import Notice, tell
from visits.rules.gifts import MOVES
from visits.rules.visits import move
from visits.services.conduct import keep_report
from visits.services.visits import client_to_visit

RECEIPT = re.compile(r"LP(\d{8})")
# A gift for a visit that ended so was not handed over on it.
NOT_MADE = (VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW)
# What counts towards the limit of a visit: when a gift is approved, and when one is asked for.
GIVEN = (GiftState.APPROVED, GiftState.COLLECTED, GiftState.SIGNED)
WAITING_OR_GIVEN = (GiftState.REQUESTED, *GIVEN)


def move_stock(stock_id: int, kind: str, quantity: int, operator: User, **fields: Any) -> GiftStock:
    """Move stock under its row's lock.

    Raises: BusinessError GIFT_OUT_OF_STOCK.
    """
    stock = (
        GiftStock.objects.select_for_update(of=("self",)).select_related("gift", "org_unit").get(pk=stock_id)
    )
    if stock.on_hand + quantity < 0:
        raise BusinessError(
            "GIFT_OUT_OF_STOCK",
            _("%(unit)s holds %(count)d of %(gift)s. Take in more first.")
            % {"unit": stock.org_unit, "count": stock.on_hand, "gift": stock.gift},
        )
    GiftMove.objects.create(stock=stock, kind=kind, quantity=quantity, operator=operator, **fields)
    GiftStock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + quantity)
    stock.on_hand += quantity
    return stock


def check_receipt(visit: Visit, number: str) -> str:
    """Return the number of a receipt as a log keeps it; refuse one of ours that proves no gift of the visit.

    Numbers of another kind (a paper pad) are taken as they are. Ours count once, signed by the client, and
    for the visit the gift was asked for; when there is none, or it was not made, for any. The request's row
    is locked: of two logs with its number one is taken.
    Raises: Invalid RECEIPT_UNKNOWN, RECEIPT_UNSIGNED, RECEIPT_ELSEWHERE, RECEIPT_USED.
    Source: S0-85, S1-36, E186
    """
    ours = RECEIPT.fullmatch(number.strip().upper())
    if ours is None:
        return number
    handed = GiftRequest.objects.filter(
        pk=int(ours[1]), client=visit.client_id, state__in=[GiftState.COLLECTED, GiftState.SIGNED]
    )
    gift = handed.select_for_update(of=("self",)).select_related("visit").first()
    if gift is None:
        raise _receipt("UNKNOWN", _("No gift with this receipt number was handed out for the client."))
    if gift.state != GiftState.SIGNED:
        sentence = _(
            "The client has not signed receipt %(number)s yet. Write who signed it on the gift's page."
        )
        raise _receipt("UNSIGNED", sentence % {"number": gift.receipt_no})
    planned = gift.visit
    if planned and planned.pk != visit.pk and planned.state not in NOT_MADE:
        sentence = _(
            "This gift belongs to the visit of %(day)s. Write its receipt into the log of that visit."
        )
        raise _receipt("ELSEWHERE", sentence % {"day": planned.visit_on.isoformat()})
    used = VisitLog.objects.exclude(visit=visit).filter(
        receipt_no__iexact=gift.receipt_no,
        state__in=[LogState.SUBMITTED, LogState.APPROVED],
        visit__purposes__contains=[Purpose.P3],
    )
    if day := used.values_list("visit__visit_on", flat=True).first():
        sentence = _("This receipt stands in the log of %(day)s. Every gift has a receipt of its own.")
        raise _receipt("USED", sentence % {"day": day.isoformat()})
    return gift.receipt_no


def _receipt(what: str, sentence: Sentence) -> Invalid:
    return Invalid(f"RECEIPT_{what}", sentence, fields={"receipt_no": [sentence]})


@transaction.atomic
def add_gift(*, actor: User, code: str, name: str, unit_value_fen: int, name_en: str = "") -> Gift:
    """Add a kind of gift to the catalogue.

    Raises: Forbidden; Invalid CODE_TAKEN.
    """
    require(actor, "visits.keep_gifts")
    if Gift.objects.filter(code=code).exists():
        sentence = _("Another gift has this code.")
        raise Invalid("CODE_TAKEN", sentence, fields={"code": [sentence]})
    made = Gift.objects.create(code=code, name=name, name_en=name_en, unit_value_fen=unit_value_fen)
    record(actor=actor, action="visits.gift_added", entity=made, unit=actor.org_unit, data={"gift": name})
    return made


@transaction.atomic
def take_in(*, actor: User, gift: Gift, unit: OrgUnit, quantity: int, note: str = "") -> GiftStock:
    """Take gifts into a unit's stock.

    Raises: Forbidden; NotFound outside the scope; Invalid QUANTITY.
    """
    require(actor, "visits.keep_gifts")
    if not actor.scope.covers(unit, "visits.keep_gifts"):
        raise NotFound("NOT_FOUND", _("There is no such unit, or you do not keep its gifts."))
    if quantity < 1:
        sentence = _("Write how many, at least one.")
        raise Invalid("QUANTITY", sentence, fields={"quantity": [sentence]})
    stock, _made = GiftStock.objects.get_or_create(gift=gift, org_unit=unit)
    stock = move_stock(stock.pk, GiftMoveKind.IN, quantity, actor, note=note)
    data = {"gift": gift.name, "quantity": quantity}
    record(actor=actor, action="visits.gifts_taken_in", entity=stock, unit=unit, data=data)
    return stock


@transaction.atomic
def count_stock(*, actor: User, stock_id: int, counted: int, note: str) -> GiftStock:
    """Set the stock to what was counted; the difference is a movement with its reason.

    Raises: NotFound; Invalid REASON_REQUIRED.
    """
    if not GiftStock.objects.kept_by(actor).filter(pk=stock_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such stock, or you do not keep it."))
    stock = GiftStock.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=stock_id)
    if counted == stock.on_hand:
        return stock
    if not note.strip():
        sentence = _("Say why the count differs.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"note": [sentence]})
    before = stock.on_hand
    stock = move_stock(stock.pk, GiftMoveKind.COUNT, counted - before, actor, note=note.strip())
    data = {"before": before, "counted": counted, "reason": note.strip()}
    record(actor=actor, action="visits.gifts_counted", entity=stock, unit=stock.org_unit, data=data)
    return stock


@transaction.atomic
def request_gift(
    *,
    actor: User,
    client: Client,
    stock: GiftStock,
    quantity: int,
    reason: str,
    contact: Contact | None = None,
    visit: Visit | None = None,
) -> GiftRequest:
    """Ask for a gift for a client one manages.

    Raises: Invalid REASON_REQUIRED, QUANTITY, CONTACT_ELSEWHERE, VISIT_ELSEWHERE, GIFT_LIMIT; what
    client_to_visit raises. Source: S1-36, X-26
    """
    require(actor, "visits.change")
    client = client_to_visit(client, actor)
    if not GiftStock.objects.visible_to(actor).filter(pk=stock.pk, gift__active=True).exists():
        raise NotFound("NOT_FOUND", _("There is no such stock, or you may not see it."))
    if not reason.strip():
        sentence = _("Say what the gift is for.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    if quantity < 1:
        sentence = _("Write how many, at least one.")
        raise Invalid("QUANTITY", sentence, fields={"quantity": [sentence]})
    if contact is not None and contact.client_id != client.pk:
        sentence = _("This person belongs to another client.")
        raise Invalid("CONTACT_ELSEWHERE", sentence, fields={"contact": [sentence]})
    if visit is not None and visit.client_id != client.pk:
        sentence = _("This visit is to another client.")
        raise Invalid("VISIT_ELSEWHERE", sentence, fields={"visit": [sentence]})
    value_fen = quantity * stock.gift.unit_value_fen
    if too_much := _over_limit(client.pk, visit, value_fen, WAITING_OR_GIVEN):
        raise Invalid("GIFT_LIMIT", too_much, fields={"quantity": [too_much]})
    made = GiftRequest.objects.create(
        client=client,
        contact=contact,
        visit=visit,
        owner=actor,
        org_unit=client.org_unit,
        stock=stock,
        quantity=quantity,
        value_fen=value_fen,
        reason=reason.strip(),
        created_by=actor,
    )
    _trace(actor, "visits.gift_requested", made)
    return made


def _over_limit(
    client_id: int, visit: Visit | None, value_fen: int, counted: Sequence[str]
) -> Sentence | None:
    """Return why one gift more is too much for a client on a visit, or None; the limit itself is allowed.

    Requests of the states `counted` for the same visit are added up; without a visit, those of the client
    without one that are not signed for yet, as one visit may hand them all over. The client's row is locked.
    Units: fen. Source: X-26
    """
    Client.objects.select_for_update(no_key=True).get(pk=client_id)
    others = GiftRequest.objects.filter(client=client_id, visit=visit, state__in=counted)
    if visit is None:
        others = others.exclude(state=GiftState.SIGNED)
    total = value_fen + (others.aggregate(n=Sum("value_fen"))["n"] or 0)
    limit = registry.get("gift.limit_yuan", as_of=clock.today())
    if total <= limit * 100:
        return None
    sentence = _(
        "Gifts for a client on one visit may be worth %(limit)d yuan together; these are worth %(sum)s yuan."
    )
    return sentence % {"limit": limit, "sum": f"{total / 100:.2f}".removesuffix(".00")}


def _locked(request_id: int, actor: User) -> GiftRequest:
    if not GiftRequest.objects.visible_to(actor).filter(pk=request_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such gift request, or you may not see it."))
    rows = GiftRequest.objects.select_for_update(of=("self",))
    return rows.select_related("client", "owner", "stock__gift", "org_unit").get(pk=request_id)


def _step(request: GiftRequest, actor: User, verb: str, *fields: str, action: str) -> GiftRequest:
    request.state = move(MOVES, request.state, verb, {})
    request.save_by(actor, "state", *fields)
    _trace(actor, action, request)
    return request


def _trace(actor: User, action: str, request: GiftRequest) -> None:
    data = {
        "gift": request.stock.gift.name,
        "quantity": request.quantity,
        "client": request.client.name,
        "receipt": request.receipt_no,
    }
    record(actor=actor, action=action, entity=request, unit=request.org_unit, data=data)


def _may_decide(request: GiftRequest, actor: User) -> None:
    if actor.scope.is_self(request.owner_id):
        raise Forbidden(
            "SELF_APPROVAL", _("Nobody decides about an own gift request. Another head must do it.")
        )
    if not actor.scope.covers(request.org_unit, "visits.keep_gifts"):
        raise Forbidden("FORBIDDEN", _("Only the head of the unit decides about its gifts."))


def _tell_owner(request: GiftRequest, words: str, key: str) -> None:
    with in_language_of(request.owner):
        text = _now(words) % {"gift": request.stock.gift, "client": request.client}
    url = reverse("visits:gift", args=[request.pk])
    tell([Notice(request.owner_id, "gift", text, url, f"gift:{request.pk}:{key}")])


@transaction.atomic
def approve_gift(*, actor: User, request_id: int) -> GiftRequest:
    """Agree to a request (Source: S0-85, X-26).

    Raises: Forbidden SELF_APPROVAL; BusinessError WRONG_STATE, GIFT_LIMIT.
    """
    request = _locked(request_id, actor)
    _may_decide(request, actor)
    if request.state == GiftState.REQUESTED and (
        sentence := _over_limit(request.client_id, request.visit, request.value_fen, GIVEN)
    ):
        raise BusinessError("GIFT_LIMIT", sentence)
    request.decided_by, request.decided_at = actor, clock.now()
    _step(request, actor, "approve", "decided_by", "decided_at", action="visits.gift_approved")
    _tell_owner(request, gettext_noop("%(gift)s for %(client)s is approved. Collect it."), "approved")
    return request


@transaction.atomic
def refuse_gift(*, actor: User, request_id: int, reason: str) -> GiftRequest:
    """Refuse a request with a reason.

    Raises: Invalid REASON_REQUIRED; Forbidden SELF_APPROVAL; BusinessError WRONG_STATE.
    """
    request = _locked(request_id, actor)
    _may_decide(request, actor)
    if not reason.strip():
        sentence = _("Say why, so that it can be mended.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    request.decided_by, request.decided_at = actor, clock.now()
    request.refusal = reason.strip()[:200]
    _step(request, actor, "refuse", "decided_by", "decided_at", "refusal", action="visits.gift_refused")
    _tell_owner(request, gettext_noop("%(gift)s for %(client)s was refused."), "refused")
    return request


@transaction.atomic
def hand_out(*, actor: User, request_id: int, now: datetime | None = None) -> GiftRequest:
    """Hand an approved gift to its manager: it leaves the stock in the same transaction.

    Raises: BusinessError GIFT_OUT_OF_STOCK, WRONG_STATE; Forbidden.
    """
    request = _locked(request_id, actor)
    _may_decide(request, actor)
    request.collected_at = now or clock.now()
    _step(request, actor, "hand_out", "collected_at", action="visits.gift_handed_out")
    move_stock(request.stock_id, GiftMoveKind.OUT, -request.quantity, actor, request=request)
    return request


def _must_own(request: GiftRequest, actor: User) -> None:
    if request.owner_id != actor.pk:
        raise Forbidden("NOT_YOURS", _("Only the manager who asked for the gift does this."))


@transaction.atomic
def sign_for(
    *, actor: User, request_id: int, signed_by: str, signed_on: date, as_of: date | None = None
) -> GiftRequest:
    """Note that the client signed the receipt.

    Raises: Invalid SIGNER_REQUIRED, DATE; Forbidden NOT_YOURS; BusinessError WRONG_STATE.
    Source: S1-36, S0-85
    """
    request = _locked(request_id, actor)
    _must_own(request, actor)
    if not signed_by.strip():
        sentence = _("Write who signed the receipt.")
        raise Invalid("SIGNER_REQUIRED", sentence, fields={"signed_by": [sentence]})
    handed_on = clock.business_date(request.collected_at) if request.collected_at else signed_on
    if not handed_on <= signed_on <= (as_of or clock.today()):
        sentence = _("The receipt is signed between the day the gift was handed out and today.")
        raise Invalid("DATE", sentence, fields={"signed_on": [sentence]})
    request.signed_by, request.signed_on = signed_by.strip(), signed_on
    return _step(request, actor, "sign", "signed_by", "signed_on", action="visits.gift_signed_for")


@transaction.atomic
def give_back(*, actor: User, request_id: int) -> GiftRequest:
    """Put a gift that was not given back into the stock.

    Raises: Forbidden; BusinessError WRONG_STATE.
    """
    request = _locked(request_id, actor)
    _may_decide(request, actor)
    _step(request, actor, "give_back", action="visits.gift_given_back")
    move_stock(request.stock_id, GiftMoveKind.BACK, request.quantity, actor, request=request)
    return request


@transaction.atomic
def withdraw_gift(*, actor: User, request_id: int) -> GiftRequest:
    """Take an own request back before it is handed out."""
    request = _locked(request_id, actor)
    _must_own(request, actor)
    return _step(request, actor, "withdraw", action="visits.gift_withdrawn")


@transaction.atomic
def call_back(*, actor: User, request_id: int, result: str, note: str = "") -> GiftRequest:
    """Write what the client said when asked about the gift; a denial goes to auditors.

    Raises: Forbidden; Invalid; BusinessError CALLED_BACK. Source: S0-85
    """
    request = _locked(request_id, actor)
    if not GiftRequest.objects.callable_by(actor).filter(pk=request_id).exists():
        raise Forbidden("FORBIDDEN", _("Somebody who neither gave nor approved the gift asks the client."))
    if result not in GiftCallback.values:
        sentence = _("Choose what the client said.")
        raise Invalid("RESULT", sentence, fields={"result": [sentence]})
    if request.callback:
        raise BusinessError("CALLED_BACK", _("The client has been asked about this gift."))
    request.callback, request.callback_note = result, note.strip()
    request.callback_by, request.callback_at = actor, clock.now()
    request.version += 1
    request.save(
        update_fields=["callback", "callback_note", "callback_by", "callback_at", "version", "updated_at"]
    )
    denied = result == GiftCallback.DENIED
    _trace(actor, "visits.gift_denied" if denied else "visits.gift_confirmed", request)
    if denied:
        keep_report(
            actor=actor, kind=ConductKind.KEPT_GIFT, channel=ConductChannel.CALL_BACK, unit=request.org_unit,
            client=request.client, about=request.owner,
            text=_now("The client did not receive the gift of receipt %(number)s. %(note)s")
            % {"number": request.receipt_no, "note": request.callback_note},
        )  # fmt: skip
    return request
