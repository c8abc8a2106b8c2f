"""What the tables of loyalty refuse, whoever asks.

A trigger asks one question, and what exactly is wrong only where something is. Rows of the other table are looked up one
by one through their keys: a trigger's plan is kept for the whole session, and a join planned for one row would compare ten
thousand with each other, while one planned for thousands would read the whole table for one.

TRUNCATE is refused too, unless the session says ``mainstay.may_truncate = on``: the tests' connections do, because
emptying tables between tests is how Django flushes. Production also revokes TRUNCATE (docs/operations.md).
"""

import re

# Points go only the ways that exist, with their lot where they are points and without one where they are owed.
WAYS = """CASE WHEN a.lot_id IS NULL THEN a.source || '>' || a.target = ANY ('{
            debt>clawed_back, debt>moved, moved>debt, waived>clawed_back, waived>debt}'::text[])
        ELSE a.source || '>' || a.target = ANY ('{
            issued>pending, issued>available, imported>pending, imported>available, partner>pending,
            partner>available, adjusted>available, redeemed>available, moved>pending, moved>available,
            pending>available, pending>clawed_back, pending>forfeited, pending>moved, held>available, held>redeemed,
            held>partner, held>charity, available>held, available>redeemed, available>expired, available>clawed_back,
            available>adjusted, available>forfeited, available>partner, available>charity, available>moved,
            available>debt}'::text[])
        END"""

LEDGER = (
    """
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
DECLARE
    wrong text;
BEGIN
    IF EXISTS (
        SELECT FROM added a
        WHERE a.transfer_count <> (SELECT count(*) FROM loyalty_transfer t WHERE t.transaction_id = a.id)
            OR (a.key IS NULL) <> (a.request IS NULL)
            OR (a.reverses_id IS NULL) = (a.kind = ANY ('{capture, void, reverse, claw_back, move_in}'::text[]))
            OR (a.kind = 'adjust' AND a.reason = '')
    ) THEN
        SELECT CASE
            WHEN (a.key IS NULL) <> (a.request IS NULL) THEN 'a key goes with its request'
            WHEN (a.reverses_id IS NULL) = (a.kind = ANY ('{capture, void, reverse, claw_back, move_in}'::text[]))
                THEN 'an answer names what it answers, and nothing else does'
            WHEN a.kind = 'adjust' AND a.reason = '' THEN 'an adjustment has a reason'
        END AS found INTO wrong FROM added a ORDER BY found LIMIT 1;
        RAISE EXCEPTION '%', coalesce(wrong, 'a transaction does not have the transfers that it names')
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- Points go only the ways that exist, with their lot where they are points and without one where they are owed.
-- Not a CHECK: PostgreSQL reads a table's CHECKs anew for every statement, and one as long as this costs more than
-- the insert itself; a function is read once. Transfers are never updated, so nothing gets past an insert's trigger.
CREATE FUNCTION loyalty_transfer_is_of_a_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a WHERE a.number NOT BETWEEN 1 AND coalesce(
            (SELECT t.transfer_count FROM loyalty_transaction t WHERE t.id = a.transaction_id), 0
        ) OR NOT """
    + WAYS
    + """
    ) THEN
        IF EXISTS (
            SELECT FROM added a WHERE a.number NOT BETWEEN 1 AND coalesce(
                (SELECT t.transfer_count FROM loyalty_transaction t WHERE t.id = a.transaction_id), 0
            )
        ) THEN
            RAISE EXCEPTION 'a transfer is not one of its transaction' USING ERRCODE = 'check_violation';
        END IF;
        RAISE EXCEPTION 'a transfer takes a way that points cannot take' USING ERRCODE = 'check_violation';
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
)

TIERS = """
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

RULES = """
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

PARTNERS = """
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

CONTRIBUTIONS_AND_IMPORTS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_contribution
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON loyalty_balanceimport
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_refuse();
"""

GUARDS = LEDGER + TIERS + RULES + PARTNERS + CONTRIBUTIONS_AND_IMPORTS

# Back to nothing: what uses a function goes with it.
UNGUARDED = "".join(f"DROP FUNCTION {name} CASCADE;\n" for name in re.findall(r"CREATE FUNCTION (\w+)", GUARDS))
