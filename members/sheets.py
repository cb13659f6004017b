"""What audits compare of a client's people: names, positions and numbers of who is active (S1-81…S1-84)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clients.models import Client
from clients.services.audit_sheet import SheetField
from members.choices import ContactKind
from members.models import Contact


def people_fields(client: Client) -> Iterator[SheetField]:
    """Yield name, position and mobile of the key person and of each contact."""
    people = Contact.objects.filter(client=client, left_on=None).order_by("-kind", "pk")
    for number, person in enumerate(people):
        key = person.kind == ContactKind.KEY_PERSON
        who = _("key person") if key else _("contact %(n)d") % {"n": number}
        at = person.pk
        yield SheetField(f"person:{at}", _("%(who)s: name") % {"who": who}, person.name, True, True)
        yield SheetField(
            f"position:{at}", _("%(who)s: position") % {"who": who}, person.position, key,
            changed_on=person.position_changed_on,
        )  # fmt: skip
        yield SheetField(f"mobile:{at}", _("%(who)s: mobile") % {"who": who}, person.mobile, True, True)
