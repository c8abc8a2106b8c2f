from django.db import migrations

# Starting another process for it takes ten times as long as the search.
FORWARDS = "ALTER FUNCTION customers_grams(text) PARALLEL RESTRICTED"
BACKWARDS = "ALTER FUNCTION customers_grams(text) PARALLEL SAFE"


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_names_are_found_by_index")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
