from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.db import DataError, IntegrityError, connection, transaction

from config import prepared

ECHO = b"SELECT $1::text, $2::bigint"


def prepared_names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = %s", [ECHO.decode()])
        return cursor.fetchone()[0]


@pytest.fixture
def group() -> Iterator[bytes]:
    """Writes a group. Groups are not emptied after a test that commits: what it leaves goes here."""
    yield b"INSERT INTO auth_group (name) VALUES ($1) RETURNING 1"
    Group.objects.filter(name__in=["stays", "twice"]).delete()


@pytest.mark.django_db
def test_texts_go_and_come_as_they_are():
    first = prepared.texts(ECHO, ["ก 가 \\ '", "7"])

    assert first == prepared.texts(ECHO, ["ก 가 \\ '", "7"]) == [["ก 가 \\ '".encode(), b"7"]]
    assert prepared.texts(ECHO, [None, None]) == [[None, None]]


@pytest.mark.django_db
def test_a_statement_is_prepared_once_and_run_by_its_name(monkeypatch):
    prepared.texts(ECHO, ["a", "1"])
    monkeypatch.setattr("psycopg.RawCursor.execute", None)

    assert prepared.texts(ECHO, ["b", "2"]) == [[b"b", b"2"]]
    assert prepared_names() == 1


@pytest.mark.django_db
def test_a_statement_that_is_not_kept_leaves_nothing_prepared():
    assert prepared.texts(ECHO + b" -- once", ["a", "1"], keep=False) == [[b"a", b"1"]]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%-- once"])
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_after_a_rollback_the_statement_is_prepared_again():
    prepared.texts(ECHO, ["a", "1"])
    with transaction.atomic():
        prepared.texts(ECHO, ["a", "1"])
        transaction.set_rollback(True)

    with transaction.atomic():
        assert prepared.texts(ECHO, ["b", "2"]) == [[b"b", b"2"]]


@pytest.mark.django_db(transaction=True)
def test_what_is_written_first_in_a_transaction_goes_with_it(transactional_db, group):
    prepared.texts(group, ["stays"])
    with transaction.atomic():
        prepared.texts(group, ["goes"])
        transaction.set_rollback(True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM auth_group WHERE name IN ('stays', 'goes')")
        assert cursor.fetchall() == [("stays",)]


@pytest.mark.django_db(transaction=True)
def test_refusals_are_those_of_django(transactional_db, group):
    prepared.texts(group, ["twice"])

    with pytest.raises(IntegrityError) as error:
        prepared.texts(group, ["twice"])
    assert error.value.__cause__.diag.constraint_name == "auth_group_name_key"


@pytest.mark.django_db
def test_a_text_that_the_database_cannot_take_is_refused_and_not_cut():
    prepared.texts(ECHO, ["a", "1"])

    with pytest.raises(DataError):
        prepared.texts(ECHO, ["a\0b", "1"])
