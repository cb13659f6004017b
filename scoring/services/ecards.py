"""Issue VIP e-cards, send them, answer texts that ask for one, and verify what is shown (S0-74…S0-77)."""

import base64
import os
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.models import OutboxEvent
from crm.base.text import clean
from crm.base.trail import record
from crm.base.wording import check_wording
from crm.params import registry
from members.choices import ContactKind, VipGrade
from members.models import Contact, PersonalCustomer
from scoring.choices import CardChannel, CardState, CardVerdict, InboundAnswer, MessageState
from scoring.models import CardMessage, ECard, InboundText
from scoring.rules import ecards as rules
from scoring.services.card_picture import picture

NO_GRADE_TEXT = "暂无VIP身份"  # the words of the source (E150), whatever language the gateway speaks


def keys() -> dict[str, bytes]:
    """Return the keys in force; the first one issues, the others only verify.

    A demonstration makes a file of its own, once. Raises: BusinessError CARD_NO_KEY (503).
    """
    if settings.ECARD_KEYS:
        return rules.parse_keys(list(settings.ECARD_KEYS))
    path = settings.ECARD_KEY_FILE
    if settings.DEMO and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        line = f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        try:
            # Whoever is second reads what the first wrote.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(line)
        except FileExistsError:
            pass
    if path.exists():
        return rules.parse_keys(path.read_text().splitlines())
    raise BusinessError(
        "CARD_NO_KEY",
        _("No key for VIP e-cards is set. Ask the administrator to set ECARD_KEYS."),
        status=503,
    )


def code_of(card: ECard) -> str:
    """Return the code of a card, made from its row.

    Raises: BusinessError CARD_NO_KEY when its key is gone.
    """
    key = keys().get(card.key_id)
    if key is None:
        raise BusinessError("CARD_NO_KEY", _("The key of this card is not set any more."), status=503)
    return rules.seal(card.fields, key=key, key_id=card.key_id, nonce=bytes.fromhex(card.nonce))


def printed_of(card: ECard) -> dict[str, str]:
    """Return the printed part, read out of the code itself (S0-75)."""
    return rules.plain_of(rules.open_code(code_of(card), keys()).fields)


def live_card(customer: PersonalCustomer) -> ECard | None:
    """Return the card of a customer that counts."""
    return ECard.objects.live().filter(customer=customer).first()


def _new_number() -> str:
    while True:
        eleven = f"{secrets.randbelow(9 * 10**10) + 10**10}"
        number = eleven + rules.check_digit(eleven)
        if not ECard.objects.filter(card_no=number).exists():
            return number


def _replaced(card: ECard, today: date) -> str:
    """Return how a card ends that another one follows, or none: past its day it has expired."""
    return CardState.EXPIRED if card.valid_to < today else CardState.SUPERSEDED


def _end(card: ECard, state: str, now: datetime, reason: str = "") -> None:
    card.state, card.ended_at, card.end_reason = state, now, reason[:200]
    card.version += 1
    card.save(update_fields=["state", "ended_at", "end_reason", "version", "updated_at"])


