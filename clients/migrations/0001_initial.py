import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import clients.models.agreements
import clients.models.client
import clients.models.papers
import clients.models.products
import clients.querysets.clients
import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("base", "0003_regions"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="Client",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "client_code",
                            models.CharField(db_collation="C", max_length=12, verbose_name="client code"),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="client name")),
                        (
                            "short_name",
                            models.CharField(blank=True, max_length=60, verbose_name="short name"),
                        ),
                        (
                            "uscc",
                            models.CharField(
                                blank=True,
                                db_collation="C",
                                max_length=18,
                                verbose_name="unified social credit code",
                            ),
                        ),
                        (
                            "licence_no",
                            models.CharField(blank=True, max_length=30, verbose_name="licence number"),
                        ),
                        (
                            "filing",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft file"),
                                    ("SUBMITTED", "File submitted"),
                                    ("FILED", "Filed"),
                                    ("REJECTED", "File rejected"),
                                ],
                                default="FILED",
                                max_length=9,
                                verbose_name="filing state",
                            ),
                        ),
                        (
                            "institution_type",
                            models.CharField(
                                choices=[
                                    ("JG", "Government organ"),
                                    ("QY", "Enterprise"),
                                    ("SY", "Public institution"),
                                    ("ST", "Social organisation"),
                                    ("QT", "Other legal person"),
                                    ("GT", "Individual business"),
                                    ("JL", "Cluster"),
                                ],
                                max_length=2,
                                verbose_name="institution type",
                            ),
                        ),
                        (
                            "institution_subtype",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("JG1", "Party committee and its departments, county and above"),
                                    ("JG2", "People's congress, county and above"),
                                    ("JG3", "Government and its departments, county and above"),
                                    ("JG4", "Political consultative conference, county and above"),
                                    ("JG5", "Court or procuratorate, county and above"),
                                    ("JG6", "Democratic party, county and above"),
                                    ("JG7", "Mass organisation, county and above"),
                                    ("JG8", "Township party committee and government"),
                                    ("JG9", "Military organ"),
                                    ("QY1", "Limited or joint-stock company"),
                                    ("QY2", "Non-company enterprise"),
                                    ("SY1", "Education"),
                                    ("SY2", "Science"),
                                    ("SY3", "Culture"),
                                    ("SY4", "Health"),
                                    ("SY5", "Social welfare"),
                                    ("SY6", "Sport"),
                                    ("SY7", "Legal service"),
                                    ("SY8", "Other registered institution"),
                                    ("ST1", "Learned or research society"),
                                    ("ST2", "Association or chamber of commerce"),
                                    ("ST3", "Professional promotion council"),
                                    ("ST4", "Federation or fellowship"),
                                    ("ST5", "Other mass group"),
                                    ("ST6", "Religious body"),
                                    ("QT1", "Private non-enterprise unit"),
                                    ("QT2", "Foundation"),
                                ],
                                max_length=3,
                                verbose_name="institution sub-type",
                            ),
                        ),
                        (
                            "cluster_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("VILLAGE", "Village network"),
                                    ("CLASSMATE", "Classmates network"),
                                    ("TOWNSMEN", "Fellow-townsmen network"),
                                    ("OTHER", "Other cluster"),
                                ],
                                max_length=9,
                                verbose_name="cluster kind",
                            ),
                        ),
                        (
                            "is_legal_person",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Q(("institution_type__in", ["JG", "QY", "SY", "ST", "QT"])),
                                output_field=models.BooleanField(verbose_name="legal person"),
                            ),
                        ),
                        (
                            "main_activity",
                            models.CharField(blank=True, max_length=300, verbose_name="main activity"),
                        ),
                        (
                            "secondary_industries",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=4),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="secondary industries",
                            ),
                        ),
                        (
                            "key_industry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("POST", "Post"),
                                    ("BANK", "Bank"),
                                    ("POWER", "Electric power"),
                                    ("WATER", "Tap water"),
                                    ("GAS", "Gas"),
                                    ("ROAD", "Highway"),
                                    ("AIRPORT", "Airport"),
                                    ("RAILWAY", "Railway"),
                                ],
                                max_length=7,
                                verbose_name="key industry",
                            ),
                        ),
                        (
                            "bank_level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("HQ", "Bank headquarters"),
                                    ("BRANCH", "Bank branch"),
                                    ("SUB_BRANCH", "Bank sub-branch"),
                                    ("OFFICE", "Teller office"),
                                    ("SAVINGS", "Savings outlet"),
                                ],
                                max_length=10,
                                verbose_name="bank level",
                            ),
                        ),
                        (
                            "size_class",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("A", "Class A"),
                                    ("B", "Class B"),
                                    ("C", "Class C"),
                                    ("D", "Class D"),
                                ],
                                max_length=1,
                                verbose_name="size class",
                            ),
                        ),
                        ("size_rule", models.CharField(blank=True, max_length=8, verbose_name="size rule")),
                        (
                            "value_tier",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("A1", "High-value client"),
                                    ("A2", "Strategic client"),
                                    ("B1", "Demonstration client"),
                                    ("B2", "Potential-value client"),
                                    ("C", "Ordinary client"),
                                    ("D", "Individual or cluster"),
                                ],
                                max_length=2,
                                null=True,
                                verbose_name="value tier",
                            ),
                        ),
                        (
                            "region_scope",
                            models.CharField(
                                choices=[
                                    ("TRANSNATIONAL", "Transnational"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("LOCAL", "Within the city"),
                                ],
                                default="LOCAL",
                                max_length=14,
                                verbose_name="operating region",
                            ),
                        ),
                        (
                            "region_reason",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                verbose_name="why the region differs from the branches",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                default="POTENTIAL",
                                max_length=9,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "status_changed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="status since"),
                        ),
                        (
                            "account_opened_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="account opened"),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                        (
                            "is_party_gov_military",
                            models.BooleanField(default=False, verbose_name="party, government or military"),
                        ),
                        (
                            "is_provincial_media",
                            models.BooleanField(default=False, verbose_name="provincial news media"),
                        ),
                        (
                            "tax_rank_province",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="provincial tax rank"
                            ),
                        ),
                        (
                            "tax_rank_city",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="city tax rank"),
                        ),
                        (
                            "tax_year",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tax year"),
                        ),
                        (
                            "employee_total",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                        ),
                        (
                            "mobile_users_cm",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Mobile users"
                            ),
                        ),
                        (
                            "mobile_users_ct",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Telecom users"
                            ),
                        ),
                        (
                            "mobile_users_cu",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Unicom users"
                            ),
                        ),
                        (
                            "mobile_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="mobiles, if counted otherwise"
                            ),
                        ),
                        (
                            "monthly_telecom_spend_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="monthly telecom spend"
                            ),
                        ),
                        (
                            "is_benchmark",
                            models.BooleanField(default=False, verbose_name="model in its line"),
                        ),
                        (
                            "is_strategic",
                            models.BooleanField(default=False, verbose_name="designated strategic client"),
                        ),
                        (
                            "national_rank",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="rank in the national list",
                            ),
                        ),
                        (
                            "influence_level",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                                verbose_name="influence",
                            ),
                        ),
                        (
                            "ict_demand_score",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                                verbose_name="informatisation demand",
                            ),
                        ),
                        (
                            "unit_relation",
                            models.CharField(
                                choices=[
                                    ("HQ", "Headquarters or independent"),
                                    ("SECOND_LEVEL_UNIT", "Second-level unit"),
                                    ("BRANCH", "Branch"),
                                    ("OUTLET", "Base outlet"),
                                ],
                                default="HQ",
                                max_length=17,
                                verbose_name="relation to parent",
                            ),
                        ),
                        (
                            "has_own_finance",
                            models.BooleanField(default=False, verbose_name="own financial authority"),
                        ),
                        (
                            "parent_authorized",
                            models.BooleanField(default=False, verbose_name="authorised by the parent"),
                        ),
                        (
                            "has_legal_status",
                            models.BooleanField(
                                default=False, verbose_name="outlet is a legal person itself"
                            ),
                        ),
                        (
                            "phone_public",
                            models.CharField(blank=True, max_length=30, verbose_name="public phone"),
                        ),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        (
                            "postal_address",
                            models.CharField(blank=True, max_length=200, verbose_name="postal address"),
                        ),
                        ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                        ("website", models.CharField(blank=True, max_length=200, verbose_name="website")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                        ("founded_on", models.DateField(blank=True, null=True, verbose_name="founded on")),
                        (
                            "registered_capital_fen",
                            models.BigIntegerField(blank=True, null=True, verbose_name="registered capital"),
                        ),
                        ("remark", models.CharField(blank=True, max_length=500, verbose_name="remark")),
                        (
                            "competitor_contract_ends_on",
                            models.DateField(
                                blank=True, null=True, verbose_name="contract with a competitor ends on"
                            ),
                        ),
                        (
                            "decision_chain",
                            models.CharField(blank=True, max_length=300, verbose_name="how they decide"),
                        ),
                        (
                            "budget_month",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(12),
                                ],
                                verbose_name="budget month",
                            ),
                        ),
                        (
                            "licence_scan",
                            models.FileField(
                                blank=True,
                                upload_to=clients.models.client.paper_path,
                                verbose_name="licence scan",
                            ),
                        ),
                        (
                            "authorization_doc",
                            models.FileField(
                                blank=True,
                                upload_to=clients.models.client.paper_path,
                                verbose_name="authorisation of the parent",
                            ),
                        ),
                        (
                            "office_photo",
                            models.FileField(
                                blank=True,
                                upload_to=clients.models.client.paper_path,
                                verbose_name="photo of the office building",
                            ),
                        ),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="submitted"),
                        ),
                        (
                            "filing_note",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="reason of the rejection"
                            ),
                        ),
                        (
                            "duplicate_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="why this is not a duplicate"
                            ),
                        ),
                        (
                            "segment",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("KEY", "Key account"),
                                    ("BUSINESS", "Business client"),
                                    ("PUBLIC", "Public client"),
                                ],
                                max_length=8,
                                verbose_name="segment",
                            ),
                        ),
                        (
                            "segment_rule",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=16,
                                verbose_name="segment rule",
                            ),
                        ),
                        (
                            "key_account_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=9), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "completeness",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("INCOMPLETE", "Incomplete"),
                                    ("BASIC", "Basically complete"),
                                    ("COMPLETE", "Complete"),
                                ],
                                max_length=10,
                                verbose_name="completeness",
                            ),
                        ),
                        (
                            "consistency",
                            models.CharField(
                                choices=[
                                    ("UNCHECKED", "Not compared yet"),
                                    ("CONSISTENT", "Consistent"),
                                    ("INCONSISTENT", "Inconsistent"),
                                ],
                                db_default="UNCHECKED",
                                default="UNCHECKED",
                                max_length=12,
                                verbose_name="consistency",
                            ),
                        ),
                        (
                            "consistency_on",
                            models.DateField(blank=True, null=True, verbose_name="compared on"),
                        ),
                        (
                            "refreshed_on",
                            models.DateField(blank=True, null=True, verbose_name="confirmed on"),
                        ),
                        (
                            "members_active",
                            models.PositiveIntegerField(
                                db_default=0, default=0, verbose_name="active members"
                            ),
                        ),
                        ("members_ordinary", models.PositiveIntegerField(db_default=0, default=0)),
                        ("key_persons_active", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("contacts_active", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("key_persons_full", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("contacts_full", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("key_birthdays", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("key_traits", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        (
                            "last_visited_on",
                            models.DateField(blank=True, null=True, verbose_name="last visited on"),
                        ),
                        ("search_text", models.TextField(blank=True, db_default="", default="")),
                        (
                            "name_pinyin",
                            models.CharField(
                                blank=True, db_collation="C", db_default="", default="", max_length=300
                            ),
                        ),
                        (
                            "name_key",
                            models.CharField(
                                blank=True, db_collation="C", db_default="", default="", max_length=200
                            ),
                        ),
                        (
                            "am",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "hq_region",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="base.region",
                                verbose_name="region of headquarters",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_from",
                                to="clients.client",
                                verbose_name="merged into",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="clients.client",
                                verbose_name="parent client",
                            ),
                        ),
                        (
                            "predecessor",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="successors",
                                to="clients.client",
                                verbose_name="predecessor",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="submitted by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "grid",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.grid",
                                verbose_name="grid",
                            ),
                        ),
                        (
                            "industry",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.industry",
                                verbose_name="industry",
                            ),
                        ),
                        (
                            "industry_type",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.industrycategory",
                                verbose_name="industry type",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "client",
                        "indexes": [
                            models.Index(fields=["org_unit", "client_code"], name="client_unit_code"),
                            models.Index(
                                fields=["am", "client_code"],
                                include=("org_unit", "id"),
                                name="client_am_code",
                            ),
                            models.Index(fields=["status", "client_code"], name="client_status_code"),
                            models.Index(fields=["value_tier", "client_code"], name="client_tier_code"),
                            models.Index(fields=["size_class", "client_code"], name="client_size_code"),
                            models.Index(
                                fields=["institution_type", "client_code"], name="client_institution_code"
                            ),
                            models.Index(fields=["name_pinyin", "id"], name="client_pinyin"),
                            models.Index(fields=["-updated_at", "-id"], name="client_recent"),
                            models.Index(fields=["name_key"], name="client_name_key"),
                            models.Index(fields=["uscc"], name="client_uscc"),
                            models.Index(
                                fields=["completeness", "client_code"], name="client_completeness_code"
                            ),
                            models.Index(fields=["-created_at"], name="client_created"),
                            models.Index(
                                models.OrderBy(
                                    django.db.models.functions.comparison.Coalesce(
                                        models.F("mobile_count"),
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.functions.comparison.Coalesce(
                                                    models.F("mobile_users_cm"), models.Value(0)
                                                ),
                                                "+",
                                                django.db.models.functions.comparison.Coalesce(
                                                    models.F("mobile_users_ct"), models.Value(0)
                                                ),
                                            ),
                                            "+",
                                            django.db.models.functions.comparison.Coalesce(
                                                models.F("mobile_users_cu"), models.Value(0)
                                            ),
                                        ),
                                    ),
                                    descending=True,
                                ),
                                models.OrderBy(models.F("id"), descending=True),
                                name="client_mobiles",
                            ),
                            models.Index(
                                condition=models.Q(("filing", "FILED"), _negated=True),
                                fields=["org_unit", "filing"],
                                name="client_in_filing",
                            ),
                            models.Index(
                                condition=models.Q(("consistency", "UNCHECKED"), _negated=True),
                                fields=["consistency", "client_code"],
                                name="client_consistency",
                            ),
                            models.Index(
                                condition=models.Q(("parent", None), _negated=True),
                                fields=["parent"],
                                name="client_parent",
                            ),
                            models.Index(
                                condition=models.Q(("merged_into", None), _negated=True),
                                fields=["client_code", "merged_into"],
                                name="client_merged",
                            ),
                            models.Index(
                                condition=models.Q(("predecessor", None), _negated=True),
                                fields=["predecessor"],
                                name="client_predecessor",
                            ),
                            models.Index(
                                condition=models.Q(("merged_into", None), _negated=True),
                                fields=["merged_into"],
                                name="client_merged_into",
                            ),
                            models.Index(fields=["industry"], name="client_industry"),
                            models.Index(fields=["industry_type"], name="client_industry_type"),
                            django.contrib.postgres.indexes.GinIndex(
                                clients.querysets.clients.Bigrams("search_text"), name="client_search"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("client_code",), name="client_code_unique"),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("uscc", ""), _negated=True),
                                    models.Q(("status", "CLOSED"), _negated=True),
                                ),
                                fields=("uscc",),
                                name="client_uscc_unique",
                                violation_error_code="DUPLICATE_CLIENT",
                                violation_error_message="A client with this unified social credit code is already filed.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("licence_no", ""), _negated=True),
                                    models.Q(("status", "CLOSED"), _negated=True),
                                ),
                                fields=("licence_no",),
                                name="client_licence_unique",
                                violation_error_code="DUPLICATE_CLIENT",
                                violation_error_message="A client with this licence number is already filed.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("value_tier", None),
                                    models.Q(("institution_type__in", ["GT", "JL"]), ("value_tier", "D")),
                                    models.Q(
                                        models.Q(("institution_type__in", ["GT", "JL"]), _negated=True),
                                        models.Q(("value_tier", "D"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="client_tier_fits_institution",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("institution_subtype", ""),
                                    ("institution_subtype__startswith", models.F("institution_type")),
                                    _connector="OR",
                                ),
                                name="client_subtype_fits_type",
                                violation_error_message="The sub-type does not belong to the institution type.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key_persons_active__lte", 1)),
                                name="client_one_key_person",
                                violation_error_message="This client already has a key person.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("contacts_active__lte", 5)),
                                name="client_five_contacts",
                                violation_error_message="A client has at most five contacts.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("influence_level__lte", 5), ("ict_demand_score__lte", 5)),
                                name="client_scores_in_range",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("parent", None),
                                    models.Q(("parent", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="client_not_its_own_parent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientPast",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("client_code", models.CharField(max_length=12, verbose_name="client code")),
                        ("name", models.CharField(max_length=200, verbose_name="client name")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        (
                            "filing",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft file"),
                                    ("SUBMITTED", "File submitted"),
                                    ("FILED", "Filed"),
                                    ("REJECTED", "File rejected"),
                                ],
                                max_length=9,
                                verbose_name="filing state",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                max_length=9,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "size_class",
                            models.CharField(
                                choices=[
                                    ("A", "Class A"),
                                    ("B", "Class B"),
                                    ("C", "Class C"),
                                    ("D", "Class D"),
                                ],
                                max_length=1,
                                verbose_name="size class",
                            ),
                        ),
                        (
                            "value_tier",
                            models.CharField(
                                choices=[
                                    ("A1", "High-value client"),
                                    ("A2", "Strategic client"),
                                    ("B1", "Demonstration client"),
                                    ("B2", "Potential-value client"),
                                    ("C", "Ordinary client"),
                                    ("D", "Individual or cluster"),
                                ],
                                max_length=2,
                                null=True,
                                verbose_name="value tier",
                            ),
                        ),
                        (
                            "institution_type",
                            models.CharField(
                                choices=[
                                    ("JG", "Government organ"),
                                    ("QY", "Enterprise"),
                                    ("SY", "Public institution"),
                                    ("ST", "Social organisation"),
                                    ("QT", "Other legal person"),
                                    ("GT", "Individual business"),
                                    ("JL", "Cluster"),
                                ],
                                max_length=2,
                                verbose_name="institution type",
                            ),
                        ),
                        (
                            "region_scope",
                            models.CharField(
                                choices=[
                                    ("TRANSNATIONAL", "Transnational"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("LOCAL", "Within the city"),
                                ],
                                max_length=14,
                                verbose_name="operating region",
                            ),
                        ),
                        (
                            "key_industry",
                            models.CharField(
                                choices=[
                                    ("POST", "Post"),
                                    ("BANK", "Bank"),
                                    ("POWER", "Electric power"),
                                    ("WATER", "Tap water"),
                                    ("GAS", "Gas"),
                                    ("ROAD", "Highway"),
                                    ("AIRPORT", "Airport"),
                                    ("RAILWAY", "Railway"),
                                ],
                                max_length=7,
                                verbose_name="key industry",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "clients_past",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="ClientPastFew",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("client_code", models.CharField(max_length=12, verbose_name="client code")),
                        ("name", models.CharField(max_length=200, verbose_name="client name")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        (
                            "filing",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft file"),
                                    ("SUBMITTED", "File submitted"),
                                    ("FILED", "Filed"),
                                    ("REJECTED", "File rejected"),
                                ],
                                max_length=9,
                                verbose_name="filing state",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                max_length=9,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "size_class",
                            models.CharField(
                                choices=[
                                    ("A", "Class A"),
                                    ("B", "Class B"),
                                    ("C", "Class C"),
                                    ("D", "Class D"),
                                ],
                                max_length=1,
                                verbose_name="size class",
                            ),
                        ),
                        (
                            "value_tier",
                            models.CharField(
                                choices=[
                                    ("A1", "High-value client"),
                                    ("A2", "Strategic client"),
                                    ("B1", "Demonstration client"),
                                    ("B2", "Potential-value client"),
                                    ("C", "Ordinary client"),
                                    ("D", "Individual or cluster"),
                                ],
                                max_length=2,
                                null=True,
                                verbose_name="value tier",
                            ),
                        ),
                        (
                            "institution_type",
                            models.CharField(
                                choices=[
                                    ("JG", "Government organ"),
                                    ("QY", "Enterprise"),
                                    ("SY", "Public institution"),
                                    ("ST", "Social organisation"),
                                    ("QT", "Other legal person"),
                                    ("GT", "Individual business"),
                                    ("JL", "Cluster"),
                                ],
                                max_length=2,
                                verbose_name="institution type",
                            ),
                        ),
                        (
                            "region_scope",
                            models.CharField(
                                choices=[
                                    ("TRANSNATIONAL", "Transnational"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("LOCAL", "Within the city"),
                                ],
                                max_length=14,
                                verbose_name="operating region",
                            ),
                        ),
                        (
                            "key_industry",
                            models.CharField(
                                choices=[
                                    ("POST", "Post"),
                                    ("BANK", "Bank"),
                                    ("POWER", "Electric power"),
                                    ("WATER", "Tap water"),
                                    ("GAS", "Gas"),
                                    ("ROAD", "Highway"),
                                    ("AIRPORT", "Airport"),
                                    ("RAILWAY", "Railway"),
                                ],
                                max_length=7,
                                verbose_name="key industry",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "clients_past_few",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="CodeSequence",
                    fields=[
                        ("prefix", models.CharField(max_length=4, primary_key=True, serialize=False)),
                        ("last", models.BigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="IndustryCategory",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=20, primary_key=True, serialize=False, verbose_name="code"
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="industry type")),
                        ("name_en", models.CharField(max_length=60)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "industry type",
                        "ordering": ["position"],
                    },
                ),
                migrations.CreateModel(
                    name="ListSetting",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("columns", models.CharField(blank=True, max_length=300)),
                        ("opens_with", models.CharField(blank=True, max_length=1000)),
                    ],
                ),
                migrations.CreateModel(
                    name="Product",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="product code")),
                        ("name", models.CharField(max_length=60, verbose_name="product")),
                        ("name_en", models.CharField(max_length=60)),
                        (
                            "family",
                            models.CharField(
                                choices=[
                                    ("VOICE", "Voice"),
                                    ("SMS", "Messages"),
                                    ("DATA", "Data"),
                                    ("ICT", "Informatisation"),
                                    ("LINE", "Leased line"),
                                    ("IOT", "Internet of things"),
                                ],
                                max_length=5,
                                verbose_name="family",
                            ),
                        ),
                        ("is_group_product", models.BooleanField(default=True, verbose_name="group product")),
                        (
                            "counts_as_ict",
                            models.CharField(
                                choices=[
                                    ("ALWAYS", "Always"),
                                    ("ONLY_UNIFIED_PAY", "Only when paid by the group"),
                                    ("WHEN_BOUND", "When bound"),
                                    ("NEVER", "Never"),
                                ],
                                default="NEVER",
                                max_length=16,
                                verbose_name="informatisation revenue",
                            ),
                        ),
                        (
                            "needs_agreement",
                            models.BooleanField(default=False, verbose_name="needs an agreement"),
                        ),
                        ("needs_circuit", models.BooleanField(default=False, verbose_name="needs a circuit")),
                        (
                            "pay_modes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("UNIFIED", "Paid by the group"),
                                        ("PERSONAL", "Paid by the person"),
                                    ],
                                    max_length=8,
                                ),
                                db_default=["UNIFIED", "PERSONAL"],
                                default=clients.models.products.both_pay_modes,
                                size=None,
                                verbose_name="ways to pay",
                            ),
                        ),
                        (
                            "line_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("M2M", "M2M card"),
                                        ("TD_LANDLINE", "TD landline"),
                                        ("FIXED", "Fixed line"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                                verbose_name="lines it may have",
                            ),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                    ],
                    options={
                        "verbose_name": "product",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="ProductEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("name", models.CharField(max_length=60, verbose_name="product")),
                        ("name_en", models.CharField(max_length=60)),
                        (
                            "family",
                            models.CharField(
                                choices=[
                                    ("VOICE", "Voice"),
                                    ("SMS", "Messages"),
                                    ("DATA", "Data"),
                                    ("ICT", "Informatisation"),
                                    ("LINE", "Leased line"),
                                    ("IOT", "Internet of things"),
                                ],
                                max_length=5,
                                verbose_name="family",
                            ),
                        ),
                        ("is_group_product", models.BooleanField(default=True, verbose_name="group product")),
                        (
                            "counts_as_ict",
                            models.CharField(
                                choices=[
                                    ("ALWAYS", "Always"),
                                    ("ONLY_UNIFIED_PAY", "Only when paid by the group"),
                                    ("WHEN_BOUND", "When bound"),
                                    ("NEVER", "Never"),
                                ],
                                default="NEVER",
                                max_length=16,
                                verbose_name="informatisation revenue",
                            ),
                        ),
                        (
                            "needs_agreement",
                            models.BooleanField(default=False, verbose_name="needs an agreement"),
                        ),
                        ("needs_circuit", models.BooleanField(default=False, verbose_name="needs a circuit")),
                        (
                            "pay_modes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("UNIFIED", "Paid by the group"),
                                        ("PERSONAL", "Paid by the person"),
                                    ],
                                    max_length=8,
                                ),
                                db_default=["UNIFIED", "PERSONAL"],
                                default=clients.models.products.both_pay_modes,
                                size=None,
                                verbose_name="ways to pay",
                            ),
                        ),
                        (
                            "line_kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("M2M", "M2M card"),
                                        ("TD_LANDLINE", "TD landline"),
                                        ("FIXED", "Fixed line"),
                                    ],
                                    max_length=11,
                                ),
                                blank=True,
                                db_default=[],
                                default=list,
                                size=None,
                                verbose_name="lines it may have",
                            ),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="clients.product",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="ProductMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "line_kind",
                            models.CharField(
                                choices=[
                                    ("M2M", "M2M card"),
                                    ("TD_LANDLINE", "TD landline"),
                                    ("FIXED", "Fixed line"),
                                ],
                                max_length=11,
                                verbose_name="kind of line",
                            ),
                        ),
                        ("number", models.CharField(max_length=20, verbose_name="number")),
                        ("joined_on", models.DateField(verbose_name="since")),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        (
                            "client_product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="clients.clientproduct",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_on", None)),
                                fields=("number",),
                                name="product_member_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_on", None),
                                    ("left_on__gte", models.F("joined_on")),
                                    _connector="OR",
                                ),
                                name="product_member_period",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProductTraffic",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("amount", models.BigIntegerField(verbose_name="traffic")),
                        ("recorded_at", models.DateTimeField(auto_now=True)),
                        (
                            "client_product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="traffic",
                                to="clients.clientproduct",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("client_product", "month"), name="traffic_once_a_month"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)), name="traffic_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="traffic_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Responsibility",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("GROUP", "Group company"),
                                    ("PROVINCE", "Province company"),
                                    ("LOCAL", "Local network"),
                                ],
                                max_length=8,
                                verbose_name="level",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("FIRST_RESPONSIBLE", "First responsible"),
                                    ("FIRST_CONTACT", "First contact"),
                                    ("CONTACT", "Contact unit"),
                                ],
                                max_length=17,
                                verbose_name="role",
                            ),
                        ),
                        ("since", models.DateField(verbose_name="since")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="responsibilities",
                                to="clients.client",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "responsibility",
                        "ordering": ["client", "role", "org_unit"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("role", "FIRST_RESPONSIBLE")),
                                fields=("client",),
                                name="responsibility_one_first",
                            ),
                            models.UniqueConstraint(
                                fields=("client", "role", "org_unit"), name="responsibility_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RevenueLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        (
                            "category",
                            models.CharField(
                                choices=[
                                    ("MONTHLY_FEE", "Monthly fee"),
                                    ("USAGE", "Usage fee"),
                                    ("ONE_OFF", "One-off fee"),
                                    ("OTHER", "Other fee"),
                                    ("PHONE_CARD", "Phone cards"),
                                    ("MOBILE", "Mobile service"),
                                    ("LEASING", "Leasing of network elements"),
                                    ("INTERCONN", "Interconnection"),
                                ],
                                default="MONTHLY_FEE",
                                max_length=11,
                                verbose_name="kind of fee",
                            ),
                        ),
                        ("revenue_fen", models.BigIntegerField(verbose_name="revenue")),
                        ("cost_fen", models.BigIntegerField(blank=True, null=True, verbose_name="cost")),
                        (
                            "counts",
                            models.BooleanField(
                                db_default=False, default=False, verbose_name="informatisation revenue"
                            ),
                        ),
                        ("ict_rule", models.CharField(blank=True, db_default="", default="", max_length=20)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revenue_lines",
                                to="clients.client",
                            ),
                        ),
                        (
                            "client_product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="revenue",
                                to="clients.clientproduct",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.product",
                                verbose_name="product",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month", "product"],
                        "indexes": [models.Index(fields=["month", "product"], name="revenue_line_month")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("client", "month", "product", "client_product", "category"),
                                name="revenue_line_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="revenue_line_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RevenueMonth",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("revenue_fen", models.BigIntegerField(verbose_name="revenue")),
                        ("cost_fen", models.BigIntegerField(blank=True, null=True, verbose_name="cost")),
                        (
                            "ict_fen",
                            models.BigIntegerField(
                                db_default=0, default=0, verbose_name="informatisation revenue"
                            ),
                        ),
                        (
                            "stated",
                            models.BooleanField(
                                db_default=True, default=True, verbose_name="reported as a total"
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revenue",
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month"],
                        "indexes": [
                            models.Index(
                                fields=["month"], include=("client", "revenue_fen"), name="revenue_month"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "month"), name="revenue_once_a_month"),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="revenue_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=20, verbose_name="name")),
                        ("query", models.CharField(max_length=1000)),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="shared with",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "name"), name="saved_view_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientLife",
                    fields=[
                        (
                            "client",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="life",
                                serialize=False,
                                to="clients.client",
                            ),
                        ),
                        ("live", models.IntegerField()),
                        ("ordered", models.IntegerField()),
                        ("live_since", models.DateField(null=True)),
                        ("last_traffic_month", models.DateField(null=True)),
                    ],
                    options={
                        "db_table": "clients_life",
                        "managed": False,
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("no", models.CharField(max_length=40, verbose_name="agreement number")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("SERVICE", "Service agreement"),
                                    ("COOPERATION", "Cooperation agreement"),
                                    ("VNET", "V-net agreement"),
                                    ("UNIFIED_PAY", "Unified payment agreement"),
                                    ("ICT", "Informatisation agreement"),
                                ],
                                max_length=11,
                                verbose_name="kind of agreement",
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("LOCAL", "Within the city"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                ],
                                default="LOCAL",
                                max_length=14,
                                verbose_name="scope of the agreement",
                            ),
                        ),
                        ("signed_on", models.DateField(verbose_name="signed on")),
                        ("effective_on", models.DateField(verbose_name="in force from")),
                        (
                            "expires_on",
                            models.DateField(blank=True, null=True, verbose_name="in force until"),
                        ),
                        (
                            "signer_name",
                            models.CharField(blank=True, max_length=60, verbose_name="signed by"),
                        ),
                        (
                            "signer_contact",
                            models.BigIntegerField(blank=True, null=True, verbose_name="contact who signed"),
                        ),
                        (
                            "attachment",
                            models.FileField(
                                blank=True,
                                upload_to=clients.models.agreements.agreement_path,
                                verbose_name="paper of the agreement",
                            ),
                        ),
                        (
                            "first_signing",
                            models.BooleanField(
                                db_default=False, default=False, verbose_name="first signing"
                            ),
                        ),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended early on")),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="reason of the end"),
                        ),
                        (
                            "warning",
                            models.CharField(
                                blank=True, db_default="", default="", max_length=200, verbose_name="doubt"
                            ),
                        ),
                        ("remark", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreements",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "agreement",
                        "ordering": ["-signed_on", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_on", None)),
                                fields=["expires_on"],
                                name="agreement_expiry",
                            ),
                            models.Index(
                                condition=models.Q(("first_signing", True)),
                                fields=["id"],
                                name="agreement_first",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "no"), name="agreement_no_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("first_signing", True)),
                                fields=("client",),
                                name="agreement_one_first",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("expires_on", None),
                                    ("expires_on__gte", models.F("effective_on")),
                                    _connector="OR",
                                ),
                                name="agreement_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_on", None),
                                    models.Q(("end_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="agreement_end_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AgreementEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("no", models.CharField(max_length=40, verbose_name="agreement number")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("SERVICE", "Service agreement"),
                                    ("COOPERATION", "Cooperation agreement"),
                                    ("VNET", "V-net agreement"),
                                    ("UNIFIED_PAY", "Unified payment agreement"),
                                    ("ICT", "Informatisation agreement"),
                                ],
                                max_length=11,
                                verbose_name="kind of agreement",
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("LOCAL", "Within the city"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                ],
                                default="LOCAL",
                                max_length=14,
                                verbose_name="scope of the agreement",
                            ),
                        ),
                        ("signed_on", models.DateField(verbose_name="signed on")),
                        ("effective_on", models.DateField(verbose_name="in force from")),
                        (
                            "expires_on",
                            models.DateField(blank=True, null=True, verbose_name="in force until"),
                        ),
                        (
                            "signer_name",
                            models.CharField(blank=True, max_length=60, verbose_name="signed by"),
                        ),
                        (
                            "signer_contact",
                            models.BigIntegerField(blank=True, null=True, verbose_name="contact who signed"),
                        ),
                        (
                            "attachment",
                            models.FileField(
                                blank=True,
                                upload_to=clients.models.agreements.agreement_path,
                                verbose_name="paper of the agreement",
                            ),
                        ),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended early on")),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="reason of the end"),
                        ),
                        (
                            "warning",
                            models.CharField(
                                blank=True, db_default="", default="", max_length=200, verbose_name="doubt"
                            ),
                        ),
                        ("remark", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="clients.agreement",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="AMAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("PRIMARY", "Primary manager"),
                                    ("CO", "Co-manager"),
                                    ("PHONE", "Phone manager"),
                                ],
                                default="PRIMARY",
                                max_length=7,
                            ),
                        ),
                        ("from_on", models.DateField(verbose_name="from")),
                        ("to_on", models.DateField(blank=True, null=True, verbose_name="to")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to="clients.client",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-from_on", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("to_on", None)),
                                fields=["user"],
                                name="assignment_current",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("to_on", None), models.Q(("kind", "PRIMARY"), _negated=True)
                                ),
                                fields=["user", "client"],
                                name="assignment_shared",
                            ),
                            models.Index(fields=["client", "-from_on"], name="assignment_client"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "PRIMARY"), ("to_on", None)),
                                fields=("client",),
                                name="assignment_one_primary",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("to_on", None), ("to_on__gte", models.F("from_on")), _connector="OR"
                                ),
                                name="assignment_period",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("LICENCE", "Business licence"),
                                    ("AUTHORISATION", "Authorisation of the parent"),
                                    ("OFFICE_PHOTO", "Photo of the office building"),
                                    ("OTHER", "Other paper"),
                                ],
                                max_length=14,
                                verbose_name="kind of paper",
                            ),
                        ),
                        (
                            "title",
                            models.CharField(blank=True, max_length=80, verbose_name="name of the paper"),
                        ),
                        (
                            "file",
                            models.FileField(
                                max_length=120,
                                upload_to=clients.models.papers.attachment_path,
                                verbose_name="file",
                            ),
                        ),
                        (
                            "original_name",
                            models.CharField(blank=True, max_length=120, verbose_name="file name"),
                        ),
                        ("content_type", models.CharField(max_length=30)),
                        ("size", models.PositiveIntegerField(verbose_name="size")),
                        ("sha256", models.CharField(max_length=64)),
                        ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded")),
                        ("replaced_at", models.DateTimeField(null=True, verbose_name="replaced")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="clients.client",
                            ),
                        ),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "paper",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("replaced_at", None), models.Q(("kind", "OTHER"), _negated=True)
                                ),
                                fields=("client", "kind"),
                                name="attachment_one_current",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name of the plan")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("COMPLETENESS", "Completeness audit"),
                                    ("CONSISTENCY", "Consistency with paper"),
                                    ("REALITY", "Agreement with reality"),
                                ],
                                max_length=12,
                                verbose_name="kind of audit",
                            ),
                        ),
                        ("filters", models.JSONField(default=dict, verbose_name="population")),
                        (
                            "sample_size",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="clients to draw"
                            ),
                        ),
                        (
                            "sample_pct",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="or share to draw, %",
                            ),
                        ),
                        ("seed", models.PositiveIntegerField(verbose_name="seed")),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("ONCE", "Once"),
                                    ("MONTHLY", "Every month"),
                                    ("QUARTERLY", "Every quarter"),
                                ],
                                default="ONCE",
                                max_length=9,
                                verbose_name="how often",
                            ),
                        ),
                        ("next_on", models.DateField(blank=True, null=True, verbose_name="next drawing")),
                        (
                            "rounds",
                            models.PositiveSmallIntegerField(default=0, verbose_name="drawings so far"),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                        (
                            "auditor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="auditor",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit with all below",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "audit plan",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["next_on"],
                                name="audit_plan_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sample_size", None), ("sample_pct", None), _connector="XOR"
                                ),
                                name="audit_sample_one_measure",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("round", models.PositiveSmallIntegerField(default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("COMPLETENESS", "Completeness audit"),
                                    ("CONSISTENCY", "Consistency with paper"),
                                    ("REALITY", "Agreement with reality"),
                                ],
                                max_length=12,
                                verbose_name="kind of audit",
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("PLAN", "By plan"),
                                    ("SPOT", "On the spot"),
                                    ("FIRST_SIGNING", "First signing"),
                                ],
                                max_length=13,
                                verbose_name="reason",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "To be audited"),
                                    ("RUNNING", "Being audited"),
                                    ("FINDINGS", "Findings"),
                                    ("CORRECTION", "To be corrected"),
                                    ("VERIFIED", "Correction verified"),
                                    ("CLOSED", "Audit closed"),
                                ],
                                default="PLANNED",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "checked",
                            models.PositiveSmallIntegerField(default=0, verbose_name="fields compared"),
                        ),
                        ("faults", models.PositiveSmallIntegerField(default=0, verbose_name="faults")),
                        (
                            "note",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="remark of the auditor"
                            ),
                        ),
                        (
                            "correction_due_on",
                            models.DateField(blank=True, null=True, verbose_name="to be corrected by"),
                        ),
                        ("corrected_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "correction_note",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="remark of the manager"
                            ),
                        ),
                        (
                            "return_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="why it was sent back"),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "agreement",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="first_audit",
                                to="clients.agreement",
                            ),
                        ),
                        (
                            "am",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "auditor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="auditor",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="audit_tasks",
                                to="clients.client",
                            ),
                        ),
                        (
                            "corrected_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tasks",
                                to="clients.auditplan",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "audit",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["client", "-id"], name="audit_task_client"),
                            models.Index(
                                condition=models.Q(("state", "CLOSED"), _negated=True),
                                fields=["auditor", "due_on"],
                                name="audit_task_open",
                            ),
                            models.Index(fields=["finished_at"], name="audit_task_finished"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "round", "client"), name="audit_task_once_a_round"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("auditor", None),
                                    ("am", None),
                                    models.Q(("auditor", models.F("am")), _negated=True),
                                    _connector="OR",
                                ),
                                name="audit_by_somebody_else",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("field", models.CharField(max_length=60)),
                        ("label", models.CharField(max_length=120)),
                        ("personal", models.BooleanField(default=False)),
                        ("required", models.BooleanField(default=False)),
                        (
                            "system_value",
                            models.CharField(blank=True, max_length=500, verbose_name="in the system"),
                        ),
                        (
                            "paper_value",
                            models.CharField(blank=True, max_length=500, verbose_name="on paper"),
                        ),
                        (
                            "real_value",
                            models.CharField(blank=True, max_length=500, verbose_name="in reality"),
                        ),
                        ("changed_on", models.DateField(blank=True, null=True, verbose_name="changed on")),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("OK", "Agrees"),
                                    ("MISSING", "Missing"),
                                    ("INVALID", "Against the norm"),
                                    ("MISMATCH", "Differs"),
                                    ("EXEMPT", "Exempt"),
                                ],
                                max_length=8,
                                verbose_name="verdict",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        (
                            "now_value",
                            models.CharField(blank=True, max_length=500, verbose_name="after the correction"),
                        ),
                        (
                            "task",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="clients.audittask",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("task", "field"), name="audit_line_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verdict", "EXEMPT"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="audit_exempt_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BranchSite",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="branch")),
                        (
                            "country",
                            models.CharField(blank=True, max_length=40, verbose_name="country, if abroad"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sites",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="base.region",
                                verbose_name="region",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "branch site",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "name"), name="branch_site_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("country__gt", ""), ("region", None)),
                                    models.Q(models.Q(("region", None), _negated=True), ("country", "")),
                                    _connector="OR",
                                ),
                                name="branch_site_here_or_abroad",
                                violation_error_message="Give either the region, or the country if it lies abroad.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BulkRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("act", models.CharField(max_length=30)),
                        ("summary", models.CharField(blank=True, max_length=300)),
                        ("rows", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["actor", "-id"], name="bulk_run_of_person")],
                    },
                ),
                migrations.CreateModel(
                    name="ChurnAlert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("TRAFFIC_DROP", "Traffic fell"),
                                    ("SILENT", "Silent client"),
                                    ("CANCELLED", "Product cancelled"),
                                    ("CHURNED", "Last product cancelled"),
                                    ("POACHING", "Competitor poaching"),
                                    ("REPORTED", "Reported by the manager"),
                                ],
                                max_length=12,
                                verbose_name="sign",
                            ),
                        ),
                        ("ref", models.CharField(max_length=60)),
                        (
                            "level",
                            models.CharField(
                                choices=[("LOW", "Low"), ("MID", "Medium"), ("HIGH", "High")],
                                max_length=4,
                                verbose_name="level",
                            ),
                        ),
                        ("facts", models.JSONField(default=dict, verbose_name="figures")),
                        ("raised_on", models.DateField(verbose_name="raised on")),
                        ("due_on", models.DateField(verbose_name="due on")),
                        ("late_report", models.BooleanField(default=False, verbose_name="reported late")),
                        ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "disposition",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("RETAINED", "Retained"),
                                    ("LOST", "Lost"),
                                    ("FALSE_ALARM", "False alarm"),
                                ],
                                default="",
                                max_length=11,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(
                                blank=True, default="", max_length=300, verbose_name="what was done"
                            ),
                        ),
                        ("disposed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "acknowledged_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="churn_alerts",
                                to="clients.client",
                            ),
                        ),
                        (
                            "disposed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "raised_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "churn alert",
                        "ordering": ["due_on", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("disposition", "")),
                                fields=["due_on", "id"],
                                name="churn_alert_open",
                            ),
                            models.Index(fields=["raised_on"], name="churn_alert_day"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("client", "rule", "ref"), name="churn_alert_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("disposition", ""),
                                    models.Q(
                                        models.Q(("note", ""), _negated=True),
                                        ("disposed_by__isnull", False),
                                        ("disposed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="churn_alert_ends_by_disposition",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientClassHistory",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "axis",
                            models.CharField(
                                choices=[
                                    ("SIZE", "size class"),
                                    ("TIER", "value tier"),
                                    ("SEGMENT", "segment"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("old", models.CharField(blank=True, max_length=8)),
                        ("new", models.CharField(blank=True, max_length=8)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("rule", models.CharField(blank=True, max_length=20)),
                        ("changed_on", models.DateField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="class_history",
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["client", "-id"], name="class_history_client"),
                            models.Index(fields=["changed_on", "axis"], name="class_history_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientCube",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField()),
                        ("institution", models.CharField(max_length=2)),
                        ("industry", models.CharField(max_length=1)),
                        ("size", models.CharField(max_length=1)),
                        ("tier", models.CharField(max_length=2)),
                        ("region", models.CharField(max_length=14)),
                        ("status", models.CharField(max_length=9)),
                        ("clients", models.PositiveIntegerField()),
                        ("members", models.PositiveBigIntegerField()),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=(
                                    "month",
                                    "org_unit",
                                    "institution",
                                    "industry",
                                    "size",
                                    "tier",
                                    "region",
                                    "status",
                                ),
                                name="client_cube_cell",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientProduct",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("ORDERED", "Ordered"),
                                    ("OPEN", "Open"),
                                    ("SUSPENDED", "Suspended"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="ORDERED",
                                max_length=9,
                                verbose_name="product status",
                            ),
                        ),
                        ("ordered_on", models.DateField(verbose_name="ordered on")),
                        ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                        (
                            "cancelled_on",
                            models.DateField(blank=True, null=True, verbose_name="cancelled on"),
                        ),
                        (
                            "pay_mode",
                            models.CharField(
                                choices=[
                                    ("UNIFIED", "Paid by the group"),
                                    ("PERSONAL", "Paid by the person"),
                                ],
                                default="UNIFIED",
                                max_length=8,
                                verbose_name="payment",
                            ),
                        ),
                        ("bound", models.BooleanField(db_default=False, default=False, verbose_name="bound")),
                        (
                            "circuit_id",
                            models.CharField(blank=True, max_length=40, null=True, verbose_name="circuit"),
                        ),
                        (
                            "bandwidth_kbps",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="bandwidth, kbit/s"
                            ),
                        ),
                        (
                            "external_id",
                            models.CharField(
                                blank=True, max_length=60, null=True, unique=True, verbose_name="external key"
                            ),
                        ),
                        (
                            "cancelled_via",
                            models.CharField(
                                blank=True,
                                choices=[("PERSON", "A colleague"), ("FEED", "Billing")],
                                db_default="",
                                default="",
                                max_length=6,
                                verbose_name="reported by",
                            ),
                        ),
                        ("last_traffic_month", models.DateField(blank=True, null=True)),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="clients.agreement",
                                verbose_name="agreement",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.product",
                                verbose_name="product",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "client product",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["client", "status"], name="client_product_status")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["OPEN", "SUSPENDED"]), _negated=True),
                                    models.Q(("opened_on", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="product_open_has_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "CANCELLED"), _negated=True),
                                    models.Q(("cancelled_on", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="product_cancelled_has_date",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("circuit_id__isnull", False),
                                    models.Q(("status", "CANCELLED"), _negated=True),
                                ),
                                fields=("circuit_id",),
                                name="client_product_circuit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CircuitFinding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("circuit_id", models.CharField(max_length=40, verbose_name="circuit")),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("MATCHED", "Agrees"),
                                    ("BANDWIDTH", "Bandwidth differs"),
                                    ("CLIENT", "Another client"),
                                    ("SPLIT", "One line entered as several"),
                                    ("ONLY_CRM", "Only in our files"),
                                    ("ONLY_NETWORK", "Only in the network"),
                                ],
                                max_length=12,
                                verbose_name="difference",
                            ),
                        ),
                        (
                            "file_kbps",
                            models.PositiveIntegerField(null=True, verbose_name="bandwidth in our file"),
                        ),
                        (
                            "network_kbps",
                            models.PositiveIntegerField(null=True, verbose_name="bandwidth in the network"),
                        ),
                        ("found_on", models.DateField(verbose_name="found on")),
                        (
                            "disposition",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("FILE_CORRECTED", "Our file is corrected"),
                                    ("NETWORK_CORRECTED", "The network corrects its record"),
                                    ("ACCEPTED", "Checked, stays so"),
                                    ("GONE", "Gone by itself"),
                                ],
                                max_length=17,
                                verbose_name="what became of it",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        ("settled_at", models.DateTimeField(null=True)),
                        (
                            "client",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="circuit_findings",
                                to="clients.client",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client_product",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="clients.clientproduct",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "circuit difference",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("disposition", "")),
                                fields=["client"],
                                name="circuit_finding_open",
                            ),
                            models.Index(fields=["circuit_id", "-id"], name="circuit_finding_circuit"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("disposition", "")),
                                fields=("circuit_id", "verdict"),
                                name="circuit_finding_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("disposition__in", ["", "GONE"]),
                                    models.Q(
                                        models.Q(("note", ""), _negated=True), ("settled_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="circuit_finding_settled_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientProductEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("ORDERED", "Ordered"),
                                    ("OPEN", "Open"),
                                    ("SUSPENDED", "Suspended"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="ORDERED",
                                max_length=9,
                                verbose_name="product status",
                            ),
                        ),
                        ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                        (
                            "cancelled_on",
                            models.DateField(blank=True, null=True, verbose_name="cancelled on"),
                        ),
                        (
                            "pay_mode",
                            models.CharField(
                                choices=[
                                    ("UNIFIED", "Paid by the group"),
                                    ("PERSONAL", "Paid by the person"),
                                ],
                                default="UNIFIED",
                                max_length=8,
                                verbose_name="payment",
                            ),
                        ),
                        (
                            "circuit_id",
                            models.CharField(blank=True, max_length=40, null=True, verbose_name="circuit"),
                        ),
                        (
                            "bandwidth_kbps",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="bandwidth, kbit/s"
                            ),
                        ),
                        ("bound", models.BooleanField(db_default=False, default=False, verbose_name="bound")),
                        (
                            "agreement",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.agreement",
                                verbose_name="agreement",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="clients.clientproduct",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="ClientStatusHistory",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "old",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                max_length=9,
                            ),
                        ),
                        (
                            "new",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("reason", models.CharField(max_length=40)),
                        ("changed_on", models.DateField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("job_run", models.BigIntegerField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="status_history",
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["client", "-id"], name="status_history_client"),
                            models.Index(fields=["changed_on", "new"], name="status_history_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompetitorInfo",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "operator",
                            models.CharField(
                                choices=[
                                    ("CT", "China Telecom"),
                                    ("CU", "China Unicom"),
                                    ("CM", "China Mobile"),
                                    ("OTHER", "Other operator"),
                                ],
                                max_length=5,
                                verbose_name="operator",
                            ),
                        ),
                        (
                            "product",
                            models.CharField(blank=True, max_length=60, verbose_name="product offered"),
                        ),
                        ("action", models.CharField(max_length=200, verbose_name="what they do")),
                        ("price_fen", models.BigIntegerField(blank=True, null=True, verbose_name="price")),
                        ("seen_on", models.DateField(verbose_name="seen on")),
                        (
                            "impact",
                            models.CharField(
                                choices=[("LOW", "Low"), ("MID", "Medium"), ("HIGH", "High")],
                                max_length=4,
                                verbose_name="impact",
                            ),
                        ),
                        (
                            "disposition",
                            models.CharField(
                                choices=[
                                    ("WATCH", "Keep an eye on it"),
                                    ("OFFER", "Make an offer"),
                                    ("VISIT", "Visit the client"),
                                    ("ESCALATE", "Tell the head"),
                                ],
                                max_length=8,
                                verbose_name="what we do about it",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        ("ref", models.CharField(blank=True, max_length=60, null=True, unique=True)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sightings",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "competitor sighting",
                        "ordering": ["-seen_on", "-id"],
                        "indexes": [
                            models.Index(fields=["client", "-seen_on"], name="sighting_client"),
                            models.Index(fields=["seen_on"], name="sighting_day"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("disposition", ""), _negated=True),
                                name="sighting_has_disposition",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("price_fen", None), ("price_fen__gte", 0), _connector="OR"
                                ),
                                name="sighting_price_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FieldSetting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=40, unique=True, verbose_name="field")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("REQUIRED", "Required"),
                                    ("OPTIONAL", "Optional"),
                                    ("OFF", "Not asked"),
                                ],
                                max_length=8,
                                verbose_name="level",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "field rule",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="FieldSettingEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("REQUIRED", "Required"),
                                    ("OPTIONAL", "Optional"),
                                    ("OFF", "Not asked"),
                                ],
                                max_length=8,
                                verbose_name="level",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="clients.fieldsetting",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Grid",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("path", models.CharField(max_length=255, unique=True)),
                        ("depth", models.PositiveIntegerField()),
                        ("numchild", models.PositiveIntegerField(default=0)),
                        ("code", models.CharField(max_length=32, unique=True, verbose_name="grid code")),
                        ("name", models.CharField(max_length=60, verbose_name="grid")),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (1, "Area"),
                                    (2, "County"),
                                    (3, "Patch"),
                                    (4, "Township"),
                                    (5, "Office direction"),
                                ],
                                verbose_name="level",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "grid",
                        "ordering": ["path"],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from day")),
                        ("returns_on", models.DateField(blank=True, null=True, verbose_name="back on")),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        ("with_plans", models.BooleanField(default=True, verbose_name="open plans go along")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "Planned"),
                                    ("DONE", "Handed over"),
                                    ("RETURNED", "Given back"),
                                    ("CANCELLED", "Called off"),
                                ],
                                default="PLANNED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("plans_moved", models.PositiveIntegerField(default=0, verbose_name="plans moved")),
                        ("done_at", models.DateTimeField(null=True, verbose_name="handed over")),
                        ("returned_at", models.DateTimeField(null=True, verbose_name="given back")),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="from manager",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "taker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="to manager",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "hand-over",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["PLANNED", "DONE"])),
                                fields=["starts_on"],
                                name="handover_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("giver", models.F("taker")), _negated=True),
                                name="handover_between_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returns_on", None),
                                    ("returns_on__gt", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="handover_period",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOverClient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waits"),
                                    ("MOVED", "Handed over"),
                                    ("SKIPPED", "Left out"),
                                    ("RETURNED", "Given back"),
                                ],
                                default="PENDING",
                                max_length=8,
                                verbose_name="outcome",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "handover",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="clients.handover",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("handover", "client"), name="handover_client_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Industry",
                    fields=[
                        (
                            "code",
                            models.CharField(
                                max_length=4, primary_key=True, serialize=False, verbose_name="industry code"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="industry")),
                        ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                        ("section", models.CharField(max_length=1)),
                        ("division", models.CharField(blank=True, max_length=2)),
                        ("group", models.CharField(blank=True, max_length=3)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="clients.industry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "industry",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="ClientEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("name", models.CharField(max_length=200, verbose_name="client name")),
                        (
                            "short_name",
                            models.CharField(blank=True, max_length=60, verbose_name="short name"),
                        ),
                        (
                            "uscc",
                            models.CharField(
                                blank=True,
                                db_collation="C",
                                max_length=18,
                                verbose_name="unified social credit code",
                            ),
                        ),
                        (
                            "licence_no",
                            models.CharField(blank=True, max_length=30, verbose_name="licence number"),
                        ),
                        (
                            "institution_type",
                            models.CharField(
                                choices=[
                                    ("JG", "Government organ"),
                                    ("QY", "Enterprise"),
                                    ("SY", "Public institution"),
                                    ("ST", "Social organisation"),
                                    ("QT", "Other legal person"),
                                    ("GT", "Individual business"),
                                    ("JL", "Cluster"),
                                ],
                                max_length=2,
                                verbose_name="institution type",
                            ),
                        ),
                        (
                            "institution_subtype",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("JG1", "Party committee and its departments, county and above"),
                                    ("JG2", "People's congress, county and above"),
                                    ("JG3", "Government and its departments, county and above"),
                                    ("JG4", "Political consultative conference, county and above"),
                                    ("JG5", "Court or procuratorate, county and above"),
                                    ("JG6", "Democratic party, county and above"),
                                    ("JG7", "Mass organisation, county and above"),
                                    ("JG8", "Township party committee and government"),
                                    ("JG9", "Military organ"),
                                    ("QY1", "Limited or joint-stock company"),
                                    ("QY2", "Non-company enterprise"),
                                    ("SY1", "Education"),
                                    ("SY2", "Science"),
                                    ("SY3", "Culture"),
                                    ("SY4", "Health"),
                                    ("SY5", "Social welfare"),
                                    ("SY6", "Sport"),
                                    ("SY7", "Legal service"),
                                    ("SY8", "Other registered institution"),
                                    ("ST1", "Learned or research society"),
                                    ("ST2", "Association or chamber of commerce"),
                                    ("ST3", "Professional promotion council"),
                                    ("ST4", "Federation or fellowship"),
                                    ("ST5", "Other mass group"),
                                    ("ST6", "Religious body"),
                                    ("QT1", "Private non-enterprise unit"),
                                    ("QT2", "Foundation"),
                                ],
                                max_length=3,
                                verbose_name="institution sub-type",
                            ),
                        ),
                        (
                            "cluster_kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("VILLAGE", "Village network"),
                                    ("CLASSMATE", "Classmates network"),
                                    ("TOWNSMEN", "Fellow-townsmen network"),
                                    ("OTHER", "Other cluster"),
                                ],
                                max_length=9,
                                verbose_name="cluster kind",
                            ),
                        ),
                        (
                            "main_activity",
                            models.CharField(blank=True, max_length=300, verbose_name="main activity"),
                        ),
                        (
                            "key_industry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("POST", "Post"),
                                    ("BANK", "Bank"),
                                    ("POWER", "Electric power"),
                                    ("WATER", "Tap water"),
                                    ("GAS", "Gas"),
                                    ("ROAD", "Highway"),
                                    ("AIRPORT", "Airport"),
                                    ("RAILWAY", "Railway"),
                                ],
                                max_length=7,
                                verbose_name="key industry",
                            ),
                        ),
                        (
                            "is_party_gov_military",
                            models.BooleanField(default=False, verbose_name="party, government or military"),
                        ),
                        (
                            "is_provincial_media",
                            models.BooleanField(default=False, verbose_name="provincial news media"),
                        ),
                        (
                            "tax_rank_province",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="provincial tax rank"
                            ),
                        ),
                        (
                            "tax_rank_city",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="city tax rank"),
                        ),
                        (
                            "tax_year",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tax year"),
                        ),
                        (
                            "bank_level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("HQ", "Bank headquarters"),
                                    ("BRANCH", "Bank branch"),
                                    ("SUB_BRANCH", "Bank sub-branch"),
                                    ("OFFICE", "Teller office"),
                                    ("SAVINGS", "Savings outlet"),
                                ],
                                max_length=10,
                                verbose_name="bank level",
                            ),
                        ),
                        (
                            "region_scope",
                            models.CharField(
                                choices=[
                                    ("TRANSNATIONAL", "Transnational"),
                                    ("CROSS_PROVINCE", "Cross-province"),
                                    ("CROSS_CITY", "Cross-city"),
                                    ("LOCAL", "Within the city"),
                                ],
                                default="LOCAL",
                                max_length=14,
                                verbose_name="operating region",
                            ),
                        ),
                        (
                            "unit_relation",
                            models.CharField(
                                choices=[
                                    ("HQ", "Headquarters or independent"),
                                    ("SECOND_LEVEL_UNIT", "Second-level unit"),
                                    ("BRANCH", "Branch"),
                                    ("OUTLET", "Base outlet"),
                                ],
                                default="HQ",
                                max_length=17,
                                verbose_name="relation to parent",
                            ),
                        ),
                        (
                            "has_own_finance",
                            models.BooleanField(default=False, verbose_name="own financial authority"),
                        ),
                        (
                            "phone_public",
                            models.CharField(blank=True, max_length=30, verbose_name="public phone"),
                        ),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        (
                            "postal_address",
                            models.CharField(blank=True, max_length=200, verbose_name="postal address"),
                        ),
                        ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                        (
                            "employee_total",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                        ),
                        (
                            "mobile_users_cm",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Mobile users"
                            ),
                        ),
                        (
                            "mobile_users_ct",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Telecom users"
                            ),
                        ),
                        (
                            "mobile_users_cu",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="China Unicom users"
                            ),
                        ),
                        (
                            "mobile_count",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="mobiles, if counted otherwise"
                            ),
                        ),
                        (
                            "monthly_telecom_spend_fen",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="monthly telecom spend"
                            ),
                        ),
                        (
                            "is_benchmark",
                            models.BooleanField(default=False, verbose_name="model in its line"),
                        ),
                        (
                            "is_strategic",
                            models.BooleanField(default=False, verbose_name="designated strategic client"),
                        ),
                        (
                            "national_rank",
                            models.PositiveIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="rank in the national list",
                            ),
                        ),
                        (
                            "region_reason",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=200,
                                verbose_name="why the region differs from the branches",
                            ),
                        ),
                        (
                            "influence_level",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                                verbose_name="influence",
                            ),
                        ),
                        (
                            "ict_demand_score",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                                verbose_name="informatisation demand",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                default="POTENTIAL",
                                max_length=9,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "size_class",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("A", "Class A"),
                                    ("B", "Class B"),
                                    ("C", "Class C"),
                                    ("D", "Class D"),
                                ],
                                max_length=1,
                                verbose_name="size class",
                            ),
                        ),
                        (
                            "value_tier",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("A1", "High-value client"),
                                    ("A2", "Strategic client"),
                                    ("B1", "Demonstration client"),
                                    ("B2", "Potential-value client"),
                                    ("C", "Ordinary client"),
                                    ("D", "Individual or cluster"),
                                ],
                                max_length=2,
                                null=True,
                                verbose_name="value tier",
                            ),
                        ),
                        (
                            "filing",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft file"),
                                    ("SUBMITTED", "File submitted"),
                                    ("FILED", "Filed"),
                                    ("REJECTED", "File rejected"),
                                ],
                                default="FILED",
                                max_length=9,
                                verbose_name="filing state",
                            ),
                        ),
                        ("remark", models.CharField(blank=True, max_length=500, verbose_name="remark")),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                        (
                            "am",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "hq_region",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="base.region",
                                verbose_name="region of headquarters",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                                verbose_name="parent client",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="clients.client",
                            ),
                        ),
                        (
                            "grid",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.grid",
                                verbose_name="grid",
                            ),
                        ),
                        (
                            "industry",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.industry",
                                verbose_name="industry",
                            ),
                        ),
                        (
                            "industry_type",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.industrycategory",
                                verbose_name="industry type",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("CLIENT", "Clients"), ("CONTACT", "Contacts")],
                                max_length=8,
                                verbose_name="kind",
                            ),
                        ),
                        ("survivor_id", models.BigIntegerField()),
                        ("loser_id", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PROPOSED", "Waits for decision"),
                                    ("DONE", "Merged"),
                                    ("REFUSED", "Refused"),
                                    ("UNDONE", "Taken apart again"),
                                ],
                                default="PROPOSED",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("choices", models.JSONField(default=dict)),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="proposed")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                        (
                            "decision",
                            models.CharField(blank=True, max_length=200, verbose_name="word of the decision"),
                        ),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                        ("counts", models.JSONField(default=dict)),
                        ("kept", models.JSONField(default=list)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "other",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "merge",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["client"], name="merge_client"),
                            models.Index(fields=["state", "-id"], name="merge_state"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("survivor_id", models.F("loser_id")), _negated=True),
                                name="merge_of_two",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["PROPOSED", "DONE"])),
                                fields=("kind", "loser_id"),
                                name="merge_loser_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    ("kind", "CONTACT"),
                                    _connector="OR",
                                ),
                                name="merge_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MergedRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("relation", models.CharField(max_length=80)),
                        ("row_id", models.BigIntegerField()),
                        ("moved", models.BooleanField(default=True)),
                        ("columns", models.JSONField(default=dict)),
                        (
                            "merge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="clients.merge",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("merge", "relation", "row_id"), name="merged_row_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MergeNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("merged_name", models.CharField(max_length=200, verbose_name="merged unit")),
                        ("headcount", models.PositiveIntegerField(null=True, verbose_name="people")),
                        ("reason", models.CharField(max_length=20, verbose_name="reason")),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="merge_notes",
                                to="clients.client",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("parent", "merged_name"), name="merge_note_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NeedTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "key_industry",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("POST", "Post"),
                                    ("BANK", "Bank"),
                                    ("POWER", "Electric power"),
                                    ("WATER", "Tap water"),
                                    ("GAS", "Gas"),
                                    ("ROAD", "Highway"),
                                    ("AIRPORT", "Airport"),
                                    ("RAILWAY", "Railway"),
                                ],
                                max_length=8,
                                verbose_name="key industry",
                            ),
                        ),
                        (
                            "industry_section",
                            models.CharField(blank=True, max_length=1, verbose_name="industry section"),
                        ),
                        ("text", models.CharField(max_length=80, verbose_name="need")),
                        ("text_en", models.CharField(blank=True, max_length=120)),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "verbose_name": "typical need",
                        "ordering": ["key_industry", "industry_section", "position", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("key_industry", ""), ("industry_section", ""), _connector="XOR"
                                ),
                                name="need_of_one_industry",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkCircuit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("circuit_id", models.CharField(max_length=40, unique=True, verbose_name="circuit")),
                        (
                            "client_code",
                            models.CharField(blank=True, max_length=12, verbose_name="client code"),
                        ),
                        ("bandwidth_kbps", models.PositiveIntegerField(verbose_name="bandwidth, kbit/s")),
                        (
                            "place",
                            models.CharField(blank=True, max_length=120, verbose_name="place of the line"),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="in service")),
                        ("reported_on", models.DateField(verbose_name="reported on")),
                        ("recorded_at", models.DateTimeField(auto_now=True)),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="network_circuits",
                                to="clients.client",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "circuit of the network",
                        "ordering": ["circuit_id"],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("address", "am_id", "bank_level", "closed_at", "cluster_kind", "employee_total", "filing", "grid_id", "has_own_finance", "hq_region_id", "ict_demand_score", "industry_id", "industry_type_id", "influence_level", "institution_subtype", "institution_type", "is_benchmark", "is_party_gov_military", "is_provincial_media", "is_strategic", "key_industry", "licence_no", "main_activity", "mobile_count", "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "monthly_telecom_spend_fen", "name", "national_rank", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_public", "postal_address", "postcode", "region_reason", "region_scope", "remark", "short_name", "size_class", "status", "tax_rank_city", "tax_rank_province", "tax_year", "unit_relation", "uscc", "value_tier") SELECT old_values."address", old_values."am_id", old_values."bank_level", old_values."closed_at", old_values."cluster_kind", old_values."employee_total", old_values."filing", old_values."grid_id", old_values."has_own_finance", old_values."hq_region_id", old_values."ict_demand_score", old_values."industry_id", old_values."industry_type_id", old_values."influence_level", old_values."institution_subtype", old_values."institution_type", old_values."is_benchmark", old_values."is_party_gov_military", old_values."is_provincial_media", old_values."is_strategic", old_values."key_industry", old_values."licence_no", old_values."main_activity", old_values."mobile_count", old_values."mobile_users_cm", old_values."mobile_users_ct", old_values."mobile_users_cu", old_values."monthly_telecom_spend_fen", old_values."name", old_values."national_rank", old_values."org_unit_id", old_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."phone_public", old_values."postal_address", old_values."postcode", old_values."region_reason", old_values."region_scope", old_values."remark", old_values."short_name", old_values."size_class", old_values."status", old_values."tax_rank_city", old_values."tax_rank_province", old_values."tax_year", old_values."unit_relation", old_values."uscc", old_values."value_tier" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."address" IS DISTINCT FROM (new_values."address") OR old_values."am_id" IS DISTINCT FROM (new_values."am_id") OR old_values."bank_level" IS DISTINCT FROM (new_values."bank_level") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."cluster_kind" IS DISTINCT FROM (new_values."cluster_kind") OR old_values."employee_total" IS DISTINCT FROM (new_values."employee_total") OR old_values."filing" IS DISTINCT FROM (new_values."filing") OR old_values."grid_id" IS DISTINCT FROM (new_values."grid_id") OR old_values."has_own_finance" IS DISTINCT FROM (new_values."has_own_finance") OR old_values."hq_region_id" IS DISTINCT FROM (new_values."hq_region_id") OR old_values."ict_demand_score" IS DISTINCT FROM (new_values."ict_demand_score") OR old_values."industry_id" IS DISTINCT FROM (new_values."industry_id") OR old_values."industry_type_id" IS DISTINCT FROM (new_values."industry_type_id") OR old_values."influence_level" IS DISTINCT FROM (new_values."influence_level") OR old_values."institution_subtype" IS DISTINCT FROM (new_values."institution_subtype") OR old_values."institution_type" IS DISTINCT FROM (new_values."institution_type") OR old_values."is_benchmark" IS DISTINCT FROM (new_values."is_benchmark") OR old_values."is_party_gov_military" IS DISTINCT FROM (new_values."is_party_gov_military") OR old_values."is_provincial_media" IS DISTINCT FROM (new_values."is_provincial_media") OR old_values."is_strategic" IS DISTINCT FROM (new_values."is_strategic") OR old_values."key_industry" IS DISTINCT FROM (new_values."key_industry") OR old_values."licence_no" IS DISTINCT FROM (new_values."licence_no") OR old_values."main_activity" IS DISTINCT FROM (new_values."main_activity") OR old_values."mobile_count" IS DISTINCT FROM (new_values."mobile_count") OR old_values."mobile_users_cm" IS DISTINCT FROM (new_values."mobile_users_cm") OR old_values."mobile_users_ct" IS DISTINCT FROM (new_values."mobile_users_ct") OR old_values."mobile_users_cu" IS DISTINCT FROM (new_values."mobile_users_cu") OR old_values."monthly_telecom_spend_fen" IS DISTINCT FROM (new_values."monthly_telecom_spend_fen") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."national_rank" IS DISTINCT FROM (new_values."national_rank") OR old_values."org_unit_id" IS DISTINCT FROM (new_values."org_unit_id") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."phone_public" IS DISTINCT FROM (new_values."phone_public") OR old_values."postal_address" IS DISTINCT FROM (new_values."postal_address") OR old_values."postcode" IS DISTINCT FROM (new_values."postcode") OR old_values."region_reason" IS DISTINCT FROM (new_values."region_reason") OR old_values."region_scope" IS DISTINCT FROM (new_values."region_scope") OR old_values."remark" IS DISTINCT FROM (new_values."remark") OR old_values."short_name" IS DISTINCT FROM (new_values."short_name") OR old_values."size_class" IS DISTINCT FROM (new_values."size_class") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."tax_rank_city" IS DISTINCT FROM (new_values."tax_rank_city") OR old_values."tax_rank_province" IS DISTINCT FROM (new_values."tax_rank_province") OR old_values."tax_year" IS DISTINCT FROM (new_values."tax_year") OR old_values."unit_relation" IS DISTINCT FROM (new_values."unit_relation") OR old_values."uscc" IS DISTINCT FROM (new_values."uscc") OR old_values."value_tier" IS DISTINCT FROM (new_values."value_tier")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="29276485b9a05aabb35360d16e723bce75fa4216",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_757e7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="client",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("address", "am_id", "bank_level", "closed_at", "cluster_kind", "employee_total", "filing", "grid_id", "has_own_finance", "hq_region_id", "ict_demand_score", "industry_id", "industry_type_id", "influence_level", "institution_subtype", "institution_type", "is_benchmark", "is_party_gov_military", "is_provincial_media", "is_strategic", "key_industry", "licence_no", "main_activity", "mobile_count", "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "monthly_telecom_spend_fen", "name", "national_rank", "org_unit_id", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_public", "postal_address", "postcode", "region_reason", "region_scope", "remark", "short_name", "size_class", "status", "tax_rank_city", "tax_rank_province", "tax_year", "unit_relation", "uscc", "value_tier") SELECT old_values."address", old_values."am_id", old_values."bank_level", old_values."closed_at", old_values."cluster_kind", old_values."employee_total", old_values."filing", old_values."grid_id", old_values."has_own_finance", old_values."hq_region_id", old_values."ict_demand_score", old_values."industry_id", old_values."industry_type_id", old_values."influence_level", old_values."institution_subtype", old_values."institution_type", old_values."is_benchmark", old_values."is_party_gov_military", old_values."is_provincial_media", old_values."is_strategic", old_values."key_industry", old_values."licence_no", old_values."main_activity", old_values."mobile_count", old_values."mobile_users_cm", old_values."mobile_users_ct", old_values."mobile_users_cu", old_values."monthly_telecom_spend_fen", old_values."name", old_values."national_rank", old_values."org_unit_id", old_values."parent_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone_public", old_values."postal_address", old_values."postcode", old_values."region_reason", old_values."region_scope", old_values."remark", old_values."short_name", old_values."size_class", old_values."status", old_values."tax_rank_city", old_values."tax_rank_province", old_values."tax_year", old_values."unit_relation", old_values."uscc", old_values."value_tier" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3f294d173d2d7cc44d2114840e0e06272e3782bb",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f8895",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="clients_client",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="product",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_productevent" ("active", "counts_as_ict", "family", "is_group_product", "line_kinds", "name", "name_en", "needs_agreement", "needs_circuit", "pay_modes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."active", old_values."counts_as_ict", old_values."family", old_values."is_group_product", old_values."line_kinds", old_values."name", old_values."name_en", old_values."needs_agreement", old_values."needs_circuit", old_values."pay_modes", _pgh_attached_context.value, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."active" IS DISTINCT FROM (new_values."active") OR old_values."counts_as_ict" IS DISTINCT FROM (new_values."counts_as_ict") OR old_values."family" IS DISTINCT FROM (new_values."family") OR old_values."is_group_product" IS DISTINCT FROM (new_values."is_group_product") OR old_values."line_kinds" IS DISTINCT FROM (new_values."line_kinds") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."name_en" IS DISTINCT FROM (new_values."name_en") OR old_values."needs_agreement" IS DISTINCT FROM (new_values."needs_agreement") OR old_values."needs_circuit" IS DISTINCT FROM (new_values."needs_circuit") OR old_values."pay_modes" IS DISTINCT FROM (new_values."pay_modes")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ea92d60be7cece4c3e8ca696de1862ef23e5e714",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_06531",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="clients_product",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="product",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_productevent" ("active", "counts_as_ict", "family", "is_group_product", "line_kinds", "name", "name_en", "needs_agreement", "needs_circuit", "pay_modes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."active", old_values."counts_as_ict", old_values."family", old_values."is_group_product", old_values."line_kinds", old_values."name", old_values."name_en", old_values."needs_agreement", old_values."needs_circuit", old_values."pay_modes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="15f74dbf6fcef0043c72d67d50a17e748d82f8c4",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_dc65d",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="clients_product",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="agreement",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_agreementevent" ("attachment", "effective_on", "end_reason", "ended_on", "expires_on", "no", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "scope", "signed_on", "signer_contact", "signer_name", "type", "warning") SELECT old_values."attachment", old_values."effective_on", old_values."end_reason", old_values."ended_on", old_values."expires_on", old_values."no", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."remark", old_values."scope", old_values."signed_on", old_values."signer_contact", old_values."signer_name", old_values."type", old_values."warning" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."attachment" IS DISTINCT FROM (new_values."attachment") OR old_values."effective_on" IS DISTINCT FROM (new_values."effective_on") OR old_values."end_reason" IS DISTINCT FROM (new_values."end_reason") OR old_values."ended_on" IS DISTINCT FROM (new_values."ended_on") OR old_values."expires_on" IS DISTINCT FROM (new_values."expires_on") OR old_values."no" IS DISTINCT FROM (new_values."no") OR old_values."remark" IS DISTINCT FROM (new_values."remark") OR old_values."scope" IS DISTINCT FROM (new_values."scope") OR old_values."signed_on" IS DISTINCT FROM (new_values."signed_on") OR old_values."signer_contact" IS DISTINCT FROM (new_values."signer_contact") OR old_values."signer_name" IS DISTINCT FROM (new_values."signer_name") OR old_values."type" IS DISTINCT FROM (new_values."type") OR old_values."warning" IS DISTINCT FROM (new_values."warning")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3f96ec371291723d2beeb9c7feb64acda7d2fef3",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c3810",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="clients_agreement",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="agreement",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_agreementevent" ("attachment", "effective_on", "end_reason", "ended_on", "expires_on", "no", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "scope", "signed_on", "signer_contact", "signer_name", "type", "warning") SELECT old_values."attachment", old_values."effective_on", old_values."end_reason", old_values."ended_on", old_values."expires_on", old_values."no", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."remark", old_values."scope", old_values."signed_on", old_values."signer_contact", old_values."signer_name", old_values."type", old_values."warning" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="160d3a4eb90e9b9976c6917f0e8487e6b3160ef7",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e7ac4",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="clients_agreement",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="clientproduct",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientproductevent" ("agreement_id", "bandwidth_kbps", "bound", "cancelled_on", "circuit_id", "opened_on", "pay_mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") SELECT old_values."agreement_id", old_values."bandwidth_kbps", old_values."bound", old_values."cancelled_on", old_values."circuit_id", old_values."opened_on", old_values."pay_mode", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."status" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."agreement_id" IS DISTINCT FROM (new_values."agreement_id") OR old_values."bandwidth_kbps" IS DISTINCT FROM (new_values."bandwidth_kbps") OR old_values."bound" IS DISTINCT FROM (new_values."bound") OR old_values."cancelled_on" IS DISTINCT FROM (new_values."cancelled_on") OR old_values."circuit_id" IS DISTINCT FROM (new_values."circuit_id") OR old_values."opened_on" IS DISTINCT FROM (new_values."opened_on") OR old_values."pay_mode" IS DISTINCT FROM (new_values."pay_mode") OR old_values."status" IS DISTINCT FROM (new_values."status")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ffda88b1e664595430e456118a1d7425a0eeaf60",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1e988",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="clients_clientproduct",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="clientproduct",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientproductevent" ("agreement_id", "bandwidth_kbps", "bound", "cancelled_on", "circuit_id", "opened_on", "pay_mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status") SELECT old_values."agreement_id", old_values."bandwidth_kbps", old_values."bound", old_values."cancelled_on", old_values."circuit_id", old_values."opened_on", old_values."pay_mode", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b8e0f505318b18f4493e03a69908a171fffb50da",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_eb8f3",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="clients_clientproduct",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="fieldsetting",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_fieldsettingevent" ("level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT old_values."level", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."reason" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."level" IS DISTINCT FROM (new_values."level") OR old_values."reason" IS DISTINCT FROM (new_values."reason")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="7aed3f0289ea44fdabef17b82f0e01712cc553e8",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_140b7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="clients_fieldsetting",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="fieldsetting",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_fieldsettingevent" ("level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT old_values."level", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e5d19ac918de9e67697b7c6956295c73ba243921",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_43b0b",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="clients_fieldsetting",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
