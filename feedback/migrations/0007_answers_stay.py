"""A published version of a survey never changes, nor does an answer after it was sent off; nothing of it is deleted."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION feedback_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version of a survey stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION feedback_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM feedback_invitation WHERE id = OLD.invitation_id AND state = 'answered')
        AND (TG_OP = 'DELETE' OR NEW.invitation_id <> OLD.invitation_id OR NEW.question <> OLD.question
            OR NEW.number IS DISTINCT FROM OLD.number OR NEW.choices <> OLD.choices OR NEW.at <> OLD.at
            OR (NEW.text <> OLD.text AND NEW.text <> ''))
    THEN
        RAISE EXCEPTION 'what was answered stays answered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON feedback_surveyversion
    FOR EACH ROW EXECUTE FUNCTION feedback_version_stays();
CREATE TRIGGER answered_stays BEFORE UPDATE OR DELETE ON feedback_answer
    FOR EACH ROW EXECUTE FUNCTION feedback_answer_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_invitation
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('who was invited to a survey stays known');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON feedback_invitation;
DROP TRIGGER answered_stays ON feedback_answer;
DROP TRIGGER published_stays ON feedback_surveyversion;
DROP FUNCTION feedback_answer_stays;
DROP FUNCTION feedback_version_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_surveys")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
