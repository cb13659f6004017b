"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "accounts_roleassignment_user_id_ce5bcc18";
"""
CREATE = """
CREATE INDEX "accounts_roleassignment_user_id_ce5bcc18" ON accounts_roleassignment (user_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='roleassignment',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
