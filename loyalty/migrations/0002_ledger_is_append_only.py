"""What the ledger's tables refuse, whoever asks.

TRUNCATE is refused too, unless the session says ``mainstay.may_truncate = on``: the tests' connections do, because
emptying tables between tests is how Django flushes. Production also revokes TRUNCATE (docs/operations.md).
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION loyalty_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION loyalty_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('mainstay.may_truncate', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'the ledger is append-only: TRUNCATE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_seal
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON loyalty_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse_truncate();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON loyalty_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse_truncate();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON loyalty_seal
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse_truncate();

-- A wallet and a lot change, but are never thrown away: they would take their history with them.
CREATE TRIGGER never_deleted BEFORE DELETE ON loyalty_wallet
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER never_deleted BEFORE DELETE ON loyalty_lot
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();

-- A transaction says how many transfers it has. Both sides are checked at the end of the statement that writes them:
-- a transaction without its transfers, a transfer without its transaction and a transfer added later are refused.
CREATE FUNCTION loyalty_transaction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a
        WHERE a.transfer_count <> (SELECT count(*) FROM loyalty_transfer t WHERE t.transaction_id = a.id)
    ) THEN
        RAISE EXCEPTION 'a transaction does not have the transfers that it names' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- Points go only the ways that exist, with their lot where they are points and without one where they are owed.
-- Not a CHECK: PostgreSQL reads a table's CHECKs anew for every statement, and one as long as this costs more than
-- the insert itself; a function is read once. Transfers are never updated, so nothing gets past an insert's trigger.
CREATE FUNCTION loyalty_transfer_is_of_a_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE NOT CASE WHEN lot_id IS NULL THEN source || '>' || target = ANY ('{
            debt>clawed_back, debt>moved, moved>debt, waived>clawed_back, waived>debt}'::text[])
        ELSE source || '>' || target = ANY ('{
            issued>pending, issued>available, imported>pending, imported>available, partner>pending,
            partner>available, adjusted>available, redeemed>available, moved>pending, moved>available,
            pending>available, pending>clawed_back, pending>forfeited, pending>moved, held>available, held>redeemed,
            available>held, available>redeemed, available>expired, available>clawed_back, available>adjusted,
            available>forfeited, available>partner, available>charity, available>moved, available>debt}'::text[])
        END
    ) THEN
        RAISE EXCEPTION 'a transfer takes a way that points cannot take' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM added a LEFT JOIN loyalty_transaction t ON t.id = a.transaction_id
        WHERE t.id IS NULL OR a.number < 1 OR a.number > t.transfer_count
    ) THEN
        RAISE EXCEPTION 'a transfer is not one of its transaction' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER is_whole AFTER INSERT ON loyalty_transaction REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_transaction_is_whole();
CREATE TRIGGER is_of_a_transaction AFTER INSERT ON loyalty_transfer REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_transfer_is_of_a_transaction();

CREATE FUNCTION loyalty_programme_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version = OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER version_grows BEFORE UPDATE ON loyalty_programme
    FOR EACH ROW EXECUTE FUNCTION loyalty_programme_version();

-- Room on the page for the next version of a row that changes often: no index needs to be touched then.
ALTER TABLE loyalty_wallet SET (fillfactor = 70);
ALTER TABLE loyalty_lot SET (fillfactor = 85);
"""

BACKWARDS = """
DROP TRIGGER version_grows ON loyalty_programme;
DROP TRIGGER is_of_a_transaction ON loyalty_transfer;
DROP TRIGGER is_whole ON loyalty_transaction;
DROP TRIGGER never_deleted ON loyalty_lot;
DROP TRIGGER never_deleted ON loyalty_wallet;
DROP TRIGGER never_truncated ON loyalty_seal;
DROP TRIGGER never_truncated ON loyalty_transfer;
DROP TRIGGER never_truncated ON loyalty_transaction;
DROP TRIGGER append_only ON loyalty_seal;
DROP TRIGGER append_only ON loyalty_transfer;
DROP TRIGGER append_only ON loyalty_transaction;
DROP FUNCTION loyalty_programme_version;
DROP FUNCTION loyalty_transfer_is_of_a_transaction;
DROP FUNCTION loyalty_transaction_is_whole;
DROP FUNCTION loyalty_refuse_truncate;
DROP FUNCTION loyalty_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
