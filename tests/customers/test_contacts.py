"""How a customer is reached: one primary of each kind, nothing twice."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from customers.actions import contacts
from customers.actions.contacts import Gone, KnownAlready
from customers.actions.customers import ChangedMeanwhile
from customers.models import Customer
from customers.newcomers import Address, CustomerRefused
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
def test_what_was_typed_wrongly_is_put_right_in_its_place_and_what_it_was_is_kept(agent):
    ada = make(country="DE", email="ada@exmaple.com")
    typo, phone = ada.email_addresses.get(), contacts.add_phone(ada, "030 1234567")
    home = contacts.add_address(ada, Address("Haupstr. 1", "", city="Berlin"))
    other = contacts.add_email(ada, "other@example.com")

    contacts.correct(typo, " Ada@example.com", came_from="back office", by=agent)
    contacts.correct(phone, "030 7654321", by=agent)
    contacts.correct(home, Address("Hauptstr. 1", "", city="Berlin"), by=agent)
    version = Customer.objects.get().version
    contacts.correct(phone, "+49 30 7654321", by=agent)  # the same in other words

    typo.refresh_from_db()
    home.refresh_from_db()
    assert (typo.address, typo.primary, typo.came_from, typo.pk) == ("ada@example.com", True, "back office", typo.pk)
    assert (ada.phones.get().number, home.lines, home.country) == ("+49307654321", "Hauptstr. 1", "DE")
    assert Customer.objects.get().version == version
    was = EmailAddressEvent.objects.get(pgh_label="update")
    assert (was.address, was.pgh_context.metadata["user"]) == ("ada@exmaple.com", agent.pk)
    with pytest.raises(KnownAlready):
        contacts.correct(other, "ADA@example.com")
    with pytest.raises(CustomerRefused):
        contacts.correct(other, "nowhere")
    contacts.remove(other)
    with pytest.raises(Gone):
        contacts.correct(other, "third@example.com")


@pytest.mark.django_db
def test_a_correction_on_top_of_somebody_elses_is_refused():
    ada = make(email="ada@exmaple.com")
    typo, seen = ada.email_addresses.get(), ada.version

    contacts.correct(typo, "ada@example.com", version=seen)
    with pytest.raises(ChangedMeanwhile):
        contacts.correct(typo, "ada@example.org", version=seen)

    assert ada.email_addresses.get().address == "ada@example.com"


@pytest.mark.django_db
def test_the_database_refuses_a_second_primary_phone():
    ada = make(phone="+49301234567")

    with pytest.raises(IntegrityError, match="customer_has_one_primary_phone"), transaction.atomic():
        ada.phones.create(number="+49301234568", primary=True)
