"""What other systems read of messages."""

import pytest

from communications.actions import holds
from customers.models import AccessLog
from tests.factories.communications import message
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db


def test_who_has_the_scope_reads_what_a_customer_was_written_page_by_page(django_assert_num_queries):
    kim = customer(number="C-1")
    ones = [message(customer=kim, subject=f"Letter {n}", purpose="complaint") for n in range(3)]
    message(customer=customer())
    shop = Caller("messages:read")

    first = shop.get("/api/v1/customers/C-1/messages/?limit=2").json()
    rest = shop.get(first["next"]).json()

    assert [row["subject"] for row in first["results"] + rest["results"]] == ["Letter 2", "Letter 1", "Letter 0"]
    row = rest["results"][0]
    assert (row["id"], row["to"], row["state"], row["text"]) == (ones[0].pk, "kim@example.com", "queued", ones[0].text)
    assert "html" not in row
    assert AccessLog.objects.filter(customer=kim, what="read", fields="messages").count() == 2
    assert Caller("customers:read").get("/api/v1/customers/C-1/messages/").status_code == 403
    assert codes(shop.get("/api/v1/customers/C-9/messages/")) == ["not_found"]


def test_a_list_of_three_takes_as_many_queries_as_a_list_of_one(django_assert_max_num_queries):
    kim, shop = customer(number="C-1"), Caller("messages:read")
    message(customer=kim)
    shop.get("/api/v1/customers/C-1/messages/")
    with django_assert_max_num_queries(50) as one:
        shop.get("/api/v1/customers/C-1/messages/")
    message(customer=kim), message(customer=kim)

    with django_assert_max_num_queries(len(one)):
        assert len(shop.get("/api/v1/customers/C-1/messages/").json()["results"]) == 3


def test_what_keeps_marketing_back_is_told():
    kim, shop = customer(number="C-1"), Caller("messages:read")
    there = "/api/v1/customers/C-1/marketing-holds/"
    assert shop.get(there).json() == {"held": False, "holds": []}

    holds.place(kim, reason="complaint", key="complaint:1")

    told = shop.get(there).json()
    assert (told["held"], [(one["reason"], one["key"]) for one in told["holds"]]) == (
        True,
        [("complaint", "complaint:1")],
    )
