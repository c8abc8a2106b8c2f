"""What a policy said stays, so that history keeps the version it was judged by; and so does what a clock led to."""

from django.db import migrations

TABLES = {
    "feedback_policyversion": "versions of a policy never change",
    "feedback_target": "versions of a policy never change",
    "feedback_step": "versions of a policy never change",
    "feedback_clockevent": "what a clock led to stays",
}

FORWARDS = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('{reason}');\n"
    for table, reason in TABLES.items()
)
FORWARDS += (
    "CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_clock "
    "FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('clocks end, they are never deleted');\n"
)
BACKWARDS = "".join(f"DROP TRIGGER append_only ON {table};\n" for table in TABLES)
BACKWARDS += "DROP TRIGGER never_deleted ON feedback_clock;\n"


class Migration(migrations.Migration):
    dependencies = [("feedback", "0010_policies_clocks_and_pauses")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
