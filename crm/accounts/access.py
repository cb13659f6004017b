"""The request of a page whose person is known."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from crm.accounts.models import User


class PersonRequest(HttpRequest):
    """A request whose person is known."""

    user: User
    htmx: HtmxDetails
