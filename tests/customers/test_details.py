"""What another system says at once is changed together, or not at all."""

import pytest

from customers.actions import details
from customers.actions.customers import ChangedMeanwhile
from customers.models import Customer, EmailAddress
from customers.newcomers import CustomerRefused, Knowledge
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def test_details_addresses_and_traits_change_together(agent):
    one = customer(name="Ada", email="old@example.com")

    changed = details.put(
        one, name="Ada L.", emails=["new@example.com"], known=[Knowledge("like", "tea")], by=agent, through="shop"
    )

    assert changed.version == Customer.objects.get().version > one.version
    assert [row.address for row in one.email_addresses.all()] == ["new@example.com"]
    assert [(row.value, row.came_from) for row in one.traits.all()] == [("tea", "shop")]


def test_a_refused_part_undoes_the_rest(agent):
    one = customer(name="Ada", email="old@example.com")

    with pytest.raises(CustomerRefused):
        details.put(one, name="Other", emails=["nowhere"], by=agent)

    one.refresh_from_db()
    assert one.name == "Ada"
    assert EmailAddress.objects.get().address == "old@example.com"


def test_a_change_on_top_of_somebody_elses_is_refused(agent):
    one = customer(name="Ada")
    details.put(one, name="Ada L.", by=agent, version=1)

    with pytest.raises(ChangedMeanwhile):
        details.put(one, name="Ada B.", by=agent, version=1)
