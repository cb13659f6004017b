"""Put version 1 of the star model in force; the source lost its numbers (spec §3.6.3, X-13)."""

from datetime import date
from typing import Any

from django.db import migrations
from django.utils import timezone

NUMBERS = {
    "six_points": 20_000,
    "five_yuan": 300,
    "four_yuan": 120,
    "three_yuan": 80,
    "two_yuan": 50,
    "min_months": 6,
}


def publish(apps: Any, schema_editor: Any) -> None:
    apps.get_model("scoring", "StarModelVersion").objects.get_or_create(
        name="S1",
        defaults={
            "state": "PUBLISHED",
            "numbers": NUMBERS,
            "effective_from": date(2000, 1, 1),
            "published_at": timezone.now(),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_model_v1")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
