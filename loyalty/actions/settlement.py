"""Time does its work on wallets: pending points become available, points past their date expire.

Whatever touches a wallet settles it first, so a late job can never be exploited; the nightly one only makes visible.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from loyalty.actions import posting
from loyalty.models import Wallet

# Wallets in which something is due, found by the two partial indexes, and locked unless somebody works with them:
# they are settled by that touch, or by the next run.
DUE = """
SELECT id FROM loyalty_wallet WHERE id IN (
    (SELECT wallet_id FROM loyalty_lot WHERE pending > 0 AND activates_at <= %(at)s
     ORDER BY activates_at LIMIT %(many)s)
    UNION
    (SELECT wallet_id FROM loyalty_lot WHERE available > 0 AND expires_at <= %(at)s
     ORDER BY expires_at LIMIT %(many)s)
) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""


def settle(wallets: Iterable[Wallet], *, at: datetime) -> bool:
    """Settle wallets that the caller has locked. Returns whether anything was due."""
    due = [wallet.pk for wallet in wallets if wallet.next_due and wallet.next_due <= at]
    if due:
        posting.run(posting.SETTLE, {"wallets": posting.array(due), "at": at})
    return bool(due)


def settle_due(*, at: datetime, many: int = 5000) -> int:
    """Settle every wallet in which something is due, some thousand at a time. Returns how many transactions it took.

    Run again it finds nothing and writes nothing; stopped in the middle it goes on where it stopped.
    """
    total = 0
    while posted := _settle_some(at, many):
        total += posted
    return total


@transaction.atomic
def _settle_some(at: datetime, many: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "many": many})
        wallets = [pk for (pk,) in cursor.fetchall()]
    if not wallets:
        return 0
    answer = posting.run(posting.SETTLE, {"wallets": posting.array(wallets), "at": at}, prepare=False)
    return sum(row[1] for row in answer)
