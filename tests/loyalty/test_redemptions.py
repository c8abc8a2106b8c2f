import pytest

from loyalty import queries
from loyalty.actions import points, redemptions, wallets
from loyalty.actions.refusals import (
    AlreadyResolved,
    ExceedsHold,
    IdempotencyConflict,
    InsufficientPoints,
    NotThisKind,
    OverReversal,
    WalletFrozen,
)
from loyalty.models import Lot, Transaction, Transfer
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def lot(customer, amount, expires=None, earned="2025-12-01"):
    return points.grant(customer, amount, reason="lot", at=on(earned), expires_at=expires and on(expires))


def left():
    return list(Lot.objects.order_by("pk").values_list("available", flat=True))


def expired():
    return sum(Transfer.objects.filter(target="expired").values_list("points", flat=True))


def test_the_soonest_expiry_goes_first_and_the_rest_expires_lot_by_lot(customer):  # D1
    lot(customer, 100, "2026-01-31")
    lot(customer, 200, "2026-02-28")
    lot(customer, 50)

    redemptions.redeem(customer, 150, at=on("2026-01-10"))

    assert left() == [0, 150, 50]
    assert queries.balance(customer, at=on("2026-01-31")).available == 200
    assert queries.balance(customer, at=on("2026-02-28")).available == 50
    redemptions.redeem(customer, 1, at=on("2026-02-28"))
    assert (left(), expired()) == ([0, 0, 49], 150)


def test_expiry_beats_age(customer):  # D2
    lot(customer, 500, "2026-12-31", earned="2025-12-01")
    lot(customer, 80, "2026-02-28", earned="2025-12-15")

    redemptions.redeem(customer, 30, at=on("2026-01-10"))

    assert left() == [500, 50]


def test_of_one_expiry_the_oldest_goes_first_and_what_never_expires_goes_last(customer):
    lot(customer, 10)
    lot(customer, 10, "2026-06-30", earned="2025-12-15")
    lot(customer, 10, "2026-06-30", earned="2025-12-01")

    redemptions.redeem(customer, 15, at=on("2026-01-10"))

    assert left() == [10, 5, 0]


def test_more_lots_than_are_looked_at_first_are_reached(customer):
    for n in range(40):
        lot(customer, 1, f"2026-03-{1 + n % 28:02}")

    redemptions.redeem(customer, 35, at=on("2026-01-10"))

    assert sum(left()) == 5
    assert buckets(customer) == (0, 5, 0, 0)


def test_a_refund_goes_to_the_original_lots_and_a_lot_past_its_date_lapses_at_once(customer):  # D3
    lot(customer, 100, "2026-01-31")
    lot(customer, 200, "2026-06-30")
    redemption = redemptions.redeem(customer, 180, at=on("2026-01-20"))

    redemptions.reverse(redemption, reason="cancelled", at=on("2026-02-15"))

    assert (left(), expired()) == ([0, 200], 100)
    assert buckets(customer) == (0, 200, 0, 0)


def test_a_part_goes_back_to_the_lot_taken_last(customer):  # D4
    lot(customer, 100, "2026-03-31")
    lot(customer, 200, "2026-06-30")
    redemption = redemptions.redeem(customer, 180, at=on("2026-01-20"))

    redemptions.reverse(redemption, 100, reason="part", at=on("2026-02-15"))

    assert left() == [20, 200]


def test_more_than_is_left_cannot_be_reversed(customer):  # D6
    lot(customer, 300)
    redemption = redemptions.redeem(customer, 180, at=on("2026-01-20"))
    redemptions.reverse(redemption, 100, reason="part", at=on("2026-02-15"))

    with pytest.raises(OverReversal) as refusal:
        redemptions.reverse(redemption, 81, reason="part", at=on("2026-02-15"))

    assert refusal.value.params == {"wanted": 81, "left": 80}
    redemptions.reverse(redemption, 80, reason="part", at=on("2026-02-15"))
    assert buckets(customer) == (0, 300, 0, 0)


def test_a_reinstatement_window_gives_lapsed_points_some_days(customer):
    programme(reinstatement_days=7)
    lot(customer, 100, "2026-01-31")
    redemption = redemptions.redeem(customer, 100, at=on("2026-01-20"))

    redemptions.reverse(redemption, 60, reason="part", at=on("2026-02-15", "12:00:00"))
    redemptions.reverse(redemption, reason="rest", at=on("2026-02-15", "12:00:00"))

    assert queries.balance(customer, at=on("2026-02-22", "23:59:59")).available == 100
    assert queries.balance(customer, at=on("2026-02-23")).available == 0
    with pytest.raises(OverReversal):
        redemptions.reverse(redemption, 1, reason="again", at=on("2026-02-15", "12:00:00"))


def test_points_expire_at_the_beginning_of_the_day_in_the_programmes_zone(customer):  # D7
    programme(zone="Asia/Seoul", expiry_months=1)
    points.grant(customer, 10, reason="lot", at=on("2025-12-31", "03:00:00"))

    assert queries.balance(customer, at=on("2026-01-31", "14:59:59")).available == 10
    assert queries.balance(customer, at=on("2026-01-31", "15:00:00")).available == 0


