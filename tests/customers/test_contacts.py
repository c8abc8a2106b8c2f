"""How a customer is reached: one primary of each kind, nothing twice."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from customers.actions import contacts
from customers.actions.contacts import KnownAlready
from tests.factories.customers import customer as make

EmailAddressEvent = apps.get_model("customers.EmailAddressEvent")


@pytest.mark.django_db
def test_a_customer_always_has_one_primary_address_of_each_kind(agent):
    ada = make(country="KR")
    first = contacts.add_email(ada, "One@example.com", by=agent)
    second = contacts.add_email(ada, "two@example.com", primary=True, by=agent)
    phone = contacts.add_phone(ada, "02-312-3456")

    def primary():
        return list(ada.email_addresses.filter(primary=True).values_list("address", flat=True))

    assert (first.primary, phone.number, phone.primary) == (True, "+8223123456", True)
    assert primary() == ["two@example.com"]
    contacts.remove(second, by=agent)
    assert primary() == ["one@example.com"]
    third = contacts.add_email(ada, "three@example.com")
    contacts.make_primary(third, by=agent)
    assert primary() == ["three@example.com"]
    ada.refresh_from_db()
    assert ada.version == 7
    gone = EmailAddressEvent.objects.get(pgh_label="delete")
    assert (gone.address, gone.customer_id, gone.pgh_context.metadata["user"]) == ("two@example.com", ada.pk, agent.pk)


@pytest.mark.django_db
def test_an_address_that_is_known_is_refused():
    ada = make(email="ada@example.com")

    with pytest.raises(KnownAlready):
        contacts.add_email(ada, "ADA@example.com")


@pytest.mark.django_db
def test_the_database_refuses_a_second_primary_phone():
    ada = make(phone="+49301234567")

    with pytest.raises(IntegrityError, match="customer_has_one_primary_phone"), transaction.atomic():
        ada.phones.create(number="+49301234568", primary=True)
