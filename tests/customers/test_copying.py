"""Rows that are written by COPY arrive as they were, whatever stands in them."""

import pytest

from customers.actions.copying import copy_rows, next_ids
from customers.models import EmailAddress
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
def test_ids_are_handed_out_once():
    first, second = next_ids("customers_customer", 3), next_ids("customers_customer", 2)

    assert len({*first, *second, make().pk}) == 6
