"""Each fact is updated once, when it gets its position: what that leaves behind is what a look for news steps over."""

from django.db import migrations

SET = """
ALTER TABLE customers_fact SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)
"""
RESET = "ALTER TABLE customers_fact RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_names_are_found_by_one_process")]
    operations = [migrations.RunSQL(SET, RESET)]
