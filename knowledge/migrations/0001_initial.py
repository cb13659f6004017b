import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("clients", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="ScriptCard",
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
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="card code")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("CONNECT", "Getting through"),
                                    ("GREETING", "Greeting call"),
                                    ("TALK", "During the talk"),
                                    ("APPOINT", "Agreeing on a visit"),
                                    ("ARREARS", "Balance used up"),
                                    ("CLOSE", "Ending the call"),
                                    ("ETIQUETTE", "At the client's"),
                                ],
                                max_length=9,
                                verbose_name="stage",
                            ),
                        ),
                        ("situation", models.CharField(max_length=60, verbose_name="situation")),
                        (
                            "situation_en",
                            models.CharField(blank=True, max_length=100, verbose_name="situation in English"),
                        ),
                        ("text", models.CharField(max_length=400, verbose_name="what to say")),
                        (
                            "text_en",
                            models.CharField(
                                blank=True, max_length=600, verbose_name="what to say, in English"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                        ("active", models.BooleanField(default=True, verbose_name="in use")),
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
                        "verbose_name": "script card",
                        "ordering": ["stage", "position", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("situation", ""), _negated=True),
                                    models.Q(("text", ""), _negated=True),
                                ),
                                name="script_says_something",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScriptCardEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("CONNECT", "Getting through"),
                                    ("GREETING", "Greeting call"),
                                    ("TALK", "During the talk"),
                                    ("APPOINT", "Agreeing on a visit"),
                                    ("ARREARS", "Balance used up"),
                                    ("CLOSE", "Ending the call"),
                                    ("ETIQUETTE", "At the client's"),
                                ],
                                max_length=9,
                                verbose_name="stage",
                            ),
                        ),
                        ("situation", models.CharField(max_length=60, verbose_name="situation")),
                        (
                            "situation_en",
                            models.CharField(blank=True, max_length=100, verbose_name="situation in English"),
                        ),
                        ("text", models.CharField(max_length=400, verbose_name="what to say")),
                        (
                            "text_en",
                            models.CharField(
                                blank=True, max_length=600, verbose_name="what to say, in English"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                        ("active", models.BooleanField(default=True, verbose_name="in use")),
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
                                to="knowledge.scriptcard",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Solution",
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
                        ("title", models.CharField(max_length=100, verbose_name="title")),
                        (
                            "category",
                            models.CharField(
                                choices=[
                                    ("SUCCESS", "Won negotiation"),
                                    ("INDUSTRY", "Solution for an industry"),
                                    ("PRODUCT", "Product in use"),
                                    ("RETENTION", "Keeping a client"),
                                    ("COMPETITION", "Against a competitor"),
                                ],
                                max_length=11,
                                verbose_name="category",
                            ),
                        ),
                        ("summary", models.CharField(max_length=200, verbose_name="in one sentence")),
                        ("body", models.TextField(verbose_name="what was done and what it brought")),
                        (
                            "tiers",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("A1", "A1"),
                                        ("A2", "A2"),
                                        ("B1", "B1"),
                                        ("B2", "B2"),
                                        ("C", "C"),
                                        ("D", "D"),
                                    ],
                                    max_length=2,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="value tiers",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft solution"),
                                    ("PUBLISHED", "Published solution"),
                                    ("ARCHIVED", "Archived solution"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="published"),
                        ),
                        ("search_text", models.TextField(blank=True, default="")),
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
                            "industries",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="clients.industry", verbose_name="industries"
                            ),
                        ),
                        (
                            "products",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="clients.product", verbose_name="products"
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
                        "verbose_name": "solution",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["state", "-id"], name="solution_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("title", ""), _negated=True),
                                    models.Q(("summary", ""), _negated=True),
                                    models.Q(("body", ""), _negated=True),
                                ),
                                name="solution_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "PUBLISHED"), _negated=True),
                                    models.Q(("published_at", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="solution_published_has_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SolutionEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("title", models.CharField(max_length=100, verbose_name="title")),
                        (
                            "category",
                            models.CharField(
                                choices=[
                                    ("SUCCESS", "Won negotiation"),
                                    ("INDUSTRY", "Solution for an industry"),
                                    ("PRODUCT", "Product in use"),
                                    ("RETENTION", "Keeping a client"),
                                    ("COMPETITION", "Against a competitor"),
                                ],
                                max_length=11,
                                verbose_name="category",
                            ),
                        ),
                        ("body", models.TextField(verbose_name="what was done and what it brought")),
                        (
                            "tiers",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("A1", "A1"),
                                        ("A2", "A2"),
                                        ("B1", "B1"),
                                        ("B2", "B2"),
                                        ("C", "C"),
                                        ("D", "D"),
                                    ],
                                    max_length=2,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="value tiers",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft solution"),
                                    ("PUBLISHED", "Published solution"),
                                    ("ARCHIVED", "Archived solution"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
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
                                to="knowledge.solution",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="scriptcard",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "knowledge_scriptcardevent" ("active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "situation", "situation_en", "stage", "text", "text_en") SELECT old_values."active", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."position", old_values."situation", old_values."situation_en", old_values."stage", old_values."text", old_values."text_en" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."active" IS DISTINCT FROM (new_values."active") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."situation" IS DISTINCT FROM (new_values."situation") OR old_values."situation_en" IS DISTINCT FROM (new_values."situation_en") OR old_values."stage" IS DISTINCT FROM (new_values."stage") OR old_values."text" IS DISTINCT FROM (new_values."text") OR old_values."text_en" IS DISTINCT FROM (new_values."text_en")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="a2ea7167f0abd6e3887fee3262bd22868db93324",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_02f95",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="knowledge_scriptcard",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="scriptcard",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "knowledge_scriptcardevent" ("active", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "situation", "situation_en", "stage", "text", "text_en") SELECT old_values."active", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."position", old_values."situation", old_values."situation_en", old_values."stage", old_values."text", old_values."text_en" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="fb9944fd2c75e59946b3b79150df59f6d3354487",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_311b7",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="knowledge_scriptcard",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="solution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "knowledge_solutionevent" ("body", "category", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "tiers", "title") SELECT old_values."body", old_values."category", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."state", old_values."tiers", old_values."title" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."body" IS DISTINCT FROM (new_values."body") OR old_values."category" IS DISTINCT FROM (new_values."category") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."tiers" IS DISTINCT FROM (new_values."tiers") OR old_values."title" IS DISTINCT FROM (new_values."title")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b9330b9cacc9af97381687e3d06a08985df09b1e",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_62522",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="knowledge_solution",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="solution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "knowledge_solutionevent" ("body", "category", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "tiers", "title") SELECT old_values."body", old_values."category", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state", old_values."tiers", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="811e78acccef3a9cf142f23c27b2fda861ae474d",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_18fd6",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="knowledge_solution",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
