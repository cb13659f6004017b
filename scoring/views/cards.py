"""VIP e-cards: a customer's card with its marks, its picture, and the desk that verifies cards."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.params import registry
from members.models import PersonalCustomer
from scoring import services
from scoring.choices import BrandLevel, Entitlement
from scoring.forms.cards import RevokeForm, SendForm, VerifyForm
from scoring.models import ECard
from scoring.rules import ecards as rules
from scoring.services import card_picture, ecards

OLDER = 10


def _customer(request: PersonRequest, pk: int) -> PersonalCustomer:
    customers = PersonalCustomer.objects.visible_to(request.user).select_related("client", "org_unit")
    return get_object_or_404(customers, pk=pk)


def _context(request: PersonRequest, customer: PersonalCustomer, **forms: Any) -> dict[str, Any]:
    cards = list(ECard.objects.filter(customer=customer).prefetch_related("messages")[: OLDER + 1])
    live = next((card for card in cards if card.is_live), None)
    facts = ecards.facts_of(customer)
    level = rules.brand_level(customer.brand, customer.vip_grade)
    try:
        printed = card_picture.lines_of(ecards.printed_of(live)) if live else None
        trouble = ""
    except BusinessError as refusal:
        printed, trouble = None, str(refusal.message)
    may_issue = request.user.can("scoring.issue_card")
    said = registry.get_group("ecard.", as_of=clock.today())
    return {
        "customer": customer,
        "plain": bool(customer.client and sees_plain(request.user, customer.client)),
        "card": live,
        "printed": printed,
        "trouble": trouble,
        "older": [card for card in cards if card is not live][:OLDER],
        "sizes": list(rules.SIZES),
        "may_issue": may_issue,
        "send_form": SendForm() if may_issue and live else None,
        "revoke_form": RevokeForm() if may_issue and live else None,
        "level": BrandLevel(level).label if level else "",
        "newera": any(mark.code == "NEWERA" for mark in rules.marks_of(facts)),
        "entitlements": [Entitlement(code).label for code in rules.entitlements_of(facts)],
        "keyword": said["keyword"],
        "short_number": said["short_number"],
    } | forms


@require_GET
@needs("scoring.view")
def card(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a customer's card, marks and earlier cards."""
    return render(request, "scoring/cards/card.html", _context(request, _customer(request, pk)))


@require_POST
@needs("scoring.issue_card")
def issue(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the customer a card."""
    customer = _customer(request, pk)
    _card, fresh = services.issue_card(customer=customer, actor=request.user)
    messages.success(request, _("The card is issued.") if fresh else _("The card that counts is shown."))
    return redirect("scoring:card", pk)


@require_POST
@needs("scoring.issue_card")
def send(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the card to the customer's phone."""
    customer = _customer(request, pk)
    form = SendForm(request.POST)
    live = ecards.live_card(customer)
    if live is None:
        raise BusinessError("NO_CARD", _("The customer has no card that counts. Issue one first."))
    if form.is_valid():
        services.send_card(card=live, channel=form.cleaned_data["channel"], actor=request.user)
        messages.success(request, _("The card is on its way."))
        return redirect("scoring:card", pk)
    return render(request, "scoring/cards/card.html", _context(request, customer, send_form=form), status=400)


@require_POST
@needs("scoring.issue_card")
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a card back."""
    found = get_object_or_404(ECard.objects.visible_to(request.user).select_related("customer"), pk=pk)
    form = RevokeForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            services.revoke_card(actor=request.user, card_id=pk, **form.cleaned_data)
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("The card is revoked."))
            return redirect("scoring:card", found.customer_id)
    context = _context(request, _customer(request, found.customer_id), revoke_form=form)
    return render(request, "scoring/cards/card.html", context, status=status)


@require_GET
@needs("scoring.view")
def image(request: PersonRequest, pk: int, kind: str) -> HttpResponse:
    """Draw a card: PNG with both parts in the size asked for, or the code alone as SVG."""
    found = get_object_or_404(ECard.objects.visible_to(request.user), pk=pk)
    code = ecards.code_of(found)
    headers = {"Cache-Control": "private, no-store"}
    if kind == "svg":
        return HttpResponse(card_picture.code_svg(code), content_type="image/svg+xml", headers=headers)
    width = rules.SIZES.get(request.GET.get("size", "m"))
    if width is None:
        raise Http404
    data = card_picture.picture(ecards.printed_of(found), code, width=width)
    return HttpResponse(data, content_type="image/png", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("scoring.verify_card")
def verify(request: PersonRequest) -> HttpResponse:
    """Verify a card by what a scanner types or what is read off it; every check is kept."""
    form = VerifyForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = services.verify_card(actor=request.user, code=form.cleaned_data["code"], plain=form.plain())
        form = VerifyForm()
    printed = card_picture.lines_of(found.fields) if found and found.fields else None
    context = {"form": form, "found": found, "printed": printed}
    return render(request, "scoring/cards/verify.html", context, status=400 if form.errors else 200)
