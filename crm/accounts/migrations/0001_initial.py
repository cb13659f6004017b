import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "staff_no",
                            models.CharField(max_length=32, unique=True, verbose_name="staff number"),
                        ),
                        (
                            "username",
                            models.CharField(
                                blank=True,
                                max_length=52,
                                null=True,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[^_\\s]{1,30}_[^_\\s]{1,20}\\Z",
                                        "Write the department, an underscore and the name, for example 城关区_李四.",
                                        code="registered_name",
                                    )
                                ],
                                verbose_name="registered name",
                            ),
                        ),
                        ("full_name", models.CharField(max_length=40, verbose_name="full name")),
                        ("mobile", models.CharField(blank=True, max_length=11, verbose_name="mobile")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                        (
                            "staff_position",
                            models.CharField(blank=True, max_length=40, verbose_name="staff position"),
                        ),
                        ("hired_on", models.DateField(blank=True, null=True, verbose_name="hired on")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waiting for activation"),
                                    ("ACTIVE", "Active"),
                                    ("DISABLED", "Disabled"),
                                ],
                                default="ACTIVE",
                                max_length=8,
                                verbose_name="account status",
                            ),
                        ),
                        (
                            "am_track",
                            models.CharField(
                                blank=True,
                                choices=[("VIP", "VIP track"), ("GROUP", "Group track")],
                                max_length=5,
                                verbose_name="track",
                            ),
                        ),
                        (
                            "am_grade",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("SENIOR", "Senior"),
                                    ("MIDDLE", "Middle"),
                                    ("ORDINARY", "Ordinary"),
                                ],
                                max_length=8,
                                verbose_name="grade",
                            ),
                        ),
                        ("is_system", models.BooleanField(default=False, verbose_name="client system")),
                        ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                        ("must_change_password", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "org_unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "user",
                        "ordering": ["staff_no"],
                    },
                ),
                migrations.CreateModel(
                    name="OrgUnit",
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
                        ("code", models.CharField(max_length=32, unique=True, verbose_name="unit code")),
                        ("name", models.CharField(max_length=80, verbose_name="unit name")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("GROUP", "Group company"),
                                    ("PROVINCE", "Province company"),
                                    ("CITY", "City branch"),
                                    ("PRODUCTION_UNIT", "Production unit"),
                                    ("DEPT", "Department"),
                                    ("TEAM", "Team"),
                                ],
                                max_length=16,
                                verbose_name="unit type",
                            ),
                        ),
                        (
                            "region_code",
                            models.CharField(
                                blank=True, help_text="GB/T 2260 code", max_length=6, verbose_name="region"
                            ),
                        ),
                        (
                            "external_name",
                            models.CharField(blank=True, max_length=120, verbose_name="external name"),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "verbose_name": "unit",
                        "ordering": ["path"],
                    },
                ),
                migrations.CreateModel(
                    name="OrgUnitEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("code", models.CharField(max_length=32, verbose_name="unit code")),
                        ("name", models.CharField(max_length=80, verbose_name="unit name")),
                        (
                            "type",
                            models.CharField(
                                choices=[
                                    ("GROUP", "Group company"),
                                    ("PROVINCE", "Province company"),
                                    ("CITY", "City branch"),
                                    ("PRODUCTION_UNIT", "Production unit"),
                                    ("DEPT", "Department"),
                                    ("TEAM", "Team"),
                                ],
                                max_length=16,
                                verbose_name="unit type",
                            ),
                        ),
                        ("path", models.CharField(max_length=255)),
                        (
                            "region_code",
                            models.CharField(
                                blank=True, help_text="GB/T 2260 code", max_length=6, verbose_name="region"
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
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="RoleAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("AM", "Account manager"),
                                    ("DEPT_HEAD", "Department head"),
                                    ("UNIT_LEADER", "Unit leader"),
                                    ("GC_DEPT", "Group-client department"),
                                    ("PROV_ADMIN", "Province administrator"),
                                    ("SYSADMIN", "System administrator"),
                                    ("AUDITOR", "Auditor"),
                                    ("KB_OWNER", "Knowledge owner"),
                                    ("HALL", "Service hall"),
                                    ("HOTLINE", "Hotline"),
                                    ("PHONE_AM", "Phone account manager"),
                                    ("SUPPORT", "Support expert"),
                                    ("API", "Client system"),
                                ],
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="scope",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assignments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "role assignment",
                        "ordering": ["user", "role"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "role", "unit", "valid_from"), name="role_assignment_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="role_assignment_period",
                                violation_error_message="The last day lies before the first.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleAssignmentEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("AM", "Account manager"),
                                    ("DEPT_HEAD", "Department head"),
                                    ("UNIT_LEADER", "Unit leader"),
                                    ("GC_DEPT", "Group-client department"),
                                    ("PROV_ADMIN", "Province administrator"),
                                    ("SYSADMIN", "System administrator"),
                                    ("AUDITOR", "Auditor"),
                                    ("KB_OWNER", "Knowledge owner"),
                                    ("HALL", "Service hall"),
                                    ("HOTLINE", "Hotline"),
                                    ("PHONE_AM", "Phone account manager"),
                                    ("SUPPORT", "Support expert"),
                                    ("API", "Client system"),
                                ],
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
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
                                to="accounts.roleassignment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="accounts.orgunit",
                                verbose_name="scope",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="UserEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("staff_no", models.CharField(max_length=32, verbose_name="staff number")),
                        (
                            "username",
                            models.CharField(
                                blank=True,
                                max_length=52,
                                null=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[^_\\s]{1,30}_[^_\\s]{1,20}\\Z",
                                        "Write the department, an underscore and the name, for example 城关区_李四.",
                                        code="registered_name",
                                    )
                                ],
                                verbose_name="registered name",
                            ),
                        ),
                        ("full_name", models.CharField(max_length=40, verbose_name="full name")),
                        ("mobile", models.CharField(blank=True, max_length=11, verbose_name="mobile")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waiting for activation"),
                                    ("ACTIVE", "Active"),
                                    ("DISABLED", "Disabled"),
                                ],
                                default="ACTIVE",
                                max_length=8,
                                verbose_name="account status",
                            ),
                        ),
                        (
                            "am_track",
                            models.CharField(
                                blank=True,
                                choices=[("VIP", "VIP track"), ("GROUP", "Group track")],
                                max_length=5,
                                verbose_name="track",
                            ),
                        ),
                        (
                            "am_grade",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("SENIOR", "Senior"),
                                    ("MIDDLE", "Middle"),
                                    ("ORDINARY", "Ordinary"),
                                ],
                                max_length=8,
                                verbose_name="grade",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
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
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Delegation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("AM", "Account manager"),
                                    ("DEPT_HEAD", "Department head"),
                                    ("UNIT_LEADER", "Unit leader"),
                                    ("GC_DEPT", "Group-client department"),
                                    ("PROV_ADMIN", "Province administrator"),
                                    ("SYSADMIN", "System administrator"),
                                    ("AUDITOR", "Auditor"),
                                    ("KB_OWNER", "Knowledge owner"),
                                    ("HALL", "Service hall"),
                                    ("HOTLINE", "Hotline"),
                                    ("PHONE_AM", "Phone account manager"),
                                    ("SUPPORT", "Support expert"),
                                    ("API", "Client system"),
                                ],
                                max_length=12,
                                verbose_name="role",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_to", models.DateField(verbose_name="valid to")),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "from_user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="delegations",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="for",
                            ),
                        ),
                        (
                            "to_user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deputies",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="deputy",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "delegation",
                        "ordering": ["-valid_from", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__gte", models.F("valid_from")),
                                    (
                                        "valid_to__lt",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("valid_from"), "+", models.Value(30)
                                        ),
                                    ),
                                ),
                                name="delegation_period",
                                violation_error_message="A delegation lasts from one day to thirty.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                                name="delegation_to_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApiClient",
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
                        ("name", models.CharField(max_length=60, unique=True, verbose_name="system")),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), size=None, verbose_name="scopes"
                            ),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
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
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="api_client",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="scope",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "client system",
                        "ordering": ["name"],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_userevent" ("am_grade", "am_track", "full_name", "mobile", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_no", "status", "username") SELECT old_values."am_grade", old_values."am_track", old_values."full_name", old_values."mobile", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."staff_no", old_values."status", old_values."username" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."am_grade" IS DISTINCT FROM (new_values."am_grade") OR old_values."am_track" IS DISTINCT FROM (new_values."am_track") OR old_values."full_name" IS DISTINCT FROM (new_values."full_name") OR old_values."mobile" IS DISTINCT FROM (new_values."mobile") OR old_values."org_unit_id" IS DISTINCT FROM (new_values."org_unit_id") OR old_values."staff_no" IS DISTINCT FROM (new_values."staff_no") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."username" IS DISTINCT FROM (new_values."username")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e4df7e071cdfc181a10a2541b906e3dddd366766",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0e890",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_userevent" ("am_grade", "am_track", "full_name", "mobile", "org_unit_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "staff_no", "status", "username") SELECT old_values."am_grade", old_values."am_track", old_values."full_name", old_values."mobile", old_values."org_unit_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."staff_no", old_values."status", old_values."username" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="11dd5bffb92dbc5cdaa0bcf471c0438d9a056d1d",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_19f14",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orgunit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_orgunitevent" ("active", "code", "name", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "type") SELECT old_values."active", old_values."code", old_values."name", old_values."path", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."region_code", old_values."type" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."active" IS DISTINCT FROM (new_values."active") OR old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."path" IS DISTINCT FROM (new_values."path") OR old_values."region_code" IS DISTINCT FROM (new_values."region_code") OR old_values."type" IS DISTINCT FROM (new_values."type")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="2c46effd3b60f416f88f547ceaf6a0a9997e34c6",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_085a6",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accounts_orgunit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orgunit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_orgunitevent" ("active", "code", "name", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "type") SELECT old_values."active", old_values."code", old_values."name", old_values."path", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."region_code", old_values."type" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="91df36c621ca3746e2830d1b6b88a65d1f9ede06",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_65702",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accounts_orgunit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleassignment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_roleassignmentevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "unit_id", "user_id", "valid_from", "valid_to") SELECT _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."role", old_values."unit_id", old_values."user_id", old_values."valid_from", old_values."valid_to" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."role" IS DISTINCT FROM (new_values."role") OR old_values."unit_id" IS DISTINCT FROM (new_values."unit_id") OR old_values."user_id" IS DISTINCT FROM (new_values."user_id") OR old_values."valid_from" IS DISTINCT FROM (new_values."valid_from") OR old_values."valid_to" IS DISTINCT FROM (new_values."valid_to")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="1f1fafccad3c46deef3a5493a17a99ebb49c9ee9",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bc884",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="accounts_roleassignment",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleassignment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_roleassignmentevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "unit_id", "user_id", "valid_from", "valid_to") SELECT _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role", old_values."unit_id", old_values."user_id", old_values."valid_from", old_values."valid_to" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="69b04b564bbf2938201216139d29bc1dbab941ba",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f0825",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="accounts_roleassignment",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
