import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st

from config.statements import Statement, array
from tests.factories.loyalty import on

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@pytest.mark.django_db
@given(st.lists(st.none() | texts, min_size=1, max_size=6))
def test_an_array_reaches_the_database_as_it_is(values):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array(values)])
        assert cursor.fetchone()[0] == values


@pytest.mark.django_db
def test_arrays_of_numbers_times_and_nothing_keep_their_types():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::bigint[], %s::timestamptz[], %s::uuid[]",
            [array([1, None, -(2**62)]), array([on("2026-03-01"), None]), array([None, None])],
        )
        assert cursor.fetchone() == ([1, None, -(2**62)], [on("2026-03-01"), None], [None, None])


def test_named_parameters_become_the_servers_own_each_once():
    statement = Statement("SELECT %(b)s, %(a)s, %(b)s")

    assert (statement.sql, statement.names) == (b"SELECT $1, $2, $1", ["b", "a"])


@pytest.mark.django_db
def test_nothing_is_run_in_a_transaction_that_is_already_lost():
    statement = Statement("SELECT %(n)s::int")

    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statement.ask({"n": 1})
