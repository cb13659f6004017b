"""Administrative divisions: provinces, cities, counties."""

import csv
from pathlib import Path

from django.conf import settings
from django.db import migrations


def load(apps, schema_editor):
    Region = apps.get_model("base", "Region")
    with Path(settings.BASE_DIR, "fixtures", "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Region(code=row["code"], name=row["name"], level=int(row["level"]), parent_id=row["parent"] or None)
            for row in csv.DictReader(file)
        ]
    for level in (1, 2, 3):
        Region.objects.bulk_create([row for row in rows if row.level == level], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("base", "0002_bigrams")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
