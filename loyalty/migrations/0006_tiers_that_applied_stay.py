"""What nobody may change of tiers and gifts: what applied, what happened."""

from django.db import migrations

FORWARDS = """
-- A draft may be changed and thrown away; what has begun to apply may not, and neither may its tiers.
CREATE FUNCTION loyalty_tiers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'loyalty_tiertable' THEN
        IF OLD.starts_at IS NOT NULL THEN
            RAISE EXCEPTION 'a tier table that was applied stays as it is' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF EXISTS (
        SELECT FROM loyalty_tiertable
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.table_id ELSE OLD.table_id END AND starts_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the tiers of a table that was applied stay as they are' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER applied_stays BEFORE UPDATE OR DELETE ON loyalty_tiertable
    FOR EACH ROW EXECUTE FUNCTION loyalty_tiers_stay();
CREATE TRIGGER applied_stays BEFORE INSERT OR UPDATE OR DELETE ON loyalty_tier
    FOR EACH ROW EXECUTE FUNCTION loyalty_tiers_stay();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_tierchange
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_gift
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON loyalty_membership
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON loyalty_membership;
DROP TRIGGER append_only ON loyalty_gift;
DROP TRIGGER append_only ON loyalty_tierchange;
DROP TRIGGER applied_stays ON loyalty_tier;
DROP TRIGGER applied_stays ON loyalty_tiertable;
DROP FUNCTION loyalty_tiers_stay;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_tiers_memberships_causes")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
