"""REST: the feed of monthly bills."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, idempotent
from crm.base.errors import WrongRow
from crm.base.fields import RowsField
from members.models import MonthlyBill, PersonalCustomer
from members.services import BillResult, BillRow, record_bills
from scoring import services
from scoring.api.shared import Input

MOST_ROWS = 1000


class BillIn(Input):
    msisdn = serializers.CharField(max_length=11)
    month = serializers.DateField(help_text="First day of the month.")
    total_fen = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    agency_fee_fen = serializers.IntegerField(default=0)
    discount_fen = serializers.IntegerField(default=0)
    settled_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class BillsIn(Input):
    rows = RowsField(child=BillIn(), allow_empty=False, max_length=MOST_ROWS)


class BillResultOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    msisdn = serializers.CharField()
    month = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["created", "updated", "unchanged", "rejected"])
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    bill_id = serializers.IntegerField(allow_null=True)
    was_posted = serializers.BooleanField()
    fields = serializers.DictField(  # type: ignore[assignment]  # the answer calls it so
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class BillsOut(serializers.Serializer[Any]):
    posted = serializers.IntegerField()
    refunded = serializers.IntegerField()
    rows = BillResultOut(many=True)


class BillFeed(APIView):
    """Monthly bills from the billing system; points of settled ones are booked at once (S0-68)."""

    verbs = {"post": "feeds.post"}

    @extend_schema(request=BillsIn, responses=BillsOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Take in up to 1,000 bills; every row has its own answer, the same message twice changes nothing."""
        rows = BillsIn(data=request.data).valid()["rows"]
        places = [place for place, row in enumerate(rows) if not isinstance(row, WrongRow)]
        given = [rows[place] for place in places]
        actor, today = caller(request), clock.today()
        # Accounts before bills, as the night does: two who wait for each other would wait for ever.
        held = PersonalCustomer.objects.ever_of({row["msisdn"] for row in given})
        services.lock_accounts(held.values_list("pk", flat=True))
        results = record_bills(rows=[BillRow(**row) for row in given], actor=actor)
        touched = MonthlyBill.objects.filter(pk__in=[r.bill_id for r in results if r.bill_id])
        changed = touched.filter(
            pk__in=[r.bill_id for r in results if r.was_posted and r.outcome == "updated"]
        )
        refunds = [services.refund_bill(bill=b, as_of=today) for b in changed.select_related("customer")]
        posted = services.post_settled_bills(
            as_of=today, customer_ids=list(touched.values_list("customer", flat=True))
        )
        body = {
            "posted": posted,
            "refunded": sum(1 for movement in refunds if movement),
            "rows": _answers(rows, dict(zip(places, results, strict=True))),
        }
        return Response(body)


def _answers(rows: list[Any], results: dict[int, BillResult]) -> list[dict[str, Any]]:
    """Return the answer of every row in the order given; one that could not be read was rejected."""
    answers = []
    for place, row in enumerate(rows):
        if isinstance(row, WrongRow):
            given = row.given if isinstance(row.given, dict) else {}
            named = {name: str(given.get(name) or "")[:11] for name in ("msisdn", "month")}
            answers.append(
                {"index": place, **named, "outcome": "rejected", "code": "INVALID",
                 "message": str(_("Some fields need correction.")), "fields": row.fields, "bill_id": None,
                 "was_posted": False}
            )  # fmt: skip
        else:
            answers.append({**results[place].as_json(), "index": place})
    return answers
