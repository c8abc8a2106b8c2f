"""A reward that is held and then paid may belong to a partner or a cause: its points go straight to their account."""

from django.db import migrations

FORWARDS = """
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
            held>partner, held>charity, available>held, available>redeemed, available>expired, available>clawed_back, available>adjusted,
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
BACKWARDS = FORWARDS.replace("held>partner, held>charity, ", "")


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0026_rewards_of_causes_and_partners"),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
