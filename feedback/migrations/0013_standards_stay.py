"""A version of a standard never changes, nor what a reviewer found; only the note can be emptied, and marked as read."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION feedback_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reviewed_at IS NOT NULL AND (
        (NEW.marks, NEW.percent, NEW.reviewer_id, NEW.reviewed_at, NEW.agent_id, NEW.case_id, NEW.standard_id)
            IS DISTINCT FROM
        (OLD.marks, OLD.percent, OLD.reviewer_id, OLD.reviewed_at, OLD.agent_id, OLD.case_id, OLD.standard_id)
        OR (NEW.coaching <> OLD.coaching AND NEW.coaching <> ''))
    THEN
        RAISE EXCEPTION 'what a reviewer found stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feedback_standard
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('a standard is changed by its next version');
CREATE TRIGGER reviewed_stays BEFORE UPDATE ON feedback_qualityreview
    FOR EACH ROW EXECUTE FUNCTION feedback_review_stays();
"""

BACKWARDS = """
DROP TRIGGER reviewed_stays ON feedback_qualityreview;
DROP TRIGGER append_only ON feedback_standard;
DROP FUNCTION feedback_review_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0012_voice_and_quality")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
