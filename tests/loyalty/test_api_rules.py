"""Earning rules, what waits, and quotes by rules over the API."""

import pytest

from customers.actions import timeline
from customers.models import Verb
from integrations.scopes import Scope
from loyalty.actions import rules
from loyalty.models import EarningReview, Rule
from tests.factories import customers
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, multiply, rule, when

pytestmark = pytest.mark.django_db
RULES, EARNINGS, QUOTES = "/api/v1/rules/", "/api/v1/earnings/", "/api/v1/quotes/"
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture(autouse=True)
def _programme(db):
    programme(currency="EUR")


@pytest.fixture
def other() -> Caller:
    return Caller(Scope.RULES_READ, Scope.RULES_WRITE, Scope.POINTS_READ)


def test_a_rule_is_drafted_changed_begun_followed_and_ended(other):
    made = other.send(RULES, {"name": "Double", "says": multiply("2")})
    assert made.status_code == 201
    address = f"{RULES}{made.json()['id']}/"
    changed = other.patch(address, {"says": multiply("3")}).json()
    assert changed["versions"][0] | {"says": None} == {
        "number": 1,
        "says": None,
        "sentence": "A purchase earns 3 times the points.",
        "begins_at": None,
        "ends_at": None,
    }

    begun = other.send(f"{address}beginning/").json()
    assert begun["versions"][0]["begins_at"] is not None
    other.patch(address, {"name": "More", "says": multiply("5")})
    shown = other.get(address).json()
    assert (shown["name"], [each["number"] for each in shown["versions"]]) == ("More", [2, 1])
    assert other.send(f"{address}ending/").status_code == 201
    assert [row["id"] for row in other.get(RULES).json()["results"]] == [shown["id"]]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"name": "x", "says": {}}, "unknown"),
        ({"name": "x", "says": multiply("0.5")}, "wrong_value"),
        ({"name": "taken", "says": multiply("2")}, "name_taken"),
        ({"name": "x"}, "required"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wish, code, other):
    rules.draft("Taken", multiply("2"))

    assert codes(other.send(RULES, wish)) == [code]
    assert Rule.objects.count() == 1


def test_beginning_is_refused_where_it_cannot_be(other):
    made = rules.draft("Double", multiply("2")).rule_id

    assert codes(other.send(f"{RULES}{made}/beginning/", {"begins_at": "2020-01-01T00:00:00Z"})) == [
        "begins_in_the_past"
    ]
    assert codes(other.send(f"{RULES}{made}/ending/")) == ["not_live"]


def test_what_waits_is_listed_given_and_refused(other):
    rule(fixed(20, on="photo_shared", review=True), name="Photo")
    customer = customers.customer(number="C-1")
    for key in ("one", "two"):
        rules.earn_for_fact(timeline.record(customer, Verb.PHOTO_SHARED, at=NOW, key=key))
    first, second = other.get(EARNINGS).json()["results"]
    assert (first["customer"], first["rule"], first["points"], first["state"]) == ("C-1", "Photo", 20, "waiting")

    assert other.send(f"{EARNINGS}{first['id']}/decision/", {"approve": True}).json()["state"] == "approved"
    decision = f"{EARNINGS}{second['id']}/decision/"
    assert codes(other.send(decision, {"approve": False})) == ["reason_missing"]
    assert other.send(decision, {"approve": False, "reason": "blurred"}).json()["state"] == "declined"
    assert codes(other.send(decision, {"approve": True})) == ["not_waiting"]

    assert buckets(customer)[1] == 20
    assert other.get(EARNINGS).json()["results"] == []


def test_a_quote_has_its_steps_what_is_missing_and_a_sentence_in_the_language(other):
    rule(multiply("2", when("category", "tea")), name="Tea")
    rule(fixed(50, when("amount", 5_000)), name="Big")
    lines = [{"unit_price": 1_000, "quantity": 2, "category": "Tea"}, {"unit_price": 500}]

    quoted = other.post(QUOTES, {"currency": "EUR", "lines": lines, "language": "en"}).json()

    assert quoted["points"] == 25 + 20
    assert [step["what"] for step in quoted["steps"]] == ["Base rate", "Tea", "Together"]
    assert quoted["missing"] == {"amount": 2_500, "points": 50, "rule": "Big", "of_these": False}
    assert quoted["text"] == "This brings 45 points. 25.00 EUR more bring another 50 points."


def test_a_quote_for_a_customer_knows_the_customer(other):
    customers.customer(number="C-1")
    rule(fixed(9, when("nth", 1)))
    basket = {"currency": "EUR", "goods": 1_000}

    assert other.post(QUOTES, basket | {"customer": "C-1"}).json()["points"] == 19
    assert other.post(QUOTES, basket).json()["points"] == 10
    assert other.post(QUOTES, basket | {"customer": "nobody"}).status_code == 404


def test_reading_scopes_do_not_write_and_others_do_not_read():
    made = rule(fixed(20, on="photo_shared", review=True))
    rules.earn_for_fact(timeline.record(customers.customer(), Verb.PHOTO_SHARED, at=NOW))
    waiting = EarningReview.objects.get()
    reader, stranger = Caller(Scope.RULES_READ), Caller(Scope.POINTS_READ)

    assert reader.get(f"{RULES}{made.pk}/").status_code == 200
    assert reader.send(RULES, {"name": "x", "says": multiply("2")}).status_code == 403
    for address in (f"{RULES}{made.pk}/beginning/", f"{RULES}{made.pk}/ending/", f"{EARNINGS}{waiting.pk}/decision/"):
        assert reader.send(address, {"approve": True}).status_code == 403
    assert stranger.get(RULES).status_code == 403
    assert stranger.get(EARNINGS).status_code == 403
