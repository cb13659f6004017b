"""Give what is prepared for a visit the punctuation that Chinese has."""

from django.db import migrations

FULL_WIDTH = """
UPDATE visits_preparationitem SET text = translate(text, ',;:?!', '，；：？！') WHERE text ~ '[一-鿿]'
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0004_names")]

    operations = [migrations.RunSQL(FULL_WIDTH, migrations.RunSQL.noop)]
