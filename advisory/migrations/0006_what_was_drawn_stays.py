"""What was drawn and voted stays; of a candidate only who it is can follow a merge, or be cut by an erasure."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION advisory_candidate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.pool_id, NEW.code, NEW.traits, NEW.in_place)
            IS DISTINCT FROM (OLD.id, OLD.pool_id, OLD.code, OLD.traits, OLD.in_place)
    THEN
        RAISE EXCEPTION 'a pool stays as it was frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_pool
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('a pool is followed by the next one');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_draw
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('a draw is followed by another one');
CREATE TRIGGER frozen_stays BEFORE UPDATE OR DELETE ON advisory_candidate
    FOR EACH ROW EXECUTE FUNCTION advisory_candidate_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_electionballot
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('what was voted stays');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_recommendationstep
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('what was done to a recommendation stays');
CREATE TRIGGER never_deleted BEFORE DELETE ON advisory_recommendation
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('recommendations are declined or merged, never deleted');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON advisory_recommendation;
DROP TRIGGER append_only ON advisory_recommendationstep;
DROP TRIGGER append_only ON advisory_electionballot;
DROP TRIGGER frozen_stays ON advisory_candidate;
DROP TRIGGER append_only ON advisory_draw;
DROP TRIGGER append_only ON advisory_pool;
DROP FUNCTION advisory_candidate_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("advisory", "0005_choosing_members_and_recommendations")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
