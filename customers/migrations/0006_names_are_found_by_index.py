from django.db import migrations

# With a limit, the planner hopes to meet hits early in a scan of the whole table, although those of one script may all
# stand at its end. The price keeps it with the index.
FORWARDS = "ALTER FUNCTION customers_grams(text) COST 100000"
BACKWARDS = "ALTER FUNCTION customers_grams(text) COST 100"


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_who_looked_and_search")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
