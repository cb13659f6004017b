"""People of a draft that is given up: it never was a client, so they never were its people."""

from clients.models import Client
from members.models import Contact, Member


def take_out_of_draft(client: Client) -> None:
    """Take the people out of a draft that is given up; their history keeps the trace."""
    Contact.objects.filter(client=client).delete()
    Member.objects.filter(client=client).delete()
