"""Days' totals count points on the day when they took effect, no longer when they were posted."""

from django.db import migrations

AGAIN = """
DELETE FROM loyalty_daytotal;
INSERT INTO loyalty_daytotal (programme_id, day, source, target, points, transfers)
SELECT w.programme_id, (x.%(clock)s AT TIME ZONE p.zone)::date, t.source, t.target, sum(t.points), count(*)
FROM loyalty_transaction x JOIN loyalty_transfer t ON t.transaction_id = x.id
JOIN loyalty_wallet w ON w.id = x.wallet_id JOIN loyalty_programme p ON p.id = w.programme_id
WHERE x.id <= (SELECT coalesce(max(through), 0) FROM loyalty_seal) GROUP BY 1, 2, 3, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0003_guards_that_cost_less")]
    operations = [migrations.RunSQL(AGAIN % {"clock": "effective_at"}, AGAIN % {"clock": "posted_at"})]
