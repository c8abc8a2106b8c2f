"""django-hordak, driven as ``ledger_ground`` drives ours: post ten to somebody's account and read the balance.

Who has an account has ``EARLIER`` entries in it, as in ours: it sums them up to read the balance. The account is
looked up first, as ours looks up the customer's wallet and the naive ledger its own.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from benchmarks.ledger_ground import EARLIER, PEOPLE, Worker, serve

NAME = "benchmarks.hordak_peer"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.hordak_settings"}
ENTRIES = f"""
WITH made AS (
    INSERT INTO hordak_transaction (uuid, timestamp, date, description)
    SELECT gen_random_uuid(), now(), now(), '' FROM generate_series(1, {PEOPLE * EARLIER}) RETURNING id
), numbered AS (
    SELECT id, (SELECT min(id) FROM hordak_account) AS issued, row_number() OVER () AS n FROM made
) INSERT INTO hordak_leg (uuid, transaction_id, account_id, credit, debit, currency, description)
SELECT gen_random_uuid(), id, issued, 10, NULL, 'EUR', '' FROM numbered
UNION ALL SELECT gen_random_uuid(), id, issued + 1 + n % {PEOPLE}, NULL, 10, 'EUR', '' FROM numbered
"""


def workers(services: Any, many: int) -> list[Worker]:
    """None where it is not installed: ``pip install -e .[bench]``."""
    if find_spec("hordak") is None:
        return []
    services.postgres.create_database("hordak")
    subprocess.run([sys.executable, "-m", NAME, "prepare"], env=os.environ | SETTINGS, check=True)
    return [Worker(NAME, SETTINGS) for _ in range(many)]


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from hordak.models import Account, AccountType

    call_command("migrate", verbosity=0)
    # Trees of one account each, as its own manager would number them, without its query for each.
    Account.objects.bulk_create(
        Account(name=f"A{n}", type=AccountType.liability, tree_id=n, lft=1, rght=2, level=0) for n in range(PEOPLE + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # each entry balances
        cursor.execute(ENTRIES)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")


def works() -> dict[str, Callable[[], int]]:
    from django.db import transaction
    from djmoney.money import Money
    from hordak.models import Account

    issued, *people = Account.objects.order_by("pk")
    numbers = [person.pk for person in people]

    def post_and_read() -> int:
        person = Account.objects.get(pk=random.choice(numbers))
        with transaction.atomic():
            issued.transfer_to(person, Money(10, "EUR"))
        person.get_balance()
        return 1

    return {"post_and_read": post_and_read}


if __name__ == "__main__":
    prepare() if sys.argv[1:] == ["prepare"] else serve(works)
