"""What was said and done in a case stays: it can only be emptied, when a person is erased, or go along with a merge."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION feedback_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION feedback_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.kind, NEW.automatic, NEW.author_id, NEW.at, NEW.recorded_at)
            IS DISTINCT FROM (OLD.kind, OLD.automatic, OLD.author_id, OLD.at, OLD.recorded_at)
        OR (NEW.text <> OLD.text AND NEW.text <> '') OR (NEW.html <> OLD.html AND NEW.html <> '')
    THEN
        RAISE EXCEPTION 'what was said in a case stays as it was said' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feedback_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('what was done to a case stays');
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON feedback_entry
    FOR EACH ROW EXECUTE FUNCTION feedback_entry_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_case
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('cases are closed, merged or held aside, never deleted');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON feedback_case;
DROP TRIGGER said_stays ON feedback_entry;
DROP TRIGGER append_only ON feedback_caseevent;
DROP FUNCTION feedback_entry_stays;
DROP FUNCTION feedback_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