def test_held_points_do_not_expire_and_can_still_be_captured(customer):  # D11
    lot(customer, 100, "2026-01-31")
    held = redemptions.hold(customer, 60, at=on("2026-01-30"))

    assert queries.balance(customer, at=on("2026-02-01")) == queries.Balance(held=60)
    redemptions.capture(held, at=on("2026-02-01"))

    assert buckets(customer) == (0, 0, 0, 0)
    assert expired() == 40


def test_a_released_hold_past_its_date_lapses_at_once(customer):
    lot(customer, 100, "2026-01-31")
    held = redemptions.hold(customer, 60, at=on("2026-01-30"))

    redemptions.void(held, at=on("2026-02-01"))

    assert (buckets(customer), expired()) == ((0, 0, 0, 0), 100)


def test_a_part_can_be_captured_and_the_hold_resolves_once(customer):  # D13
    lot(customer, 100)
    held = redemptions.hold(customer, 60, at=on("2026-01-10"))
    assert buckets(customer) == (0, 40, 60, 0)

    redemptions.capture(held, 45, at=on("2026-01-11"))

    assert buckets(customer) == (0, 55, 0, 0)
    for again in (redemptions.capture, redemptions.void):
        with pytest.raises(AlreadyResolved) as refusal:
            again(held, at=on("2026-01-12"))
        assert refusal.value.code == "already_resolved"


def test_more_than_is_held_cannot_be_captured(customer):
    lot(customer, 100)
    held = redemptions.hold(customer, 60, at=on("2026-01-10"))

    with pytest.raises(ExceedsHold):
        redemptions.capture(held, 61, at=on("2026-01-11"))

    assert buckets(customer) == (0, 40, 60, 0)


def test_capture_and_release_asked_again_with_their_key_answer_the_same(customer):
    lot(customer, 100)
    first, second = (redemptions.hold(customer, 30, at=on("2026-01-10")) for _ in range(2))

    captured = {redemptions.capture(first, key="c", at=on("2026-01-11")).pk for _ in range(3)}
    released = {redemptions.void(second, key="v", at=on("2026-01-11")).pk for _ in range(3)}

    assert (len(captured), len(released)) == (1, 1)
    with pytest.raises(IdempotencyConflict):
        redemptions.void(second, key="c", at=on("2026-01-11"))


def test_a_captured_hold_can_be_reversed_by_the_hold_itself(customer):
    lot(customer, 100)
    held = redemptions.hold(customer, 60, at=on("2026-01-10"))
    with pytest.raises(NotThisKind):
        redemptions.reverse(held, reason="too early")
    redemptions.capture(held, 50, at=on("2026-01-11"))

    redemptions.reverse(held, reason="cancelled", at=on("2026-01-12"))

    assert buckets(customer) == (0, 100, 0, 0)


def test_a_redemption_asked_twice_takes_once_and_more_than_there_is_is_refused(customer):
    lot(customer, 100)
    made = {redemptions.redeem(customer, 40, key="r", at=on("2026-01-10")).pk for _ in range(3)}

    with pytest.raises(IdempotencyConflict):
        redemptions.redeem(customer, 41, key="r", at=on("2026-01-10"))
    with pytest.raises(InsufficientPoints) as refusal:
        redemptions.redeem(customer, 61, at=on("2026-01-10"))

    assert len(made) == 1
    assert refusal.value.params == {"wanted": 61, "available": 60, "missing": 1}
    with pytest.raises(InsufficientPoints):
        redemptions.redeem(customers.customer(), 1)


def test_a_frozen_wallet_neither_gives_nor_takes(customer):  # I13
    lot(customer, 100)
    held = redemptions.hold(customer, 10, at=on("2026-01-10"))
    wallets.freeze(customer, reason="odd pattern")

    for refused in (
        lambda: redemptions.redeem(customer, 10),
        lambda: redemptions.hold(customer, 10),
        lambda: points.earn(customer, 10),
        lambda: redemptions.capture(held),
    ):
        with pytest.raises(WalletFrozen):
            refused()

    wallets.reopen(customer, reason="cleared")
    redemptions.redeem(customer, 90)
    assert buckets(customer) == (0, 0, 10, 0)


def test_a_redemption_tells_from_which_earnings_it_took(customer):
    first, second = lot(customer, 100, "2026-06-30"), lot(customer, 100, "2026-07-31")

    redemption = redemptions.redeem(customer, 130, at=on("2026-01-10"))
    held = redemptions.hold(customer, 20, at=on("2026-01-10"))
    captured = redemptions.capture(held, 15, at=on("2026-01-10"))

    assert [(part.points, part.earned_by) for part in queries.explain(redemption)] == [(100, first), (30, second)]
    assert [(part.points, part.earned_by) for part in queries.explain(captured)] == [(15, second)]


def test_pages_of_a_statement_follow_each_other_without_gaps(customer):
    for n in range(1, 8):
        points.grant(customer, n, reason="line")

    seen, before = [], None
    while True:
        page = queries.statement(customer, before=before, size=3)
        seen += [line.sequence for line in page.lines]
        before = page.next
        if before is None:
            break

    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert Transaction.objects.count() == 7


def test_what_expires_next_is_told(customer):
    lot(customer, 100, "2026-06-30")
    lot(customer, 20, "2026-06-30")
    lot(customer, 5, "2026-07-31")
    lot(customer, 1)

    found = queries.next_expiries(customer, at=on("2026-01-01"))

    assert [(soon.at, soon.points) for soon in found] == [(on("2026-06-30"), 120), (on("2026-07-31"), 5)]
