"""What was brought in is a fact."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_balanceimport
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
"""
BACKWARDS = "DROP TRIGGER append_only ON loyalty_balanceimport;"


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0020_grants_balances_liability")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
