"""On-site marketing events: plan, team, products, gifts, sign-ins, evaluation (Source: S1-55…S1-62)."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Product
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Member, PersonalCustomer
from visits import choices
from visits.models.gifts import GiftStock
from visits.querysets.events import EventAttendeeQuerySet, EventProductQuerySet, OnSiteEventQuerySet


def all_materials() -> list[str]:
    """Return every material: a plan crosses out what it does not need."""
    return list(choices.EventMaterial.values)


@keep_history(["state", "owner", "place", "starts_at", "ends_at", "warmup_done_at"])
class OnSiteEvent(Stamped):
    """One stand at one client, from the plan to the closed evaluation (spec §3.4)."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    state = models.CharField(
        _("state"), max_length=9, choices=choices.EventState, default=choices.EventState.DRAFT
    )
    title = models.CharField(_("topic"), max_length=80)
    place = models.CharField(_("place"), max_length=200)
    place_kind = models.CharField(_("kind of place"), max_length=7, choices=choices.PlaceKind)
    starts_at = models.DateTimeField(_("begin"))
    ends_at = models.DateTimeField(_("end"))
    warmup_plan = models.CharField(_("warm-up and notice"), max_length=500, blank=True)
    warmup_done_at = models.DateTimeField(_("warmed up"), null=True, blank=True)
    materials_needed = ArrayField(
        models.CharField(max_length=7, choices=choices.EventMaterial),
        verbose_name=_("material"),
        default=all_materials,
        blank=True,
    )
    materials_ready = ArrayField(
        models.CharField(max_length=7, choices=choices.EventMaterial), default=list, blank=True
    )
    site_checks = ArrayField(
        models.CharField(max_length=9, choices=choices.SiteCheck),
        verbose_name=_("site checklist"),
        default=list,
        blank=True,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    evaluation_due_on = models.DateField(_("evaluation due"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    # Opens the public sign-in page; made by chance, made anew at will, dead when the event is over.
    sign_in_token = models.CharField(max_length=32, unique=True, null=True, blank=True, db_collation="C")

    objects = models.Manager.from_queryset(OnSiteEventQuerySet)()

    class Meta:
        verbose_name = _("on-site event")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="onsite_event_ends_later"),
            models.CheckConstraint(
                condition=Q(warmup_done_at=None) | Q(warmup_done_at__lt=F("starts_at")),
                name="onsite_event_warm_up_before",
            ),
            # Nobody decides about an own event.
            models.CheckConstraint(
                condition=~Q(decided_by=F("owner")) & ~Q(closed_by=F("owner")),
                name="onsite_event_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["FINISHED", "EVALUATED", "CLOSED"]) | ~Q(evaluation_due_on=None),
                name="onsite_event_over_has_due",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="onsite_event_owner"),
            models.Index(fields=["org_unit", "state", "-id"], name="onsite_event_unit"),
            models.Index(fields=["client", "-starts_at"], name="onsite_event_client"),
            models.Index(
                fields=["evaluation_due_on"], name="onsite_event_due", condition=Q(state="FINISHED")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def form_no(self) -> str:
        """Return the number printed on its forms: JZ and eight figures."""
        return f"JZ{self.pk:08d}"


class EventStaff(models.Model):
    """One of the team: a colleague, or a helper by name (Source: S1-55)."""

    event = models.ForeignKey(OnSiteEvent, models.CASCADE, related_name="staff")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("colleague"),
    )
    helper = models.CharField(_("helper by name"), max_length=40, blank=True)
    is_leader = models.BooleanField(_("leads the stand"), default=False)
    duty = models.CharField(_("does"), max_length=60, blank=True)
    rating = models.PositiveSmallIntegerField(_("quality of work"), null=True, blank=True)

    class Meta:
        ordering = ["-is_leader", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=~Q(user=None), name="event_staff_once"
            ),
            models.CheckConstraint(
                condition=Q(user=None) & ~Q(helper="") | ~Q(user=None) & Q(helper=""),
                name="event_staff_somebody",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="event_staff_rating"
            ),
        ]

    def __str__(self) -> str:
        return self.helper or str(self.user)


class EventProduct(models.Model):
    """One product the stand promotes: wording, tariff, target and result (Source: S1-57, S1-59, S1-60)."""

    event = models.ForeignKey(OnSiteEvent, models.CASCADE, related_name="products", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    script = models.CharField(_("wording"), max_length=500, blank=True)
    tariff = models.CharField(_("tariff and policy"), max_length=300, blank=True)
    system_ready = models.BooleanField(_("ready in the systems"), default=False)
    needs_check = models.BooleanField(_("needs a check of papers or conditions"), default=False)
    support_hall = models.CharField(_("hall or department that supports"), max_length=60, blank=True)
    support_phone = models.CharField(_("its phone"), max_length=20, blank=True)
    target_qty = models.PositiveIntegerField(_("target"), null=True, blank=True)
    result_qty = models.PositiveIntegerField(_("result"), null=True, blank=True)

    objects = models.Manager.from_queryset(EventProductQuerySet)()

    class Meta:
        verbose_name = _("product of an event")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "product"], name="event_product_once"),
            models.CheckConstraint(
                condition=Q(target_qty=None) | Q(target_qty__gte=1), name="event_product_has_target"
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)


