"""Whose client it is, for acts that a closed client does not stop."""

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base.access import require
from crm.base.errors import Forbidden, NotFound


def writable(actor: User, client_id: int, verb: str = "clients.change") -> Client:
    """Return the client, locked, if the person may change it.

    Raises: NotFound outside the scope; Forbidden when visible but not writable.
    """
    require(actor, verb)
    if not Client.objects.visible_to(actor).filter(pk=client_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
    if not Client.objects.writable_by(actor).filter(pk=client_id).exists():
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    return Client.objects.select_for_update(of=("self",)).get(pk=client_id)
