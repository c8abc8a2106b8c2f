import pytest
from django.db import connection

from customers.models import Verb
from loyalty.actions import answers, issuing, posting
from loyalty.models import Account, Kind, Wallet
from tests.factories.customers import customer as make_customer
from tests.factories.loyalty import on, programme


def test_requests_differ_by_any_part_of_what_is_asked():
    asked = {
        posting.request_of("earn", 1, 50),
        posting.request_of("earn", 1, 51),
        posting.request_of("earn", 15, 0),
        posting.request_of("earn", "1", 50),
        posting.request_of("earn", 1, 50, None),
    }

    assert len(asked) == 5
    assert posting.request_of("earn", 1, on("2026-03-01")) == posting.request_of("earn", 1, on("2026-03-01"))


def test_requests_of_a_batch_are_those_of_one_by_one():
    contents = [
        (Kind.EARN, 1, 50, None, 'a", "/", "b', "é\\ ", on("2026-03-01"), None, None),
        (Kind.GRANT, 2, 7, "purchase:9:base", "/", "], [", on("2026-03-02"), on("2026-03-16"), on("2027-03-02")),
    ]

    assert posting.requests_of(contents) == [posting.request_of(*content) for content in contents]
    assert posting.requests_of(contents[:1]) == [posting.request_of(*contents[0])]
    assert posting.requests_of([]) == []


@pytest.mark.django_db
def test_a_batch_is_never_planned_to_compare_each_row_with_each_other():
    people = [make_customer().pk for _ in range(3)] * 100
    asked = [posting.Asked(pk, 10, on("2026-03-01"), key=f"k{n}", request="0" * 32) for n, pk in enumerate(people)]
    values = posting.columns_of(asked) | {"programme": 1, "version": 1, "by": None}

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'loyalty_wallet' AND reltuples < 0")
        assert cursor.fetchone()[0] == 1, "this test is about tables that were never analysed"
    many = issuing.batch(Kind.EARN, Verb.POINTS_GRANTED, Account.ISSUED)
    explained = answers.Statement("EXPLAIN " + many.sql.decode(), many.names)
    plan = b"\n".join(row[0] for row in answers.run(explained, values, many=True))

    assert b"Full Join" in plan
    joins = [line for line in plan.decode().splitlines() if "Nested Loop" in line]
    assert len(joins) <= 1, "one loop is the update of wallets through their key"


@pytest.mark.django_db
def test_wallets_are_opened_once():
    customer, rules = make_customer(), programme()

    posting.open_wallets(rules, [customer.pk, customer.pk])
    posting.open_wallets(rules, [customer.pk])

    assert Wallet.objects.filter(customer=customer).count() == 1
