"""What was put into a household is a fact."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_contribution
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
"""
BACKWARDS = "DROP TRIGGER append_only ON loyalty_contribution;"


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0016_households")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
