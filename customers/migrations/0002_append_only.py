"""What may never change: facts and consent decisions are append-only, customers are never deleted.

Three narrow doors, each checked by the trigger itself: a fact gets its position once; a row follows its customer
into the one that the customer was merged into; the particulars of an erased customer's facts are emptied.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION customers_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION customers_row_follows_its_customer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner customers_customer%ROWTYPE;
    emptied text[] := TG_ARGV[0]::text[];
BEGIN
    SELECT * INTO owner FROM customers_customer WHERE id = OLD.customer_id;
    IF owner.status = 'merged' AND NEW.customer_id = owner.merged_into_id
       AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' THEN
        RETURN NEW;
    END IF;
    IF owner.status = 'erased' AND to_jsonb(NEW) - emptied = to_jsonb(OLD) - emptied THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on % refused: it is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only_update BEFORE UPDATE ON customers_fact FOR EACH ROW
    WHEN (NOT (
        OLD.position IS NULL AND NEW.position IS NOT NULL
        AND OLD.id = NEW.id AND OLD.customer_id = NEW.customer_id AND OLD.verb = NEW.verb AND OLD.at = NEW.at
        AND OLD.recorded_at = NEW.recorded_at AND OLD.about = NEW.about
        AND OLD.by_id IS NOT DISTINCT FROM NEW.by_id AND OLD.key IS NOT DISTINCT FROM NEW.key
    ))
    EXECUTE FUNCTION customers_row_follows_its_customer('{about,key}');
CREATE TRIGGER append_only_delete BEFORE DELETE ON customers_fact
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('facts are append-only');

CREATE TRIGGER append_only_update BEFORE UPDATE ON customers_consentdecision FOR EACH ROW
    EXECUTE FUNCTION customers_row_follows_its_customer('{wording}');
CREATE TRIGGER append_only_delete BEFORE DELETE ON customers_consentdecision
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('consent decisions are append-only');

CREATE TRIGGER never_deleted BEFORE DELETE ON customers_customer
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('customers are erased, never deleted');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON customers_customer;
DROP TRIGGER append_only_delete ON customers_consentdecision;
DROP TRIGGER append_only_update ON customers_consentdecision;
DROP TRIGGER append_only_delete ON customers_fact;
DROP TRIGGER append_only_update ON customers_fact;
DROP FUNCTION customers_row_follows_its_customer;
DROP FUNCTION customers_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
