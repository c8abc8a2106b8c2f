import pytest
from django.core.cache import cache

from loyalty import codes
from loyalty.actions import guesses, rewards, vouchers
from loyalty.actions.guesses import TooManyGuesses
from loyalty.actions.vouchers import UnknownVoucher
from tests.factories import customers
from tests.factories.loyalty import programme, reward

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()
    programme()


def wrong(times, **who):
    for _ in range(times):
        with pytest.raises(UnknownVoucher):
            guesses.find(codes.new_code(), **who)


@pytest.fixture
def code():
    claim = rewards.issue(reward(kind="voucher"), to=customers.customer(), reason="gift", key="g")
    return vouchers.code_of(claim.voucher)


def test_a_client_who_guesses_is_not_answered_for_a_while_and_others_are(code):
    wrong(10, caller=1, client="a")

    with pytest.raises(TooManyGuesses):
        guesses.find(code, caller=1, client="a")

    assert guesses.find(code, caller=1, client="b").name == "Tea"
    assert guesses.find(code, caller=2, client="a").name == "Tea"


def test_right_codes_are_not_counted(code):
    for _ in range(20):
        guesses.find(code, caller=1, client="a")


def test_a_caller_who_names_nobody_has_a_limit_too(code, monkeypatch):
    monkeypatch.setitem(guesses.MOST, "caller", 5)
    wrong(5, caller=1)

    with pytest.raises(TooManyGuesses):
        guesses.find(code, caller=1)


def test_without_the_cache_nobody_is_shut_out(code, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    wrong(12, caller=1, client="a")

    assert guesses.find(code, caller=1, client="a").name == "Tea"
