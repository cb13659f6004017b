"""Give the words of the cards the punctuation that Chinese has; who reads them aloud reads them on a phone."""

from django.db import migrations

FULL_WIDTH = """
UPDATE knowledge_scriptcard
SET text = translate(text, ',;?!', '，；？！'), situation = translate(situation, ',;:?!', '，；：？！')
WHERE text ~ '[一-鿿]'
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_seed")]

    operations = [migrations.RunSQL(FULL_WIDTH, migrations.RunSQL.noop)]