class EventGift(models.Model):
    """Gifts for the people who come, out of a unit's stock."""

    event = models.ForeignKey(OnSiteEvent, models.CASCADE, related_name="gifts", db_index=False)
    stock = models.ForeignKey(GiftStock, models.PROTECT, related_name="+", verbose_name=_("gift"))
    quantity = models.PositiveIntegerField(_("quantity"))
    given = models.PositiveIntegerField(_("given away"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "stock"], name="event_gift_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="event_gift_has_quantity"),
            models.CheckConstraint(
                condition=Q(given=None) | Q(given__lte=F("quantity")), name="event_gift_given_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stock.gift} × {self.quantity}"


class EventAttendee(models.Model):
    """Somebody who signed in, and what became of it (Source: S1-62, S1-77)."""

    event = models.ForeignKey(OnSiteEvent, models.CASCADE, related_name="attendees", db_index=False)
    # Copy of the event's client: people are matched with its members in one statement.
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    # Made on the phone: sent twice it is one row.
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(_("full name"), max_length=40)
    msisdn = models.CharField(_("mobile"), max_length=11, db_collation="C")
    interests = models.ManyToManyField(EventProduct, related_name="+", verbose_name=_("interested in"))
    consent = models.BooleanField(_("agreed to be contacted"))
    via = models.CharField(_("signed in"), max_length=5, choices=choices.SignedVia)
    signed_at = models.DateTimeField(_("signed in at"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A salted hash of the network address, to slow down floods; never the address.
    origin = models.CharField(max_length=16, blank=True, default="")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    customer = models.ForeignKey(PersonalCustomer, models.SET_NULL, null=True, blank=True, related_name="+")
    taken_over_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(EventAttendeeQuerySet)()

    class Meta:
        verbose_name = _("attendee")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "msisdn"], name="event_attendee_once"),
            models.CheckConstraint(condition=~Q(via="SELF") | Q(consent=True), name="event_attendee_agreed"),
        ]
        indexes = [models.Index(fields=["event", "origin", "-recorded_at"], name="event_attendee_flood")]

    def __str__(self) -> str:
        return self.name


class EventResult(models.Model):
    """The evaluation: what the figures do not say (Source: S1-62)."""

    event = models.OneToOneField(OnSiteEvent, models.CASCADE, related_name="evaluation")
    client_situation = models.CharField(_("situation of the client"), max_length=2000, blank=True)
    strategy = models.CharField(_("strategy and products used"), max_length=2000, blank=True)
    site_situation = models.CharField(_("situation on the site"), max_length=2000, blank=True)
    sales_effect = models.CharField(_("effect on sales"), max_length=2000, blank=True)
    feedback = models.CharField(_("problems and feedback"), max_length=2000, blank=True)
    success = models.CharField(_("what went well"), max_length=2000, blank=True)
    failure = models.CharField(_("what went wrong"), max_length=2000, blank=True)
    staff_quality = models.CharField(_("quality of the team"), max_length=2000, blank=True)
    written_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.event)


def photo_path(photo: "EventPhoto", _filename: str) -> str:
    """Return a name nobody can guess; the ending follows from the content."""
    ending = {"image/png": "png", "image/jpeg": "jpg"}[photo.content_type]
    return f"events/{uuid.uuid4().hex}.{ending}"


class EventPhoto(models.Model):
    """A picture of the site."""

    event = models.ForeignKey(OnSiteEvent, models.CASCADE, related_name="photos", db_index=False)
    file = models.FileField(_("photo"), upload_to=photo_path, max_length=120)
    content_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField(_("caption"), max_length=80, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "sha256"], name="event_photo_once"),
        ]

    def __str__(self) -> str:
        return self.caption or str(self.pk)
