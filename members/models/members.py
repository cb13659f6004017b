"""Numbers that belong to clients."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members import choices
from members.models.triggers import MOBILE, count_trigger
from members.querysets import OfClientQuerySet


@keep_history(["client", "name", "msisdn", "position", "type", "left_on", "verified"])
class Member(Stamped):
    """A number that belongs to a client (Source: S1-65…S1-67, S1-77…S1-80)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="members", db_index=False)
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
        triggers = count_trigger(
            "count_members",
            {"members_active": "type IN ('1', '2', '3')", "members_ordinary": "type = '2'"},
        )
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
