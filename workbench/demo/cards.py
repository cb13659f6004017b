"""VIP e-cards of the demonstration: asked for by text, issued at the desk, verified."""

from crm.accounts.models import User
from members.models import PersonalCustomer
from scoring.choices import CardChannel
from scoring.services import ecards


def issue_cards() -> int:
    """Issue, send, verify and revoke some cards of the first manager's VIP customers; return how many."""
    desk = User.objects.get(staff_no="am1")
    customers = list(
        PersonalCustomer.objects.visible_to(desk)
        .exclude(vip_grade="NONE")
        .filter(in_net_to=None, vip_valid_to__isnull=False)
        .order_by("pk")[:6]
    )
    for place, customer in enumerate(customers):
        card, _fresh = ecards.issue_card(customer=customer, actor=desk)
        if place < 4:
            ecards.send_card(card=card, channel=CardChannel.values[place % 2], actor=desk)
        if place == 0:
            ecards.verify_card(actor=desk, code=ecards.code_of(card))
        if place == 5:
            ecards.revoke_card(actor=desk, card_id=card.pk, reason="客户手机遗失")
    return len(customers)
