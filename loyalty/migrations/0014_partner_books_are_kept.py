"""What was agreed with partners, posted for them and settled is never changed: rates end, statements take rows up."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION loyalty_partner_row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] = CASE TG_TABLE_NAME WHEN 'loyalty_partnerrate' THEN '{ends_at}'
        WHEN 'loyalty_partnerpack' THEN '{left,statement_id}' ELSE '{statement_id}' END;
    was jsonb = to_jsonb(OLD);
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = was - may_change
       AND (was->>'statement_id' IS NULL OR was->>'statement_id' = to_jsonb(NEW)->>'statement_id')
       AND (was->>'ends_at' IS NULL OR was->>'ends_at' = to_jsonb(NEW)->>'ends_at') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: it is kept as it was', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept_as_agreed BEFORE UPDATE OR DELETE ON loyalty_partnerrate
    FOR EACH ROW EXECUTE FUNCTION loyalty_partner_row_is_kept();
CREATE TRIGGER kept_as_sold BEFORE UPDATE OR DELETE ON loyalty_partnerpack
    FOR EACH ROW EXECUTE FUNCTION loyalty_partner_row_is_kept();
CREATE TRIGGER kept_as_posted BEFORE UPDATE OR DELETE ON loyalty_partnerentry
    FOR EACH ROW EXECUTE FUNCTION loyalty_partner_row_is_kept();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_partnerstatement
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();

-- int8range, because GiST knows no plain numbers without an extension
ALTER TABLE loyalty_partnerrate ADD CONSTRAINT rates_of_a_partner_never_overlap EXCLUDE USING gist (
    int8range(partner_id, partner_id, '[]') WITH &&, tstzrange(begins_at, ends_at) WITH &&
);
"""
BACKWARDS = """
ALTER TABLE loyalty_partnerrate DROP CONSTRAINT rates_of_a_partner_never_overlap;
DROP TRIGGER append_only ON loyalty_partnerstatement;
DROP TRIGGER kept_as_posted ON loyalty_partnerentry;
DROP TRIGGER kept_as_sold ON loyalty_partnerpack;
DROP TRIGGER kept_as_agreed ON loyalty_partnerrate;
DROP FUNCTION loyalty_partner_row_is_kept;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0013_partners")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
