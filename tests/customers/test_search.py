"""One box finds a customer by whatever is known of them."""

import pytest
from django.utils import timezone

from customers.actions import contacts
from customers.queries.search import Why, find
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


def numbers(question: str) -> list[str]:
    return [hit.customer.number for hit in find(question)]


@pytest.fixture
def people():
    """Everybody there is; a test that finds one of them proves that it leaves out the others."""
    return [
        make(number="K-1001", name="Kim Anders", email="kim.anders@example.com", phone="+4930123456789"),
        make(number="K-1002", name="Joaquín Müller-Weiß", email="jm@example.org", phone="+821012345678"),
        make(number="K-2003", name="김민준"),
        make(number="K-2004", name="이서연"),
        make(number="K-3005", name="กิตติ ทองดี"),
        make(number="K-3006", name="O'Neil, Zoë"),
        make(number="K-4007", name=""),
    ]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Kim Anders", ["K-1001"]),
        ("anders kim", ["K-1001"]),
        ("nde", ["K-1001"]),
        ("an", ["K-1001"]),
        ("k an", ["K-1001"]),
        ("KIM", ["K-1001"]),
        ("muller", ["K-1002"]),
        ("Weiss", ["K-1002"]),
        ("joaquin", ["K-1002"]),
        ("김", ["K-2003"]),
        ("민준", ["K-2003"]),
        ("민", []),  # one character begins a word
        ("준", []),
        ("서연", ["K-2004"]),
        ("ทองดี", ["K-3005"]),
        ("ตติ", ["K-3005"]),
        ("ทอง กิต", ["K-3005"]),
        ("o'neil", ["K-3006"]),
        ("zoe", ["K-3006"]),
        ("kim müller", []),
        ("%", []),
        ("_", []),
        ("nd%s", []),
        ("  ", []),
        ("'", []),
    ],
)
def test_a_name_is_found_by_any_part_of_it(people, question, found):
    assert numbers(question) == found


@pytest.mark.parametrize(
    ("question", "found", "why"),
    [
        ("kim.anders@example.com", "K-1001", Why.EMAIL),
        ("KIM.Anders@", "K-1001", Why.EMAIL),
        ("jm@", "K-1002", Why.EMAIL),
        ("+49 30 123456789", "K-1001", Why.PHONE),
        ("030/123 456 789", "K-1001", Why.PHONE),
        ("0049 30 123456789", "K-1001", Why.PHONE),
        ("6789", "K-1001", Why.PHONE),
        ("010-1234-5678", "K-1002", Why.PHONE),
        ("K-1001", "K-1001", Why.NUMBER),
        ("k-2004", "K-2004", Why.NUMBER),
        ("K-4", "K-4007", Why.NUMBER),
    ],
)
def test_an_address_a_phone_and_a_number_are_found(people, question, found, why):
    assert [(hit.customer.number, hit.why) for hit in find(question)] == [(found, why)]


def test_an_order_number_finds_who_ordered(people):
    purchases.purchase(people[3], number="R-77001")

    assert [(hit.customer, hit.why, hit.matched) for hit in find("r-77001")] == [(people[3], Why.ORDER, "R-77001")]
    assert numbers("R-770") == ["K-2004"]


def test_the_number_of_a_merged_customer_finds_the_one_it_was_merged_into(people):
    make(number="OLD-1", name="Kim A.", status="merged", merged_into=people[0], merged_at=timezone.now())

    assert numbers("OLD-1") == numbers("old-") == ["K-1001"]
    assert numbers("kim a.") == []


def test_an_erased_customer_is_not_found(people):
    erased = make(number="erased-9", name="", status="erased", erased_at=timezone.now())
    purchases.purchase(people[3], number="R-77001").__class__.objects.update(customer=erased)

    assert numbers("erased-9") == []
    assert numbers("R-77001") == []


def test_orders_of_somebody_erased_take_the_place_of_nobody_else(people):
    erased = make(number="erased-9", name="", status="erased", erased_at=timezone.now())
    for number in ("7001", "7002", "7003"):
        purchases.purchase(people[3], number=number).__class__.objects.filter(number=number).update(customer=erased)
    purchases.purchase(people[3], number="7004")
    make(number="K-5008", name="Room 7003")

    assert [hit.customer for hit in find("700", most=2)] == [people[3]]
    assert numbers("7003") == ["K-5008"]


def test_the_surest_comes_first_and_each_customer_once():
    named = make(number="A-1", name="7001", email="7001@example.com")
    numbered = make(number="7001", name="Somebody")
    contacts.add_phone(numbered, "+49301237001")

    assert [(hit.customer, hit.why) for hit in find("7001")] == [(numbered, Why.NUMBER), (named, Why.NAME)]


def test_an_answer_has_a_limit_and_a_fixed_number_of_queries(django_assert_num_queries):
    for _ in range(25):
        make(name="Common Name")

    with django_assert_num_queries(3):
        assert len(find("ommo")) == 20
    with django_assert_num_queries(2):
        assert len(find("common")) == 20


def test_hits_beyond_the_newest_customers_come_from_the_index(monkeypatch):
    monkeypatch.setattr("customers.queries.search.NEWEST", 2)
    old = make(name="Old Gold")
    for _ in range(4):
        make(name="Someone Else")
    new = make(name="New Gold")

    assert [hit.customer for hit in find("old")] == [old, new]
    assert [hit.customer for hit in find("gold")] == [new, old]
