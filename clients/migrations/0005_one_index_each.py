"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "clients_agreement_client_id_7f9803a4";
DROP INDEX "clients_amassignment_client_id_da0fd312";
DROP INDEX "clients_auditline_task_id_d8eb2673";
DROP INDEX "clients_audittask_client_id_619f06d6";
DROP INDEX "clients_audittask_plan_id_64ce0280";
DROP INDEX "clients_branchsite_client_id_75377bd6";
DROP INDEX "clients_bulkrun_actor_id_f4ea2c92";
DROP INDEX "clients_churnalert_client_id_31ed403e";
DROP INDEX "clients_clientclasshistory_client_id_b493cd5d";
DROP INDEX "clients_clientproduct_client_id_db80aafd";
DROP INDEX "clients_clientstatushistory_client_id_4522d31c";
DROP INDEX "clients_competitorinfo_client_id_4510ea85";
DROP INDEX "clients_handoverclient_handover_id_50fee072";
DROP INDEX "clients_merge_client_id_1ecc433f";
DROP INDEX "clients_mergedrow_merge_id_228af63a";
DROP INDEX "clients_mergenote_parent_id_678ff0e3";
DROP INDEX "clients_producttraffic_client_product_id_68c9020e";
DROP INDEX "clients_responsibility_client_id_4d78d3d4";
DROP INDEX "clients_revenueline_client_id_3f296230";
DROP INDEX "clients_revenuemonth_client_id_7105462b";
DROP INDEX "clients_savedview_user_id_12f318e1";
"""
CREATE = """
CREATE INDEX "clients_agreement_client_id_7f9803a4" ON clients_agreement (client_id);
CREATE INDEX "clients_amassignment_client_id_da0fd312" ON clients_amassignment (client_id);
CREATE INDEX "clients_auditline_task_id_d8eb2673" ON clients_auditline (task_id);
CREATE INDEX "clients_audittask_client_id_619f06d6" ON clients_audittask (client_id);
CREATE INDEX "clients_audittask_plan_id_64ce0280" ON clients_audittask (plan_id);
CREATE INDEX "clients_branchsite_client_id_75377bd6" ON clients_branchsite (client_id);
CREATE INDEX "clients_bulkrun_actor_id_f4ea2c92" ON clients_bulkrun (actor_id);
CREATE INDEX "clients_churnalert_client_id_31ed403e" ON clients_churnalert (client_id);
CREATE INDEX "clients_clientclasshistory_client_id_b493cd5d" ON clients_clientclasshistory (client_id);
CREATE INDEX "clients_clientproduct_client_id_db80aafd" ON clients_clientproduct (client_id);
CREATE INDEX "clients_clientstatushistory_client_id_4522d31c" ON clients_clientstatushistory (client_id);
CREATE INDEX "clients_competitorinfo_client_id_4510ea85" ON clients_competitorinfo (client_id);
CREATE INDEX "clients_handoverclient_handover_id_50fee072" ON clients_handoverclient (handover_id);
CREATE INDEX "clients_merge_client_id_1ecc433f" ON clients_merge (client_id);
CREATE INDEX "clients_mergedrow_merge_id_228af63a" ON clients_mergedrow (merge_id);
CREATE INDEX "clients_mergenote_parent_id_678ff0e3" ON clients_mergenote (parent_id);
CREATE INDEX "clients_producttraffic_client_product_id_68c9020e" ON clients_producttraffic (client_product_id);
CREATE INDEX "clients_responsibility_client_id_4d78d3d4" ON clients_responsibility (client_id);
CREATE INDEX "clients_revenueline_client_id_3f296230" ON clients_revenueline (client_id);
CREATE INDEX "clients_revenuemonth_client_id_7105462b" ON clients_revenuemonth (client_id);
CREATE INDEX "clients_savedview_user_id_12f318e1" ON clients_savedview (user_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0004_goods_reference'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='agreement',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='amassignment',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='auditline',
                    name='task',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='clients.audittask'),
                ),
                migrations.AlterField(
                    model_name='audittask',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='audit_tasks', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='audittask',
                    name='plan',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='clients.auditplan'),
                ),
                migrations.AlterField(
                    model_name='branchsite',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sites', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='bulkrun',
                    name='actor',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='churnalert',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='churn_alerts', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='clientclasshistory',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='class_history', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='clientproduct',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='clientstatushistory',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='status_history', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='competitorinfo',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sightings', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='handoverclient',
                    name='handover',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='clients.handover'),
                ),
                migrations.AlterField(
                    model_name='merge',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='mergedrow',
                    name='merge',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='clients.merge'),
                ),
                migrations.AlterField(
                    model_name='mergenote',
                    name='parent',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='merge_notes', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='producttraffic',
                    name='client_product',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='traffic', to='clients.clientproduct'),
                ),
                migrations.AlterField(
                    model_name='responsibility',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='responsibilities', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='revenueline',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revenue_lines', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='revenuemonth',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revenue', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='savedview',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
