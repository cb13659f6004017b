"""Agreements of a client: enter, change, end; first signings are marked for whoever checks them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus
from clients.models import Agreement, Client
from clients.rules.agreements import NOTICE_DAYS, in_force, notice_stage
from clients.services.files import locked
from clients.services.revenue import judge_revenue
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.text import clean
from crm.base.trail import record

WRITABLE = (
    "no", "type", "scope", "signed_on", "effective_on", "expires_on", "signer_name", "signer_contact",
    "attachment", "remark",
)  # fmt: skip
REQUIRED = ("no", "type", "scope", "signed_on")


def visible_agreements(actor: User) -> QuerySet[Agreement]:
    """Return agreements of clients the person may open."""
    return Agreement.objects.filter(client__in=Client.objects.visible_to(actor))


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(WRITABLE)
    if unknown:
        raise Invalid(
            "INVALID", _("Some fields need correction."),
            fields={name: [_("This field cannot be written.")] for name in sorted(unknown)},
        )  # fmt: skip
    return {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}


def _check(agreement: Agreement) -> None:
    """Refuse what can never be an agreement.

    Raises: Invalid with the fields.
    """
    fields: dict[str, list[Any]] = {}
    for name in REQUIRED:
        if not getattr(agreement, name):
            fields[name] = [_("This field is required.")]
    if agreement.signed_on and agreement.signed_on > clock.today():
        fields["signed_on"] = [_("The date lies in the future.")]
    if agreement.expires_on and agreement.effective_on and agreement.expires_on < agreement.effective_on:
        fields["expires_on"] = [_("The end lies before the beginning.")]
    if not fields:
        try:
            agreement.clean_fields(exclude=["client", "attachment"])
        except ValidationError as error:
            fields = {name: list(sentences) for name, sentences in error.message_dict.items()}
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)


def _save(agreement: Agreement) -> None:
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        if "agreement_no_once" in str(error):
            sentence = _("This client already has an agreement with this number.")
            raise BusinessError("AGREEMENT_DUPLICATE", sentence, fields={"no": [sentence]}) from error
        raise


@transaction.atomic
def add_agreement(*, actor: User, client_id: int, values: Mapping[str, Any]) -> Agreement:
    """Enter an agreement of a client; the first of all is marked as first signing.

    Raises: Invalid; BusinessError AGREEMENT_DUPLICATE, CLIENT_CLOSED.
    """
    client = locked(client_id, actor)
    agreement = Agreement(client=client, created_by=actor, updated_by=actor)
    for name, value in _cleaned(values).items():
        setattr(agreement, name, value)
    agreement.effective_on = agreement.effective_on or agreement.signed_on
    _check(agreement)
    agreement.first_signing = not Agreement.objects.filter(client=client).exists()
    _save(agreement)
    record(actor=actor, action="clients.agreement_added", entity=client, unit=client.org_unit,
           data={"name": agreement.no, "type": agreement.type, "first": agreement.first_signing})  # fmt: skip
    judge_revenue(as_of=clock.today(), client_ids=[client.pk])
    return agreement


def _own(actor: User, agreement_id: int) -> tuple[Client, Agreement]:
    found = visible_agreements(actor).filter(pk=agreement_id).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such agreement, or you may not see it."))
    client = locked(found.client_id, actor)
    return client, Agreement.objects.select_for_update().get(pk=found.pk)


def _refuse_stale(agreement: Agreement, version: int | None) -> None:
    if version is not None and version != agreement.version:
        raise BusinessError(
            "STALE", _("Somebody changed this meanwhile. Look at it again and repeat your change.")
        )


@transaction.atomic
def change_agreement(
    *, actor: User, agreement_id: int, values: Mapping[str, Any], version: int | None = None
) -> Agreement:
    """Change an agreement.

    Raises: NotFound; Forbidden; Invalid; BusinessError STALE, AGREEMENT_DUPLICATE.
    """
    client, agreement = _own(actor, agreement_id)
    _refuse_stale(agreement, version)
    changed = []
    for name, value in _cleaned(values).items():
        before = getattr(agreement, name)
        same = before.name == getattr(value, "name", value) if isinstance(before, File) else before == value
        if not same:
            setattr(agreement, name, value)
            changed.append(name)
    if not changed:
        return agreement
    agreement.effective_on = agreement.effective_on or agreement.signed_on
    _check(agreement)
    agreement.stamp(actor)
    _save(agreement)
    record(actor=actor, action="clients.agreement_changed", entity=client, unit=client.org_unit,
           data={"name": agreement.no, "fields": sorted(changed)})  # fmt: skip
    judge_revenue(as_of=clock.today(), client_ids=[client.pk])
    return agreement


@transaction.atomic
def end_agreement(
    *, actor: User, agreement_id: int, reason: str, on: date | None = None, version: int | None = None
) -> Agreement:
    """End an agreement before its time, with a reason; products stay as they are and show that it ended.

    Raises: NotFound; Forbidden; Invalid; BusinessError STALE, WRONG_STATE.
    """
    client, agreement = _own(actor, agreement_id)
    _refuse_stale(agreement, version)
    if agreement.ended_on is not None:
        raise BusinessError("WRONG_STATE", _("This agreement has ended already."))
    reason = clean(reason)
    if not reason:
        sentence = _("Say why.")
        raise Invalid("INVALID", sentence, fields={"reason": [sentence]})
    day = on or clock.today()
    if day > clock.today() or day < agreement.signed_on:
        sentence = _("The end lies between the signing and today.")
        raise Invalid("INVALID", sentence, fields={"on": [sentence]})
    agreement.ended_on, agreement.end_reason = day, reason[:200]
    agreement.stamp(actor)
    agreement.save()
    record(actor=actor, action="clients.agreement_ended", entity=client, unit=client.org_unit,
           data={"name": agreement.no, "reason": reason, "on": str(day)})  # fmt: skip
    judge_revenue(as_of=clock.today(), client_ids=[client.pk])
    return agreement


def fitting_agreement(client: Client, day: date) -> Agreement | None:
    """Return the client's agreement in force on a day that lasts longest."""
    rows = Agreement.objects.filter(in_force(day), client=client)
    return max(rows, key=lambda row: (row.expires_on or date.max, row.pk), default=None)


