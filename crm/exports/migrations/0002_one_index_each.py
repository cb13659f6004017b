"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "exports_downloadrequest_owner_id_fb5b70a3";
"""
CREATE = """
CREATE INDEX "exports_downloadrequest_owner_id_fb5b70a3" ON exports_downloadrequest (owner_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('exports', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='downloadrequest',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
                ),
            ],
        ),
    ]
