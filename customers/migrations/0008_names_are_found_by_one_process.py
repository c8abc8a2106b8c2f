from django.db import migrations

# Starting another process for it takes ten times as long as the search.
FORWARDS = "ALTER FUNCTION customers_grams(text) PARALLEL RESTRICTED"
BACKWARDS = "ALTER FUNCTION customers_grams(text) PARALLEL SAFE"


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_import_runs")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
