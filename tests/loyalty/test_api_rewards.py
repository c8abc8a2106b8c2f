"""Rewards, vouchers, stamps and paying with points over the API."""

import pytest
from django.core.cache import cache

from integrations.models import Reply
from integrations.scopes import Scope
from integrations.throttling import Rate
from loyalty import codes as voucher_codes
from loyalty.actions import claims, points, rewards, stamps, vouchers
from loyalty.models import Claim, Voucher, VoucherUse
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import buckets, programme, reward, stamp_card
from tests.factories.purchases import line, purchase, source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules():
    Rate._shares.clear()
    cache.clear()
    source()
    programme(pay_points=1, pay_money=1)


@pytest.fixture
def shop() -> Caller:
    return Caller(secret=token(name="Web shop").secret)


@pytest.fixture
def grace():
    made = customer(number="C-7")
    points.grant(made, 500, reason="start")
    return made


def of(what: str, number: str = "C-7") -> str:
    return f"/api/v1/customers/{number}/{what}/"


def at(voucher: str, what: str = "") -> str:
    return f"/api/v1/vouchers/{voucher}/{what}"


def gift(one, **fields) -> str:
    """The code of a voucher that the customer has."""
    made = reward(**{"kind": "voucher"} | fields)
    return vouchers.code_of(rewards.issue(made, to=one, reason="gift", key=f"g:{made.code}").voucher)


def test_the_catalogue_shows_what_is_offered(shop):
    reward("a")
    reward("b", status="draft")
    reward("c", listed=False)

    listed = shop.get("/api/v1/rewards/").json()["results"]

    assert [(row["code"], row["points"], row["kind"]) for row in listed] == [("a", 100, "product")]
    assert shop.get("/api/v1/rewards/b/").json()["status"] == "draft"
    assert shop.get("/api/v1/rewards/z/").status_code == 404


def test_what_one_can_have_and_what_is_missing_for_the_rest(shop, grace):
    reward("a")
    reward("b", points=620, stock=0)

    answer = shop.get(of("rewards")).json()

    rows = [
        (row["reward"]["code"], row["can_have"], row["missing_points"], [one["code"] for one in row["reasons"]])
        for row in answer["results"]
    ]
    assert (answer["available"], rows) == (
        500,
        [("a", True, 0, []), ("b", False, 120, ["out_of_stock", "missing_points"])],
    )
    assert answer["results"][1]["reasons"][1]["params"] == {"price": 620, "available": 500, "missing": 120}


def test_a_reward_is_taken_at_once_and_the_code_is_in_the_answer(shop, grace):
    reward("five", kind="voucher")

    answer = shop.send(of("claims"), {"reward": "five"})

    assert answer.status_code == 201, answer.content
    voucher = Voucher.objects.get()
    assert answer.json()["voucher"]["code"] == vouchers.code_of(voucher)
    assert (answer.json()["status"], buckets(grace)) == ("done", (0, 400, 0, 0))
    again = shop.get(f"/api/v1/claims/{answer.json()['id']}/").json()
    assert again["voucher"]["code"] == f"…{voucher.ending}"
    [kept] = Reply.objects.filter(sealed=True)
    assert vouchers.code_of(voucher) not in kept.body


