"""Find the past of few clients by the indexes of today's file."""

from django.db import migrations, models

FEW = """
CREATE FUNCTION clients_past_few_rows() RETURNS TABLE (
    id bigint, client_code varchar, name varchar, created_at timestamptz, filing varchar, status varchar,
    size_class varchar, value_tier varchar, institution_type varchar, region_scope varchar,
    key_industry varchar, industry_id varchar, industry_type_id varchar, grid_id bigint, parent_id bigint,
    am_id bigint, org_unit_id bigint, unit_now_id bigint
) LANGUAGE sql STABLE AS $$
SELECT c.id, c.client_code, c.name, c.created_at, c.filing, c.status, c.size_class, c.value_tier, c.institution_type, c.region_scope, c.key_industry, c.industry_id, c.industry_type_id, c.grid_id, c.parent_id, c.am_id, c.org_unit_id, c.org_unit_id
FROM clients_client c
WHERE c.created_at < current_setting('crm.as_at')::timestamptz AND NOT EXISTS (
    SELECT 1 FROM clients_clientevent v
    WHERE v.pgh_obj_id = c.id AND v.pgh_created_at >= current_setting('crm.as_at')::timestamptz
)
UNION ALL
SELECT c.id, c.client_code, v.name, c.created_at, v.filing, v.status, v.size_class, v.value_tier, v.institution_type, v.region_scope, v.key_industry, v.industry_id, v.industry_type_id, v.grid_id, v.parent_id, v.am_id, v.org_unit_id, c.org_unit_id
FROM clients_clientevent v JOIN clients_client c ON c.id = v.pgh_obj_id
WHERE v.pgh_created_at >= current_setting('crm.as_at')::timestamptz
  AND c.created_at < current_setting('crm.as_at')::timestamptz
  AND NOT EXISTS (
    SELECT 1 FROM clients_clientevent w
    WHERE w.pgh_obj_id = v.pgh_obj_id AND w.pgh_id < v.pgh_id
      AND w.pgh_created_at >= current_setting('crm.as_at')::timestamptz
)
$$;
CREATE VIEW clients_past_few AS SELECT * FROM clients_past_few_rows();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0015_information_audits'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClientPastFew',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_code', models.CharField(max_length=12, verbose_name='client code')),
                ('name', models.CharField(max_length=200, verbose_name='client name')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('filing', models.CharField(choices=[('DRAFT', 'Draft file'), ('SUBMITTED', 'File submitted'), ('FILED', 'Filed'), ('REJECTED', 'File rejected')], max_length=9, verbose_name='filing state')),
                ('status', models.CharField(choices=[('POTENTIAL', 'Potential'), ('ONLINE', 'On network'), ('ACTIVE', 'In use'), ('SILENT', 'Silent'), ('CHURNED', 'Churned'), ('CLOSED', 'Closed')], max_length=9, verbose_name='status')),
                ('size_class', models.CharField(choices=[('A', 'Class A'), ('B', 'Class B'), ('C', 'Class C'), ('D', 'Class D')], max_length=1, verbose_name='size class')),
                ('value_tier', models.CharField(choices=[('A1', 'High-value client'), ('A2', 'Strategic client'), ('B1', 'Demonstration client'), ('B2', 'Potential-value client'), ('C', 'Ordinary client'), ('D', 'Individual or cluster')], max_length=2, null=True, verbose_name='value tier')),
                ('institution_type', models.CharField(choices=[('JG', 'Government organ'), ('QY', 'Enterprise'), ('SY', 'Public institution'), ('ST', 'Social organisation'), ('QT', 'Other legal person'), ('GT', 'Individual business'), ('JL', 'Cluster')], max_length=2, verbose_name='institution type')),
                ('region_scope', models.CharField(choices=[('TRANSNATIONAL', 'Transnational'), ('CROSS_PROVINCE', 'Cross-province'), ('CROSS_CITY', 'Cross-city'), ('LOCAL', 'Within the city')], max_length=14, verbose_name='operating region')),
                ('key_industry', models.CharField(choices=[('POST', 'Post'), ('BANK', 'Bank'), ('POWER', 'Electric power'), ('WATER', 'Tap water'), ('GAS', 'Gas'), ('ROAD', 'Highway'), ('AIRPORT', 'Airport'), ('RAILWAY', 'Railway')], max_length=7, verbose_name='key industry')),
            ],
            options={
                'db_table': 'clients_past_few',
                'managed': False,
            },
        ),
        migrations.RunSQL(FEW, "DROP VIEW clients_past_few; DROP FUNCTION clients_past_few_rows()"),
    ]
