"""Commands on a database that is not, or not wholly, migrated."""

import pytest
from django.db import ProgrammingError, connection

from config import unmigrated


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_command_before_migrate_ends_with_a_sentence_and_any_other_mistake_flies():
    sql("ALTER TABLE loyalty_wallet RENAME TO away")
    try:
        with pytest.raises(ProgrammingError, match="loyalty_wallet"):
            unmigrated.execute(["manage.py", "audit_ledger"])

        sql(
            "UPDATE django_migrations SET app = 'away' "
            "WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'people')"
        )
        with pytest.raises(SystemExit, match=r"migrations are waiting \(1\).*manage.py migrate"):
            unmigrated.execute(["manage.py", "audit_ledger"])
    finally:
        sql("ALTER TABLE away RENAME TO loyalty_wallet")
        sql("UPDATE django_migrations SET app = 'people' WHERE app = 'away'")
