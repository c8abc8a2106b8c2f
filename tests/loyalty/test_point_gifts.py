"""Points given to another customer, within limits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.scopes import Scope
from loyalty.actions import closures, erasure, merging, point_gifts, points, wallets
from loyalty.actions.point_gifts import GiftDecided, GiftLimit
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints, WalletFrozen
from loyalty.actions.transfers import SameWallet
from loyalty.models import PointGift
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, on, programme
from tests.loyalty.test_concurrency import waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    programme(gift_smallest=10, gift_daily=100, gift_monthly=150)
    ada, ben = make(number="A"), make(number="B")
    points.grant(ada, 1000, reason="start", at=on("2026-01-01"))
    return ada, ben


def refused(ada, many, to, day):
    with pytest.raises(GiftLimit) as refusal:
        point_gifts.give(ada, many, to=to, at=day)
    return refusal.value.code, refusal.value.params.get("left")


def test_limits_are_by_the_gift_the_day_and_the_month_of_the_programme(two):
    ada, ben = two
    programme(gift_smallest=10, gift_daily=100, gift_monthly=150, zone="Asia/Seoul")

    assert refused(ada, 9, ben, on("2026-03-30")) == ("gift_too_small", None)
    point_gifts.give(ada, 60, to=ben, at=on("2026-03-30", "14:59:59"))
    assert refused(ada, 41, ben, on("2026-03-30", "14:59:59")) == ("daily_limit", 40)
    point_gifts.give(ada, 90, to=ben, at=on("2026-03-30", "15:00:00"))
    assert refused(ada, 10, ben, on("2026-03-31", "14:59:59")) == ("monthly_limit", 0)
    point_gifts.give(ada, 10, to=ben, at=on("2026-03-31", "15:00:00"))

    assert (buckets(ada), buckets(ben)) == ((0, 840, 0, 0), (0, 160, 0, 0))


def test_a_gift_that_waits_takes_nothing_yet_and_counts_for_the_limits(two):
    ada, ben = two
    programme(gift_smallest=10, gift_daily=100, gift_confirmed=True)
    day = on("2026-03-30")

    gift = point_gifts.give(ada, 80, to=ben, key="k", at=day)
    assert point_gifts.give(ada, 80, to=ben, key="k", at=day) == gift
    with pytest.raises(IdempotencyConflict):
        point_gifts.give(ada, 81, to=ben, key="k", at=day)
    assert (gift.status, buckets(ada)) == ("waiting", (0, 1000, 0, 0))
    assert refused(ada, 21, ben, day) == ("daily_limit", 20)
    point_gifts.decline(gift, at=day)
    second = point_gifts.give(ada, 100, to=ben, at=day)
    point_gifts.confirm(second, at=day)

    with pytest.raises(GiftDecided):
        point_gifts.confirm(second)
    with pytest.raises(GiftDecided):
        point_gifts.confirm(gift)
    assert (buckets(ada), buckets(ben)) == ((0, 900, 0, 0), (0, 100, 0, 0))


def test_a_gift_needs_points_two_people_and_open_wallets(two):
    ada, ben = two

    with pytest.raises(SameWallet):
        point_gifts.give(ada, 10, to=ada)
    with pytest.raises(InsufficientPoints):
        point_gifts.give(ben, 10, to=ada)
    wallets.freeze(ben, reason="odd")
    with pytest.raises(WalletFrozen):
        point_gifts.give(ada, 10, to=ben)
    assert not PointGift.objects.exists()


def test_gifts_follow_a_merge_and_end_with_an_erasure(two, manager):
    ada, ben = two
    programme(gift_confirmed=True)
    cleo, dan = make(), make()
    between = point_gifts.give(ada, 10, to=cleo)
    kept = point_gifts.give(ada, 10, to=ben)
    other = point_gifts.give(ada, 10, to=dan)

    merging.merge(cleo, into=ada, by=manager)
    merging.merge(ben, into=dan, by=manager)
    for gift in (between, kept, other):
        gift.refresh_from_db()
    assert (between.status, kept.taker, other.status) == ("declined", dan, "waiting")

    erasure.erase(dan, by=manager)
    assert set(PointGift.objects.values_list("status", flat=True)) == {"declined"}


@pytest.mark.django_db(transaction=True)
def test_many_gifts_at_once_keep_the_limit():
    programme(gift_daily=100)
    ada, others = make(), [make() for _ in range(8)]
    points.grant(ada, 1000, reason="start")

    def give(to):
        try:
            point_gifts.give(ada, 40, to=to)
        except GiftLimit:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(give, others)) == 2

    assert buckets(ada) == (0, 920, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_who_confirms_a_gift_waits_for_who_closes_its_givers_wallet():
    rules = programme(gift_confirmed=True)
    ada, ben = make(), make()
    points.grant(ada, 100, reason="start")
    gift = point_gifts.give(ada, 40, to=ben)
    backend = []

    def confirm():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            point_gifts.confirm(gift)
        except GiftDecided as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as hand:
        with transaction.atomic():
            wallets.locked(ada.pk, programme=rules, at=timezone.now())
            waiting = hand.submit(confirm)
            while not (waiting.done() or (backend and waits(backend[0]))):
                pass
            closures.close(ada, reason="moved away")
        assert waiting.result() == "already_decided"

    assert (buckets(ada), buckets(ben)) == ((0, 0, 0, 0), (0, 0, 0, 0))


def test_gifts_over_the_api(two):
    programme(gift_smallest=10, gift_daily=100, gift_confirmed=True)
    shop = Caller(Scope.POINTS_TRANSFER, Scope.POINTS_READ)

    waits = shop.send("/api/v1/customers/A/point-gifts/", {"to": "B", "points": 60})
    done = shop.send(f"/api/v1/point-gifts/{waits.json()['id']}/confirmation/")
    more = shop.send("/api/v1/customers/A/point-gifts/", {"to": "B", "points": 60})
    late = shop.send(f"/api/v1/point-gifts/{waits.json()['id']}/refusal/")

    assert (waits.status_code, waits.json()["status"]) == (202, "waiting")
    assert (done.status_code, done.json()["status"]) == (201, "given")
    assert (codes(more), codes(late)) == (["daily_limit"], ["already_decided"])
    assert Caller(Scope.POINTS_READ).send("/api/v1/customers/A/point-gifts/", {}).status_code == 403
