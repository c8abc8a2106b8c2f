"""The application's role can read and write, and cannot undo what is append-only."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from config import rights

ROLE = "mainstay_app_in_tests"


@pytest.fixture
def application(db):
    """Become the application's role until the test is over."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        call_command("rights", ROLE, "--apply", stdout=io.StringIO())
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor


def test_append_only_tables_are_found_by_their_triggers(db):
    found = {each.table: each.verbs for each in rights.refusals()}

    assert found["people_event"] == ("DELETE", "UPDATE")
    assert found["loyalty_transfer"] == ("DELETE", "UPDATE")
    assert found["customers_fact"] == ("DELETE",)  # a fact's position is set once; the trigger lets only that through
    assert found["customers_customer"] == ("DELETE",)
    assert "people_user" not in found


def test_the_application_reads_and_writes(application):
    application.execute("INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')")
    application.execute("UPDATE django_content_type SET model = 'c' WHERE app_label = 'a'")
    application.execute("DELETE FROM django_content_type WHERE app_label = 'a'")
    application.execute("SELECT * FROM loyalty_transfer")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM loyalty_transfer",
        "UPDATE loyalty_transfer SET points = 1",
        "UPDATE people_event SET id = id",
        "DELETE FROM customers_fact",
        "DELETE FROM customers_customer",
        "TRUNCATE loyalty_transfer",
        "TRUNCATE people_user CASCADE",
        "ALTER TABLE loyalty_transfer DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON loyalty_transfer",
        "DELETE FROM django_migrations",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_application_cannot_undo_what_has_happened(application, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        application.execute(statement)


def test_rights_are_printed_for_who_wants_to_read_them_first(db):
    out = io.StringIO()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")

    call_command("rights", ROLE, stdout=out)

    assert f'REVOKE DELETE, UPDATE ON loyalty_transfer FROM "{ROLE}";' in out.getvalue().splitlines()
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'people_user', 'SELECT')", [ROLE])
        assert cursor.fetchone() == (False,)


def test_the_owner_is_no_role_for_the_application(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [owner] = cursor.fetchone()

    with pytest.raises(CommandError, match="owns the tables"):
        call_command("rights", owner)


def test_a_role_that_does_not_exist_is_told(db):
    with pytest.raises(CommandError, match="There is no role nobody_here"):
        call_command("rights", "nobody_here")
