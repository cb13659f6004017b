"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "base_idempotencykey_user_id_fc5ce86b";
DROP INDEX "base_notification_user_id_09cc7a96";
"""
CREATE = """
CREATE INDEX "base_idempotencykey_user_id_fc5ce86b" ON base_idempotencykey (user_id);
CREATE INDEX "base_notification_user_id_09cc7a96" ON base_notification (user_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0004_idempotency_etag'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='idempotencykey',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='notification',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
