"""The same guards for less again: a trigger asks one question, and what exactly is wrong only where something is.

Rows of the other table are looked up one by one through their keys. A trigger's plan is kept for the whole session: a
join planned for one row would compare ten thousand with each other, and one planned for thousands would read the whole
table for one.
"""

import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models

FORWARDS = """
CREATE OR REPLACE FUNCTION loyalty_transaction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION loyalty_transfer_is_of_a_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a WHERE a.number NOT BETWEEN 1 AND coalesce(
            (SELECT t.transfer_count FROM loyalty_transaction t WHERE t.id = a.transaction_id), 0
        ) OR NOT CASE WHEN a.lot_id IS NULL THEN a.source || '>' || a.target = ANY ('{
            debt>clawed_back, debt>moved, moved>debt, waived>clawed_back, waived>debt}'::text[])
        ELSE a.source || '>' || a.target = ANY ('{
            issued>pending, issued>available, imported>pending, imported>available, partner>pending,
            partner>available, adjusted>available, redeemed>available, moved>pending, moved>available,
            pending>available, pending>clawed_back, pending>forfeited, pending>moved, held>available, held>redeemed,
            available>held, available>redeemed, available>expired, available>clawed_back, available>adjusted,
            available>forfeited, available>partner, available>charity, available>moved, available>debt}'::text[])
        END
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
"""

BACKWARDS = """
CREATE OR REPLACE FUNCTION loyalty_transaction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT CASE
        WHEN a.transfer_count <> (SELECT count(*) FROM loyalty_transfer t WHERE t.transaction_id = a.id)
            THEN 'a transaction does not have the transfers that it names'
        WHEN (a.key IS NULL) <> (a.request IS NULL) THEN 'a key goes with its request'
        WHEN (a.reverses_id IS NULL) = (a.kind = ANY ('{capture, void, reverse, claw_back, move_in}'::text[]))
            THEN 'an answer names what it answers, and nothing else does'
        WHEN a.kind = 'adjust' AND a.reason = '' THEN 'an adjustment has a reason'
    END INTO wrong
    FROM added a
    WHERE a.transfer_count <> (SELECT count(*) FROM loyalty_transfer t WHERE t.transaction_id = a.id)
        OR (a.key IS NULL) <> (a.request IS NULL)
        OR (a.reverses_id IS NULL) = (a.kind = ANY ('{capture, void, reverse, claw_back, move_in}'::text[]))
        OR (a.kind = 'adjust' AND a.reason = '')
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION loyalty_transfer_is_of_a_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0010_points_given"),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RemoveConstraint(
            model_name="lot",
            name="lot_is_never_overdrawn",
        ),
        migrations.RemoveConstraint(
            model_name="lot",
            name="lot_holds_no_more_than_was_granted",
        ),
        migrations.RemoveConstraint(
            model_name="lot",
            name="lot_expires_after_it_activates",
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="wallet_is_never_overdrawn",
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="wallet_out_of_use_is_empty",
        ),
        migrations.AlterField(
            model_name="transaction",
            name="transfer_count",
            field=models.IntegerField(),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="number",
            field=models.IntegerField(help_text="From 1 on within its transaction."),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.GreaterThanOrEqual(
                    django.db.models.functions.comparison.Least("pending", "available", "held"), 0
                ),
                name="lot_is_never_overdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "granted__gte",
                        django.db.models.functions.comparison.Greatest(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("pending"), "+", models.F("available")
                                ),
                                "+",
                                models.F("held"),
                            ),
                            1,
                        ),
                    )
                ),
                name="lot_holds_no_more_than_was_granted",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("activates_at"))), name="lot_expires_after_it_activates"
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.GreaterThanOrEqual(
                    django.db.models.functions.comparison.Least("pending", "available", "held", "debt"), 0
                ),
                name="wallet_is_never_overdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["open", "frozen"]),
                    models.Q(
                        django.db.models.lookups.Exact(
                            django.db.models.functions.comparison.Greatest("pending", "available", "held", "debt"), 0
                        ),
                        ("status__in", ["merged", "closed"]),
                    ),
                    _connector="OR",
                ),
                name="wallet_out_of_use_is_empty",
            ),
        ),
    ]
