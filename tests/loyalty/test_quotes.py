"""What a product, a basket or the next purchase would earn, and what is missing to the next bonus."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.actions import profile, segments
from loyalty.actions import closures, earning, quotes, wallets
from loyalty.actions.quotes import Basket, Missing
from loyalty.models import Calculation, Promise, RuleAward
from loyalty.rules.matching import Item
from tests.factories import customers, purchases
from tests.factories.loyalty import on, programme
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture(autouse=True)
def _programme(db):
    programme(currency="EUR")


def basket(*amounts: int, **more) -> Basket:
    return Basket("EUR", items=tuple(Item(amount) for amount in amounts), at=NOW, **more)


def test_without_rules_the_base_rate_answers_without_a_query(django_assert_num_queries):
    quotes.ask(basket(1_000))

    with django_assert_num_queries(0):
        quote = quotes.ask(basket(4_995, gift_card=500))

    assert (quote.points, quote.steps, quote.missing, quote.text) == (44, [], None, "This brings 44 points.")
    assert quotes.ask(Basket("USD", 5_000)).points == 0
    assert quotes.ask(Basket("EUR", 5_000)).points == 50


def test_a_campaign_and_the_goods_of_a_basket_count_for_anybody(django_assert_num_queries):
    rule(multiply("2", when("category", "tea")), name="Tea")
    rule(multiply("3", when("tier", "gold")))
    rule(fixed(9, when("store", "Bonn"), caps=[{"per": "day", "times": 1}]))
    asked = Basket("EUR", items=(Item(1_000, category="Tea"), Item(500)), store="bonn", at=NOW)
    quotes.ask(asked)

    with django_assert_num_queries(0):
        quote = quotes.ask(asked)

    assert quote.points == 15 + 10 + 9
    assert [step.what for step in quote.steps][:2] == ["Base rate", "Tea"]


def test_a_customer_is_answered_with_their_tier_segments_caps_and_number_of_the_purchase():
    customer = customers.customer(country="DE")
    home = {"groups": [{"conditions": [{"field": "country", "how": "in", "values": ["DE"]}]}]}
    segment = segments.make("Home", home)
    rule(fixed(1, when("tier", "gold")))
    rule(fixed(2, when("segment", segment.pk)))
    rule(fixed(4, when("nth", 2)))
    rule(fixed(8, caps=[{"per": "day", "times": 1}]))
    rule(fixed(16, when("above_average", "customer", 100)))
    earning.record_purchase(purchases.order(customer, 1_000, at=NOW))
    profile.show_tiers([(customer.pk, "gold")])

    assert quotes.ask(basket(2_000), customer=customer).points == 20 + 1 + 2 + 4 + 16
    assert quotes.ask(basket(1_000), customer=customer).points == 10 + 1 + 2 + 4
    assert quotes.ask(basket(2_000)).points == 20 + 8


def test_a_promised_bonus_is_part_of_the_next_purchase_and_stays_promised():
    customer = customers.customer()
    rule(said({"kind": "next", "factor": "2", "days": 9}, when("amount", 5_000)), name="Come back")
    earning.record_purchase(purchases.order(customer, 5_000, at=NOW))
    later = Basket("EUR", 1_000, at=NOW + timedelta(days=1))

    for _ in range(2):
        assert quotes.ask(later, customer=customer).points == 20
    assert Promise.objects.get().kept_by is None


def test_the_quote_is_what_the_purchase_then_earns():
    customer = customers.customer()
    rule(multiply("7/3", when("nth", 1)))
    rule(limit(caps=[{"per": "order", "points": 200}]))
    rule(fixed(50, when("amount", 3_000), budget=1_000))

    quote = quotes.ask(basket(3_333, 777), customer=customer)

    assert quote.points == earning.record_purchase(purchases.order(customer, 3_333, 777, at=NOW)).points


def test_what_is_missing_to_the_nearest_bonus_is_said():
    rule(fixed(50, when("amount", 5_000)), name="Big")
    rule(fixed(200, when("amount", 20_000)), name="Bigger")
    rule(multiply("2", when("category", "tea"), when("matched_amount", 2_000)), name="Tea")
    tea = Basket("EUR", items=(Item(1_500, category="tea"), Item(2_650)), at=NOW)

    quote = quotes.ask(tea)

    assert quote.missing == Missing(500, 20, "Tea", of_these=True)
    assert quote.text == "This brings 41 points. 5.00 EUR more of these goods bring another 20 points."
    other = quotes.ask(basket(4_150))
    assert other.missing == Missing(850, 50, "Big")
    assert other.text == "This brings 41 points. 8.50 EUR more bring another 50 points."
    assert quotes.ask(basket(5_000)).missing == Missing(15_000, 200, "Bigger")
    assert quotes.ask(basket(20_000)).missing is None


@pytest.mark.parametrize("stop", [wallets.freeze, closures.close])
@pytest.mark.parametrize("with_rules", [False, True])
def test_a_wallet_that_earns_nothing_is_told_so(stop, with_rules):
    if with_rules:
        rule(fixed(50, when("amount", 5_000)), name="Big")
    customer = customers.customer()
    assert quotes.ask(basket(4_150), customer=customer).points == 41

    stop(customer, reason="lost card")
    quote = quotes.ask(basket(4_150), customer=customer)

    assert (quote.points, quote.missing, quote.text, quote.stopped) == (0, None, "This brings 0 points.", True)


def test_it_is_said_in_the_language_of_the_shop():
    rule(fixed(1, when("amount", 5_000)), name="Big")
    rule(multiply("2", when("category", "tea"), when("matched_amount", 2_000)), name="Tea")
    tea = Basket("EUR", items=(Item(1_500, category="tea"), Item(2_650)), at=NOW)

    said = [[quotes.ask(each, language=code).text for each in (basket(4_150), tea)] for code in ("ko", "th", "xx")]

    assert said == [
        [
            "구매하시면 41포인트가 적립됩니다. 8.50 EUR 더 구매하시면 1포인트가 추가로 적립됩니다.",
            "구매하시면 41포인트가 적립됩니다. 이 상품을 5.00 EUR 더 구매하시면 20포인트가 추가로 적립됩니다.",
        ],
        [
            "ซื้อแล้วได้รับ 41 คะแนน ซื้อเพิ่มอีก 8.50 EUR รับเพิ่มอีก 1 คะแนน",
            "ซื้อแล้วได้รับ 41 คะแนน ซื้อสินค้าเหล่านี้เพิ่มอีก 5.00 EUR รับเพิ่มอีก 20 คะแนน",
        ],
        [
            "This brings 41 points. 8.50 EUR more bring another 1 point.",
            "This brings 41 points. 5.00 EUR more of these goods bring another 20 points.",
        ],
    ]


def test_nothing_is_said_to_be_missing_that_would_not_be_given():
    customer = customers.customer()
    rule(fixed(50, when("amount", 5_000), when("tier", "gold")))
    rule(fixed(50, when("amount", 5_000), caps=[{"per": "ever", "times": 1}]))
    earning.record_purchase(purchases.order(customer, 5_000, at=NOW))

    assert quotes.ask(basket(1_000), customer=customer).missing is None
    assert quotes.ask(basket(1_000)).missing.amount == 4_000


def test_nothing_is_written_and_nothing_is_locked():
    customer = customers.customer()
    rule(fixed(50, budget=60))

    with CaptureQueriesContext(connection) as queries:
        assert quotes.ask(basket(1_000), customer=customer).points == 60

    assert not [query for query in queries if "FOR" in query["sql"] and "UPDATE" in query["sql"]]
    assert not RuleAward.objects.exists()
    assert not Calculation.objects.exists()
