"""Shared views, columns of a person, acts on many clients, clients as they were and counted by month."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The oldest row kept after the moment is what the client was; where none was kept, nothing changed since.
# The body of a function, unlike a view's, does not hinder later changes of the columns it reads; the
# planner puts it in place of the call.
PAST = """
CREATE FUNCTION clients_past_rows() RETURNS TABLE (
    id bigint, client_code varchar, name varchar, created_at timestamptz, filing varchar, status varchar,
    size_class varchar, value_tier varchar, institution_type varchar, region_scope varchar,
    key_industry varchar, industry_id varchar, industry_type_id varchar, grid_id bigint, parent_id bigint,
    am_id bigint, org_unit_id bigint, unit_now_id bigint
) LANGUAGE sql STABLE AS $$
SELECT c.id, c.client_code, CASE WHEN e.id IS NULL THEN c.name ELSE e.name END,
       c.created_at,
       CASE WHEN e.id IS NULL THEN c.filing ELSE e.filing END,
       CASE WHEN e.id IS NULL THEN c.status ELSE e.status END,
       CASE WHEN e.id IS NULL THEN c.size_class ELSE e.size_class END,
       CASE WHEN e.id IS NULL THEN c.value_tier ELSE e.value_tier END,
       CASE WHEN e.id IS NULL THEN c.institution_type ELSE e.institution_type END,
       CASE WHEN e.id IS NULL THEN c.region_scope ELSE e.region_scope END,
       CASE WHEN e.id IS NULL THEN c.key_industry ELSE e.key_industry END,
       CASE WHEN e.id IS NULL THEN c.industry_id ELSE e.industry_id END,
       CASE WHEN e.id IS NULL THEN c.industry_type_id ELSE e.industry_type_id END,
       CASE WHEN e.id IS NULL THEN c.grid_id ELSE e.grid_id END,
       CASE WHEN e.id IS NULL THEN c.parent_id ELSE e.parent_id END,
       CASE WHEN e.id IS NULL THEN c.am_id ELSE e.am_id END,
       CASE WHEN e.id IS NULL THEN c.org_unit_id ELSE e.org_unit_id END,
       c.org_unit_id
FROM clients_client c
LEFT JOIN LATERAL (
    SELECT v.pgh_obj_id AS id, v.name, v.filing, v.status, v.size_class, v.value_tier, v.institution_type,
           v.region_scope, v.key_industry, v.industry_id, v.industry_type_id, v.grid_id, v.parent_id,
           v.am_id, v.org_unit_id
    FROM clients_clientevent v
    WHERE v.pgh_obj_id = c.id AND v.pgh_created_at >= current_setting('crm.as_at')::timestamptz
    ORDER BY v.pgh_id LIMIT 1
) e ON true
WHERE c.created_at < current_setting('crm.as_at')::timestamptz
$$;
CREATE VIEW clients_past AS SELECT * FROM clients_past_rows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_fewer_indexes"),
        ("clients", "0013_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                        choices=[("A", "Class A"), ("B", "Class B"), ("C", "Class C"), ("D", "Class D")],
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
        migrations.AddField(
            model_name="savedview",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.orgunit",
                verbose_name="shared with",
            ),
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
        migrations.RunSQL(PAST, "DROP VIEW clients_past; DROP FUNCTION clients_past_rows()"),
    ]
