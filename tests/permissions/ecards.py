"""Who may issue, see and verify VIP e-cards; texts come from the gateway alone."""

from typing import Any

from django.conf import settings

from crm.base import clock
from members.models import PersonalCustomer
from scoring import services
from tests.permissions.lines import Line, World, same

KEY = "matrix:" + "AQ" * 21 + "A="


def build(world: World) -> None:
    """Give two customers of the owner's client a grade, one of them a card."""
    from datetime import date

    from tests import factories

    settings.ECARD_KEYS = [KEY]
    end = date(clock.today().year + 1, 12, 31)
    world.vip = factories.make_customer(world.org["unit"], world.acme, msisdn="13800007771")
    world.vip_bare = factories.make_customer(world.org["unit"], world.acme, msisdn="13800007772")
    PersonalCustomer.objects.filter(pk__in=[world.vip.pk, world.vip_bare.pk]).update(
        vip_grade="GOLD", vip_valid_to=end
    )
    world.ecard, _fresh = services.issue_card(customer=world.vip, actor=None)


def _vip(world: World) -> dict[str, Any]:
    return {"pk": world.vip.pk}


def _bare(world: World) -> dict[str, Any]:
    return {"pk": world.vip_bare.pk}


def _card(world: World) -> dict[str, Any]:
    return {"pk": world.ecard.pk}


def _sms(_world: World) -> dict[str, Any]:
    return {"channel": "SMS"}


def _why(_world: World) -> dict[str, Any]:
    return {"reason": "手机丢失"}


READS = same(200, stranger=404, sysadmin=403)
# Managers and heads issue for customers they see; the hall does too, it has no person in the matrix.
CANNOT = {"leader": 403, "gcdept": 403, "provadmin": 403, "sysadmin": 403, "auditor": 403}


def _issues(status: int) -> dict[str, Any]:
    return same(status, stranger=404, **CANNOT)


VERIFIES = same(200, **CANNOT)
NOBODY = same(403)
ROUTES = {
    "scoring:card": Line(kwargs=_vip, get=READS),
    "scoring:card-issue": Line(kwargs=_bare, post=_issues(302)),
    "scoring:card-send": Line(kwargs=_vip, data=_sms, post=_issues(302)),
    "scoring:card-revoke": Line(kwargs=_card, data=_why, post=_issues(302)),
    "scoring:card-png": Line(kwargs=_card, get=READS),
    "scoring:card-svg": Line(kwargs=_card, get=READS),
    "scoring:card-verify": Line(get=VERIFIES, data=lambda w: {"code": "x"}, post=VERIFIES),
    "api-ecard": Line(kwargs=_vip, get=READS, post=_issues(200)),
    "api-ecard-send": Line(kwargs=_vip, data=_sms, post=_issues(201)),
    "api-marks": Line(kwargs=_vip, get=READS),
    "api-ecard-revoke": Line(kwargs=_card, data=_why, post=_issues(200)),
    "api-ecards-verify": Line(data=lambda w: {"code": "x"}, post=VERIFIES),
    "api-sms-inbound": Line(
        data=lambda w: {"message_id": "m", "sender": w.vip.msisdn, "text": "VIP"}, post=NOBODY
    ),
    "api-sms-receipt": Line(kwargs=lambda w: {"pk": 1}, data=lambda w: {"state": "SENT"}, post=NOBODY),
}
