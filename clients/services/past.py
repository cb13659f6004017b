"""Turn the file back in time: a list as it was, one client as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from clients.models import Client, ClientPast
from clients.services.columns import column
from crm.base import clock


@contextmanager
def as_at(day: date) -> Iterator[Any]:
    """Give the clients as they stood at the end of a business day; read them inside the block.

    The night that closes a day writes after midnight: its changes belong to the next day.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crm.as_at', %s, true)", [clock.next_midnight(day).isoformat()])
        yield ClientPast.objects.all()


def past_of(client: Client, day: date) -> tuple[Client, frozenset[str]] | None:
    """Return the client as it stood at the end of a day and the columns whose past is known.

    None when the file did not exist yet. The record returned must not be saved.
    """
    moment = clock.next_midnight(day)
    if client.created_at >= moment:
        return None
    events = apps.get_model("clients", "ClientEvent")
    names = [f.name for f in events._meta.concrete_fields if not f.name.startswith("pgh_") and f.name != "id"]
    kept = events.objects.filter(pgh_obj_id=client.pk, pgh_created_at__gte=moment).order_by("pgh_id").first()
    then = Client.objects.select_related(
        "am", "org_unit", "industry", "industry_type", "grid", "parent", "hq_region"
    ).get(pk=client.pk)
    if kept is not None:
        for name in names:
            setattr(then, column(name).attname, getattr(kept, column(name).attname))
    return then, frozenset(names)
