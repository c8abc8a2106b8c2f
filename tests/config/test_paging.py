"""Lists by keyset: every row once, in both directions, whatever comes in meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from config import paging
from customers.models import Fact
from tests.factories import customers as people

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ORDER, KINDS = ("-at", "-id"), (datetime, int)


def request(query: str = ""):
    return APIView().initialize_request(APIRequestFactory().get(f"/api/v1/things/{query}"))


@pytest.fixture
def facts(db) -> list[Fact]:
    """Seven facts, latest first; the times of three are the same."""
    customer = people.customer()
    days = [0, 1, 2, 2, 2, 3, 4]
    Fact.objects.bulk_create(Fact(customer=customer, verb="visited", at=AT + timedelta(days=day)) for day in days)
    return list(Fact.objects.filter(verb="visited").order_by("-at", "-id"))


def turn(cursor, limit=2):
    return paging.slice_of(Fact.objects.filter(verb="visited"), cursor, limit=limit, order=ORDER)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_forwards_and_back_shows_every_row_once(facts, limit):
    page, pages = turn(None, limit), []
    assert page.previous is None
    while True:
        pages.append(page.rows)
        if page.next is None:
            break
        page = turn(page.next, limit)
    assert [row for rows in pages for row in rows] == facts

    back = [page.rows]
    while page.previous:
        page = turn(page.previous, limit)
        back.append(page.rows)
    assert back[::-1] == pages


def test_a_row_that_comes_in_meanwhile_moves_no_page(facts):
    first = turn(None)
    Fact.objects.create(customer=facts[0].customer, verb="visited", at=AT + timedelta(days=9))

    assert turn(first.next).rows == facts[2:4]


def test_nothing_is_counted(facts, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        turn(turn(None).next) if False else turn(None)

    assert "COUNT" not in queries[0]["sql"]


def test_the_first_field_bounds_the_index(facts, django_assert_num_queries):
    cursor = turn(None).next
    with django_assert_num_queries(1) as queries:
        turn(cursor)

    assert '"customers_fact"."at" <= ' in queries[0]["sql"]


def test_links_keep_the_rest_of_the_address(facts):
    page = paging.page(Fact.objects.filter(verb="visited"), request("?limit=2&x=1"), order=ORDER, kinds=KINDS)

    link = page.links(request("?limit=2&x=1"))["next"]
    assert link.startswith("http://testserver/api/v1/things/?")
    assert "limit=2" in link
    assert "x=1" in link
    query = link[link.index("?") :]
    again = paging.page(Fact.objects.filter(verb="visited"), request(query), order=ORDER, kinds=KINDS)
    assert again.rows == facts[2:4]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "AAAA",
        str(paging.Cursor((1,))),
        str(paging.Cursor((1, 2))),
        str(paging.Cursor((AT, 2**70))),
        str(paging.Cursor((AT.replace(tzinfo=None), 1))),
        str(paging.Cursor((AT, "1"))),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor):
    with pytest.raises(paging.CursorInvalid):
        paging.Cursor.read(cursor, kinds=KINDS)


def test_a_cursor_reads_what_it_wrote():
    cursor = paging.Cursor((AT, 7), backwards=True)

    assert paging.Cursor.read(str(cursor), kinds=KINDS) == cursor


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e2", "٣", "99999999999"])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(paging.LimitInvalid):
        paging.limit_of(request(f"?limit={limit}"))