@transaction.atomic
def issue_card(
    *, customer: PersonalCustomer, actor: User | None, as_of: date | None = None
) -> tuple[ECard, bool]:
    """Give a VIP customer a card; the one that fits already is the one that counts. Return it and if new.

    Raises: BusinessError NO_GRADE, CARD_NO_KEY; Forbidden. Source: S0-74
    """
    if actor is not None and not actor.is_system:
        require(actor, "scoring.issue_card")
    today = as_of or clock.today()
    # One lock for all that gives cards to the customer.
    row = (
        PersonalCustomer.objects.select_for_update(of=("self",))
        .select_related("org_unit")
        .get(pk=customer.pk)
    )
    if (
        row.vip_grade == VipGrade.NONE
        or row.vip_valid_to is None
        or row.vip_valid_to < today
        or row.in_net_to
    ):
        raise BusinessError("NO_GRADE", _("This customer holds no VIP grade."))
    card = live_card(row)
    if card and (card.grade, card.valid_to) == (row.vip_grade, row.vip_valid_to):
        return card, False
    if card:
        _end(card, _replaced(card, today), clock.now())
    key_id = next(iter(keys()))
    made = ECard.objects.create(
        card_no=_new_number(), customer=row, grade=row.vip_grade, valid_to=row.vip_valid_to,
        payload_version=rules.VERSION, key_id=key_id, nonce=secrets.token_bytes(rules.NONCE_BYTES).hex(),
        follows=card, created_by=actor, updated_by=actor,
    )  # fmt: skip
    record(
        actor=actor, action="scoring.card_issued", entity=made, unit=row.org_unit,
        data={"card_no": made.card_no, "grade": made.grade, "valid_to": made.valid_to.isoformat()},
    )  # fmt: skip
    return made, True


def words_of(card: ECard) -> str:
    """Return the text of a card: the three printed fields and where it is verified (spec §3.5)."""
    printed = printed_of(card)
    link = f"{settings.PUBLIC_URL}/scoring/cards/verify/" if settings.PUBLIC_URL else ""
    return gettext("Your VIP e-card: %(grade)s, number %(no)s, valid to %(day)s. %(link)s") % {
        "grade": VipGrade(printed["grade"]).label,
        "no": printed["card_no"],
        "day": printed["valid_to"],
        "link": link,
    }


@transaction.atomic
def send_card(*, card: ECard, channel: str, actor: User | None = None) -> CardMessage:
    """Put a card on its way to its customer; the gateway takes it from the outbox (S0-76).

    A picture message carries the picture of the card, both parts in one.
    """
    message = CardMessage.objects.create(card=card, channel=channel, event_id=uuid.uuid4())
    payload: dict[str, Any] = {
        "to": card.customer.msisdn,
        "text": check_wording(words_of(card).strip()),
        "message": message.pk,
    }
    kind = "sms.send"
    if channel == CardChannel.MMS:
        kind = "mms.send"
        image = picture(printed_of(card), code_of(card), width=rules.SIZES["m"])
        payload |= {"image": base64.b64encode(image).decode(), "image_type": "image/png"}
    OutboxEvent.objects.create(
        event_id=message.event_id, kind=kind, key=f"card-message:{message.pk}", payload=payload
    )
    record(
        actor=actor, action="scoring.card_sent", entity=card, unit=card.customer.org_unit,
        data={"card_no": card.card_no, "channel": channel},
    )  # fmt: skip
    return message


@transaction.atomic
def note_receipt(*, actor: User, message_id: int, state: str, error: str = "") -> CardMessage:
    """Write what the gateway says became of a message; the card follows.

    Raises: NotFound; Invalid STATE; Forbidden.
    """
    require(actor, "sms.inbound")
    message = (
        CardMessage.objects.select_for_update(of=("self",))
        .select_related("card__customer__org_unit")
        .filter(pk=message_id)
        .first()
    )
    if message is None or not actor.scope.covers(message.card.customer.org_unit, "sms.inbound"):
        raise NotFound("NOT_FOUND", _("There is no such message."))
    if state not in (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED):
        sentence = _("This is none of the possible values.")
        raise Invalid("STATE", sentence, fields={"state": [sentence]})
    # A late "sent" does not undo a receipt.
    if not (state == MessageState.SENT and message.state in (MessageState.DELIVERED, MessageState.FAILED)):
        message.state, message.error = state, clean(error)[:200]
        message.save(update_fields=["state", "error", "changed_at"])
        newest = message.card.messages.order_by("-id").values_list("pk", flat=True).first()
        if message.card.is_live and newest == message.pk:
            ECard.objects.filter(pk=message.card_id).update(state=state, version=F("version") + 1)
    return message


