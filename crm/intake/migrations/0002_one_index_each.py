"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "intake_importbatch_owner_id_2229104e";
DROP INDEX "intake_rememberedmapping_user_id_52d8e223";
DROP INDEX "intake_rowchange_batch_id_71c24951";
DROP INDEX "intake_rowedit_batch_id_0cc92532";
DROP INDEX "intake_rowerror_batch_id_1686869f";
"""
CREATE = """
CREATE INDEX "intake_importbatch_owner_id_2229104e" ON intake_importbatch (owner_id);
CREATE INDEX "intake_rememberedmapping_user_id_52d8e223" ON intake_rememberedmapping (user_id);
CREATE INDEX "intake_rowchange_batch_id_71c24951" ON intake_rowchange (batch_id);
CREATE INDEX "intake_rowedit_batch_id_0cc92532" ON intake_rowedit (batch_id);
CREATE INDEX "intake_rowerror_batch_id_1686869f" ON intake_rowerror (batch_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='importbatch',
                    name='owner',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by'),
                ),
                migrations.AlterField(
                    model_name='rememberedmapping',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='rowchange',
                    name='batch',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='intake.importbatch'),
                ),
                migrations.AlterField(
                    model_name='rowedit',
                    name='batch',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='intake.importbatch'),
                ),
                migrations.AlterField(
                    model_name='rowerror',
                    name='batch',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='errors', to='intake.importbatch'),
                ),
            ],
        ),
    ]
