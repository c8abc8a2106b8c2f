from django.db import migrations

FORBID = """
CREATE FUNCTION people_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened to accounts is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_event
    FOR EACH STATEMENT EXECUTE FUNCTION people_events_are_append_only();
"""

ALLOW = """
DROP TRIGGER append_only ON people_event;
DROP FUNCTION people_events_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_events")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
