from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="JobRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("step", models.CharField(max_length=40, verbose_name="step")),
                        ("scope", models.CharField(blank=True, max_length=32, verbose_name="scope")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting"),
                                    ("STARTED", "Running"),
                                    ("DONE", "Done"),
                                    ("FAILED", "Failed"),
                                    ("SKIPPED", "Held up"),
                                ],
                                default="WAITING",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("rows", models.BigIntegerField(default=0, verbose_name="rows changed")),
                        ("milliseconds", models.PositiveIntegerField(default=0, verbose_name="milliseconds")),
                        ("error", models.TextField(blank=True, verbose_name="error")),
                        ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                        ("by_hand", models.BooleanField(default=False, verbose_name="by hand")),
                        ("queued_at", models.DateTimeField(null=True)),
                        ("started_at", models.DateTimeField(null=True, verbose_name="started at")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                    ],
                    options={
                        "ordering": ["-business_date", "id"],
                        "indexes": [
                            models.Index(fields=["-business_date", "id"], name="job_run_nights"),
                            models.Index(
                                condition=models.Q(("state", "DONE"), _negated=True),
                                fields=["business_date"],
                                name="job_run_open",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "scope", "business_date"), name="job_run_once"
                            )
                        ],
                    },
                )
            ],
        ),
    ]
