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
                    name="ParamValue",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=80, verbose_name="parameter")),
                        ("value", models.JSONField(verbose_name="value")),
                        ("effective_from", models.DateField(verbose_name="in force from")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("changed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key", "-effective_from", "-id"],
                        "indexes": [
                            models.Index(fields=["key", "-effective_from", "-id"], name="param_in_force")
                        ],
                    },
                )
            ],
        ),
    ]
