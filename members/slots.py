"""Our places on the client's pages."""

from django.utils.translation import gettext_lazy as _

from clients.slots import Slot, register

register(Slot("tab", "people", _("People"), "members:people", "members.view", 30, "users"))
