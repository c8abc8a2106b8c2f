from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

WALLET = (
    "wallet_is_never_overdrawn",
    "debt_is_repaid_before_points_are_available",
    "wallet_out_of_use_is_empty",
    "merged_wallet_names_its_successor",
)
LOT = (
    "lot_is_never_overdrawn",
    "lot_holds_no_more_than_was_granted",
    "pending_lot_knows_when_it_activates",
    "lot_expires_after_it_activates",
)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0028_rows_are_sound")]

    operations = [
        ValidateConstraint("wallet", "wallet_is_sound"),
        ValidateConstraint("lot", "lot_is_sound"),
        *[migrations.RemoveConstraint("wallet", name) for name in WALLET],
        *[migrations.RemoveConstraint("lot", name) for name in LOT],
    ]
