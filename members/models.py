"""People of clients: key persons and contacts, members, personal customers and their bills."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members import choices
from members.querysets import OfClientQuerySet, PersonalCustomerQuerySet

MOBILE = RegexValidator(r"^1[3-9]\d{9}$", _("Write a mobile number of 11 digits."), code="mobile")


def _count_trigger(name: str, columns: dict[str, str]) -> list[pgtrigger.Trigger]:
    """Keep counts of live rows in the client, one statement per statement, so that its CHECKs are the limit.

    The row lock on the client makes two parallel inserts wait for each other (E095).
    """
    sums = ", ".join(
        f"SUM(n) FILTER (WHERE {condition}) AS {column}" for column, condition in columns.items()
    )
    sets = ", ".join(f"{column} = c.{column} + COALESCE(d.{column}, 0)" for column in columns)
    changed = " OR ".join(f"COALESCE(d.{column}, 0) <> 0" for column in columns)

    def body(rows: str) -> str:
        return f"""
            UPDATE clients_client c SET {sets}
            FROM (SELECT client_id, {sums} FROM ({rows}) r WHERE left_on IS NULL GROUP BY client_id) d
            WHERE c.id = d.client_id AND ({changed});
            RETURN NULL;
        """  # noqa: S608 - our own column names

    def trigger(
        suffix: str, operation: pgtrigger.Operation, rows: str, referencing: pgtrigger.Referencing
    ) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=f"{name}_{suffix}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=body(rows),
        )

    return [
        trigger(
            "ins", pgtrigger.Insert, "SELECT *, 1 AS n FROM new_rows", pgtrigger.Referencing(new="new_rows")
        ),
        trigger(
            "del", pgtrigger.Delete, "SELECT *, -1 AS n FROM old_rows", pgtrigger.Referencing(old="old_rows")
        ),
        trigger(
            "upd",
            pgtrigger.Update,
            "SELECT *, 1 AS n FROM new_rows UNION ALL SELECT *, -1 AS n FROM old_rows",
            pgtrigger.Referencing(new="new_rows", old="old_rows"),
        ),
    ]


@keep_history(["kind", "name", "position", "mobile", "phone", "email", "left_on", "position_changed_on"])
class Contact(Stamped):
    """A key person or contact of a client (Source: S1-81, S1-82, D-22)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="contacts")
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
        triggers = _count_trigger(
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


@keep_history(["client", "name", "msisdn", "position", "type", "left_on", "verified"])
class Member(Stamped):
    """A number that belongs to a client (Source: S1-65…S1-67, S1-77…S1-80)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="members")
    msisdn = models.CharField(_("mobile"), max_length=11, validators=[MOBILE], db_collation="C")
    name = models.CharField(_("full name"), max_length=100)
    position = models.CharField(_("position"), max_length=40)
    type = models.CharField(_("member type"), max_length=1, choices=choices.MemberType)
    source = models.CharField(
        _("source"), max_length=14, choices=choices.MemberSource, default=choices.MemberSource.ADDRESS_BOOK
    )
    employment = models.CharField(
        _("employment"), max_length=7, choices=choices.Employment, default=choices.Employment.REGULAR
    )
    person_kind = models.CharField(
        _("kind of person"), max_length=7, choices=choices.PersonKind, default=choices.PersonKind.STAFF
    )
    line_kind = models.CharField(
        _("kind of line"), max_length=11, choices=choices.LineKind, default=choices.LineKind.MOBILE
    )
    verified = models.BooleanField(_("verified"), default=True)
    # Copy of Client.is_legal_person: a number is active in one legal person only, clusters may repeat it.
    exclusive = models.BooleanField(default=True, db_default=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = models.Manager.from_queryset(OfClientQuerySet)()

    class Meta:
        verbose_name = _("member")
        ordering = ["client", "id"]
        triggers = _count_trigger("count_members", {"members_active": "type IN ('1', '2', '3')"})
        constraints = [
            models.UniqueConstraint(
                fields=["msisdn"],
                condition=Q(left_on=None, exclusive=True),
                name="member_active_once",
                violation_error_message=_("This number is an active member of another client."),
            ),
            models.UniqueConstraint(
                fields=["client", "msisdn"], condition=Q(left_on=None), name="member_once_in_client"
            ),
            models.CheckConstraint(
                condition=~Q(person_kind="STUDENT") & Q(line_kind__in=["MOBILE", "FIXED"]),
                name="member_kind_allowed",
                violation_error_message=_("Students, M2M cards and TD landlines may not be members."),
                violation_error_code="MEMBER_KIND_FORBIDDEN",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "id"], name="member_client"),
            # For the search across everything: the last four digits.
            models.Index(Right("msisdn", 4), name="member_tail", condition=Q(left_on=None)),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history(["name", "client", "brand", "is_influential", "vip_grade", "in_net_to"])
class PersonalCustomer(Stamped):
    """A person who pays bills and earns points (spec §3.5)."""

    msisdn = models.CharField(_("mobile"), max_length=11, validators=[MOBILE], db_collation="C")
    name = models.CharField(_("full name"), max_length=40)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="customers", verbose_name=_("client")
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    brand = models.CharField(_("brand"), max_length=12, choices=choices.Brand)
    in_net_from = models.DateField(_("in the network since"))
    in_net_to = models.DateField(_("left the network"), null=True, blank=True)
    realname = models.BooleanField(_("real-name registered"), default=True)
    is_influential = models.BooleanField(_("person of influence"), default=False)
    # Derived, written by scoring
    vip_grade = models.CharField(
        _("VIP grade"), max_length=7, choices=choices.VipGrade, default=choices.VipGrade.NONE
    )
    vip_valid_to = models.DateField(_("VIP valid to"), null=True, blank=True)
    star = models.PositiveSmallIntegerField(_("star"), default=0)

    objects = models.Manager.from_queryset(PersonalCustomerQuerySet)()

    class Meta:
        verbose_name = _("personal customer")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["msisdn"], condition=Q(in_net_to=None), name="customer_active_once"
            )
        ]
        indexes = [
            models.Index(fields=["client"], name="customer_client"),
            # For the front desk: by the last four digits, by name.
            models.Index(Right("msisdn", 4), name="customer_tail"),
            models.Index(fields=["name"], name="customer_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class MonthlyBill(models.Model):
    """One month's bill of one customer; amounts in fen (spec §3.5, S0-67)."""

    customer = models.ForeignKey(PersonalCustomer, models.PROTECT, related_name="bills")
    bill_month = models.DateField(_("month"))
    total_fen = models.BigIntegerField(_("charged"))
    paid_fen = models.BigIntegerField(_("paid"))
    agency_fee_fen = models.BigIntegerField(_("collected for others"), default=0)
    discount_fen = models.BigIntegerField(_("discount"), default=0)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # Set by scoring when the bill's points are in the ledger: the row is the queue.
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("monthly bill")
        ordering = ["-bill_month"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "bill_month"], name="bill_once_a_month"),
            models.CheckConstraint(condition=Q(bill_month__day=1), name="bill_month_is_first_day"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=0, paid_fen__gte=0, agency_fee_fen__gte=0, discount_fen__gte=0),
                name="bill_not_negative",
            ),
        ]
        indexes = [
            # For the nightly posting of settled bills.
            models.Index(
                fields=["id"], name="bill_to_post", condition=Q(posted_at=None) & ~Q(settled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.bill_month:%Y-%m}"