def test_a_repeated_request_takes_nothing_more_and_answers_the_same(shop, grace):
    reward("five", kind="voucher")

    answers = [shop.send(of("claims"), {"reward": "five"}, key="once").json() for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert Claim.objects.count() == 1


def test_every_reason_against_a_reward_is_answered(shop, grace):
    reward("far", points=620, stock=0, tiers=["gold"])

    answer = shop.send(of("claims"), {"reward": "far"})

    assert answer.status_code == 400
    assert codes(answer) == ["out_of_stock", "not_your_tier", "missing_points"]
    assert answer.json()["errors"][2]["params"]["missing"] == 120
    assert codes(shop.send(of("claims"), {"reward": "nothing"})) == ["not_found"]


def test_a_hold_is_captured_or_released(shop, grace):
    reward("a", money=500)
    held = [shop.send(of("claims"), {"reward": "a", "hold": True}).json() for _ in range(2)]
    assert (held[0]["status"], held[0]["money"], buckets(grace)) == ("held", 500, (0, 300, 200, 0))

    paid = shop.send(f"/api/v1/claims/{held[0]['id']}/capture/").json()
    released = shop.send(f"/api/v1/claims/{held[1]['id']}/void/", {"reason": "card refused"}).json()

    assert (paid["status"], released["status"], buckets(grace)) == ("waiting", "voided", (0, 400, 0, 0))
    done = shop.send(f"/api/v1/claims/{held[0]['id']}/fulfilment/").json()
    cancelled = shop.send(f"/api/v1/claims/{held[0]['id']}/cancellation/", {"reason": "broken"}).json()
    assert (done["status"], cancelled["status"], buckets(grace)) == ("done", "cancelled", (0, 500, 0, 0))
    assert codes(shop.send(f"/api/v1/claims/{held[1]['id']}/capture/")) == ["wrong_state"]
    assert shop.send("/api/v1/claims/999999/capture/").status_code == 404


def test_what_was_taken_is_listed_with_as_many_queries_for_three_as_for_one(
    shop, grace, django_assert_max_num_queries
):
    made = reward("a", points=1)
    claims.take(grace, made)
    shop.get(of("claims"))
    with django_assert_max_num_queries(30) as one:
        first = shop.get(of("claims")).json()["results"]
    for _ in range(2):
        claims.take(grace, made)
    shop.get(of("claims"))
    with django_assert_max_num_queries(30) as three:
        assert len(shop.get(of("claims")).json()["results"]) == 3

    assert [(row["reward"], row["points"], row["status"]) for row in first] == [("a", 1, "waiting")]
    assert len(one) == len(three)


def test_rewards_are_given_to_many_once_for_an_occasion(shop, grace):
    customer(number="C-8")
    reward("five", kind="voucher", stock=1)
    wish = {"customers": ["C-7", "C-8", "C-0"], "occasion": "birthday 2026", "reason": "Birthday"}

    first = shop.send("/api/v1/rewards/five/gifts/", wish)
    again = shop.send("/api/v1/rewards/five/gifts/", wish)

    rows = [(row["customer"], row["given"], [one["code"] for one in row["errors"]]) for row in first.json()["results"]]
    assert rows == [("C-7", True, []), ("C-8", False, ["out_of_stock"]), ("C-0", False, ["unknown_customer"])]
    assert (first.status_code, again.status_code, Voucher.objects.count()) == (201, 200, 1)


def test_a_voucher_is_checked_and_used_once_for_an_order(shop, grace):
    code = gift(grace)

    check = shop.get(at(code), {"customer": "C-7", "goods": 300}).json()
    used = shop.send(at(code.lower(), "redemptions/"), {"reference": "O-1", "customer": "C-7", "goods": 300})
    again = shop.send(at(code, "redemptions/"), {"reference": "O-1", "customer": "C-7", "goods": 300})
    other = shop.send(at(code, "redemptions/"), {"reference": "O-2", "customer": "C-7", "goods": 300})

    assert (check["usable"], check["takes_off"], check["reasons"]) == (True, 300, [])
    assert (used.status_code, used.json()["taken_off"]) == (201, 300)
    assert again.json()["id"] == used.json()["id"]
    assert (other.status_code, codes(other)) == (400, ["voucher_used"])
    assert VoucherUse.objects.count() == 1


def test_a_check_says_everything_that_stands_against_it(shop, grace):
    code = gift(grace)

    check = shop.get(at(code), {"customer": customer().number, "currency": "USD"}).json()

    assert (check["usable"], [one["code"] for one in check["reasons"]]) == (False, ["not_theirs", "other_currency"])
    assert codes(shop.get(at(code), {"goods": "much"})) == ["invalid"]


def test_a_voucher_is_released_passed_on_and_revoked(shop, grace):
    friend = customer(number="C-8")
    code = gift(grace, bound=False)
    shop.send(at(code, "redemptions/"), {"reference": "O-1"})

    released = shop.send(at(code, "release/"), {"reference": "O-1"}).json()
    passed = shop.send(at(code, "transfer/"), {"customer": "C-8"}).json()
    revoked = shop.send(at(code, "revocation/"), {"reason": "stolen"}).json()

    assert (released["uses"], passed["customer"], revoked["status"]) == (0, friend.number, "revoked")
    assert codes(shop.send(at(code, "redemptions/"), {"reference": "O-2"})) == ["voucher_revoked"]


def test_who_guesses_codes_is_not_answered_for_a_while(shop, grace):
    code = gift(grace)
    for _ in range(10):
        assert shop.get(at(voucher_codes.new_code()), {"client": "1.2.3.4"}).status_code == 404

    refused = shop.get(at(code), {"client": "1.2.3.4"})

    assert (refused.status_code, codes(refused)) == (429, ["too_many_guesses"])
    assert shop.get(at(code), {"client": "5.6.7.8"}).status_code == 200
    body = {"reference": "O-1", "customer": "C-7", "client": "1.2.3.4"}
    assert shop.send(at(code, "redemptions/"), body).status_code == 429


def test_a_customers_vouchers_show_the_end_of_their_codes(grace):
    code = gift(grace)

    [row] = Caller(Scope.REWARDS_READ).get(of("vouchers")).json()["results"]

    assert (row["ending"], row["left"], row["status"]) == (code[-4:], 500, "open")
    assert code not in str(row)


def test_whole_codes_are_for_who_may_see_them(grace):
    code = gift(grace)

    [row] = Caller(Scope.REWARDS_READ, Scope.VOUCHERS_REVEAL).get(of("vouchers")).json()["results"]

    assert row["code"] == code
    assert Caller(Scope.VOUCHERS_REVEAL).get(of("vouchers")).status_code == 403


def test_stamps(shop, grace):
    stamp_card(reward("free", kind="voucher"))
    purchase(grace, lines=(line(700, quantity=7),))
    stamps.count([grace.pk])

    [row] = shop.get(of("stamps")).json()["results"]

    assert (row["stamps"], row["of"], row["missing"], row["full"]) == (2, 5, 3, 1)


def test_an_order_is_paid_with_points_to_the_exact_amount_and_half_comes_back(shop, grace):  # E10
    points.grant(grace, 2000, reason="more")
    payable = shop.get(of("payable"), {"goods": 10000, "currency": "EUR"}).json()
    assert payable == {"payable": 10000, "money": 2500, "points": 2500, "available": 2500, "missing": 7500}

    wish = {"money": 2000, "goods": 10000, "currency": "EUR", "reference": "O-1"}
    held = shop.send(of("payments"), wish).json()
    order = {
        "source": "shop",
        "number": "O-1",
        "customer": "C-7",
        "at": "2026-03-02T10:00:00Z",
        "currency": "EUR",
        "redemption": held["id"],
        "lines": [{"quantity": 2, "unit_price": 5000, "product": "tea"}],
    }
    assert codes(shop.send("/api/v1/purchases/", order | {"points_paid": 1999})) == ["paid_otherwise"]
    assert shop.send("/api/v1/purchases/", order | {"points_paid": 2000}).status_code == 201
    shop.send(f"/api/v1/redemptions/{held['id']}/capture/")
    back = shop.send("/api/v1/purchases/O-1/returns/", {"lines": [{"position": 1, "quantity": 1}]}).json()

    assert (back["refund_in_money"], back["refund_in_points"], back["points_restored"]) == (4000, 1000, 1000)
    assert buckets(grace) == (0, 500 + 1000 + 40, 0, 0)


def test_points_do_not_pay_more_than_the_basket(shop, grace):
    wish = {"money": 501, "goods": 500, "currency": "EUR", "reference": "O-1"}

    assert codes(shop.send(of("payments"), wish)) == ["more_than_payable"]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/api/v1/rewards/", Scope.REWARDS_READ),
        ("get", of("rewards"), Scope.REWARDS_READ),
        ("get", of("claims"), Scope.REWARDS_READ),
        ("get", of("vouchers"), Scope.REWARDS_READ),
        ("get", of("stamps"), Scope.REWARDS_READ),
        ("get", of("payable"), Scope.POINTS_READ),
        ("post", of("payments"), Scope.POINTS_REDEEM),
        ("post", of("claims"), Scope.REWARDS_REDEEM),
        ("post", "/api/v1/rewards/a/gifts/", Scope.REWARDS_ISSUE),
        ("post", "/api/v1/claims/1/capture/", Scope.REWARDS_REDEEM),
        ("post", "/api/v1/claims/1/void/", Scope.REWARDS_REDEEM),
        ("post", "/api/v1/claims/1/fulfilment/", Scope.REWARDS_REDEEM),
        ("post", "/api/v1/claims/1/cancellation/", Scope.REWARDS_REDEEM),
        ("get", at("X"), Scope.REWARDS_READ),
        ("post", at("X", "redemptions/"), Scope.VOUCHERS_USE),
        ("post", at("X", "release/"), Scope.VOUCHERS_USE),
        ("post", at("X", "transfer/"), Scope.VOUCHERS_USE),
        ("post", at("X", "revocation/"), Scope.VOUCHERS_REVOKE),
    ],
)
def test_each_address_is_closed_without_its_scope_and_open_with_it(grace, method, path, scope):
    def status(*scopes):
        caller = Caller(*scopes)
        return (caller.send(path) if method == "post" else caller.get(path)).status_code

    assert status(*(other for other in Scope if other != scope)) == 403
    assert status(scope) in (200, 400, 404)
