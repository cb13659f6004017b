import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("clients", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="CallTie",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("msisdn", models.CharField(db_collation="C", max_length=11)),
                        ("other", models.CharField(db_collation="C", max_length=11)),
                        ("last_on", models.DateField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("msisdn", "other"), name="call_tie_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
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
                            "kind",
                            models.CharField(
                                choices=[("KEY_PERSON", "Key person"), ("CONTACT", "Contact")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="full name")),
                        (
                            "salutation",
                            models.CharField(blank=True, max_length=20, verbose_name="form of address"),
                        ),
                        ("position", models.CharField(blank=True, max_length=40, verbose_name="position")),
                        (
                            "mobile",
                            models.CharField(
                                blank=True,
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        (
                            "carrier",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CM", "China Mobile"),
                                    ("CT", "China Telecom"),
                                    ("CU", "China Unicom"),
                                    ("OTHER", "Other operator"),
                                ],
                                max_length=5,
                                verbose_name="operator",
                            ),
                        ),
                        ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                        ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                        ("traits", models.TextField(blank=True, verbose_name="traits and requests")),
                        (
                            "position_changed_on",
                            models.DateField(blank=True, null=True, verbose_name="position changed on"),
                        ),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="verified")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
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
                        "verbose_name": "contact",
                        "ordering": ["-kind", "id"],
                        "indexes": [
                            models.Index(fields=["client", "kind"], name="contact_client"),
                            models.Index(fields=["mobile"], name="contact_mobile"),
                            models.Index(
                                django.db.models.functions.text.Right("mobile", 4), name="contact_tail"
                            ),
                            models.Index(
                                fields=["name"], name="contact_name", opclasses=["varchar_pattern_ops"]
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("KEY_PERSON", "Key person"), ("CONTACT", "Contact")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="full name")),
                        ("position", models.CharField(blank=True, max_length=40, verbose_name="position")),
                        (
                            "mobile",
                            models.CharField(
                                blank=True,
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        (
                            "position_changed_on",
                            models.DateField(blank=True, null=True, verbose_name="position changed on"),
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
                                to="members.contact",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="ContactTie",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "First call"), (2, "Second call"), (3, "Senior leader")],
                                default=1,
                                verbose_name="step",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="how they know each other"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ties",
                                to="members.contact",
                            ),
                        ),
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
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="colleague",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "tie",
                        "ordering": ["level", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("contact", "user"), name="tie_once"),
                            models.CheckConstraint(
                                condition=models.Q(("level__range", (1, 3))), name="tie_level"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactTrait",
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
                                    ("PREFERENCE", "Preference"),
                                    ("REQUEST", "Request"),
                                    ("TABOO", "Taboo"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="trait")),
                        ("noted_on", models.DateField(verbose_name="noted on")),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="trait_rows",
                                to="members.contact",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "noted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "trait",
                        "ordering": ["-noted_on", "-id"],
                        "indexes": [models.Index(fields=["contact", "-noted_on"], name="trait_contact")],
                    },
                ),
                migrations.CreateModel(
                    name="ContactTraitEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("PREFERENCE", "Preference"),
                                    ("REQUEST", "Request"),
                                    ("TABOO", "Taboo"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.CharField(max_length=200, verbose_name="trait")),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
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
                                to="members.contacttrait",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="CoverageMonth",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("target", models.PositiveIntegerField()),
                        ("signed", models.PositiveIntegerField()),
                        ("employees", models.PositiveBigIntegerField()),
                        ("ordinary", models.PositiveBigIntegerField()),
                        ("active", models.PositiveBigIntegerField()),
                        ("low", models.PositiveIntegerField()),
                        (
                            "am",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("month", "unit", "am"), name="coverage_once", nulls_distinct=False
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
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
                            "msisdn",
                            models.CharField(
                                db_collation="C",
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="full name")),
                        ("position", models.CharField(max_length=40, verbose_name="position")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("1", "Key member"),
                                    ("2", "Ordinary member"),
                                    ("3", "Family or call member"),
                                    ("4", "Other member"),
                                ],
                                max_length=1,
                                verbose_name="member type",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("ADDRESS_BOOK", "Address book"),
                                    ("CALL_BEHAVIOUR", "Call behaviour"),
                                    ("CAMPAIGN", "Campaign"),
                                    ("BOSS", "Billing system"),
                                ],
                                default="ADDRESS_BOOK",
                                max_length=14,
                                verbose_name="source",
                            ),
                        ),
                        (
                            "employment",
                            models.CharField(
                                choices=[("REGULAR", "Regular staff"), ("TEMP", "Temporary staff")],
                                default="REGULAR",
                                max_length=7,
                                verbose_name="employment",
                            ),
                        ),
                        (
                            "person_kind",
                            models.CharField(
                                choices=[
                                    ("STAFF", "Staff"),
                                    ("MANAGER", "Manager"),
                                    ("STUDENT", "Student"),
                                    ("FAMILY", "Family member"),
                                ],
                                default="STAFF",
                                max_length=7,
                                verbose_name="kind of person",
                            ),
                        ),
                        (
                            "line_kind",
                            models.CharField(
                                choices=[
                                    ("MOBILE", "Mobile"),
                                    ("M2M", "M2M card"),
                                    ("TD_LANDLINE", "TD landline"),
                                    ("FIXED", "Fixed line"),
                                ],
                                default="MOBILE",
                                max_length=11,
                                verbose_name="kind of line",
                            ),
                        ),
                        ("verified", models.BooleanField(default=True, verbose_name="verified")),
                        ("exclusive", models.BooleanField(db_default=True, default=True)),
                        ("joined_on", models.DateField(blank=True, null=True, verbose_name="joined on")),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        ("remark", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
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
                        "verbose_name": "member",
                        "ordering": ["client", "id"],
                        "indexes": [
                            models.Index(fields=["client", "id"], name="member_client"),
                            models.Index(
                                django.db.models.functions.text.Right("msisdn", 4),
                                condition=models.Q(("left_on", None)),
                                name="member_tail",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("exclusive", True), ("left_on", None)),
                                fields=("msisdn",),
                                name="member_active_once",
                                violation_error_message="This number is an active member of another client.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("left_on", None)),
                                fields=("client", "msisdn"),
                                name="member_once_in_client",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("person_kind", "STUDENT"), _negated=True),
                                    ("line_kind__in", ["MOBILE", "FIXED"]),
                                ),
                                name="member_kind_allowed",
                                violation_error_code="MEMBER_KIND_FORBIDDEN",
                                violation_error_message="Students, M2M cards and TD landlines may not be members.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("name", models.CharField(max_length=100, verbose_name="full name")),
                        (
                            "msisdn",
                            models.CharField(
                                db_collation="C",
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        ("position", models.CharField(max_length=40, verbose_name="position")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("1", "Key member"),
                                    ("2", "Ordinary member"),
                                    ("3", "Family or call member"),
                                    ("4", "Other member"),
                                ],
                                max_length=1,
                                verbose_name="member type",
                            ),
                        ),
                        ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                        ("verified", models.BooleanField(default=True, verbose_name="verified")),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
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
                                to="members.member",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="PersonalCustomer",
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
                            "msisdn",
                            models.CharField(
                                db_collation="C",
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="full name")),
                        (
                            "brand",
                            models.CharField(
                                choices=[
                                    ("GOTONE", "GoTone"),
                                    ("SHENZHOUXING", "Easyown"),
                                    ("MZONE", "M-Zone"),
                                    ("WORLDWIND", "World Wind"),
                                    ("NEWERA", "New Era"),
                                    ("OTHER", "Other brand"),
                                ],
                                max_length=12,
                                verbose_name="brand",
                            ),
                        ),
                        ("in_net_from", models.DateField(verbose_name="in the network since")),
                        (
                            "in_net_to",
                            models.DateField(blank=True, null=True, verbose_name="left the network"),
                        ),
                        ("realname", models.BooleanField(default=True, verbose_name="real-name registered")),
                        (
                            "is_influential",
                            models.BooleanField(default=False, verbose_name="person of influence"),
                        ),
                        (
                            "vip_grade",
                            models.CharField(
                                choices=[
                                    ("DIAMOND", "Diamond card"),
                                    ("GOLD", "Gold card"),
                                    ("SILVER", "Silver card"),
                                    ("NONE", "Not VIP"),
                                ],
                                default="NONE",
                                max_length=7,
                                verbose_name="VIP grade",
                            ),
                        ),
                        (
                            "vip_valid_to",
                            models.DateField(blank=True, null=True, verbose_name="VIP valid to"),
                        ),
                        ("star", models.PositiveSmallIntegerField(default=0, verbose_name="star")),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="customers",
                                to="clients.client",
                                verbose_name="client",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
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
                        "verbose_name": "personal customer",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["client"], name="customer_client"),
                            models.Index(
                                django.db.models.functions.text.Right("msisdn", 4), name="customer_tail"
                            ),
                            models.Index(
                                fields=["name"], name="customer_name", opclasses=["varchar_pattern_ops"]
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("in_net_to", None)),
                                fields=("msisdn",),
                                name="customer_active_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonthlyBill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("bill_month", models.DateField(verbose_name="month")),
                        ("total_fen", models.BigIntegerField(verbose_name="charged")),
                        ("paid_fen", models.BigIntegerField(verbose_name="paid")),
                        (
                            "agency_fee_fen",
                            models.BigIntegerField(default=0, verbose_name="collected for others"),
                        ),
                        ("discount_fen", models.BigIntegerField(default=0, verbose_name="discount")),
                        ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                        ("posted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bills",
                                to="members.personalcustomer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "monthly bill",
                        "ordering": ["-bill_month"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("posted_at", None), models.Q(("settled_at", None), _negated=True)
                                ),
                                fields=["id"],
                                name="bill_to_post",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("customer", "bill_month"), name="bill_once_a_month"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("bill_month__day", 1)), name="bill_month_is_first_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("agency_fee_fen__gte", 0),
                                    ("discount_fen__gte", 0),
                                    ("paid_fen__gte", 0),
                                    ("total_fen__gte", 0),
                                ),
                                name="bill_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonalCustomerEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("name", models.CharField(max_length=40, verbose_name="full name")),
                        (
                            "brand",
                            models.CharField(
                                choices=[
                                    ("GOTONE", "GoTone"),
                                    ("SHENZHOUXING", "Easyown"),
                                    ("MZONE", "M-Zone"),
                                    ("WORLDWIND", "World Wind"),
                                    ("NEWERA", "New Era"),
                                    ("OTHER", "Other brand"),
                                ],
                                max_length=12,
                                verbose_name="brand",
                            ),
                        ),
                        (
                            "is_influential",
                            models.BooleanField(default=False, verbose_name="person of influence"),
                        ),
                        (
                            "vip_grade",
                            models.CharField(
                                choices=[
                                    ("DIAMOND", "Diamond card"),
                                    ("GOLD", "Gold card"),
                                    ("SILVER", "Silver card"),
                                    ("NONE", "Not VIP"),
                                ],
                                default="NONE",
                                max_length=7,
                                verbose_name="VIP grade",
                            ),
                        ),
                        (
                            "in_net_to",
                            models.DateField(blank=True, null=True, verbose_name="left the network"),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="clients.client",
                                verbose_name="client",
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
                                to="members.personalcustomer",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="RehomingRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PREPARED", "To look at"),
                                    ("RUNNING", "Running"),
                                    ("APPLIED", "Applied"),
                                    ("UNDONE", "Undone"),
                                ],
                                default="PREPARED",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("as_of", models.DateField(verbose_name="as of")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="prepared")),
                        ("started_at", models.DateTimeField(null=True)),
                        ("applied_at", models.DateTimeField(null=True, verbose_name="applied")),
                        ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "verbose_name": "re-homing",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="RehomingMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "from_type",
                            models.CharField(
                                choices=[
                                    ("1", "Key member"),
                                    ("2", "Ordinary member"),
                                    ("3", "Family or call member"),
                                    ("4", "Other member"),
                                ],
                                max_length=1,
                            ),
                        ),
                        (
                            "to_type",
                            models.CharField(
                                choices=[
                                    ("1", "Key member"),
                                    ("2", "Ordinary member"),
                                    ("3", "Family or call member"),
                                    ("4", "Other member"),
                                ],
                                max_length=1,
                            ),
                        ),
                        (
                            "from_source",
                            models.CharField(
                                choices=[
                                    ("ADDRESS_BOOK", "Address book"),
                                    ("CALL_BEHAVIOUR", "Call behaviour"),
                                    ("CAMPAIGN", "Campaign"),
                                    ("BOSS", "Billing system"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("BOOK", "Stands in the address book"),
                                    ("CALLS", "Speaks with members"),
                                    ("UNSURE", "Not verified, or temporary staff"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("evidence", models.PositiveIntegerField(default=0)),
                        ("chosen", models.BooleanField(default=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("DONE", "Done"),
                                    ("SKIPPED", "Skipped"),
                                    ("UNDONE", "Undone"),
                                    ("KEPT", "Kept, changed since"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("version", models.PositiveIntegerField(null=True)),
                        (
                            "from_client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "new_member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "to_client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves",
                                to="members.rehomingrun",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["run", "outcome", "id"], name="rehoming_open")],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "member"), name="rehoming_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BookEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "msisdn",
                            models.CharField(
                                db_collation="C",
                                max_length=11,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^1[3-9]\\d{9}\\Z", "Write a mobile number of 11 digits.", code="mobile"
                                    )
                                ],
                                verbose_name="mobile",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=100, verbose_name="full name")),
                        ("position", models.CharField(blank=True, max_length=40, verbose_name="position")),
                        ("collected_on", models.DateField(verbose_name="collected on")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="book",
                                to="clients.client",
                            ),
                        ),
                        (
                            "collected_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "line of an address book",
                        "indexes": [models.Index(fields=["msisdn"], name="book_number")],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "msisdn"), name="book_once")
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contact",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_contacts_ins",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET key_persons_active = c.key_persons_active + COALESCE(d.key_persons_active, 0), contacts_active = c.contacts_active + COALESCE(d.contacts_active, 0), key_persons_full = c.key_persons_full + COALESCE(d.key_persons_full, 0), contacts_full = c.contacts_full + COALESCE(d.contacts_full, 0), key_birthdays = c.key_birthdays + COALESCE(d.key_birthdays, 0), key_traits = c.key_traits + COALESCE(d.key_traits, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE kind = 'KEY_PERSON') AS key_persons_active, SUM(n) FILTER (WHERE kind = 'CONTACT') AS contacts_active, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND '' NOT IN (btrim(name), btrim(position), mobile)) AS key_persons_full, SUM(n) FILTER (WHERE kind = 'CONTACT' AND '' NOT IN (btrim(name), mobile)) AS contacts_full, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND birthday IS NOT NULL) AS key_birthdays, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND btrim(traits) <> '') AS key_traits FROM (SELECT *, 1 AS n FROM new_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.key_persons_active, 0) <> 0 OR COALESCE(d.contacts_active, 0) <> 0 OR COALESCE(d.key_persons_full, 0) <> 0 OR COALESCE(d.contacts_full, 0) <> 0 OR COALESCE(d.key_birthdays, 0) <> 0 OR COALESCE(d.key_traits, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="997462db43c70b17cfa6c8c22a24c43b184aa587",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_count_contacts_ins_2273c",
                            referencing="REFERENCING NEW TABLE AS new_rows ",
                            table="members_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contact",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_contacts_del",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET key_persons_active = c.key_persons_active + COALESCE(d.key_persons_active, 0), contacts_active = c.contacts_active + COALESCE(d.contacts_active, 0), key_persons_full = c.key_persons_full + COALESCE(d.key_persons_full, 0), contacts_full = c.contacts_full + COALESCE(d.contacts_full, 0), key_birthdays = c.key_birthdays + COALESCE(d.key_birthdays, 0), key_traits = c.key_traits + COALESCE(d.key_traits, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE kind = 'KEY_PERSON') AS key_persons_active, SUM(n) FILTER (WHERE kind = 'CONTACT') AS contacts_active, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND '' NOT IN (btrim(name), btrim(position), mobile)) AS key_persons_full, SUM(n) FILTER (WHERE kind = 'CONTACT' AND '' NOT IN (btrim(name), mobile)) AS contacts_full, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND birthday IS NOT NULL) AS key_birthdays, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND btrim(traits) <> '') AS key_traits FROM (SELECT *, -1 AS n FROM old_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.key_persons_active, 0) <> 0 OR COALESCE(d.contacts_active, 0) <> 0 OR COALESCE(d.key_persons_full, 0) <> 0 OR COALESCE(d.contacts_full, 0) <> 0 OR COALESCE(d.key_birthdays, 0) <> 0 OR COALESCE(d.key_traits, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="3e8933486cfae4a25f055628f9ad199dcac78e4b",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_count_contacts_del_de15a",
                            referencing="REFERENCING OLD TABLE AS old_rows ",
                            table="members_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contact",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_contacts_upd",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET key_persons_active = c.key_persons_active + COALESCE(d.key_persons_active, 0), contacts_active = c.contacts_active + COALESCE(d.contacts_active, 0), key_persons_full = c.key_persons_full + COALESCE(d.key_persons_full, 0), contacts_full = c.contacts_full + COALESCE(d.contacts_full, 0), key_birthdays = c.key_birthdays + COALESCE(d.key_birthdays, 0), key_traits = c.key_traits + COALESCE(d.key_traits, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE kind = 'KEY_PERSON') AS key_persons_active, SUM(n) FILTER (WHERE kind = 'CONTACT') AS contacts_active, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND '' NOT IN (btrim(name), btrim(position), mobile)) AS key_persons_full, SUM(n) FILTER (WHERE kind = 'CONTACT' AND '' NOT IN (btrim(name), mobile)) AS contacts_full, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND birthday IS NOT NULL) AS key_birthdays, SUM(n) FILTER (WHERE kind = 'KEY_PERSON' AND btrim(traits) <> '') AS key_traits FROM (SELECT *, 1 AS n FROM new_rows UNION ALL SELECT *, -1 AS n FROM old_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.key_persons_active, 0) <> 0 OR COALESCE(d.contacts_active, 0) <> 0 OR COALESCE(d.key_persons_full, 0) <> 0 OR COALESCE(d.contacts_full, 0) <> 0 OR COALESCE(d.key_birthdays, 0) <> 0 OR COALESCE(d.key_traits, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="d1ea62481389fe3692e81e46427d08a47f8a04cb",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_count_contacts_upd_e0bf7",
                            referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                            table="members_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contact",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_contactevent" ("email", "kind", "left_on", "mobile", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "position_changed_on") SELECT old_values."email", old_values."kind", old_values."left_on", old_values."mobile", old_values."name", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."phone", old_values."position", old_values."position_changed_on" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."email" IS DISTINCT FROM (new_values."email") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."left_on" IS DISTINCT FROM (new_values."left_on") OR old_values."mobile" IS DISTINCT FROM (new_values."mobile") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."position_changed_on" IS DISTINCT FROM (new_values."position_changed_on")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c00320ebe1a3ecc1d177846607afd63de6bfbf71",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7798f",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="members_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contact",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_contactevent" ("email", "kind", "left_on", "mobile", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "position_changed_on") SELECT old_values."email", old_values."kind", old_values."left_on", old_values."mobile", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."phone", old_values."position", old_values."position_changed_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8a859d7be5aa9ed7a28aeec265e7dc4a9fa50353",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_aff54",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="members_contact",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contacttrait",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_contacttraitevent" ("ended_on", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT old_values."ended_on", old_values."kind", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."text" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."ended_on" IS DISTINCT FROM (new_values."ended_on") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."text" IS DISTINCT FROM (new_values."text")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="a4fd89956f260f399087649d959752ef15a6e4aa",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fb1d7",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="members_contacttrait",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="contacttrait",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_contacttraitevent" ("ended_on", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT old_values."ended_on", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="07f2b56c9e2f3f59efd893849e371da2851910d7",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_53aa1",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="members_contacttrait",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="member",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_members_ins",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET members_active = c.members_active + COALESCE(d.members_active, 0), members_ordinary = c.members_ordinary + COALESCE(d.members_ordinary, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE type IN ('1', '2', '3')) AS members_active, SUM(n) FILTER (WHERE type = '2') AS members_ordinary FROM (SELECT *, 1 AS n FROM new_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.members_active, 0) <> 0 OR COALESCE(d.members_ordinary, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="0db499ef7d66d4cfd13143d8d56f33afcece399e",
                            level="STATEMENT",
                            operation="INSERT",
                            pgid="pgtrigger_count_members_ins_62231",
                            referencing="REFERENCING NEW TABLE AS new_rows ",
                            table="members_member",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="member",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_members_del",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET members_active = c.members_active + COALESCE(d.members_active, 0), members_ordinary = c.members_ordinary + COALESCE(d.members_ordinary, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE type IN ('1', '2', '3')) AS members_active, SUM(n) FILTER (WHERE type = '2') AS members_ordinary FROM (SELECT *, -1 AS n FROM old_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.members_active, 0) <> 0 OR COALESCE(d.members_ordinary, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="7a3b084ed4787617cec6708fdecad16a82484a7b",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_count_members_del_01c8c",
                            referencing="REFERENCING OLD TABLE AS old_rows ",
                            table="members_member",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="member",
                    trigger=pgtrigger.compiler.Trigger(
                        name="count_members_upd",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            UPDATE clients_client c SET members_active = c.members_active + COALESCE(d.members_active, 0), members_ordinary = c.members_ordinary + COALESCE(d.members_ordinary, 0)\n            FROM (SELECT client_id, SUM(n) FILTER (WHERE type IN ('1', '2', '3')) AS members_active, SUM(n) FILTER (WHERE type = '2') AS members_ordinary FROM (SELECT *, 1 AS n FROM new_rows UNION ALL SELECT *, -1 AS n FROM old_rows) r WHERE left_on IS NULL GROUP BY client_id) d\n            WHERE c.id = d.client_id AND (COALESCE(d.members_active, 0) <> 0 OR COALESCE(d.members_ordinary, 0) <> 0);\n            RETURN NULL;\n        ",
                            hash="6d258029e8c0da5502616cd04db717eac166342a",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_count_members_upd_2abcf",
                            referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                            table="members_member",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="member",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_memberevent" ("client_id", "left_on", "msisdn", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "type", "verified") SELECT old_values."client_id", old_values."left_on", old_values."msisdn", old_values."name", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."position", old_values."type", old_values."verified" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."client_id" IS DISTINCT FROM (new_values."client_id") OR old_values."left_on" IS DISTINCT FROM (new_values."left_on") OR old_values."msisdn" IS DISTINCT FROM (new_values."msisdn") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."type" IS DISTINCT FROM (new_values."type") OR old_values."verified" IS DISTINCT FROM (new_values."verified")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="33881583e335dd05f0beb77efb9723d86ca91f41",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b1bc1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="members_member",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="member",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_memberevent" ("client_id", "left_on", "msisdn", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "type", "verified") SELECT old_values."client_id", old_values."left_on", old_values."msisdn", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."type", old_values."verified" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b709f45512e15b3f3f31ea3a3eb9b2b5d96058c7",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_925fb",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="members_member",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="personalcustomer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_personalcustomerevent" ("brand", "client_id", "in_net_to", "is_influential", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vip_grade") SELECT old_values."brand", old_values."client_id", old_values."in_net_to", old_values."is_influential", old_values."name", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."vip_grade" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."brand" IS DISTINCT FROM (new_values."brand") OR old_values."client_id" IS DISTINCT FROM (new_values."client_id") OR old_values."in_net_to" IS DISTINCT FROM (new_values."in_net_to") OR old_values."is_influential" IS DISTINCT FROM (new_values."is_influential") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."vip_grade" IS DISTINCT FROM (new_values."vip_grade")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="058dfecb6db9408fa2fb3679ea0ec95fbac6f4ae",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7664b",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="members_personalcustomer",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="personalcustomer",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "members_personalcustomerevent" ("brand", "client_id", "in_net_to", "is_influential", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "vip_grade") SELECT old_values."brand", old_values."client_id", old_values."in_net_to", old_values."is_influential", old_values."name", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."vip_grade" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="a6bc285d735dc039964be52d6a91c09a3709faed",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b5388",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="members_personalcustomer",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
