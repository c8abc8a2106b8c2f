"""The same guards for less: PostgreSQL reads a table's CHECKs anew for every statement, a function once.

What the columns of a transaction must say together moves into the trigger that looks at new transactions anyway; no
transaction is ever updated, so nothing gets past it. The wallet's CHECKs say the same in fewer words.
"""

from django.db import migrations, models

FORWARDS = """
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
"""

BACKWARDS = """
CREATE OR REPLACE FUNCTION loyalty_transaction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a
        WHERE a.transfer_count <> (SELECT count(*) FROM loyalty_transfer t WHERE t.transaction_id = a.id)
    ) THEN
        RAISE EXCEPTION 'a transaction does not have the transfers that it names' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0002_ledger_is_append_only"),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RemoveConstraint(
            model_name="transaction",
            name="key_goes_with_its_request",
        ),
        migrations.RemoveConstraint(
            model_name="transaction",
            name="answer_names_what_it_answers",
        ),
        migrations.RemoveConstraint(
            model_name="transaction",
            name="adjustment_has_a_reason",
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="merged_wallet_names_its_successor_and_is_empty",
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="closed_wallet_is_empty",
        ),
        migrations.RemoveConstraint(
            model_name="wallet",
            name="wallet_status_is_known",
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["open", "frozen"]),
                    models.Q(
                        ("available", 0),
                        ("debt", 0),
                        ("held", 0),
                        ("pending", 0),
                        ("status__in", ["merged", "closed"]),
                    ),
                    _connector="OR",
                ),
                name="wallet_out_of_use_is_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("status", "merged")),
                    models.Q(models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="merged_wallet_names_its_successor",
            ),
        ),
    ]
