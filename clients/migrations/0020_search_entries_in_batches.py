"""Let the search index gather its entries for good, instead of for the length of an import or a night.

To switch it took a lock that kept everybody from reading clients until the import was over.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

import clients.models


class Migration(migrations.Migration):
    dependencies = [("clients", "0019_decisions_and_segments")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX client_search SET (fastupdate = on)",
                    "ALTER INDEX client_search SET (fastupdate = off)",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("client", "client_search"),
                migrations.AddIndex(
                    "client", GinIndex(clients.models.Bigrams("search_text"), name="client_search")
                ),
            ],
        )
    ]
