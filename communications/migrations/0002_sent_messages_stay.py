"""What was sent stays sent, and is never deleted: it may follow its customer into a merged one, and be emptied."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION communications_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER never_unsent BEFORE UPDATE ON communications_message FOR EACH ROW
    WHEN (OLD.state = 'sent' AND (
        NEW.state <> 'sent' OR NEW.sent_at <> OLD.sent_at OR NEW.key <> OLD.key OR NEW.message_id <> OLD.message_id
        OR NEW.to_address NOT IN (OLD.to_address, '') OR NEW.subject NOT IN (OLD.subject, '')
        OR NEW.text NOT IN (OLD.text, '') OR NEW.html NOT IN (OLD.html, '')
    ))
    EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_message
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_hold
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
"""
BACKWARDS = """
DROP TRIGGER never_deleted ON communications_hold;
DROP TRIGGER never_deleted ON communications_message;
DROP TRIGGER never_unsent ON communications_message;
DROP FUNCTION communications_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
