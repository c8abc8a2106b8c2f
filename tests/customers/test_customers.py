"""Customers become known, once, and change with a trace."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from customers.actions import customers
from customers.actions.customers import ChangedMeanwhile, NotActive, NumberTaken
from customers.models import AccessLog, Customer, Fact, Profile, Verb
from customers.newcomers import Address, Birthday, CustomerRefused, Knowledge, Newcomer
from tests.factories.customers import customer as make

CustomerEvent = apps.get_model("customers.CustomerEvent")
EmailAddressEvent = apps.get_model("customers.EmailAddressEvent")

ADA = Newcomer(
    number="A-7",
    name="  Ada   Bÿron ",
    emails=("Ada@Example.COM", "ada@example.com", "second@example.com"),
    phones=("030 1234567", "+82 2 312 3456"),
    addresses=(Address("Hauptstr. 1\n\nHof", "de", postcode="10115", city="Berlin"),),
    traits=(Knowledge("like", "tea"),),
    birthday=Birthday(12, 10),
    language="en",
    country="de",
    came_from="counter",
)


def codes(refusal: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return {field: [error.code for error in errors] for field, errors in refusal.value.error_dict.items()}


@pytest.mark.django_db
def test_a_customer_is_kept_as_said_but_in_one_form(agent):
    ada = customers.add(ADA, by=agent)

    assert (ada.number, ada.name, ada.sort_key, ada.country, ada.zone) == (
        "A-7", "Ada Bÿron", "ada byron", "DE", "Europe/Berlin",
    )  # fmt: skip
    assert (ada.birth_year, ada.birth_month, ada.birth_day) == (None, 12, 10)
    assert list(ada.email_addresses.order_by("pk").values_list("address", "primary", "came_from")) == [
        ("ada@example.com", True, "counter"),
        ("second@example.com", False, "counter"),
    ]
    assert list(ada.phones.order_by("pk").values_list("number", "primary")) == [
        ("+49301234567", True),
        ("+8223123456", False),
    ]
    address = ada.postal_addresses.get()
    assert (address.lines, address.country, address.primary) == ("Hauptstr. 1\nHof", "DE", True)
    assert ada.traits.get().value == "tea"
    assert Profile.objects.get(customer=ada).stage == "lead"


@pytest.mark.django_db
def test_becoming_known_leaves_a_fact_without_personal_data(agent):
    ada = customers.add(ADA, by=agent)

    fact = ada.timeline.get()
    assert (fact.verb, fact.by, fact.about) == (Verb.ADDED, agent, {})
    assert list(AccessLog.objects.values_list("customer", "what", "by")) == [(ada.pk, "added", agent.pk)]


@pytest.mark.django_db
def test_a_number_left_out_is_the_next_free_one():
    first = customers.add(Newcomer(name="Ada"))
    make(number=str(int(first.number) + 1))

    second, third = customers.add_many([Newcomer(name="Bea"), Newcomer(name="Cyd")])

    assert [int(second.number) - int(first.number), int(third.number) - int(first.number)] == [2, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"number": " "}, {"number": ["bad_number"]}),
        ({"number": "erased-4"}, {"number": ["bad_number"]}),
        ({"name": "x" * 201}, {"name": ["too_long"]}),
        ({"emails": ("ada@", "ok@example.com")}, {"emails": ["bad_email"]}),
        ({"phones": ("12",)}, {"phones": ["bad_phone"]}),
        ({"country": "ZZ"}, {"country": ["bad_country"]}),
        ({"zone": "Europe/Nowhere"}, {"zone": ["bad_zone"]}),
        ({"language": "english please"}, {"language": ["bad_language"]}),
        ({"birthday": Birthday(2, 30)}, {"birthday": ["bad_birthday"]}),
        ({"birthday": Birthday(2, 29, 2023)}, {"birthday": ["bad_birthday"]}),
        ({"latitude": Decimal(52)}, {"latitude": ["bad_place"]}),
        ({"latitude": Decimal(91), "longitude": Decimal(0)}, {"latitude": ["bad_place"]}),
        ({"addresses": (Address(" \n ", "DE"),)}, {"addresses": ["address_empty"]}),
        ({"traits": (Knowledge("like", " "),)}, {"traits": ["trait_empty"]}),
        ({"traits": (Knowledge("hates", "tea"),)}, {"traits": ["trait_unknown"]}),
        ({"emails": ("no",), "country": "xx"}, {"emails": ["bad_email"], "country": ["bad_country"]}),
    ],
)
def test_what_cannot_be_is_refused_by_field(changes, wrong):
    with pytest.raises(CustomerRefused) as refusal:
        customers.add(replace(ADA, **changes))

    assert codes(refusal) == wrong
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_a_birthday_without_a_year_may_be_the_29th_of_february():
    assert customers.add(replace(ADA, birthday=Birthday(2, 29))).birth_day == 29


@pytest.mark.django_db
def test_a_batch_with_a_taken_number_adds_nobody():
    make(number="A-7")

    with pytest.raises(NumberTaken) as refusal:
        _taken([Newcomer(number="B-1"), ADA])

    assert refusal.value.params == {"number": "A-7"}
    assert list(Customer.objects.values_list("number", flat=True)) == ["A-7"]


def _taken(newcomers):
    """The refusal for the number itself, out of the refusal by field."""
    try:
        customers.add_many(newcomers)
    except CustomerRefused as refusal:
        raise refusal.error_dict["number"][0] from None


@pytest.mark.django_db
def test_the_same_number_twice_in_a_batch_is_refused():
    with pytest.raises(NumberTaken):
        _taken([Newcomer(number="B-1"), Newcomer(number="B-1")])

    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_ensuring_adds_only_those_who_are_new_and_follows_merges():
    known = make(number="K-1", name="Known")
    into = make(number="K-2")
    make(number="K-3", status="merged", merged_into=into, merged_at="2026-01-01T00:00Z")

    found = customers.ensure_many(
        [Newcomer(number="K-1", name="Other"), Newcomer(number="K-3"), Newcomer(number="N-1", name="New")]
    )

    assert found == {"K-1": known, "K-3": into, "N-1": Customer.objects.get(number="N-1")}
    assert Customer.objects.get(number="K-1").name == "Known"
    assert Fact.objects.get().customer == found["N-1"]


@pytest.mark.django_db(transaction=True)
def test_a_number_asked_for_by_many_at_once_becomes_one_customer():
    def ensure(n):
        try:
            return customers.ensure_many([Newcomer(number="S-1", emails=(f"e{n}@example.com",))])["S-1"].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(ensure, range(6)))

    ada = Customer.objects.get()
    assert ids == {ada.pk}
    assert ada.email_addresses.count() == 1
    assert ada.timeline.count() == 1


@pytest.mark.django_db
def test_a_change_names_its_fields_and_keeps_what_was_before(agent):
    ada = customers.add(ADA)

    changed = customers.change(ada, name="Ada Lovelace", country="de", birthday=Birthday(12, 10, 1915), by=agent)

    assert (changed.name, changed.sort_key, changed.version) == ("Ada Lovelace", "ada lovelace", 2)
    fact = ada.timeline.get(verb=Verb.CHANGED)
    assert (fact.by, fact.about) == (agent, {"fields": ["birth_year", "name"]})
    before = CustomerEvent.objects.get()
    assert (before.name, before.birth_year, before.pgh_context.metadata) == ("Ada Bÿron", None, {"user": agent.pk})
    assert AccessLog.objects.get(what="changed").fields == "birth_year, name"


@pytest.mark.django_db
def test_a_change_that_changes_nothing_leaves_no_trace():
    ada = customers.add(ADA)

    assert customers.change(ada, name="Ada  Bÿron").version == 1
    assert not CustomerEvent.objects.exists()
    assert ada.timeline.count() == 1


@pytest.mark.django_db
def test_a_change_on_top_of_somebody_elses_is_refused():
    ada = customers.add(ADA)
    customers.change(ada, name="Ada L.", version=1)

    with pytest.raises(ChangedMeanwhile) as refusal:
        customers.change(ada, name="A. L.", version=1)

    assert refusal.value.code == "changed_meanwhile"
    assert Customer.objects.get().name == "Ada L."


@pytest.mark.django_db
def test_a_wrong_change_is_refused_by_field():
    ada = customers.add(ADA)

    with pytest.raises(CustomerRefused) as refusal:
        customers.change(ada, country="ZZ", name="x" * 300)

    assert codes(refusal) == {"country": ["bad_country"], "name": ["too_long"]}


@pytest.mark.django_db
def test_a_merged_customer_cannot_be_changed():
    merged = make(status="merged", merged_into=make(), merged_at="2026-01-01T00:00Z")

    with pytest.raises(NotActive):
        customers.change(merged, name="Ada")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessLog.objects.all().delete()


@pytest.mark.django_db
def test_adding_many_takes_no_more_statements_than_adding_one(django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        customers.add_many([replace(ADA, number=None) for _ in range(50)])

    assert Customer.objects.count() == 50


@pytest.mark.django_db
def test_who_was_known_before_is_known_since_then():
    since = datetime(2025, 3, 1, 9, tzinfo=UTC)

    ada = Newcomer(name="Ada", since=since, emails=("ada@example.com",), traits=(Knowledge("like", "tea"),))

    customer = customers.add(ada)

    customer.refresh_from_db()
    assert customer.timeline.get(verb=Verb.ADDED).at == customer.created_at == since
    assert customer.email_addresses.get().added_at == customer.traits.get().learnt_at == since
