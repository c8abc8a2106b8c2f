"""Purchases, points, redemptions and quotes over the API."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Customer, Line, Purchase
from integrations.scopes import Scope
from integrations.throttling import Rate
from loyalty import queries
from loyalty.actions import merging, points
from loyalty.models import AdjustmentRequest, Transaction
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import programme
from tests.factories.purchases import purchase as purchased
from tests.factories.purchases import source

pytestmark = pytest.mark.django_db
PURCHASES, QUOTES = "/api/v1/purchases/", "/api/v1/quotes/"
AT = "2026-03-02T10:00:00Z"


@pytest.fixture(autouse=True)
def rules():
    Rate._shares.clear()
    source()
    programme()


@pytest.fixture
def shop() -> Caller:
    return Caller(secret=token(name="Web shop").secret)


@pytest.fixture
def grace() -> Customer:
    return customer(number="C-7")


def bought(number: str = "O-1", price: int = 1000, **changes) -> dict:
    lines = [{"quantity": 1, "unit_price": price, "product": "tea"}]
    return {
        "source": "shop",
        "number": number,
        "customer": "C-7",
        "at": AT,
        "currency": "EUR",
        "lines": lines,
    } | changes


def of(one: Customer, what: str) -> str:
    return f"/api/v1/customers/{one.number}/{what}/"


def rich(one: Customer, much: int = 500) -> Customer:
    points.grant(one, much, reason="welcome", key=f"welcome:{one.pk}")
    return one


# --- purchases


def test_a_purchase_is_recorded_and_answers_with_its_points(shop, grace):
    answer = shop.send(PURCHASES, bought(price=4995))

    assert answer.status_code == 201, answer.content
    [row] = answer.json()["results"]
    earned = Transaction.objects.get()
    assert row == {
        "index": 0,
        "source": "shop",
        "number": "O-1",
        "created": True,
        "points": 49,
        "transaction": earned.pk,
        "errors": [],
    }
    assert queries.balance(grace).available == 49
    assert str(Purchase.objects.get().by) == "Web shop"


def test_a_purchase_sent_again_under_a_new_key_earns_nothing_more(shop, grace):
    shop.send(PURCHASES, bought())
    again = shop.send(PURCHASES, bought())

    assert again.status_code == 200
    assert (again.json()["results"][0]["created"], again.json()["results"][0]["points"]) == (False, 10)
    assert (Purchase.objects.count(), queries.balance(grace).available) == (1, 10)


def test_a_purchase_under_a_number_with_other_content_is_refused(shop, grace):
    shop.send(PURCHASES, bought())

    assert codes(shop.send(PURCHASES, bought(price=2000))) == ["duplicate_number"]


def test_a_purchase_that_is_not_whole_names_every_place(shop, grace):
    wish = bought(lines=[{"quantity": "two", "unit_price": 5}, {"unit_price": None}, 7], shipping=1.5, at="yesterday")
    del wish["customer"]

    answer = shop.send(PURCHASES, wish)

    assert answer.status_code == 400
    assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
        ("customer", "required"),
        ("at", "invalid"),
        ("shipping", "invalid"),
        ("lines.0.quantity", "invalid"),
        ("lines.1.quantity", "required"),
        ("lines.1.unit_price", "required"),
        ("lines.2", "invalid"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer": "nobody"}, "unknown_customer"),
        ({"source": "nowhere"}, "unknown_source"),
        ({"lines": []}, "lines_missing"),
        ({"currency": "euro"}, "currency_unknown"),
        ({"gift_card": 99_999}, "paid_too_much"),
        ({"redemption": 999}, "unknown_redemption"),
        ({"number": ""}, "number_missing"),
        ({"lines": [{"quantity": "1e400", "unit_price": 1}]}, "invalid"),
        ({"lines": [{"quantity": "NaN", "unit_price": 1}]}, "invalid"),
        ({"shipping": 2**63}, "invalid"),
        ({"at": "2026-03-02T10:00:00"}, "invalid"),
        ({"at": 7}, "invalid"),
    ],
)
def test_a_single_purchase_that_cannot_be_is_a_400(shop, grace, changes, code):
    answer = shop.send(PURCHASES, bought(**changes))

    assert (answer.status_code, codes(answer)) == (400, [code])
    assert not Purchase.objects.exists()


def test_each_of_a_list_has_its_outcome_and_none_keeps_out_another(shop, grace):
    answer = shop.send(PURCHASES, [bought("O-1"), bought("O-2", customer="nobody"), bought("O-3", 2500)])

    rows = answer.json()["results"]
    assert [(row["index"], row["number"], row["created"], row["points"]) for row in rows] == [
        (0, "O-1", True, 10),
        (1, "O-2", False, 0),
        (2, "O-3", True, 25),
    ]
    assert [error["code"] for error in rows[1]["errors"]] == ["unknown_customer"]
    assert queries.balance(grace).available == 35


def test_the_errors_of_a_list_name_the_place_in_what_was_sent(shop, grace):
    shop.send(PURCHASES, bought("O-1"))
    wrong = [{"quantity": 1, "unit_price": 5}, {"quantity": 0, "unit_price": 5}]
    sent = [bought("O-1", 2000), bought("O-2", customer="nobody"), bought("O-3", lines=wrong, shipping=-1)]

    rows = shop.send(PURCHASES, sent).json()["results"]

    assert [[(error["field"], error["code"]) for error in row["errors"]] for row in rows] == [
        [("0.number", "duplicate_number")],
        [("1.customer", "unknown_customer")],
        [("2.lines.1.quantity", "quantity_not_positive"), ("2.shipping", "amount_negative")],
    ]
    assert shop.send(PURCHASES, sent[2]).json()["errors"][0]["field"] == "lines.1.quantity"


def test_an_item_that_cannot_be_read_keeps_out_no_other(shop, grace):
    sent = [
        bought("O-4"),
        bought("O-5", redemption=999),
        bought("O-6", chanel="web", at="today"),
        bought("O-7", lines=[{"quantity": 1, "unit_price": 5, "colour": "red"}]),
        7,
        bought("O-8"),
    ]

    answer = shop.send(PURCHASES, sent)

    rows = answer.json()["results"]
    assert answer.status_code == 201
    assert [(row["index"], row["number"], row["created"]) for row in rows] == [
        (0, "O-4", True),
        (1, "O-5", False),
        (2, "O-6", False),
        (3, "O-7", False),
        (4, "", False),
        (5, "O-8", True),
    ]
    assert [[(error["field"], error["code"]) for error in row["errors"]] for row in rows[1:5]] == [
        [("1.redemption", "unknown_redemption")],
        [("2.chanel", "unknown_field"), ("2.at", "invalid")],
        [("3.lines.0.colour", "unknown_field")],
        [("4", "invalid")],
    ]
    assert {one.number for one in Purchase.objects.all()} == {"O-4", "O-8"}
    assert shop.send(PURCHASES, [7]).status_code == 200


@pytest.mark.parametrize(("many", "code"), [(0, "required"), (1001, "too_many")])
def test_a_list_has_one_to_a_thousand(shop, many, code):
    assert codes(shop.send(PURCHASES, [bought(str(n)) for n in range(many)])) == [code]


def test_a_list_takes_the_same_statements_for_two_and_for_five(
    shop, grace, django_assert_max_num_queries, django_assert_num_queries
):
    shop.send(PURCHASES, [bought("first")])
    with django_assert_max_num_queries(60) as two:
        shop.send(PURCHASES, [bought(f"O-{n}") for n in range(2)])
    with django_assert_num_queries(len(two)):
        shop.send(PURCHASES, [bought(f"P-{n}") for n in range(5)])


def test_a_purchase_is_read_with_its_lines(shop, grace):
    shop.send(PURCHASES, bought(shipping=490))

    body = shop.get(f"{PURCHASES}O-1/").json()

    assert (body["customer"], body["goods"], body["shipping"]) == ("C-7", 1000, 490)
    assert [(line["position"], line["quantity"], line["amount"]) for line in body["lines"]] == [(1, "1.000", 1000)]


def test_a_number_of_two_sources_needs_the_source(shop, grace):
    source("till")
    for code in ("shop", "till"):
        shop.send(PURCHASES, bought(source=code))

    assert codes(shop.get(f"{PURCHASES}O-1/")) == ["source_needed"]
    assert shop.get(f"{PURCHASES}O-1/?source=till").json()["source"] == "till"
    assert shop.get(f"{PURCHASES}O-1/?source=none").status_code == 404


def test_what_comes_back_takes_its_points_along(shop, grace):
    shop.send(PURCHASES, bought(lines=[{"quantity": 3, "unit_price": 1000}, {"quantity": 1, "unit_price": 500}]))

    answer = shop.send(f"{PURCHASES}O-1/returns/", {"lines": [{"position": 1, "quantity": 2}], "reason": "too small"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["amount"], body["reason"], body["points_taken_back"]) == ("1", 2000, "too small", 20)
    assert queries.balance(grace).available == 15
    assert Line.objects.get(position=1).returned == 2


def test_no_more_comes_back_than_was_bought(shop, grace):
    shop.send(PURCHASES, bought())

    for lines in ([{"position": 1, "quantity": 2}], [{"position": 1, "quantity": 1}, {"position": 1, "quantity": 1}]):
        assert codes(shop.send(f"{PURCHASES}O-1/returns/", {"lines": lines})) == ["more_than_bought"]
    assert queries.balance(grace).available == 10


def test_a_cancelled_purchase_gives_all_its_points_back(shop, grace):
    shop.send(PURCHASES, bought())

    answer = shop.send(f"{PURCHASES}O-1/cancellation/")

    assert (answer.status_code, answer.json()["status"]) == (201, "cancelled")
    assert queries.balance(grace).available == 0
    assert codes(shop.send(f"{PURCHASES}O-1/cancellation/")) == ["wrong_state"]


def test_a_purchase_that_was_billed_again_is_cancelled_with_the_name_of_the_other(shop, grace):
    for number in ("O-1", "O-2", "O-3"):
        shop.send(PURCHASES, bought(number=number))
    purchased(customer(), number="O-9")

    def cancel(number, instead):
        return shop.send(f"{PURCHASES}{number}/cancellation/", {"rebilled_as": instead})

    for wrong in ("O-1", "O-9", "O-404"):  # itself, somebody else's, nobody's
        assert codes(cancel("O-1", wrong)) == ["not_billed_again"]
    assert shop.get(f"{PURCHASES}O-1/").json()["status"] == "standing"
    answer = cancel("O-1", "O-2").json()

    assert (answer["status"], answer["rebilled_as"]) == ("cancelled", "O-2")
    assert codes(cancel("O-3", "O-2")) == ["not_billed_again"]  # it stands in the place of another
    assert shop.get(f"{PURCHASES}O-2/").json()["rebilled_as"] is None


def test_a_purchase_paid_with_points_names_the_redemption_and_restores_it(shop, grace):
    rich(grace, 800)
    redemption = shop.send(of(grace, "redemptions"), {"points": 800}).json()["id"]
    shop.send(PURCHASES, bought(price=2000, points_paid=800, redemption=redemption))

    shop.send(f"{PURCHASES}O-1/returns/", {"lines": [{"position": 1, "quantity": 1}]})

    assert queries.balance(grace).available == 800


def test_of_two_shops_that_count_alike_the_one_that_was_paid_with_points_restores_them(shop, grace):
    rich(grace, 800)
    source("till")
    redemption = shop.send(of(grace, "redemptions"), {"points": 800}).json()["id"]
    paid = bought(price=2000, source="till", points_paid=800, redemption=redemption)
    shop.send(PURCHASES, [bought(), paid])

    shop.send(f"{PURCHASES}O-1/returns/?source=till", {"lines": [{"position": 1, "quantity": 1}]})

    assert queries.balance(grace).available == 800 + 10  # which the other purchase has earned


def test_a_redemption_pays_a_purchase_that_names_the_person_by_the_number_of_a_merged_record(shop, grace):
    before = customer(number="C-8")
    merging.merge(before, into=rich(grace))
    redemption = shop.send(of(before, "redemptions"), {"points": 500}).json()["id"]

    answer = shop.send(PURCHASES, bought(customer="C-8", points_paid=500, redemption=redemption))

    assert answer.status_code == 201
    assert Purchase.objects.get().customer == grace


def test_somebody_elses_redemption_pays_nothing(shop, grace):
    theirs = shop.send(of(rich(customer()), "redemptions"), {"points": 5}).json()["id"]

    assert codes(shop.send(PURCHASES, bought(redemption=theirs))) == ["unknown_redemption"]


# --- points


def test_points_are_shown_with_what_comes_next(shop, grace):
    programme(return_window_days=14, expiry_months=12)
    now = datetime.now(UTC)
    shop.send(PURCHASES, bought(price=5000, at=now.isoformat()))
    points.grant(grace, 70, reason="welcome", key="w", expires_at=now + timedelta(days=3))

    body = shop.get(of(grace, "points")).json()

    assert (body["customer"], body["pending"], body["available"], body["spendable"]) == ("C-7", 50, 70, 70)
    assert [dated["points"] for dated in body["next_activations"]] == [50]
    assert [dated["points"] for dated in body["next_expiries"]] == [70, 50]
    assert body["next_expiries"][0]["at"].endswith("Z")


def test_points_that_are_due_count_though_no_job_has_run(shop, grace):
    now = datetime.now(UTC)
    points.earn(grace, 40, at=now - timedelta(days=20), activates_at=now - timedelta(days=6), key="a")
    points.grant(grace, 5, reason="old", key="b", at=now - timedelta(days=9), expires_at=now - timedelta(days=1))

    body = shop.get(of(grace, "points")).json()

    assert (body["pending"], body["available"]) == (0, 40)


def test_somebody_without_points_has_none(shop, grace):
    body = shop.get(of(grace, "points")).json()

    assert (body["available"], body["debt"], body["next_expiries"]) == (0, 0, [])
    assert shop.get("/api/v1/customers/nobody/points/").status_code == 404


def test_points_are_found_under_the_number_from_before_a_merge(shop, grace):
    rich(grace)
    customer(number="C-2", status="merged", merged_into=grace, merged_at=datetime.now(UTC))

    assert shop.get("/api/v1/customers/C-2/points/").json()["available"] == 500


def test_points_take_two_queries(shop, grace, django_assert_num_queries):
    rich(grace)
    shop.get(of(grace, "points"))
    with django_assert_num_queries(2):  # the token, the points
        shop.get(of(grace, "points"))


def test_a_statement_is_read_page_by_page(shop, grace):
    for n in range(5):
        points.grant(grace, n + 1, reason="game", key=f"g{n}")

    first = shop.get(of(grace, "statement") + "?limit=2").json()
    second = shop.get(first["next"]).json()

    assert [row["sequence"] for row in first["results"]] == [5, 4]
    assert [(row["sequence"], row["available_after"]) for row in second["results"]] == [(3, 6), (2, 3)]
    assert shop.get(second["previous"]).json()["results"] == first["results"]


def test_a_statement_takes_the_same_queries_for_one_and_for_three(shop, grace, django_assert_num_queries):
    points.grant(grace, 1, reason="game", key="g")
    shop.get(of(grace, "statement"))
    with django_assert_num_queries(4):
        shop.get(of(grace, "statement"))
    for n in range(2):
        shop.send(PURCHASES, bought(f"O-{n}"))
    with django_assert_num_queries(4):
        assert len(shop.get(of(grace, "statement")).json()["results"]) == 3


# --- redemptions


def test_points_are_redeemed_at_once(shop, grace):
    rich(grace)

    answer = shop.send(of(grace, "redemptions"), {"points": 200, "reference": "voucher-1"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["kind"], body["available_after"], body["reference"]) == ("redeem", 300, "voucher-1")


def test_more_than_there_is_is_refused_and_the_key_may_be_used_again(shop, grace):
    refused = shop.send(of(grace, "redemptions"), {"points": 200}, key="one")

    assert (refused.status_code, codes(refused)) == (400, ["insufficient_points"])
    assert refused.json()["errors"][0]["params"] == {"wanted": 200, "available": 0, "missing": 200}
    rich(grace)
    assert shop.send(of(grace, "redemptions"), {"points": 200}, key="one").status_code == 201
    again = shop.send(of(grace, "redemptions"), {"points": 200}, key="one")
    assert again["Idempotency-Replayed"] == "true"
    assert queries.balance(grace).available == 300


def test_a_hold_is_captured_in_part_once(shop, grace):
    rich(grace)
    held = shop.send(of(grace, "redemptions"), {"points": 60, "hold": True}).json()
    assert (held["kind"], held["held_after"], held["available_after"]) == ("hold", 60, 440)

    captured = shop.send(f"/api/v1/redemptions/{held['id']}/capture/", {"points": 45})

    assert (captured.status_code, captured.json()["available_after"]) == (201, 455)
    assert codes(shop.send(f"/api/v1/redemptions/{held['id']}/void/")) == ["already_resolved"]


def test_a_hold_is_released(shop, grace):
    rich(grace)
    held = shop.send(of(grace, "redemptions"), {"points": 60, "hold": True}).json()["id"]

    assert shop.send(f"/api/v1/redemptions/{held}/void/").json()["available_after"] == 500


def test_a_redemption_is_given_back_and_says_where_it_came_from(shop, grace):
    shop.send(PURCHASES, bought(price=10_000))
    done = shop.send(of(grace, "redemptions"), {"points": 80}).json()["id"]

    shown = shop.get(f"/api/v1/redemptions/{done}/").json()
    assert [(part["points"], part["purchase"]) for part in shown["taken_from"]] == [(80, "O-1")]
    assert (
        shop.send(f"/api/v1/redemptions/{done}/reversal/", {"points": 30, "reason": "kind"}).json()["available_after"]
        == 50
    )
    over = shop.send(f"/api/v1/redemptions/{done}/reversal/", {"points": 51, "reason": "kind"})
    assert codes(over) == ["over_reversal"]


def test_only_redemptions_are_found_there(shop, grace):
    granted = points.grant(grace, 5, reason="x", key="x")

    for pk in (granted.pk, 10**17, "x"):
        assert shop.send(f"/api/v1/redemptions/{pk}/reversal/", {"reason": "x"}).status_code == 404


def test_an_adjustment_within_the_limit_is_done_and_above_it_waits(shop, grace):
    done = shop.send(of(grace, "adjustments"), {"points": 1000, "reason": "complaint"})
    waits = shop.send(of(grace, "adjustments"), {"points": 1001, "reason": "complaint"})

    assert (done.status_code, done.json()["status"]) == (201, "approved")
    assert (waits.status_code, waits.json()["status"], waits.json()["transaction"]) == (202, "waiting", None)
    assert queries.balance(grace).available == 1000
    assert {str(row.asked_by) for row in AdjustmentRequest.objects.all()} == {"Web shop"}


# --- two records of one person, and people who want to be forgotten


def test_a_merge_moves_the_points_and_the_old_number_finds_the_person(shop, grace):
    rich(grace, 100)
    rich(customer(number="C-8"), 50)

    answer = shop.send("/api/v1/customers/C-7/merge/", {"other": "C-8"})

    assert (answer.status_code, answer.json()) == (201, {"number": "C-7", "merged": "C-8"})
    assert shop.get("/api/v1/customers/C-8/points/").json()["available"] == 150
    assert codes(shop.send("/api/v1/customers/C-7/merge/", {"other": "C-8"})) == ["same_customer"]


def test_a_merge_is_refused_while_a_redemption_is_being_paid(shop, grace):
    shop.send(of(rich(grace), "redemptions"), {"points": 5, "hold": True})
    customer(number="C-8")

    assert codes(shop.send("/api/v1/customers/C-8/merge/", {"other": "C-7"})) == ["open_hold"]


def test_somebody_is_forgotten(shop, grace):
    rich(grace)

    answer = shop.send(of(grace, "erasure"), key="one")

    assert answer.status_code == 204
    assert shop.get("/api/v1/customers/C-7/").status_code == 404
    assert shop.get("/api/v1/customers/C-7/points/").status_code == 404
    assert shop.send(of(grace, "erasure"), key="one")["Idempotency-Replayed"] == "true"
    grace.refresh_from_db()
    assert (grace.status, grace.name) == ("erased", "")


# --- quotes


@pytest.mark.parametrize(
    "basket",
    [
        {"goods": 12_000, "gift_card": 2000, "points_paid": 1500},
        {"lines": [{"quantity": 2, "unit_price": "6500", "discount": 1000}], "gift_card": 2000, "points_paid": 1500},
    ],
)
def test_a_quote_says_what_the_purchase_would_earn_and_writes_nothing(shop, grace, basket):
    quoted = shop.post(QUOTES, {"currency": "EUR", **basket})

    assert quoted.status_code == 200
    assert quoted.json()["points"] == 85
    assert not Transaction.objects.exists()
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    ("basket", "fields"),
    [
        ({}, ["currency", "goods"]),
        ({"currency": "EUR", "goods": -1}, ["goods"]),
        ({"currency": "EUR", "lines": []}, ["lines"]),
        ({"currency": "EUR", "lines": [{"quantity": -1, "unit_price": 5}]}, ["lines.0.quantity"]),
        ({"currency": "EUR", "goods": "many", "at": "soon"}, ["goods", "at"]),
        ([], [None]),
    ],
)
def test_a_basket_that_makes_no_sense_is_refused(shop, basket, fields):
    answer = shop.post(QUOTES, basket)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.PURCHASES_READ, "post", PURCHASES),
        (Scope.PURCHASES_WRITE, "get", f"{PURCHASES}O-1/"),
        (Scope.PURCHASES_READ, "post", f"{PURCHASES}O-1/returns/"),
        (Scope.PURCHASES_READ, "post", f"{PURCHASES}O-1/cancellation/"),
        (Scope.CUSTOMERS_READ, "get", "/api/v1/customers/C-7/points/"),
        (Scope.CUSTOMERS_READ, "get", "/api/v1/customers/C-7/statement/"),
        (Scope.POINTS_READ, "post", "/api/v1/customers/C-7/redemptions/"),
        (Scope.POINTS_REDEEM, "post", "/api/v1/customers/C-7/adjustments/"),
        (Scope.POINTS_READ, "post", "/api/v1/redemptions/1/capture/"),
        (Scope.POINTS_READ, "post", "/api/v1/redemptions/1/void/"),
        (Scope.POINTS_READ, "post", "/api/v1/redemptions/1/reversal/"),
        (Scope.POINTS_REDEEM, "get", "/api/v1/redemptions/1/"),
        (Scope.PURCHASES_WRITE, "post", QUOTES),
        (Scope.CUSTOMERS_WRITE, "post", "/api/v1/customers/C-7/merge/"),
        (Scope.CUSTOMERS_WRITE, "post", "/api/v1/customers/C-7/erasure/"),
    ],
)
def test_without_its_scope_a_call_is_refused(scope, method, path):
    caller = Caller(scope)

    answer = caller.send(path) if method == "post" else caller.get(path)

    assert (answer.status_code, codes(answer)) == (403, ["permission_denied"])
