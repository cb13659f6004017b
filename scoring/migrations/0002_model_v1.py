"""Put version 1 of the value model in force (spec §3.6.2)."""

from datetime import date
from typing import Any

from django.db import migrations
from django.utils import timezone

NUMBERS = {
    "weights": {"cv1": 30, "cv2": 10, "cv3": 10, "pv1": 10, "pv2": 10, "pv3": 10, "sv1": 10, "sv2": 10},
    # The input at which an indicator reaches 100.
    "caps": {
        "cv1": 50000,  # yuan a month
        "cv2": 12,  # months
        "cv3": 100,  # percent
        "pv1": 300,  # lines
        "pv2": 5,  # level
        "pv3": 50,  # percent
        "sv1": 5,  # level
        "sv2": 100,  # points
    },
    "social": {"top": 100, "middle": 60},
}


def publish(apps: Any, schema_editor: Any) -> None:
    apps.get_model("scoring", "TierModelVersion").objects.get_or_create(
        name="v1",
        defaults={
            "state": "PUBLISHED",
            "numbers": NUMBERS,
            "effective_from": date(2000, 1, 1),
            "published_at": timezone.now(),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