# ---- For whoever checks first signings against reality (S1-84, E114)


def first_signings(after: int = 0) -> QuerySet[Agreement]:
    """Return first signings with a key above a watermark, oldest first: the row is the message."""
    return Agreement.objects.filter(first_signing=True, pk__gt=after).select_related("client").order_by("pk")


@transaction.atomic
def warn_agreement(*, actor: User | None, agreement_id: int, warning: str) -> None:
    """Show a doubt wherever the agreement is shown; empty lifts it.

    The caller has found a difference between the file and reality; nobody writes it by hand.
    """
    agreement = Agreement.objects.select_for_update().select_related("client__org_unit").get(pk=agreement_id)
    warning = clean(warning)[:200]
    if agreement.warning == warning:
        return
    agreement.warning = warning
    agreement.save(update_fields=["warning"])
    client = agreement.client
    record(actor=actor, action="clients.agreement_warned", entity=client, unit=client.org_unit,
           data={"name": agreement.no, "reason": warning})  # fmt: skip


# ---- The night (J14)


def expiring(as_of: date, within: int = NOTICE_DAYS[0]) -> QuerySet[Agreement]:
    """Return agreements in force whose end lies within so many days."""
    return (
        Agreement.objects.filter(expires_on__gte=as_of, expires_on__lte=as_of + timedelta(days=within))
        .filter(ended_on=None)
        .exclude(client__status=ClientStatus.CLOSED)
    )


@transaction.atomic
def remind_expiring(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Tell managers of agreements that end in 90, 30 and 7 days; return the notices written.

    Each stage is told once; a night that was missed is made up by the next. Run twice it writes nothing.
    Source: J14, S1-67
    """
    rows = expiring(as_of).filter(client__am__isnull=False).select_related("client__am")
    if province is not None:
        rows = rows.filter(client__org_unit__path__startswith=province.path)
    fresh = []
    for agreement in rows.order_by("pk").iterator(2000):
        manager, end = agreement.client.am, agreement.expires_on
        stage = notice_stage((end - as_of).days) if end else None
        if end is None or stage is None or manager is None:
            continue
        with in_language_of(manager):
            text = gettext("Agreement %(no)s of %(client)s ends on %(day)s.") % {
                "no": agreement.no,
                "client": agreement.client,
                "day": date_format(end, "Y-m-d"),
            }
        fresh.append(
            Notification(
                user=manager, kind="agreement_expiring", text=text[:300],
                url=reverse("clients:agreement", args=[agreement.client_id, agreement.pk]),
                key=f"agreement:{agreement.pk}:{agreement.expires_on}:{stage}",
            )
        )  # fmt: skip
    before = Notification.objects.filter(kind="agreement_expiring").count()
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    return Notification.objects.filter(kind="agreement_expiring").count() - before


__all__ = [
    "add_agreement", "change_agreement", "end_agreement", "expiring", "first_signings", "fitting_agreement",
    "remind_expiring", "visible_agreements", "warn_agreement",
]  # fmt: skip
