"""Personal customers: the list and the card with bills."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from members import slots
from members.choices import Brand, VipGrade
from members.lists import STARS, narrowed
from members.models import PersonalCustomer
from members.views.shared import keyset

BILLS = 24


def managed(request: PersonRequest, customers: list[PersonalCustomer]) -> set[int]:
    """Return the clients among those of the customers that the person manages: their people show plain."""
    ids = {customer.client_id for customer in customers if customer.client_id}
    return set(Client.objects.managed_by(request.user).filter(pk__in=ids).values_list("pk", flat=True))


@require_GET
@needs("members.view")
def customers(request: PersonRequest) -> HttpResponse:
    """List the personal customers in scope."""
    rows = PersonalCustomer.objects.visible_to(request.user).select_related("client", "org_unit")
    rows, chosen = narrowed(request.GET, rows, request.user)
    of_client = None
    if (wanted := read_number(request.GET.get("client", ""))) is not None:
        of_client = get_object_or_404(Client.objects.visible_to(request.user), pk=wanted)
        rows = rows.filter(client=of_client)
    page = keyset(request, rows)
    plain = managed(request, page["rows"])
    for customer in page["rows"]:
        customer.shown_plain = customer.client_id in plain
    context = {
        "page": page,
        "customers": page["rows"],
        "of_client": of_client,
        "brands": Brand.choices,
        "grades": VipGrade.choices,
        "stars": STARS,
        "marks_to_choose": slots.mark_choices(),
        "marks": slots.marks_of(customer.msisdn for customer in page["rows"]),
        **chosen,
        "may_export": request.user.can("clients.export"),
        "export_query": urlencode({k: v for k, v in {**chosen, "client": wanted}.items() if v}),
    }
    part = request.htmx and request.htmx.target == "customers"
    template = "members/includes/customers.html" if part else "members/customers.html"
    return render(request, template, context)


@require_GET
@needs("members.view")
def customer_card(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one personal customer: brand, grade, star, and two years of bills."""
    customer = get_object_or_404(
        PersonalCustomer.objects.visible_to(request.user).select_related("client", "org_unit"), pk=pk
    )
    bills = list(customer.bills.order_by("-bill_month")[:BILLS])
    today = clock.today()
    year = [bill for bill in bills if bill.bill_month >= clock.add_months(clock.month_of(today), -12)]
    line = bills[::-1]
    context = {
        "customer": customer,
        "bills": bills,
        "plain": customer.client_id in managed(request, [customer]),
        "mark": slots.marks_of([customer.msisdn]).get(customer.msisdn),
        "may_reveal": request.user.can("members.reveal"),
        "months_in_net": (today.year - customer.in_net_from.year) * 12
        + today.month
        - customer.in_net_from.month,
        "average_fen": sum(bill.paid_fen for bill in year) // len(year) if year else None,
        "unsettled": sum(bill.settled_at is None for bill in bills),
        "chart": {
            "id": "bills-chart",
            "title": _("Bills by month, yuan"),
            "kind": "bar",
            "labels": [f"{bill.bill_month:%Y-%m}" for bill in line],
            "series": [
                {"name": _("charged"), "data": [bill.total_fen / 100 for bill in line]},
                {"name": _("paid"), "data": [bill.paid_fen / 100 for bill in line]},
            ],
            "unit": "¥",
        },
    }
    return render(request, "members/customer.html", context)
