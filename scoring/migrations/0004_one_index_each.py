"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.db import migrations, models

DROP = """
DROP INDEX "scoring_ecard_customer_id_db2453cd";
DROP INDEX "scoring_lotsum_org_unit_id_a74aeb26";
DROP INDEX "scoring_markchange_customer_id_021c894a";
DROP INDEX "scoring_onetimecode_customer_id_95aa6964";
DROP INDEX "scoring_pointentry_account_id_46906e0e";
DROP INDEX "scoring_pointlot_account_id_ab6205e6";
DROP INDEX "scoring_pointmovement_account_id_afe43563";
DROP INDEX "scoring_pointsum_org_unit_id_48bd5684";
DROP INDEX "scoring_resourcecost_province_id_1e9376dd";
DROP INDEX "scoring_rewardbudget_unit_id_0d727ea6";
DROP INDEX "scoring_starrun_version_id_abc584a8";
DROP INDEX "scoring_tierrun_province_id_17dd24a9";
"""
CREATE = """
CREATE INDEX "scoring_ecard_customer_id_db2453cd" ON scoring_ecard (customer_id);
CREATE INDEX "scoring_lotsum_org_unit_id_a74aeb26" ON scoring_lotsum (org_unit_id);
CREATE INDEX "scoring_markchange_customer_id_021c894a" ON scoring_markchange (customer_id);
CREATE INDEX "scoring_onetimecode_customer_id_95aa6964" ON scoring_onetimecode (customer_id);
CREATE INDEX "scoring_pointentry_account_id_46906e0e" ON scoring_pointentry (account_id);
CREATE INDEX "scoring_pointlot_account_id_ab6205e6" ON scoring_pointlot (account_id);
CREATE INDEX "scoring_pointmovement_account_id_afe43563" ON scoring_pointmovement (account_id);
CREATE INDEX "scoring_pointsum_org_unit_id_48bd5684" ON scoring_pointsum (org_unit_id);
CREATE INDEX "scoring_resourcecost_province_id_1e9376dd" ON scoring_resourcecost (province_id);
CREATE INDEX "scoring_rewardbudget_unit_id_0d727ea6" ON scoring_rewardbudget (unit_id);
CREATE INDEX "scoring_starrun_version_id_abc584a8" ON scoring_starrun (version_id);
CREATE INDEX "scoring_tierrun_province_id_17dd24a9" ON scoring_tierrun (province_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_one_index_each'),
        ('members', '0002_one_index_each'),
        ('scoring', '0003_star_model_v1'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='ecard',
                    name='customer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='ecards', to='members.personalcustomer'),
                ),
                migrations.AlterField(
                    model_name='lotsum',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit'),
                ),
                migrations.AlterField(
                    model_name='markchange',
                    name='customer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mark_changes', to='members.personalcustomer'),
                ),
                migrations.AlterField(
                    model_name='onetimecode',
                    name='customer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='members.personalcustomer'),
                ),
                migrations.AlterField(
                    model_name='pointentry',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='scoring.pointaccount'),
                ),
                migrations.AlterField(
                    model_name='pointlot',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='scoring.pointaccount'),
                ),
                migrations.AlterField(
                    model_name='pointmovement',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='scoring.pointaccount'),
                ),
                migrations.AlterField(
                    model_name='pointsum',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit'),
                ),
                migrations.AlterField(
                    model_name='resourcecost',
                    name='province',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit'),
                ),
                migrations.AlterField(
                    model_name='rewardbudget',
                    name='unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='starrun',
                    name='version',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='scoring.starmodelversion'),
                ),
                migrations.AlterField(
                    model_name='tierrun',
                    name='province',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit'),
                ),
            ],
        ),
    ]
