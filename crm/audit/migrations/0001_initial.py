import django.db.models.deletion
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
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sealed_on", models.DateField(unique=True)),
                        ("first_id", models.BigIntegerField()),
                        ("last_id", models.BigIntegerField()),
                        ("count", models.PositiveIntegerField()),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ["-sealed_on"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                        ("actor_name", models.CharField(blank=True, max_length=60, verbose_name="person")),
                        ("action", models.CharField(max_length=60, verbose_name="act")),
                        ("entity", models.CharField(blank=True, max_length=60, verbose_name="record kind")),
                        ("entity_id", models.CharField(blank=True, max_length=40, verbose_name="record")),
                        ("data", models.JSONField(default=dict)),
                        ("ip", models.GenericIPAddressField(null=True)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
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
                            "unit",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["entity", "entity_id", "-id"], name="audit_of_record"),
                            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
                            models.Index(fields=["action", "-id"], name="audit_of_action"),
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="auditseal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="58497631d50c091587f7dcd41f2a458611cec2af",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3a3ab",
                            table="audit_auditseal",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="auditevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0450288fcb55201b346da4e2d56d2293ba7aac03",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_00dfa",
                            table="audit_auditevent",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
