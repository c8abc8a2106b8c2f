"""What was published of a plan stays as it is, with its steps and tests; so does who approved what, and what arrived."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION communications_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published boolean;
    one record;
BEGIN
    one := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
    IF TG_TABLE_NAME = 'communications_planversion' THEN
        published := OLD.published_at IS NOT NULL;
    ELSIF TG_TABLE_NAME = 'communications_step' THEN
        SELECT v.published_at IS NOT NULL INTO published FROM communications_planversion v WHERE v.id = one.version_id;
    ELSIF TG_TABLE_NAME = 'communications_experiment' THEN
        SELECT v.published_at IS NOT NULL INTO published FROM communications_planversion v
        JOIN communications_step s ON s.version_id = v.id WHERE s.id = one.step_id;
    ELSE
        SELECT v.published_at IS NOT NULL INTO published FROM communications_planversion v
        JOIN communications_step s ON s.version_id = v.id
        JOIN communications_experiment e ON e.step_id = s.id WHERE e.id = one.experiment_id;
    END IF;
    IF coalesce(published, false) THEN
        RAISE EXCEPTION 'what was published of a plan stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER never_after_publishing BEFORE UPDATE OR DELETE ON communications_planversion
    FOR EACH ROW EXECUTE FUNCTION communications_published_stays();
CREATE TRIGGER never_after_publishing BEFORE INSERT OR UPDATE OR DELETE ON communications_step
    FOR EACH ROW EXECUTE FUNCTION communications_published_stays();
CREATE TRIGGER never_after_publishing BEFORE INSERT OR UPDATE OR DELETE ON communications_experiment
    FOR EACH ROW EXECUTE FUNCTION communications_published_stays();
CREATE TRIGGER never_after_publishing BEFORE INSERT OR UPDATE OR DELETE ON communications_variant
    FOR EACH ROW EXECUTE FUNCTION communications_published_stays();

CREATE TRIGGER never_rewritten BEFORE UPDATE ON communications_approval FOR EACH ROW
    WHEN ((NEW.version_id, NEW.digest, NEW.content, NEW.asked_at, NEW.asked_by_id)
            IS DISTINCT FROM (OLD.version_id, OLD.digest, OLD.content, OLD.asked_at, OLD.asked_by_id)
        OR OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.decided_by_id, NEW.note)
            IS DISTINCT FROM (OLD.decided_at, OLD.decided_by_id, OLD.note))
    EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_approval
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON communications_planevent
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();

CREATE TRIGGER never_unsent BEFORE UPDATE ON communications_touchpoint FOR EACH ROW
    WHEN (OLD.state = 'sent' AND (NEW.state <> 'sent' OR NEW.sent_at <> OLD.sent_at))
    EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_touchpoint
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_enrolment
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_humantask
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON communications_plan
    FOR EACH STATEMENT EXECUTE FUNCTION communications_refuse();
"""
BACKWARDS = """
DROP TRIGGER never_deleted ON communications_plan;
DROP TRIGGER never_deleted ON communications_humantask;
DROP TRIGGER never_deleted ON communications_enrolment;
DROP TRIGGER never_deleted ON communications_touchpoint;
DROP TRIGGER never_unsent ON communications_touchpoint;
DROP TRIGGER append_only ON communications_planevent;
DROP TRIGGER never_deleted ON communications_approval;
DROP TRIGGER never_rewritten ON communications_approval;
DROP TRIGGER never_after_publishing ON communications_variant;
DROP TRIGGER never_after_publishing ON communications_experiment;
DROP TRIGGER never_after_publishing ON communications_step;
DROP TRIGGER never_after_publishing ON communications_planversion;
DROP FUNCTION communications_published_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0005_plans")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
