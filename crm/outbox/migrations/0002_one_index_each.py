"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.db import migrations, models

DROP = """
DROP INDEX "outbox_delivery_endpoint_id_11ff96e4";
"""
CREATE = """
CREATE INDEX "outbox_delivery_endpoint_id_11ff96e4" ON outbox_delivery (endpoint_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='delivery',
                    name='endpoint',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='outbox.endpoint'),
                ),
            ],
        ),
    ]