@transaction.atomic
def revoke_card(*, actor: User, card_id: int, reason: str) -> ECard:
    """Take a card back: lost phone, misuse.

    Raises: NotFound; Invalid REASON_REQUIRED; BusinessError WRONG_STATE.
    """
    require(actor, "scoring.issue_card")
    if not ECard.objects.visible_to(actor).filter(pk=card_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such card, or you may not see it."))
    card = ECard.objects.select_for_update(of=("self",)).select_related("customer__org_unit").get(pk=card_id)
    if not card.is_live:
        raise BusinessError("WRONG_STATE", _("This card does not count any more."))
    if not clean(reason):
        sentence = _("Write the reason.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    card.updated_by = actor
    _end(card, CardState.REVOKED, clock.now(), clean(reason))
    record(
        actor=actor, action="scoring.card_revoked", entity=card, unit=card.customer.org_unit,
        data={"card_no": card.card_no, "reason": clean(reason)},
    )  # fmt: skip
    return card


@transaction.atomic
def answer_text(
    *, actor: User, message_id: str, msisdn: str, text: str, mms: bool = False
) -> tuple[InboundText, bool]:
    """Answer a text to the short number; the same message is answered once. Return the row and if new.

    A holder gets the card, by picture message where the phone takes one; anybody else learns that there is
    no VIP grade, and a text that is not the keyword gets nothing.
    Source: S0-77, E149, E150
    """
    require(actor, "sms.inbound")
    known = InboundText.objects.filter(message_id=message_id).select_related("card", "sent").first()
    if known:
        return known, False
    try:
        with transaction.atomic():
            row = InboundText.objects.create(
                message_id=message_id,
                msisdn=msisdn[:20],
                text=clean(text)[:200],
                answer=InboundAnswer.IGNORED,
            )
    except IntegrityError:  # the gateway sent it twice in the same moment
        return InboundText.objects.select_related("card", "sent").get(message_id=message_id), False
    if not rules.asks_for_card(row.text, registry.get("ecard.keyword", as_of=clock.today())):
        return row, True
    customer = (
        PersonalCustomer.objects.filter(msisdn=msisdn, in_net_to=None).select_related("org_unit").first()
    )
    try:
        if customer is None or not actor.scope.covers(customer.org_unit, "sms.inbound"):
            raise BusinessError("NO_GRADE", NO_GRADE_TEXT)
        row.card, _fresh = issue_card(customer=customer, actor=actor)
    except BusinessError as refusal:
        if refusal.code != "NO_GRADE":
            raise
        row.answer = InboundAnswer.NO_GRADE
        OutboxEvent.objects.create(
            event_id=uuid.uuid4(), kind="sms.send", key=f"inbound:{row.pk}",
            payload={"to": msisdn, "text": check_wording(NO_GRADE_TEXT)},
        )  # fmt: skip
    else:
        row.answer = InboundAnswer.ISSUED
        row.sent = send_card(card=row.card, channel=CardChannel.MMS if mms else CardChannel.SMS, actor=actor)
    row.save(update_fields=["answer", "card", "sent"])
    return row, True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; fields only where the card is ours."""

    result: str
    card: ECard | None = None
    fields: Mapping[str, str] | None = None

    @property
    def get_label(self) -> str:
        """Return the result in words."""
        return str(CardVerdict(self.result).label)


def verify_card(
    *, actor: User, code: str = "", plain: Mapping[str, str] | None = None, as_of: date | None = None
) -> Verdict:
    """Say whether a card counts: decrypt, compare with what is printed, look at its state; leave a trace.

    Without a code (a text message carries none) the three printed fields are compared with the card itself.
    Source: S0-75, E151, E153
    """
    require(actor, "scoring.verify_card")
    found = _judge("".join(code.split()), {k: str(v or "").strip() for k, v in (plain or {}).items()}, as_of)
    card = found.card
    record(
        actor=actor, action="scoring.card_verified", entity=card,
        unit=card.customer.org_unit if card else actor.org_unit,
        data={"result": found.result, "card_no": card.card_no if card else ""},
    )  # fmt: skip
    return found


def _judge(code: str, plain: Mapping[str, str], as_of: date | None) -> Verdict:
    today = as_of or clock.today()
    rows = ECard.objects.select_related("customer__org_unit")
    plain = {**plain, "card_no": plain.get("card_no", "").replace(" ", "")}
    if code:
        try:
            opened = rules.open_code(code, keys())
        except rules.Unreadable:
            return Verdict(CardVerdict.INVALID)
        card = rows.filter(
            card_no=opened.fields["card_no"], key_id=opened.key_id, nonce=opened.nonce.hex()
        ).first()
        # Sealed by our key, but no card of ours: somebody has the key.
        if card is None or card.fields != opened.fields:
            return Verdict(CardVerdict.INVALID)
    else:
        if not all(plain.get(name) for name in rules.PLAIN) or not rules.is_card_no(plain["card_no"]):
            return Verdict(CardVerdict.INVALID)
        card = rows.filter(card_no=plain["card_no"]).first()
        if card is None:
            return Verdict(CardVerdict.INVALID)
    fields = rules.plain_of(card.fields)
    if rules.differs(fields, plain):
        return Verdict(CardVerdict.MISMATCH, card, fields)
    return Verdict(rules.verdict(state=card.state, valid_to=card.valid_to, as_of=today), card, fields)


@transaction.atomic
def settle_cards(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Expire cards, end those of who left, replace those whose grade or validity changed; return how many.

    Whoever had a card gets the next one the way the last one came. Run twice it changes nothing.
    Source: spec §3.4
    """
    cards = ECard.objects.live()
    if province is not None:
        cards = cards.filter(customer__org_unit__path__startswith=province.path)
    cards = ECard.objects.filter(pk__in=cards.values("pk"))
    now = clock.now()
    taken = OutboxEvent.objects.filter(event_id=OuterRef("event_id"), delivered_at__isnull=False)
    CardMessage.objects.filter(Exists(taken), state=MessageState.WAITING, card__in=cards.values("pk")).update(
        state=MessageState.SENT, changed_at=now
    )
    sent = CardMessage.objects.filter(card=OuterRef("pk"), state=MessageState.SENT)
    count = cards.filter(Exists(sent), state=CardState.ISSUED).update(state=CardState.SENT)
    gone = cards.live().filter(Q(customer__in_net_to__isnull=False) & Q(customer__in_net_to__lt=as_of))
    count += gone.update(state=CardState.REVOKED, ended_at=now, end_reason=gettext("left the network"))
    changed = (
        cards.live()
        .exclude(grade=F("customer__vip_grade"), valid_to=F("customer__vip_valid_to"))
        .select_related("customer")
        .order_by("pk")
    )
    for card in list(changed):
        last = card.messages.order_by("-id").first()
        try:
            fresh, _new = issue_card(customer=card.customer, actor=None, as_of=as_of)
        except BusinessError as refusal:
            if refusal.code != "NO_GRADE":
                raise
            _end(card, _replaced(card, as_of), now)
        else:
            if last:
                send_card(card=fresh, channel=last.channel)
        count += 1
    # After the replacing: whose grade ran out with the year gets the card of the next one.
    count += cards.live().filter(valid_to__lt=as_of).update(state=CardState.EXPIRED, ended_at=now)
    if count:
        record(actor=None, action="scoring.cards_settled", unit=province, data={"count": count})
    return int(count)


def facts_of(customer: PersonalCustomer) -> dict[str, bool]:
    """Return what the marks of a customer hang on (S4-11)."""
    key = Contact.objects.active().filter(kind=ContactKind.KEY_PERSON, mobile=customer.msisdn)
    brands = registry.get("mark.newera_brands", as_of=clock.today())
    return {
        "is_vip": customer.vip_grade != VipGrade.NONE,
        "is_key_person": key.exists(),
        "of_newera_brand": customer.brand in brands,
    }
