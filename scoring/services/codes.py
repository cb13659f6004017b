"""One-time codes and the guard against staff who spend customers' points (E130, E131, S0-88)."""

import secrets
import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import Notification, OutboxEvent
from crm.base.trail import record
from crm.base.wording import check_wording
from crm.params import registry
from members.models import PersonalCustomer
from scoring import statements
from scoring.models import OneTimeCode
from scoring.statements import ledger as sql

PAUSE = timedelta(seconds=60)


def _digest(customer: PersonalCustomer, code: str) -> str:
    # Keyed, so that a million hashes of six digits tell a thief nothing.
    return salted_hmac("scoring.one_time_code", f"{customer.pk}:{code}", algorithm="sha256").hexdigest()


def refuse_gone(customer: PersonalCustomer, day: date) -> None:
    """Refuse acts for who has left the network: the number, and the code sent to it, may be another's.

    Raises: BusinessError CUSTOMER_LEFT.
    """
    if customer.has_left(day):
        raise BusinessError(
            "CUSTOMER_LEFT",
            format_lazy(
                _("This customer left the network on {day}. Points can be given and spent no more."),
                day=customer.in_net_to,
            ),
        )


@transaction.atomic
def issue_code(*, customer: PersonalCustomer, actor: User) -> OneTimeCode:
    """Send a six-digit code to the customer's mobile; the newest one counts.

    In demo mode nobody receives messages, so the code is shown to the person who asked, and marked.
    Raises: BusinessError CODE_JUST_SENT within a minute of the last one, CUSTOMER_LEFT.
    """
    now = clock.now()
    refuse_gone(customer, clock.today())
    if OneTimeCode.objects.filter(customer=customer, used_at=None, created_at__gt=now - PAUSE).exists():
        raise BusinessError("CODE_JUST_SENT", _("A code was sent less than a minute ago. Use that one."))
    minutes = registry.get("points.code_minutes", as_of=clock.today())
    code = f"{secrets.randbelow(1_000_000):06d}"
    held = OneTimeCode.objects.create(
        customer=customer, digest=_digest(customer, code), expires_at=now + timedelta(minutes=minutes)
    )
    text = gettext("Your code for spending points is %(code)s. It is valid for %(minutes)d minutes.") % {
        "code": code,
        "minutes": minutes,
    }
    OutboxEvent.objects.create(
        event_id=uuid.uuid4(),
        kind="sms.send",
        key=f"code:{held.pk}",
        payload={"to": customer.msisdn, "text": check_wording(text)},
    )
    if settings.DEMO:
        Notification.objects.create(
            user=actor,
            kind="demo.code",
            key=f"code:{held.pk}",
            text=gettext("Demonstration: the customer's code is %(code)s.") % {"code": code},
        )
    record(actor=actor, action="scoring.code_sent", entity=customer, unit=customer.org_unit)
    return held


def wrong(code: str) -> BusinessError:
    """Return what is said of a code that is not the right one, or is missing."""
    if code:
        message = _("The code is wrong or no longer valid. Check the digits or send a new one.")
    else:
        message = _("The customer must confirm with a one-time code. Send one first.")
    return BusinessError("OTP_REQUIRED", message, fields={"code": [message]})


def judge(*, customer: PersonalCustomer, code: str) -> int | None:
    """Return the id of the code a customer holds if the digits are right; None and one try more if not.

    Call it under the lock of the account, so that of many guesses at once each is counted.
    """
    found = statements.rows(sql.NEWEST_CODE, [customer.pk]) if code else []
    if not found:
        return None
    ((pk, digest, expires_at, attempts, used),) = found
    # The first try is always allowed: the parameter is asked only after a wrong one.
    allowed = registry.get("points.code_attempts", as_of=clock.today()) if attempts else 1
    good = not used and expires_at > clock.now() and attempts < allowed
    if good and constant_time_compare(digest, _digest(customer, code)):
        return int(pk)
    OneTimeCode.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return None


def use(held: int) -> None:
    """Spend a code inside the transaction of the act it allows.

    Raises: BusinessError OTP_REQUIRED when another act was faster.
    """
    if not statements.write(sql.USE_CODE, [clock.now(), held]):
        message = _("This code was used before. Send a new one.")
        raise BusinessError("OTP_REQUIRED", message, fields={"code": [message]})


def is_staff(beneficiary: str) -> bool:
    """Say whether a mobile is a colleague's (E131)."""
    return User.objects.active().filter(mobile=beneficiary).exists()


@transaction.atomic
def refused_staff(customer: PersonalCustomer, beneficiary: str, operator: User) -> BusinessError:
    """Tell the auditors of a colleague as beneficiary; return the refusal STAFF_BENEFICIARY (E131)."""
    event = record(
        actor=operator,
        action="scoring.staff_beneficiary_refused",
        entity=customer,
        unit=customer.org_unit,
        data={"beneficiary_tail": beneficiary[-4:]},
    )
    auditors = User.objects.holding(Role.AUDITOR, over=customer.org_unit, as_of=clock.today())
    text = gettext("%(person)s tried to redeem a customer's points for a colleague's mobile.") % {
        "person": operator.full_name
    }
    Notification.objects.bulk_create(
        [
            Notification(user=auditor, kind="scoring.alert", key=f"alert:{event.pk}", text=text)
            for auditor in auditors
        ],
        ignore_conflicts=True,
    )
    message = _("This mobile belongs to a colleague. Points are for customers; name the customer's mobile.")
    return BusinessError("STAFF_BENEFICIARY", message, fields={"beneficiary": [message]})
