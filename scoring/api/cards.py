"""REST: VIP e-cards, their verification, and the texts that ask for one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base.errors import BusinessError, NotFound
from members.choices import VipGrade
from members.models import MOBILE
from scoring import services
from scoring.api.shared import Input, customer_for
from scoring.choices import CardChannel, CardVerdict, InboundAnswer, MessageState
from scoring.models import CardMessage, ECard, InboundText
from scoring.rules import ecards as rules
from scoring.services import ecards


class ECardOut(serializers.ModelSerializer[ECard]):
    """A card with its code; the printed part is what stands in the code."""

    code = serializers.SerializerMethodField(help_text="What the QR code holds.")

    class Meta:
        model = ECard
        fields = (
            "id", "card_no", "customer", "grade", "valid_to", "payload_version", "key_id", "code", "state",
            "end_reason", "version",
        )  # fmt: skip

    def get_code(self, card: ECard) -> str:
        """Return the code made from the row."""
        return ecards.code_of(card)


class MarksOut(serializers.Serializer[Any]):
    """The marks of a customer and what they open together."""

    brand = serializers.CharField()
    brand_level = serializers.CharField(help_text="World Wind only: ORDINARY, SILVER, GOLD, DIAMOND.")
    marks: "serializers.ListField" = serializers.ListField(child=serializers.CharField())
    entitlements: "serializers.ListField" = serializers.ListField(child=serializers.CharField())


class ECardView(APIView):
    """The card of a customer."""

    verbs = {"get": "scoring.view", "post": "scoring.issue_card"}

    @extend_schema(responses=ECardOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the card that counts; 404 where there is none."""
        card = ecards.live_card(customer_for(request, pk))
        if card is None:
            raise NotFound("NOT_FOUND", "There is no card that counts.")
        return Response(ECardOut(card).data)

    @extend_schema(request=None, responses={201: ECardOut})
    def post(self, request: Request, pk: int) -> Response:
        """Issue a card; 200 with the one that counts where it fits already."""
        card, fresh = services.issue_card(customer=customer_for(request, pk), actor=caller(request))
        return Response(ECardOut(card).data, status=201 if fresh else 200)


class SendIn(Input):
    channel = serializers.ChoiceField(choices=CardChannel.choices)


class CardMessageOut(serializers.ModelSerializer[CardMessage]):
    class Meta:
        model = CardMessage
        fields = ("id", "card", "channel", "state", "error", "made_at", "changed_at")


class ECardSendView(APIView):
    """Send a customer's card."""

    verbs = {"post": "scoring.issue_card"}

    @extend_schema(request=SendIn, responses={201: CardMessageOut})
    def post(self, request: Request, pk: int) -> Response:
        """Put the card on its way by text or picture message."""
        customer = customer_for(request, pk)
        values = SendIn(data=request.data).valid()
        card = ecards.live_card(customer)
        if card is None:
            raise BusinessError("NO_CARD", "Issue a card first.")
        return Response(
            CardMessageOut(services.send_card(card=card, actor=caller(request), **values)).data, status=201
        )


class MarksView(APIView):
    """Brand level, marks and entitlements of a customer."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=MarksOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the marks and the union of what they open (S4-10, S4-11)."""
        customer = customer_for(request, pk)
        facts = ecards.facts_of(customer)
        body = {
            "brand": customer.brand,
            "brand_level": rules.brand_level(customer.brand, customer.vip_grade),
            "marks": [mark.code for mark in rules.marks_of(facts)],
            "entitlements": rules.entitlements_of(facts),
        }
        return Response(MarksOut(body).data)


class RevokeIn(Input):
    reason = serializers.CharField(max_length=200)


class ECardRevokeView(APIView):
    """Take a card back."""

    verbs = {"post": "scoring.issue_card"}

    @extend_schema(request=RevokeIn, responses=ECardOut)
    def post(self, request: Request, pk: int) -> Response:
        """Revoke a card with a reason."""
        values = RevokeIn(data=request.data).valid()
        return Response(ECardOut(services.revoke_card(actor=caller(request), card_id=pk, **values)).data)


class VerifyIn(Input):
    """A code, and what is printed beside it as far as it was read; or all three printed fields alone."""

    code = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    grade = serializers.ChoiceField(choices=VipGrade.choices, required=False)
    card_no = serializers.CharField(max_length=16, required=False)
    valid_to = serializers.DateField(required=False)


class CardVerdictOut(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=CardVerdict.choices)
    grade = serializers.CharField(allow_null=True)
    card_no = serializers.CharField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class VerifyView(APIView):
    """Say whether a card counts."""

    verbs = {"post": "scoring.verify_card"}

    @extend_schema(request=VerifyIn, responses=CardVerdictOut)
    def post(self, request: Request) -> Response:
        """Answer OK, MISMATCH, INVALID, EXPIRED or REVOKED; every check is kept."""
        values = VerifyIn(data=request.data).valid()
        code = values.pop("code", "")
        plain = {name: str(value) for name, value in values.items()}
        found = services.verify_card(actor=caller(request), code=code, plain=plain)
        fields = found.fields or dict.fromkeys(rules.PLAIN)
        return Response({"result": found.result} | {name: fields[name] for name in rules.PLAIN})


class InboundIn(Input):
    """A text to the short number, as the gateway got it."""

    message_id = serializers.CharField(max_length=80, help_text="The gateway's own: once and only once.")
    sender = serializers.CharField(max_length=20, validators=[MOBILE])
    text = serializers.CharField(max_length=200, allow_blank=True)
    mms = serializers.BooleanField(default=False, help_text="The phone takes picture messages.")


class InboundOut(serializers.ModelSerializer[InboundText]):
    answer = serializers.ChoiceField(choices=InboundAnswer.choices)
    card_no = serializers.CharField(source="card.card_no", allow_null=True, default=None)
    channel = serializers.CharField(source="sent.channel", allow_null=True, default=None)

    class Meta:
        model = InboundText
        fields = ("message_id", "answer", "card_no", "channel")


class InboundView(APIView):
    """Texts to the short number."""

    verbs = {"post": "sms.inbound"}

    @extend_schema(request=InboundIn, responses={201: InboundOut})
    def post(self, request: Request) -> Response:
        """Answer a text once; the same message again gets the same answer with 200."""
        values = InboundIn(data=request.data).valid()
        row, fresh = services.answer_text(
            actor=caller(request), message_id=values["message_id"], msisdn=values["sender"],
            text=values["text"], mms=values["mms"],
        )  # fmt: skip
        return Response(InboundOut(row).data, status=201 if fresh else 200)


class ReceiptIn(Input):
    state = serializers.ChoiceField(
        choices=[choice for choice in MessageState.choices if choice[0] != MessageState.WAITING]
    )
    error = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ReceiptView(APIView):
    """What became of a message."""

    verbs = {"post": "sms.inbound"}

    @extend_schema(request=ReceiptIn, responses=CardMessageOut)
    def post(self, request: Request, pk: int) -> Response:
        """Take the gateway's receipt; the card follows its newest message."""
        values = ReceiptIn(data=request.data).valid()
        message = services.note_receipt(actor=caller(request), message_id=pk, **values)
        return Response(CardMessageOut(message).data)
