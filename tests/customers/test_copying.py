"""Rows that are written by COPY arrive as they were, whatever stands in them."""

import pytest
from django.db import connection

from customers.actions.copying import array, copy_rows, copy_text, divided, next_ids
from customers.models import EmailAddress
from customers.orders import escaped
from tests.factories.customers import customer as make


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["plain", "", 'say "no", twice', "two\nlines", "back\\slash", "\\.", "\\N", "김 ไทย"])
def test_text_arrives_as_it_was(text):
    ada = make()
    [pk] = next_ids("customers_emailaddress", 1)

    copy_rows(
        "customers_emailaddress",
        ["id", "customer_id", "address", "primary", "came_from"],
        [[pk, ada.pk, "ada@example.com", "false", text]],
    )

    assert EmailAddress.objects.get(pk=pk).came_from == text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["plain", "", "two\nlines", "a\ttab", "back\\slash", "\\.", "\\N", "a\r\n", "김 ไทย"])
def test_text_that_is_written_out_arrives_as_it_was(text):
    ada = make()
    [pk] = next_ids("customers_emailaddress", 1)
    columns = ["id", "customer_id", "address", "primary", "came_from"]

    copy_text("customers_emailaddress", columns, f"{pk}\t{ada.pk}\tada@example.com\tf\t{escaped(text)}\n")

    assert EmailAddress.objects.get(pk=pk).came_from == text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "texts", [["a"], ["a", "b", ""], ["a\x1fb", "c"], ["a\x1f", "\x1eb"], ["it's", '"', "{,}", "%s"]]
)
def test_texts_in_one_are_told_apart_again(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_to_array(%s, %s), %s::bigint[]", [*divided(texts), array(range(3))])
        assert cursor.fetchone() == (texts, [0, 1, 2])


@pytest.mark.django_db
def test_ids_are_handed_out_once():
    first, second = next_ids("customers_customer", 3), next_ids("customers_customer", 2)

    assert len({*first, *second, make().pk}) == 6
