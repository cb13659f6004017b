"""Keep the data of files timely: confirm it, and tell managers what became stale (S1-54, J14)."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import ngettext

from clients.models import Client
from clients.rules import freshness
from clients.services.files import locked
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.trail import record
from crm.params import registry


def stale_filter(as_of: date) -> Q:
    """Return the condition of a stale file on a day."""
    return freshness.stale(as_of, registry.get("audit.stale_days", as_of=as_of))


def note_refreshed(client_ids: Iterable[int], *, as_of: date | None = None) -> int:
    """Note that somebody looked after the data of files, such as their people."""
    day = as_of or clock.today()
    older = Q(refreshed_on=None) | Q(refreshed_on__lt=day)
    return Client.objects.filter(older, pk__in=list(client_ids)).update(refreshed_on=day)


@transaction.atomic
def confirm_client(*, actor: User, client_id: int, as_of: date | None = None) -> Client:
    """Confirm that the data of a file is still right although nothing changed.

    Raises: NotFound, Forbidden, BusinessError CLIENT_CLOSED.
    """
    day = as_of or clock.today()
    client = locked(client_id, actor)
    if note_refreshed([client.pk], as_of=day):
        record(actor=actor, action="clients.confirmed", entity=client, unit=client.org_unit)
    client.refresh_from_db()
    return client


@transaction.atomic
def note_stale_clients(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Tell managers which of their files became stale; return the notices written (J14).

    A file is told of on the one day it becomes stale, so that nobody hears of it every morning; the
    workbench keeps it as a duty until it is mended. Run twice it writes nothing.
    """
    days = registry.get("audit.stale_days", as_of=as_of)
    clients = Client.objects.filter(freshness.became_stale(as_of, days), am__isnull=False)
    if province is not None:
        clients = clients.filter(org_unit__path__startswith=province.path)
    counts = dict(clients.order_by().values_list("am").annotate(n=Count("pk")))
    key = f"clients.stale:{as_of}" + (f":{province.code}" if province else "")
    people = User.objects.active().filter(pk__in=counts)
    told = set(Notification.objects.filter(key=key, user__in=counts).values_list("user", flat=True))
    fresh = [_notice(user, counts[user.pk], days, key) for user in people if user.pk not in told]
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _notice(user: User, count: int, days: int, key: str) -> Notification:
    with in_language_of(user):
        text = ngettext(
            "The data of %(n)d client of yours was not touched for %(days)d days.",
            "The data of %(n)d clients of yours was not touched for %(days)d days.",
            count,
        ) % {"n": count, "days": days}
    url = reverse("clients:list") + "?mine=on&stale=on"
    return Notification(user=user, kind="clients.stale", text=text, url=url, key=key)
