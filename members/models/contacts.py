"""Key persons and contacts of clients."""

from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members import choices
from members.models.triggers import MOBILE, count_trigger
from members.querysets import OfClientQuerySet


@keep_history(["kind", "name", "position", "mobile", "phone", "email", "left_on", "position_changed_on"])
class Contact(Stamped):
    """A key person or contact of a client (Source: S1-81, S1-82, D-22)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=choices.ContactKind)
    name = models.CharField(_("full name"), max_length=40)
    salutation = models.CharField(_("form of address"), max_length=20, blank=True)
    position = models.CharField(_("position"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=11, blank=True, validators=[MOBILE])
    carrier = models.CharField(_("operator"), max_length=5, choices=choices.Carrier, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("email"), blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    traits = models.TextField(_("traits and requests"), blank=True)
    position_changed_on = models.DateField(_("position changed on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)

    objects = models.Manager.from_queryset(OfClientQuerySet)()

    class Meta:
        verbose_name = _("contact")
        ordering = ["-kind", "id"]
        triggers = count_trigger(
            "count_contacts",
            {
                "key_persons_active": "kind = 'KEY_PERSON'",
                "contacts_active": "kind = 'CONTACT'",
                # What the completeness of the file asks of them (spec §3.3).
                "key_persons_full": (
                    "kind = 'KEY_PERSON' AND '' NOT IN (btrim(name), btrim(position), mobile)"
                ),
                "contacts_full": "kind = 'CONTACT' AND '' NOT IN (btrim(name), mobile)",
                "key_birthdays": "kind = 'KEY_PERSON' AND birthday IS NOT NULL",
                "key_traits": "kind = 'KEY_PERSON' AND btrim(traits) <> ''",
            },
        )
        indexes = [
            models.Index(fields=["client", "kind"], name="contact_client"),
            models.Index(fields=["mobile"], name="contact_mobile"),
            models.Index(Right("mobile", 4), name="contact_tail"),
            models.Index(fields=["name"], name="contact_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name
