"""Let the planner know how often a pair of characters occurs: a rare one is looked up, a frequent one walked to.

With the usual hundred it knows a thousand pairs and takes the rest for rarer or commoner than they are.
Measured on 1,000,000 clients, a pair found in 5,463 names: 2,028 ms before, 183 ms after, on a busy machine.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_fewer_indexes")]

    operations = [
        migrations.RunSQL(
            "ALTER INDEX client_search ALTER COLUMN 1 SET STATISTICS 500",
            "ALTER INDEX client_search ALTER COLUMN 1 SET STATISTICS -1",
        )
    ]
