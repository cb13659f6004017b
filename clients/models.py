"""The client file: columns, constraints, and nothing that another column already says."""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager

from clients import choices
from clients.querysets import MOBILES, ClientQuerySet, GridQuerySet
from crm.base.history import keep_history
from crm.base.models import Region, Stamped


class Industry(models.Model):
    """One entry of GB/T 4754-2017: section (A), division (01), group (011) or class (0111)."""

    code = models.CharField(_("industry code"), max_length=4, primary_key=True)
    name = models.CharField(_("industry"), max_length=80)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # The four levels of the entry itself, so that a client's are one join away.
    section = models.CharField(max_length=1)
    division = models.CharField(max_length=2, blank=True)
    group = models.CharField(max_length=3, blank=True)

    class Meta:
        verbose_name = _("industry")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IndustryCategory(models.Model):
    """One of the company's own thirty industry types (X-05), editable."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("industry type"), max_length=40)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("industry type")
        ordering = ["position"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if (get_language() or "").startswith("en") else self.name


class GridManager(MP_NodeManager.from_queryset(GridQuerySet)):  # type: ignore[misc]
    """Give the tree's rows our reading verbs (the tree's own manager makes plain rows)."""

    def get_queryset(self) -> GridQuerySet:
        """Return the rows in the order of the tree."""
        return GridQuerySet(self.model, using=self._db).order_by("path")


class Grid(MP_Node):
    """One cell of the market grid: area, county, patch, township, office direction (Source: S1-71)."""

    code = models.CharField(_("grid code"), max_length=32, unique=True)
    name = models.CharField(_("grid"), max_length=60)
    level = models.PositiveSmallIntegerField(_("level"), choices=choices.GridLevel)
    unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))

    objects = GridManager()

    class Meta:
        verbose_name = _("grid")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class CodeSequence(models.Model):
    """The last number given out under one four-digit prefix; numbers are never reused (X-07, S0-54)."""

    prefix = models.CharField(max_length=4, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


def paper_path(client: "Client", filename: str) -> str:
    """Return a name nobody can guess; what the person called the file is not kept on the disk."""
    return f"clients/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:6]}"


class Bigrams(Func):
    """Pairs of neighbouring characters of a text, as an array: what the search index holds."""

    function = "crm_bigrams"
    output_field = ArrayField(models.TextField())


TRACKED = [
    "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype",
    "cluster_kind", "industry", "industry_type", "main_activity", "key_industry",
    "is_party_gov_military", "is_provincial_media", "tax_rank_province", "tax_rank_city", "tax_year",
    "bank_level", "region_scope", "hq_region", "parent", "unit_relation", "has_own_finance",
    "phone_public", "address", "postal_address", "postcode", "grid", "employee_total", "mobile_users_cm",
    "mobile_users_ct", "mobile_users_cu", "mobile_count", "monthly_telecom_spend_fen", "is_benchmark",
    "is_strategic", "influence_level", "ict_demand_score", "status", "size_class", "value_tier", "am",
    "org_unit", "filing", "remark", "closed_at",
]  # fmt: skip


@keep_history(TRACKED)
class Client(Stamped):
    """One group client (Source: S0-01). Derived columns are written by rules only, never by a form."""

    client_code = models.CharField(_("client code"), max_length=12, db_collation="C")
    name = models.CharField(_("client name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True, db_collation="C")
    licence_no = models.CharField(_("licence number"), max_length=30, blank=True)
    filing = models.CharField(
        _("filing state"), max_length=9, choices=choices.FilingState, default=choices.FilingState.FILED
    )

    # Axis 1: institution
    institution_type = models.CharField(_("institution type"), max_length=2, choices=choices.InstitutionType)
    institution_subtype = models.CharField(
        _("institution sub-type"), max_length=3, choices=choices.InstitutionSubtype, blank=True
    )
    cluster_kind = models.CharField(_("cluster kind"), max_length=9, choices=choices.ClusterKind, blank=True)
    is_legal_person = models.GeneratedField(
        expression=Q(institution_type__in=[t.value for t in choices.LEGAL_PERSONS]),  # type: ignore[arg-type]
        output_field=models.BooleanField(_("legal person")),
        db_persist=True,
    )

    # Axis 2: industry. The deepest known code is the input, the upper levels follow from it.
    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("industry"),
    )
    industry_type = models.ForeignKey(
        IndustryCategory,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("industry type"),
    )
    main_activity = models.CharField(_("main activity"), max_length=300, blank=True)
    secondary_industries = ArrayField(
        models.CharField(max_length=4), verbose_name=_("secondary industries"), default=list, blank=True
    )
    key_industry = models.CharField(_("key industry"), max_length=7, choices=choices.KeyIndustry, blank=True)
    bank_level = models.CharField(_("bank level"), max_length=10, choices=choices.BankLevel, blank=True)

    # Axis 3 and 4: size and value, derived
    size_class = models.CharField(_("size class"), max_length=1, choices=choices.SizeClass, blank=True)
    size_rule = models.CharField(_("size rule"), max_length=8, blank=True)
    value_tier = models.CharField(  # noqa: DJ001 - unknown until the first run, not empty
        _("value tier"), max_length=2, choices=choices.ValueTier, null=True, blank=True
    )

    # Axis 5: region
    region_scope = models.CharField(
        _("operating region"), max_length=14, choices=choices.RegionScope, default=choices.RegionScope.LOCAL
    )
    hq_region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("region of headquarters"),
    )

    # Axis 6: lifecycle, derived
    status = models.CharField(
        _("status"), max_length=9, choices=choices.ClientStatus, default=choices.ClientStatus.POTENTIAL
    )
    status_changed_at = models.DateTimeField(_("status since"), null=True, blank=True)
    account_opened_at = models.DateTimeField(_("account opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="successors",
        verbose_name=_("predecessor"),
    )

    # What sizes and values are computed from
    is_party_gov_military = models.BooleanField(_("party, government or military"), default=False)
    is_provincial_media = models.BooleanField(_("provincial news media"), default=False)
    tax_rank_province = models.PositiveIntegerField(_("provincial tax rank"), null=True, blank=True)
    tax_rank_city = models.PositiveIntegerField(_("city tax rank"), null=True, blank=True)
    tax_year = models.PositiveSmallIntegerField(_("tax year"), null=True, blank=True)
    employee_total = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    mobile_users_cm = models.PositiveIntegerField(_("China Mobile users"), null=True, blank=True)
    mobile_users_ct = models.PositiveIntegerField(_("China Telecom users"), null=True, blank=True)
    mobile_users_cu = models.PositiveIntegerField(_("China Unicom users"), null=True, blank=True)
    mobile_count = models.PositiveIntegerField(_("mobiles, if counted otherwise"), null=True, blank=True)
    monthly_telecom_spend_fen = models.BigIntegerField(_("monthly telecom spend"), null=True, blank=True)
    is_benchmark = models.BooleanField(_("model in its line"), default=False)
    is_strategic = models.BooleanField(_("designated strategic client"), default=False)
    influence_level = models.PositiveSmallIntegerField(
        _("influence"), default=0, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    ict_demand_score = models.PositiveSmallIntegerField(
        _("informatisation demand"), default=0, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )

    # Structure
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="children",
        verbose_name=_("parent client"),
    )
    unit_relation = models.CharField(
        _("relation to parent"), max_length=17, choices=choices.UnitRelation, default=choices.UnitRelation.HQ
    )
    has_own_finance = models.BooleanField(_("own financial authority"), default=False)
    parent_authorized = models.BooleanField(_("authorised by the parent"), default=False)
    has_legal_status = models.BooleanField(_("outlet is a legal person itself"), default=False)

    # Where and how to reach
    phone_public = models.CharField(_("public phone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=6, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    email = models.EmailField(_("email"), blank=True)
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("grid")
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    registered_capital_fen = models.BigIntegerField(_("registered capital"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    competitor_contract_ends_on = models.DateField(
        _("contract with a competitor ends on"), null=True, blank=True
    )
    decision_chain = models.CharField(_("how they decide"), max_length=300, blank=True)
    budget_month = models.PositiveSmallIntegerField(
        _("budget month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )

    # Papers, served to who may open the client only
    licence_scan = models.FileField(_("licence scan"), upload_to=paper_path, blank=True)
    authorization_doc = models.FileField(_("authorisation of the parent"), upload_to=paper_path, blank=True)
    office_photo = models.FileField(_("photo of the office building"), upload_to=paper_path, blank=True)

    # The way of the file itself
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("submitted by"),
    )  # fmt: skip
    filing_note = models.CharField(_("reason of the rejection"), max_length=200, blank=True)
    duplicate_reason = models.CharField(_("why this is not a duplicate"), max_length=200, blank=True)

    # Whose
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, db_index=False, related_name="+", verbose_name=_("unit")
    )
    am = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("account manager"),
    )  # fmt: skip

    # Written from the floors above through our services, or by triggers
    segment = models.CharField(_("segment"), max_length=8, choices=choices.Segment, blank=True)
    key_account_kinds = ArrayField(models.CharField(max_length=9), default=list, blank=True)
    completeness = models.CharField(
        _("completeness"), max_length=10, choices=choices.Completeness, blank=True
    )
    members_active = models.PositiveIntegerField(_("active members"), default=0, db_default=0)
    key_persons_active = models.PositiveSmallIntegerField(default=0, db_default=0)
    contacts_active = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The same, of those with every required field; and of key persons with birthday, with traits.
    key_persons_full = models.PositiveSmallIntegerField(default=0, db_default=0)
    contacts_full = models.PositiveSmallIntegerField(default=0, db_default=0)
    key_birthdays = models.PositiveSmallIntegerField(default=0, db_default=0)
    key_traits = models.PositiveSmallIntegerField(default=0, db_default=0)
    last_visited_on = models.DateField(_("last visited on"), null=True, blank=True)

    # How people find it: cleaned name, pinyin and initials, written by services and intake
    search_text = models.TextField(blank=True, default="", db_default="")
    name_pinyin = models.CharField(max_length=300, blank=True, default="", db_default="", db_collation="C")
    name_key = models.CharField(max_length=200, blank=True, default="", db_default="", db_collation="C")

    objects = models.Manager.from_queryset(ClientQuerySet)()

    class Meta:
        verbose_name = _("client")
        # Every index is written for every client whose state, size or tier changes at night: foreign keys
        # have one only where a list asks for it.
        constraints = [
            models.UniqueConstraint(fields=["client_code"], name="client_code_unique"),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~Q(uscc="") & ~Q(status="CLOSED"),
                name="client_uscc_unique",
                violation_error_message=_("A client with this unified social credit code is already filed."),
                violation_error_code="DUPLICATE_CLIENT",
            ),
            models.UniqueConstraint(
                fields=["licence_no"],
                condition=~Q(licence_no="") & ~Q(status="CLOSED"),
                name="client_licence_unique",
                violation_error_message=_("A client with this licence number is already filed."),
                violation_error_code="DUPLICATE_CLIENT",
            ),
            # S0-27: A, B, C for legal persons only; D for individuals and clusters only.
            models.CheckConstraint(
                condition=Q(value_tier=None)
                | (Q(institution_type__in=["GT", "JL"]) & Q(value_tier="D"))
                | (~Q(institution_type__in=["GT", "JL"]) & ~Q(value_tier="D")),
                name="client_tier_fits_institution",
            ),
            models.CheckConstraint(
                condition=Q(institution_subtype="")
                | Q(institution_subtype__startswith=models.F("institution_type")),
                name="client_subtype_fits_type",
                violation_error_message=_("The sub-type does not belong to the institution type."),
            ),
            models.CheckConstraint(
                condition=Q(key_persons_active__lte=1),
                name="client_one_key_person",
                violation_error_message=_("This client already has a key person."),
            ),
            models.CheckConstraint(
                condition=Q(contacts_active__lte=5),
                name="client_five_contacts",
                violation_error_message=_("A client has at most five contacts."),
            ),
            models.CheckConstraint(
                condition=Q(influence_level__lte=5) & Q(ict_demand_score__lte=5),
                name="client_scores_in_range",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="client_not_its_own_parent"
            ),
        ]
        indexes = [
            # Lists of a head or a manager in code order, and by each axis.
            models.Index(fields=["org_unit", "client_code"], name="client_unit_code"),
            models.Index(fields=["am", "client_code"], name="client_am_code"),
            models.Index(fields=["status", "client_code"], name="client_status_code"),
            models.Index(fields=["value_tier", "client_code"], name="client_tier_code"),
            models.Index(fields=["size_class", "client_code"], name="client_size_code"),
            models.Index(fields=["institution_type", "client_code"], name="client_institution_code"),
            models.Index(fields=["name_pinyin", "id"], name="client_pinyin"),
            models.Index(fields=["-updated_at", "-id"], name="client_recent"),
            models.Index(fields=["name_key"], name="client_name_key"),
            models.Index(fields=["uscc"], name="client_uscc"),
            models.Index(fields=["completeness", "client_code"], name="client_completeness_code"),
            models.Index(fields=["-created_at"], name="client_created"),
            models.Index(MOBILES.desc(), models.F("id").desc(), name="client_mobiles"),
            # Drafts and files that wait for a decision are few.
            models.Index(
                fields=["org_unit", "filing"], name="client_in_filing", condition=~Q(filing="FILED")
            ),
            models.Index(fields=["parent"], name="client_parent", condition=~Q(parent=None)),
            models.Index(fields=["industry"], name="client_industry"),
            models.Index(fields=["industry_type"], name="client_industry_type"),
            GinIndex(Bigrams("search_text"), name="client_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mobiles(self) -> int:
        """Return mobiles of all operators, or the explicit count (D-02)."""
        if self.mobile_count is not None:
            return self.mobile_count
        return (self.mobile_users_cm or 0) + (self.mobile_users_ct or 0) + (self.mobile_users_cu or 0)


class ClientLife(models.Model):
    """What the lifecycle is derived from, one row a client with products (a database view).

    `live_since` is the newest opening at which no other product was live: the (re-)opening. Traffic of
    products cancelled before it does not count any more (spec §3.4).
    """

    client = models.OneToOneField(Client, models.DO_NOTHING, primary_key=True, related_name="life")
    live = models.IntegerField()
    ordered = models.IntegerField()
    live_since = models.DateField(null=True)
    last_traffic_month = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "clients_life"

    def __str__(self) -> str:
        return f"{self.client_id} {self.live}"


class MergeNote(models.Model):
    """A unit too small for a file of its own, named in its parent's file (Source: S1-74, S1-76)."""

    parent = models.ForeignKey(Client, models.CASCADE, related_name="merge_notes")
    merged_name = models.CharField(_("merged unit"), max_length=200)
    headcount = models.PositiveIntegerField(_("people"), null=True)
    reason = models.CharField(_("reason"), max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "merged_name"], name="merge_note_once"),
        ]

    def __str__(self) -> str:
        return self.merged_name


