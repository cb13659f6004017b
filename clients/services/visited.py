"""What the floor of visits tells the client file."""

from datetime import date

from django.db.models import Q

from clients.models import Client


def note_visit(*, client: Client, visited_on: date) -> bool:
    """Note the day of a visit if it is newer than the last one; say whether it was."""
    older = Q(last_visited_on=None) | Q(last_visited_on__lt=visited_on)
    rows = Client.objects.filter(older, pk=client.pk).update(last_visited_on=visited_on)
    return bool(rows)
