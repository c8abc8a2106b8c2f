"""What was four CHECKs on a wallet and four on a lot, as one function each.

PostgreSQL reads a table's CHECKs anew for every statement that writes to it, and a function once. What is refused stays
the same, and so does the sentence that a refusal names. In two steps, so that no table is locked while it is looked
through: this migration adds what replaces the CHECKs, the next one has old rows looked through and drops them.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

SOUND = """
CREATE FUNCTION loyalty_wallet_is_sound(
    pending bigint, available bigint, held bigint, debt bigint, status text, merged_into bigint
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    broken text;
BEGIN
    IF least(pending, available, held, debt) >= 0 AND (debt = 0 OR available = 0)
       AND (status IN ('open', 'frozen')
           OR status IN ('merged', 'closed') AND greatest(pending, available, held, debt) = 0)
       AND (status = 'merged') = (merged_into IS NOT NULL) THEN
        RETURN true;
    END IF;
    broken = CASE
        WHEN least(pending, available, held, debt) < 0 THEN 'wallet_is_never_overdrawn'
        WHEN debt <> 0 AND available <> 0 THEN 'debt_is_repaid_before_points_are_available'
        WHEN status NOT IN ('open', 'frozen', 'merged', 'closed')
            OR status IN ('merged', 'closed') AND greatest(pending, available, held, debt) > 0
            THEN 'wallet_out_of_use_is_empty'
        ELSE 'merged_wallet_names_its_successor' END;
    RAISE EXCEPTION 'new row for relation "loyalty_wallet" violates check constraint "%"', broken
        USING ERRCODE = 'check_violation', TABLE = 'loyalty_wallet', CONSTRAINT = broken;
END $$;

CREATE FUNCTION loyalty_lot_is_sound(
    granted bigint, pending bigint, available bigint, held bigint, activates_at timestamptz, expires_at timestamptz
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    broken text;
BEGIN
    IF least(pending, available, held) >= 0 AND granted >= greatest(pending + available + held, 1)
       AND (pending = 0 OR activates_at IS NOT NULL) AND (expires_at > activates_at) IS NOT FALSE THEN
        RETURN true;
    END IF;
    broken = CASE
        WHEN least(pending, available, held) < 0 THEN 'lot_is_never_overdrawn'
        WHEN granted < greatest(pending + available + held, 1) THEN 'lot_holds_no_more_than_was_granted'
        WHEN pending <> 0 AND activates_at IS NULL THEN 'pending_lot_knows_when_it_activates'
        ELSE 'lot_expires_after_it_activates' END;
    RAISE EXCEPTION 'new row for relation "loyalty_lot" violates check constraint "%"', broken
        USING ERRCODE = 'check_violation', TABLE = 'loyalty_lot', CONSTRAINT = broken;
END $$;
"""
UNSOUND = """
DROP FUNCTION loyalty_wallet_is_sound(bigint, bigint, bigint, bigint, text, bigint);
DROP FUNCTION loyalty_lot_is_sound(bigint, bigint, bigint, bigint, timestamptz, timestamptz);
"""


def sound(*columns: str, table: str) -> models.CheckConstraint:
    function = models.Func(*columns, function=f"loyalty_{table}_is_sound", output_field=models.BooleanField())
    return models.CheckConstraint(condition=function, name=f"{table}_is_sound")


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_to_0027")]

    operations = [
        migrations.RunSQL(SOUND, UNSOUND),
        AddConstraintNotValid(
            "wallet", sound("pending", "available", "held", "debt", "status", "merged_into", table="wallet")
        ),
        AddConstraintNotValid(
            "lot", sound("granted", "pending", "available", "held", "activates_at", "expires_at", table="lot")
        ),
    ]
