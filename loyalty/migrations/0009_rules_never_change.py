"""What a rule says never changes once it has begun: it is only ever ended. The versions of a rule never overlap."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION loyalty_rule_version_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'ends_at' = to_jsonb(OLD) - 'ends_at'
           AND NEW.ends_at IS NOT NULL AND (OLD.ends_at IS NULL OR NEW.ends_at <= OLD.ends_at) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% on loyalty_ruleversion refused: what has begun is only ever ended', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept_as_it_began BEFORE UPDATE OR DELETE ON loyalty_ruleversion FOR EACH ROW
    WHEN (OLD.begins_at IS NOT NULL) EXECUTE FUNCTION loyalty_rule_version_is_kept();

-- int8range, because GiST knows no plain numbers without an extension
ALTER TABLE loyalty_ruleversion ADD CONSTRAINT versions_of_a_rule_never_overlap EXCLUDE USING gist (
    int8range(rule_id, rule_id, '[]') WITH &&, tstzrange(begins_at, ends_at) WITH &&
) WHERE (begins_at IS NOT NULL);
"""
BACKWARDS = """
ALTER TABLE loyalty_ruleversion DROP CONSTRAINT versions_of_a_rule_never_overlap;
DROP TRIGGER kept_as_it_began ON loyalty_ruleversion;
DROP FUNCTION loyalty_rule_version_is_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0008_earning_rules")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
