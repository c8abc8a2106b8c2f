"""A published charter, an NDA and a signature stay as they are; of a signature only the name can be emptied."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION advisory_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION advisory_charter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published charter stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION advisory_signature_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.term_id, NEW.charter_id, NEW.nda_id, NEW.at)
            IS DISTINCT FROM (OLD.id, OLD.term_id, OLD.charter_id, OLD.nda_id, OLD.at)
        OR (NEW.name <> OLD.name AND NEW.name <> '')
    THEN
        RAISE EXCEPTION 'what was signed stays signed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON advisory_charter
    FOR EACH ROW EXECUTE FUNCTION advisory_charter_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_nda
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('an NDA is changed by its next version');
CREATE TRIGGER signed_stays BEFORE UPDATE OR DELETE ON advisory_signature
    FOR EACH ROW EXECUTE FUNCTION advisory_signature_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON advisory_board
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('boards are closed, never deleted');
CREATE TRIGGER never_deleted BEFORE DELETE ON advisory_term
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('who held a seat stays known');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON advisory_term;
DROP TRIGGER never_deleted ON advisory_board;
DROP TRIGGER signed_stays ON advisory_signature;
DROP TRIGGER append_only ON advisory_nda;
DROP TRIGGER published_stays ON advisory_charter;
DROP FUNCTION advisory_signature_stays;
DROP FUNCTION advisory_charter_stays;
DROP FUNCTION advisory_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("advisory", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