class SavedView(models.Model):
    """A list as one person wants to find it again: the query string under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=20)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class ClientStatusHistory(models.Model):
    """Every change of the lifecycle state, with its reason."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="status_history")
    old = models.CharField(max_length=9, choices=choices.ClientStatus, blank=True)
    new = models.CharField(max_length=9, choices=choices.ClientStatus)
    reason = models.CharField(max_length=40)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    job_run = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["client", "-id"], name="status_history_client"),
            models.Index(fields=["changed_on", "new"], name="status_history_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.old}→{self.new}"


class ClientClassHistory(models.Model):
    """Every change of a derived class: which axis, from what to what, by which rule or run."""

    class Axis(models.TextChoices):
        SIZE = "SIZE", _("size class")
        TIER = "TIER", _("value tier")

    client = models.ForeignKey(Client, models.CASCADE, related_name="class_history")
    axis = models.CharField(max_length=8, choices=Axis)
    old = models.CharField(max_length=8, blank=True)
    new = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=20, blank=True)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["client", "-id"], name="class_history_client"),
            models.Index(fields=["changed_on", "axis"], name="class_history_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.axis} {self.old}→{self.new}"


class AMAssignment(models.Model):
    """Who managed a client from when to when; the current primary also stands in Client.am."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=7, choices=choices.AssignmentKind, default=choices.AssignmentKind.PRIMARY
    )
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(to_on=None, kind="PRIMARY"), name="assignment_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="assignment_period"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], name="assignment_current", condition=Q(to_on=None)),
            models.Index(fields=["client", "-from_on"], name="assignment_client"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.user_id} {self.kind}"


class Product(models.Model):
    """One product of the catalogue."""

    code = models.CharField(_("product code"), max_length=20, unique=True)
    name = models.CharField(_("product"), max_length=60)
    name_en = models.CharField(max_length=60)
    family = models.CharField(_("family"), max_length=5, choices=choices.ProductFamily)
    is_group_product = models.BooleanField(_("group product"), default=True)
    counts_as_ict = models.CharField(
        _("informatisation revenue"),
        max_length=16,
        choices=choices.CountsAsIct,
        default=choices.CountsAsIct.NEVER,
    )
    needs_agreement = models.BooleanField(_("needs an agreement"), default=False)
    needs_circuit = models.BooleanField(_("needs a circuit"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("product")
        ordering = ["code"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if (get_language() or "").startswith("en") else self.name


@keep_history(["status", "opened_on", "cancelled_on", "pay_mode", "circuit_id", "bandwidth_kbps"])
class ClientProduct(Stamped):
    """One product a client ordered; a re-order is a new row (spec §3.4)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="products")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    status = models.CharField(
        _("product status"),
        max_length=9,
        choices=choices.ProductStatus,
        default=choices.ProductStatus.ORDERED,
    )
    ordered_on = models.DateField(_("ordered on"))
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    pay_mode = models.CharField(
        _("payment"), max_length=8, choices=choices.PayMode, default=choices.PayMode.UNIFIED
    )
    circuit_id = models.CharField(_("circuit"), max_length=40, null=True, blank=True, unique=True)
    bandwidth_kbps = models.PositiveIntegerField(_("bandwidth, kbit/s"), null=True, blank=True)
    external_id = models.CharField(_("external key"), max_length=60, null=True, blank=True, unique=True)
    # Newest month with traffic since this row was opened; kept by the service that records traffic.
    last_traffic_month = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("client product")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["OPEN", "SUSPENDED"]) | ~Q(opened_on=None),
                name="product_open_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="CANCELLED") | ~Q(cancelled_on=None), name="product_cancelled_has_date"
            ),
        ]
        indexes = [models.Index(fields=["client", "status"], name="client_product_status")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.product_id} {self.status}"


class ProductTraffic(models.Model):
    """Traffic of one client product in one month (events, KB or seconds, as the source counts)."""

    client_product = models.ForeignKey(ClientProduct, models.CASCADE, related_name="traffic")
    month = models.DateField(_("month"))
    amount = models.BigIntegerField(_("traffic"))
    recorded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["client_product", "month"], name="traffic_once_a_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="traffic_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="traffic_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_product_id} {self.month:%Y-%m} {self.amount}"


class RevenueMonth(models.Model):
    """Revenue of one client in one month, all products together (by product comes later)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="revenue")
    month = models.DateField(_("month"))
    revenue_fen = models.BigIntegerField(_("revenue"))

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["client", "month"], name="revenue_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="revenue_month_is_first_day"),
        ]
        indexes = [models.Index(fields=["month"], include=["client", "revenue_fen"], name="revenue_month")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.month:%Y-%m} {self.revenue_fen}"
