"""What the tables of customers refuse, whoever asks, and the function that names are found by.

Facts and consent decisions are append-only, customers are never deleted. Three narrow doors, each checked by the trigger
itself: a fact gets its position once; a row follows its customer into the one that the customer was merged into; the
particulars of an erased customer's facts are emptied.

Rows that come by the thousand have their keys checked once per statement: a foreign key of PostgreSQL costs more than the
row that it checks. One look at the statement's rows finds the parents that are meant, locks them as a foreign key would,
and refuses the statement where one is missing. Purchases and customers are never deleted; a source or an import may be,
and then only when nothing names it any more.
"""

import re

# Every two neighbouring characters of a name, blanks at its ends counted: " kim " gives " k", "ki", "im", "m ".
# Works alike for fragments of two letters and for scripts whose names are two or three characters long or carry vowel
# signs: there pg_trgm finds no trigram to look for.
# The price: with a limit, the planner hopes to meet hits early in a scan of the whole table, although those of one script
# may all stand at its end. Restricted: starting another process for it takes ten times as long as the search.
GRAMS = """
CREATE FUNCTION customers_grams(key text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL RESTRICTED COST 100000 AS $$
    SELECT array_agg(DISTINCT substr(' ' || key || ' ', n, 2)) FROM generate_series(1, length(key) + 1) AS n
$$;
CREATE SEQUENCE customers_number START 10001;
"""

NO_GRAMS = "DROP SEQUENCE customers_number; DROP FUNCTION customers_grams(text);"

APPEND_ONLY = """
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

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customers_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('the access log is append-only');

CREATE TRIGGER never_deleted BEFORE DELETE ON customers_purchase
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('purchases are cancelled, never deleted');

-- Each fact is updated once, when it gets its position: what that leaves behind is what a look for news steps over.
ALTER TABLE customers_fact SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
"""

# Child, its column, the parent, and whether the parent can go at all.
KEYS = (
    ("line", "purchase", "purchase", False),
    ("purchase", "customer", "customer", False),
    ("purchase", "source", "source", True),
    ("profile", "customer", "customer", False),
    ("badrow", "run", "importrun", True),
    ("waitingrow", "run", "importrun", True),
)

REFUSE = """
            RAISE EXCEPTION '% on % refused: there is no {parent} %', TG_OP, TG_TABLE_NAME, wanted
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_has_its_{name}';
"""

# Each parent is looked up by its key, whatever the planner believes about tables that nobody has counted yet.
WHERE_IT_STAYS = (
    """
    SELECT meant.id INTO wanted FROM (SELECT DISTINCT {name}_id AS id FROM fresh) meant
    WHERE (SELECT parent.id FROM customers_{parent} parent WHERE parent.id = meant.id) IS NULL LIMIT 1;
    IF FOUND THEN"""
    + REFUSE
    + """
    END IF;
"""
)
# Locked, as a foreign key would: it cannot go until the transaction has ended, and then it finds that it is named.
WHERE_IT_CAN_GO = (
    """
    FOR wanted IN SELECT DISTINCT {name}_id FROM fresh ORDER BY 1 LOOP
        PERFORM FROM customers_{parent} WHERE id = wanted FOR KEY SHARE;
        IF NOT FOUND THEN"""
    + REFUSE
    + """
        END IF;
    END LOOP;
"""
)
CHECK = """
CREATE FUNCTION customers_{child}_has_its_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    {look}
    RETURN NULL;
END $$;
CREATE TRIGGER {child}_has_its_{name} AFTER INSERT ON customers_{child} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION customers_{child}_has_its_{name}();

CREATE FUNCTION customers_{child}_finds_its_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := NEW.{name}_id;
BEGIN
    PERFORM FROM customers_{parent} WHERE id = wanted FOR KEY SHARE;
    IF NOT FOUND THEN
        {refuse}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {child}_finds_its_{name} AFTER UPDATE OF {name}_id ON customers_{child} FOR EACH ROW
    WHEN (OLD.{name}_id IS DISTINCT FROM NEW.{name}_id) EXECUTE FUNCTION customers_{child}_finds_its_{name}();
"""
GUARD = """
CREATE FUNCTION customers_{parent}_leaves_no_{child}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM customers_{child} WHERE {name}_id = OLD.id) THEN
        RAISE EXCEPTION '% on % refused: a {child} names {parent} %', TG_OP, TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_has_its_{name}';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER {parent}_leaves_no_{child} BEFORE DELETE ON customers_{parent} FOR EACH ROW
    EXECUTE FUNCTION customers_{parent}_leaves_no_{child}();
"""


def keys() -> str:
    texts = []
    for child, name, parent, can_go in KEYS:
        names = {"child": child, "name": name, "parent": parent}
        look = (WHERE_IT_CAN_GO if can_go else WHERE_IT_STAYS).format(**names)
        texts.append(CHECK.format(**names, look=look, refuse=REFUSE.format(**names)))
        texts.append(GUARD.format(**names) if can_go else "")
    return "".join(texts)


GUARDS = APPEND_ONLY + keys()

# Back to nothing: what uses a function goes with it.
UNGUARDED = "".join(f"DROP FUNCTION {name} CASCADE;\n" for name in re.findall(r"CREATE FUNCTION (\w+)", GUARDS))
