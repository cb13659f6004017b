"""The facts of the lifecycle as a view, so that one client and a million are read by the same rule."""

from django.db import migrations

# `until` of the rows opened before; a row that starts after all of them ended is a re-opening.
CREATE = """
CREATE VIEW clients_life AS
SELECT client_id,
       COUNT(*) FILTER (WHERE status IN ('OPEN', 'SUSPENDED')) AS live,
       COUNT(*) FILTER (WHERE status = 'ORDERED') AS ordered,
       MAX(opened_on) FILTER (WHERE reopens) AS live_since,
       MAX(last_traffic_month) FILTER (WHERE opened_on >= island) AS last_traffic_month
FROM (
    SELECT *, MAX(opened_on) FILTER (WHERE reopens) OVER (PARTITION BY client_id) AS island
    FROM (
        SELECT client_id, status, opened_on, last_traffic_month,
               opened_on IS NOT NULL AND COALESCE(opened_on > MAX(
                   CASE WHEN opened_on IS NULL THEN NULL ELSE COALESCE(cancelled_on, 'infinity') END
               ) OVER (
                   PARTITION BY client_id ORDER BY opened_on, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ), true) AS reopens
        FROM clients_clientproduct
    ) rows_with_start
) rows_with_island
GROUP BY client_id
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_papers_and_views")]

    operations = [migrations.RunSQL(CREATE, "DROP VIEW clients_life")]
