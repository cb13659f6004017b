import django.db.models.deletion
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
                    name="DownloadRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=30, verbose_name="list")),
                        ("query", models.CharField(blank=True, max_length=1000, verbose_name="filters")),
                        (
                            "file_format",
                            models.CharField(
                                choices=[("xlsx", "Excel workbook"), ("csv", "CSV text")],
                                default="xlsx",
                                max_length=4,
                                verbose_name="format",
                            ),
                        ),
                        ("plain", models.BooleanField(default=False, verbose_name="with full numbers")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("language", models.CharField(max_length=8)),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
                        ("rows_asked", models.PositiveIntegerField(verbose_name="rows")),
                        ("approve_verb", models.CharField(blank=True, max_length=30)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("REQUESTED", "Waits for approval"),
                                    ("APPROVED", "Approved"),
                                    ("REJECTED", "Rejected"),
                                    ("USED", "Downloaded"),
                                    ("EXPIRED", "Expired"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="REQUESTED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                        ("decision_note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("valid_until", models.DateTimeField(null=True, verbose_name="valid until")),
                        ("used_at", models.DateTimeField(null=True, verbose_name="downloaded")),
                        (
                            "work",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not begun"),
                                    ("WAITING", "Waiting for its turn"),
                                    ("RUNNING", "Being written"),
                                    ("DONE", "Ready"),
                                    ("FAILED", "Failed"),
                                ],
                                default="",
                                max_length=7,
                            ),
                        ),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("beat_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("rows_written", models.PositiveIntegerField(null=True, verbose_name="rows written")),
                        ("folder", models.CharField(blank=True, max_length=40)),
                        ("file_size", models.BigIntegerField(null=True, verbose_name="size")),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "export",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["owner", "-id"], name="export_of_owner"),
                            models.Index(
                                condition=models.Q(("state", "REQUESTED")),
                                fields=["id"],
                                name="export_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("state", "APPROVED")),
                                fields=["valid_until"],
                                name="export_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("owner")), _negated=True),
                                    _connector="OR",
                                ),
                                name="export_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approve_verb", ""),
                                    ("state__in", ["REQUESTED", "CANCELLED"]),
                                    models.Q(("decided_by", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="export_decided_by_somebody",
                            ),
                        ],
                    },
                )
            ],
        ),
    ]
