import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="ImportBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("roster", models.CharField(max_length=20, verbose_name="roster")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("UPLOADED", "Waiting to be read"),
                                    ("READING", "Being read"),
                                    ("MAPPING", "Columns to be matched"),
                                    ("VALIDATED", "Ready to commit"),
                                    ("COMMITTING", "Being written"),
                                    ("APPLIED", "Imported"),
                                    ("UNDOING", "Being undone"),
                                    ("ROLLED_BACK", "Undone"),
                                    ("FAILED", "Refused"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="UPLOADED",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded")),
                        ("validated_at", models.DateTimeField(null=True)),
                        ("applied_at", models.DateTimeField(null=True, verbose_name="imported")),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("file_name", models.CharField(max_length=255, verbose_name="file")),
                        ("file_size", models.BigIntegerField(verbose_name="size")),
                        ("sha256", models.CharField(max_length=64)),
                        ("folder", models.CharField(blank=True, max_length=40)),
                        ("kind", models.CharField(blank=True, max_length=5)),
                        ("found", models.JSONField(default=dict)),
                        ("sheet", models.CharField(blank=True, max_length=100)),
                        ("mapping", models.JSONField(default=dict)),
                        ("constants", models.JSONField(default=dict)),
                        ("value_map", models.JSONField(default=dict)),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("OVERWRITE", "Update with what the file says"),
                                    ("FILL", "Fill in only what is empty"),
                                    ("SKIP", "Leave existing records as they are"),
                                ],
                                default="OVERWRITE",
                                max_length=9,
                                verbose_name="existing records",
                            ),
                        ),
                        (
                            "all_or_nothing",
                            models.BooleanField(default=False, verbose_name="all rows or none"),
                        ),
                        ("read", models.PositiveIntegerField(null=True, verbose_name="read")),
                        ("created", models.PositiveIntegerField(null=True, verbose_name="new")),
                        ("updated", models.PositiveIntegerField(null=True, verbose_name="changed")),
                        ("unchanged", models.PositiveIntegerField(null=True, verbose_name="unchanged")),
                        ("rejected", models.PositiveIntegerField(null=True, verbose_name="rejected")),
                        ("restored", models.PositiveIntegerField(null=True)),
                        ("kept", models.PositiveIntegerField(null=True)),
                        ("error_code", models.CharField(blank=True, max_length=40)),
                        ("error_params", models.JSONField(default=dict)),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="imported by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "import",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["owner", "-id"], name="import_of_owner"),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["UPLOADED", "READING", "COMMITTING", "UNDOING"])
                                ),
                                fields=["status"],
                                name="import_waiting",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("read", None),
                                    (
                                        "read",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("created"), "+", models.F("updated")
                                                ),
                                                "+",
                                                models.F("unchanged"),
                                            ),
                                            "+",
                                            models.F("rejected"),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_loses_no_row",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status__in", ["VALIDATED", "COMMITTING", "APPLIED"]), _negated=True
                                    ),
                                    models.Q(("read", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="import_counts_its_rows",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportProgress",
                    fields=[
                        (
                            "batch",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="progress",
                                serialize=False,
                                to="intake.importbatch",
                            ),
                        ),
                        (
                            "phase",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting for its turn"),
                                    ("READING", "Reading the workbook"),
                                    ("CLEANING", "Checking the cells"),
                                    ("CHECKING", "Comparing with what is on file"),
                                    ("WRITING", "Writing"),
                                    ("UNDOING", "Restoring"),
                                ],
                                default="WAITING",
                                max_length=9,
                            ),
                        ),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "phase_at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("beat_at", models.DateTimeField(auto_now_add=True)),
                        ("cancel", models.BooleanField(default=False)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="RememberedMapping",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("roster", models.CharField(max_length=20)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("mapping", models.JSONField(default=dict)),
                        ("constants", models.JSONField(default=dict)),
                        ("value_map", models.JSONField(default=dict)),
                        ("used_at", models.DateTimeField(auto_now=True)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "roster", "fingerprint"), name="mapping_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RowChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rn", models.PositiveIntegerField()),
                        ("sheet", models.CharField(blank=True, max_length=100)),
                        ("row", models.PositiveIntegerField()),
                        ("object_id", models.BigIntegerField()),
                        ("act", models.CharField(max_length=6)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        ("version", models.PositiveIntegerField(null=True)),
                        ("kept", models.BooleanField(default=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="intake.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["rn"],
                        "indexes": [models.Index(fields=["batch", "object_id"], name="row_change_object")],
                    },
                ),
                migrations.CreateModel(
                    name="RowEdit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sheet", models.PositiveSmallIntegerField()),
                        ("row", models.PositiveIntegerField()),
                        ("column", models.CharField(max_length=40)),
                        ("value", models.CharField(blank=True, max_length=1000)),
                        ("at", models.DateTimeField(auto_now=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="edits",
                                to="intake.importbatch",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "sheet", "row", "column"), name="cell_mended_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RowError",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rn", models.PositiveIntegerField()),
                        ("sheet", models.CharField(blank=True, max_length=100)),
                        ("row", models.PositiveIntegerField()),
                        ("column", models.CharField(blank=True, max_length=40)),
                        ("value", models.CharField(blank=True, max_length=200)),
                        ("code", models.CharField(max_length=40)),
                        ("params", models.JSONField(default=dict)),
                        ("soft", models.BooleanField(default=False)),
                        ("by_check", models.BooleanField(default=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="errors",
                                to="intake.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["rn", "id"],
                        "indexes": [models.Index(fields=["batch", "rn"], name="row_error_place")],
                    },
                ),
            ],
        ),
    ]
