"""Referrals, receipts and reviews over the API."""

import base64

import pytest
from django.core.cache import cache

from integrations.scopes import Scope
from integrations.throttling import Rate
from loyalty.actions import contents, referrals
from loyalty.models import Referral, ReferralSignal, Submission
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes, token
from tests.factories.loyalty import on, programme
from tests.factories.pictures import photo
from tests.factories.referrals import bought, brought, rules

pytestmark = pytest.mark.django_db
LONG = "Keeps its taste to the last cup, and the tin closes so well that I use it on every trip."


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    Rate._shares.clear()
    cache.clear()
    programme()
    rules()


@pytest.fixture
def shop() -> Caller:
    return Caller(secret=token(name="Web shop").secret)


@pytest.fixture
def rosa():
    return customer(number="C-7")


def of(what: str, number: str = "C-7") -> str:
    return f"/api/v1/customers/{number}/{what}/"


def packed(sent: bytes) -> str:
    return base64.b64encode(sent).decode()


def test_a_customer_has_a_code_and_hears_what_it_brought(shop, rosa):
    first = shop.get(of("referral-code")).json()
    referral = brought(rosa)
    bought(referral.friend, 8000, "2026-01-10")

    waiting = shop.get(of("referral-code")).json()
    referrals.settle_due(at=on("2026-03-01"))
    rewarded = shop.get(of("referral-code")).json()

    assert first["link"] == f"https://shop.example/?friend={first['code']}"
    rows = [
        [each[name] for name in ("friends", "rewarded", "points", "pending_points")] for each in (waiting, rewarded)
    ]
    assert rows == [[1, 0, 0, 500], [1, 1, 500, 0]]
    assert (first["code"], first["left_this_month"]) == (rewarded["code"], 5)


def test_a_friend_comes_by_a_code_once(shop, rosa):
    customer(number="C-8")
    code = shop.get(of("referral-code")).json()["code"]
    wish = {"code": code, "at": "2026-01-05T00:00:00Z", "signals": {"device": "f00d"}}

    answers = [shop.send(of("referral", "C-8"), wish) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["referrer"] == "C-7"
    assert (Referral.objects.count(), ReferralSignal.objects.count()) == (1, 1)
    assert codes(shop.send(of("referral"), wish)) == ["self_referral"]
    assert codes(shop.send(of("referral"), {"code": "nobody"})) == ["unknown_code"]
    assert shop.send(of("referral-signals"), {"card": "beef"}).status_code == 204
    assert shop.get(of("referrals")).json()["results"][0]["friend"] == "C-8"


def test_friends_are_listed_with_as_many_queries_for_three_as_for_one(shop, rosa, django_assert_max_num_queries):
    brought(rosa)
    shop.get(of("referrals"))
    with django_assert_max_num_queries(30) as one:
        shop.get(of("referrals"))
    for _ in range(2):
        brought(rosa)
    shop.get(of("referrals"))
    with django_assert_max_num_queries(30) as three:
        assert len(shop.get(of("referrals")).json()["results"]) == 3

    assert len(one) == len(three)


def test_what_staff_wrote_about_a_friend_is_not_told(shop, rosa, marketer):
    referrals.note(rosa, {"device": "aa"})
    referral = brought(rosa, signals={"device": "aa"})
    bought(referral.friend, 8000, "2026-01-10")
    referrals.settle_due(at=on("2026-03-01"))
    referrals.decline(referral, reason="looks like his brother", by=marketer)

    [row] = shop.get(of("referrals")).json()["results"]

    assert (row["state"], row["reason"]) == ("refused", "declined")


def test_a_receipt_is_sent_and_its_fate_is_told(shop, rosa, agent):
    wish = {"picture": packed(photo()), "store": "Shop", "number": "17", "total": 1999}

    sent = shop.send(of("receipts"), wish, key="r1")
    again = shop.send(of("receipts"), wish, key="r1")

    assert (sent.status_code, sent.json()["state"]) == (201, "waiting"), sent.content
    assert again.json() == sent.json()
    assert codes(shop.send(of("receipts"), wish)) == ["duplicate_picture"]
    contents.refuse(Submission.objects.get(), reason="blurred", by=agent)
    [row] = shop.get(of("submissions")).json()["results"]
    assert (row["state"], row["reason"], row["total"]) == ("refused", "blurred", 1999)


@pytest.mark.parametrize("picture", ["", "no base64!", "PHN2Zz48L3N2Zz4="])
def test_what_is_no_picture_is_refused(shop, rosa, picture):
    answer = shop.send(of("receipts"), {"picture": picture})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "picture"


def test_reviews_photos_and_answers_are_sent(shop, rosa):
    wishes = [
        {"kind": "review", "subject": "tea-100", "text": LONG, "rating": 5},
        {"kind": "photo", "subject": "tea-100", "picture": packed(photo())},
        {"kind": "answer", "subject": "Q-1", "text": LONG},
    ]

    answers = [shop.send(of("contributions"), wish) for wish in wishes]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [row["kind"] for row in shop.get(of("submissions")).json()["results"]] == ["answer", "photo", "review"]
    assert codes(shop.send(of("contributions"), wishes[0] | {"subject": "tea-200"})) == ["duplicate_content"]
    assert codes(shop.send(of("contributions"), wishes[2] | {"text": "Yes."})) == ["too_short"]


@pytest.mark.parametrize(
    ("method", "what", "scope"),
    [
        ("get", "referral-code", Scope.REFERRALS),
        ("get", "referrals", Scope.REFERRALS),
        ("post", "referral", Scope.REFERRALS),
        ("post", "referral-signals", Scope.REFERRALS),
        ("post", "receipts", Scope.CONTENTS),
        ("post", "contributions", Scope.CONTENTS),
        ("get", "submissions", Scope.CONTENTS),
    ],
)
def test_each_is_closed_without_its_scope(rosa, method, what, scope):
    closed = Caller(*(each for each in Scope.values if each != scope))
    opened = Caller(scope)

    answers = [caller.get(of(what)) if method == "get" else caller.send(of(what)) for caller in (closed, opened)]

    assert answers[0].status_code == 403
    assert answers[1].status_code != 403
