"""The client file: columns, constraints, and nothing that another column already says."""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.reference import Grid, Industry, IndustryCategory
from clients.querysets.clients import MOBILES, Bigrams, ClientQuerySet
from crm.base.history import keep_history
from crm.base.models import Region, Stamped


def paper_path(client: "Client", filename: str) -> str:
    """Return a name nobody can guess; what the person called the file is not kept on the disk."""
    return f"clients/{uuid.uuid4().hex}{Path(filename).suffix.lower()[:6]}"


TRACKED = [
    "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype",
    "cluster_kind", "industry", "industry_type", "main_activity", "key_industry",
    "is_party_gov_military", "is_provincial_media", "tax_rank_province", "tax_rank_city", "tax_year",
    "bank_level", "region_scope", "hq_region", "parent", "unit_relation", "has_own_finance",
    "phone_public", "address", "postal_address", "postcode", "grid", "employee_total", "mobile_users_cm",
    "mobile_users_ct", "mobile_users_cu", "mobile_count", "monthly_telecom_spend_fen", "is_benchmark",
    "is_strategic", "national_rank", "region_reason", "influence_level", "ict_demand_score", "status",
    "size_class", "value_tier", "am",
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

    region_reason = models.CharField(
        _("why the region differs from the branches"), max_length=200, blank=True, default="", db_default=""
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
    # The file this one was merged into: its code still leads there.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
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
    national_rank = models.PositiveIntegerField(
        _("rank in the national list"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Null is "nobody judged it"; zero is a judgement and fills the field.
    influence_level = models.PositiveSmallIntegerField(
        _("influence"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    ict_demand_score = models.PositiveSmallIntegerField(
        _("informatisation demand"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(5)],
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
    segment_rule = models.CharField(_("segment rule"), max_length=16, blank=True, default="", db_default="")
    key_account_kinds = ArrayField(models.CharField(max_length=9), default=list, blank=True)
    completeness = models.CharField(
        _("completeness"), max_length=10, choices=choices.Completeness, blank=True
    )
    consistency = models.CharField(
        _("consistency"),
        max_length=12,
        choices=choices.Consistency,
        default=choices.Consistency.UNCHECKED,
        db_default=choices.Consistency.UNCHECKED,
    )
    consistency_on = models.DateField(_("compared on"), null=True, blank=True)
    # Somebody looked after the data although no column of the file changed: confirmed it, or its people.
    refreshed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    members_active = models.PositiveIntegerField(_("active members"), default=0, db_default=0)
    # Of them ordinary members: the address book (type 2), for coverage.
    members_ordinary = models.PositiveIntegerField(default=0, db_default=0)
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
            # The unit rides along: every page asks which of a manager's clients lie outside their unit.
            models.Index(fields=["am", "client_code"], include=["org_unit", "id"], name="client_am_code"),
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
            # What audits compared is few beside what they did not.
            models.Index(
                fields=["consistency", "client_code"],
                name="client_consistency",
                condition=~Q(consistency="UNCHECKED"),
            ),
            models.Index(fields=["parent"], name="client_parent", condition=~Q(parent=None)),
            models.Index(
                fields=["client_code", "merged_into"],
                name="client_merged",
                condition=~Q(merged_into=None),
            ),
            # Every file that goes is looked for here: undoing an import takes 100,000 of them away.
            models.Index(fields=["predecessor"], name="client_predecessor", condition=~Q(predecessor=None)),
            models.Index(fields=["merged_into"], name="client_merged_into", condition=~Q(merged_into=None)),
            models.Index(fields=["industry"], name="client_industry"),
            models.Index(fields=["industry_type"], name="client_industry_type"),
            GinIndex(Bigrams("search_text"), name="client_search"),
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

    parent = models.ForeignKey(Client, models.CASCADE, related_name="merge_notes", db_index=False)
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
