"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.db import migrations, models

DROP = """
DROP INDEX "members_bookentry_client_id_7fef7c87";
DROP INDEX "members_contact_client_id_d9991610";
DROP INDEX "members_contacttie_contact_id_575dc768";
DROP INDEX "members_contacttrait_contact_id_7c61cec1";
DROP INDEX "members_member_client_id_ed930292";
DROP INDEX "members_monthlybill_customer_id_cf5df404";
DROP INDEX "members_personalcustomer_client_id_97b82ace";
DROP INDEX "members_rehomingmove_run_id_a92f2d4e";
"""
CREATE = """
CREATE INDEX "members_bookentry_client_id_7fef7c87" ON members_bookentry (client_id);
CREATE INDEX "members_contact_client_id_d9991610" ON members_contact (client_id);
CREATE INDEX "members_contacttie_contact_id_575dc768" ON members_contacttie (contact_id);
CREATE INDEX "members_contacttrait_contact_id_7c61cec1" ON members_contacttrait (contact_id);
CREATE INDEX "members_member_client_id_ed930292" ON members_member (client_id);
CREATE INDEX "members_monthlybill_customer_id_cf5df404" ON members_monthlybill (customer_id);
CREATE INDEX "members_personalcustomer_client_id_97b82ace" ON members_personalcustomer (client_id);
CREATE INDEX "members_rehomingmove_run_id_a92f2d4e" ON members_rehomingmove (run_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0005_one_index_each'),
        ('members', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='bookentry',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='book', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='contact',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='contacttie',
                    name='contact',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ties', to='members.contact'),
                ),
                migrations.AlterField(
                    model_name='contacttrait',
                    name='contact',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='trait_rows', to='members.contact'),
                ),
                migrations.AlterField(
                    model_name='member',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='clients.client'),
                ),
                migrations.AlterField(
                    model_name='monthlybill',
                    name='customer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bills', to='members.personalcustomer'),
                ),
                migrations.AlterField(
                    model_name='personalcustomer',
                    name='client',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='rehomingmove',
                    name='run',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='members.rehomingrun'),
                ),
            ],
        ),
    ]
