"""Competitors and churn: sightings, alerts that end by a disposition only, the night's signs (S0-89)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.choices import ChurnDisposition, ChurnRule, ClientStatus, Level, SightingDisposition
from clients.models import ChurnAlert, Client, CompetitorInfo
from clients.querysets.churn import Found, signs
from clients.rules.churn import operator_in
from clients.services.access import writable
from clients.services.files import locked
from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.text import clean
from crm.base.trail import record
from crm.params.registry import get_group


def visible_alerts(actor: User) -> QuerySet[ChurnAlert]:
    """Return alerts of clients the person may open."""
    return ChurnAlert.objects.filter(client__in=Client.objects.visible_to(actor))


def visible_sightings(actor: User) -> QuerySet[CompetitorInfo]:
    """Return sightings at clients the person may open."""
    return CompetitorInfo.objects.filter(client__in=Client.objects.visible_to(actor))


@transaction.atomic
def record_sighting(
    *, actor: User, client_id: int, values: Mapping[str, Any], ref: str | None = None
) -> CompetitorInfo:
    """Record a competitor seen at a client; a grave one raises an alert at once.

    Values: operator, action, seen_on, impact, disposition; product, price_fen, note may be left out. `ref`
    names where it comes from, such as a line of a visit log: told again it returns what is stored.
    Raises: Invalid; Forbidden; NotFound; BusinessError CLIENT_CLOSED.
    """
    client = locked(client_id, actor)
    if ref is not None:
        known = CompetitorInfo.objects.filter(ref=ref).first()
        if known is not None:
            return known
    row = CompetitorInfo(client=client, ref=ref, created_by=actor, updated_by=actor)
    for name in ("operator", "product", "action", "price_fen", "seen_on", "impact", "disposition", "note"):
        if name in values:
            value = values[name]
            setattr(row, name, clean(value) if isinstance(value, str) else value)
    row.seen_on = row.seen_on or clock.today()
    fields: dict[str, list[Any]] = {}
    try:
        row.clean_fields(exclude=["client"])
    except ValidationError as error:
        fields = {name: list(sentences) for name, sentences in error.message_dict.items()}
    if row.seen_on > clock.today():
        fields["seen_on"] = [_("The date lies in the future.")]
    if row.price_fen is not None and row.price_fen < 0:
        fields["price_fen"] = [_("A price is not below zero.")]
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)
    row.save()
    record(actor=actor, action="clients.competitor_seen", entity=client, unit=client.org_unit,
           data={"operator": row.operator, "impact": row.impact, "name": row.action})  # fmt: skip
    if row.impact == Level.HIGH:
        raise_alerts(as_of=clock.today(), client_ids=[client.pk])
    return row


def note_from_log(
    *, actor: User, client_id: int, text: str, seen_on: date, ref: str, operator: str = "", product: str = ""
) -> CompetitorInfo | None:
    """Keep what a visit log says about a competitor as a sighting to watch; the manager may say more later.

    Nothing is kept where the writer may only read the client, or its code was cancelled. Told again, the
    first sighting stays.
    """
    text = clean(text)
    writable_ones = Client.objects.writable_by(actor).exclude(status=ClientStatus.CLOSED)
    if not text or not writable_ones.filter(pk=client_id).exists():
        return None
    values = {
        "operator": operator or operator_in(text), "product": product[:60], "action": text[:200],
        "seen_on": seen_on, "impact": Level.LOW, "disposition": SightingDisposition.WATCH,
    }  # fmt: skip
    return record_sighting(actor=actor, client_id=client_id, values=values, ref=ref)


@transaction.atomic
def report_risk(*, actor: User, client_id: int, reason: str, level: str = Level.MID) -> ChurnAlert:
    """Let a manager say that a client may leave, before billing knows.

    Raises: Invalid; Forbidden; NotFound.
    """
    client = locked(client_id, actor)
    reason = clean(reason)[:200]
    if not reason:
        sentence = _("Say why.")
        raise Invalid("INVALID", sentence, fields={"reason": [sentence]})
    if level not in Level.values:
        sentence = _("Choose a level.")
        raise Invalid("INVALID", sentence, fields={"level": [sentence]})
    today = clock.today()
    number = ChurnAlert.objects.filter(client=client, rule=ChurnRule.REPORTED).count() + 1
    alert = ChurnAlert.objects.create(
        client=client, rule=ChurnRule.REPORTED, ref=f"report:{number}", level=level, facts={"reason": reason},
        raised_on=today, due_on=_due(today), raised_by=actor,
    )  # fmt: skip
    record(actor=actor, action="clients.churn_reported", entity=client, unit=client.org_unit,
           data={"reason": reason, "level": level})  # fmt: skip
    return alert


def _due(day: date) -> date:
    return workdays.after(day, int(get_group("churn.", as_of=day)["due_working_days"]))


@transaction.atomic
def raise_alerts(
    *, as_of: date, province: OrgUnit | None = None, client_ids: Iterable[int] | None = None
) -> int:
    """Raise the alerts that signs of this day call for; return how many are new (J14).

    One sign raises one alert for ever: run twice it raises nothing. Source: S0-89
    """
    numbers = get_group("churn.", as_of=as_of)
    clients = Client.objects.all()
    if province is not None:
        clients = clients.filter(org_unit__path__startswith=province.path)
    if client_ids is not None:
        clients = clients.filter(pk__in=list(client_ids))
    due = _due(as_of)
    count = 0
    batch: list[Found] = []
    for found in signs(clients, as_of, numbers):
        batch.append(found)
        if len(batch) >= 2000:
            count += _raise(batch, as_of, due, numbers)
            batch = []
    return count + _raise(batch, as_of, due, numbers)


def _raise(batch: list[Found], as_of: date, due: date, numbers: Mapping[str, Any]) -> int:
    ids = {found.client_id for found in batch}
    known = set(ChurnAlert.objects.filter(client__in=ids).values_list("client", "rule", "ref"))
    fresh = [found for found in batch if (found.client_id, found.rule.value, found.ref) not in known]
    spoken = _spoken({found.client_id for found in fresh if found.by_billing}, as_of, numbers)
    ChurnAlert.objects.bulk_create(
        [
            ChurnAlert(
                client_id=found.client_id, rule=found.rule, ref=found.ref, level=found.level,
                facts=found.facts, raised_on=as_of, due_on=due,
                late_report=found.by_billing
                and not any(day <= found.on for day in spoken.get(found.client_id, ())),
            )
            for found in fresh
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )  # fmt: skip
    _tell(fresh)
    return len(fresh)


def _spoken(client_ids: set[int], as_of: date, numbers: Mapping[str, Any]) -> dict[int, list[date]]:
    """Return the days on which somebody said a word about a client: a report or a sighting."""
    since = as_of - timedelta(days=int(numbers["report_days"]))
    found: dict[int, list[date]] = {}
    reports = ChurnAlert.objects.filter(
        client__in=client_ids, rule=ChurnRule.REPORTED, raised_on__gte=since
    ).values_list("client", "raised_on")
    for client_id, day in reports:
        found.setdefault(client_id, []).append(day)
    sightings = CompetitorInfo.objects.filter(
        client__in=client_ids, created_at__gte=clock.at(since)
    ).values_list("client", "created_at")
    for client_id, moment in sightings:
        found.setdefault(client_id, []).append(clock.business_date(moment))
    return found


def _tell(fresh: list[Found]) -> None:
    clients = Client.objects.select_related("am").in_bulk({found.client_id for found in fresh})
    notices = []
    for found in fresh:
        client = clients[found.client_id]
        if client.am is None:
            continue
        with in_language_of(client.am):
            text = gettext("Churn alert for %(client)s: %(sign)s") % {
                "client": client,
                "sign": found.rule.label,
            }
        notices.append(
            Notification(
                user=client.am, kind="churn_alert", text=text[:300],
                url=reverse("clients:competition", args=[client.pk]),
                key=f"churn:{client.pk}:{found.rule}:{found.ref}"[:120],
            )
        )  # fmt: skip
    Notification.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)


def _own(actor: User, alert_id: int) -> tuple[Client, ChurnAlert]:
    found = visible_alerts(actor).filter(pk=alert_id).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such alert, or you may not see it."))

    client = writable(actor, found.client_id)  # a closed client too: its alerts still need an outcome
    alert = ChurnAlert.objects.select_for_update().get(pk=found.pk)
    if alert.disposition:
        raise BusinessError("WRONG_STATE", _("This alert is settled already."))
    return client, alert


@transaction.atomic
def acknowledge_alert(*, actor: User, alert_id: int) -> ChurnAlert:
    """Take an alert on: somebody works on it; it stays open until its disposition.

    Raises: NotFound; Forbidden; BusinessError WRONG_STATE.
    """
    client, alert = _own(actor, alert_id)
    if alert.acknowledged_by_id is None:
        alert.acknowledged_by, alert.acknowledged_at = actor, clock.now()
        alert.version += 1
        alert.save()
        record(actor=actor, action="clients.churn_acknowledged", entity=client, unit=client.org_unit,
               data={"name": alert.get_rule_display()})  # fmt: skip
    return alert


@transaction.atomic
def dispose_alert(*, actor: User, alert_id: int, disposition: str, note: str) -> ChurnAlert:
    """Settle an alert with its outcome and what was done; there is no other way to make it go.

    Raises: NotFound; Forbidden; Invalid DISPOSITION_REQUIRED; BusinessError WRONG_STATE.
    """
    client, alert = _own(actor, alert_id)
    note = clean(note)[:300]
    fields: dict[str, list[Any]] = {}
    if disposition not in ChurnDisposition.values:
        fields["disposition"] = [_("Choose the outcome.")]
    if not note:
        fields["note"] = [_("Say what was done.")]
    if fields:
        raise Invalid(
            "DISPOSITION_REQUIRED",
            _("An alert ends by its outcome and a word about what was done."),
            fields=fields,
        )
    now = clock.now()
    alert.disposition, alert.note, alert.disposed_by, alert.disposed_at = disposition, note, actor, now
    if alert.acknowledged_by_id is None:
        alert.acknowledged_by, alert.acknowledged_at = actor, now
    alert.version += 1
    alert.save()
    record(actor=actor, action="clients.churn_disposed", entity=client, unit=client.org_unit,
           data={"name": alert.get_rule_display(), "reason": note, "outcome": disposition})  # fmt: skip
    return alert


def open_alerts(actor: User) -> QuerySet[ChurnAlert]:
    """Return the alerts the person must settle: open ones of clients the person manages."""
    return ChurnAlert.objects.filter(disposition="", client__in=Client.objects.managed_by(actor))


def overdue(rows: QuerySet[ChurnAlert], as_of: date) -> QuerySet[ChurnAlert]:
    """Keep open alerts whose day has passed."""
    return rows.filter(Q(disposition=""), due_on__lt=as_of)
