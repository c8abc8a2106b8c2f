from decimal import Decimal

import pytest

from customers.actions import purchases as recording
from customers.actions import returns as recorded
from customers.actions.returns import ReturnRefused
from customers.models import Fact, Profile
from loyalty import queries
from loyalty.actions import earning, points, redemptions, settlement, wallets
from loyalty.models import Payment, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import multiply, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme(currency="EUR")
    return customers.customer()


def read():
    """What the reader called loyalty does, without its transactions of its own."""
    facts = list(Fact.objects.filter(verb__in=earning.VERBS).order_by("pk"))
    earning.react(facts)


def lines_back(purchase, *quantities, **more):
    wanted = {position: Decimal(n) for position, n in enumerate(quantities, 1) if n}
    return earning.record_return(purchase, wanted, at=on("2026-03-05"), **more)


def test_a_purchase_earns_at_its_own_time_until_its_window_closes(customer):  # A1, A12
    programme(currency="EUR", return_window_days=14, expiry_months=12)

    receipt = earning.record_purchase(purchases.order(customer, 4995, at=on("2026-03-05", "10:00:00")))

    earned = Transaction.objects.get(pk=receipt.transaction)
    assert (receipt.points, buckets(customer)) == (49, (49, 0, 0, 0))
    assert earned.effective_at == on("2026-03-05", "10:00:00")
    assert queries.balance(customer, at=on("2026-03-19")).available == 49
    assert [soon.at for soon in queries.next_expiries(customer, at=on("2026-03-19"))] == [on("2027-03-06")]
    assert earned.purchase_id == receipt.recorded.purchase.pk


def test_a_purchase_is_rounded_as_a_whole_and_only_what_was_paid_in_money_counts(customer):  # A2, A3
    assert earning.record_purchase(purchases.order(customer, 1060, 1060, 1060)).points == 31
    mixed = purchases.order(customer, 11_500, shipping=500, gift_card=2_000, points_paid=1_000)
    assert earning.record_purchase(mixed).points == 85


def test_recording_again_and_reading_the_timeline_earn_nothing_more(customer):
    order = purchases.order(customer, 5000)
    first = earning.record_purchase(order)

    again = earning.record_purchase(order)
    read()
    read()

    assert again.transaction == first.transaction
    assert buckets(customer) == (0, 50, 0, 0)
    assert Profile.objects.get(customer=customer).points_available == 50


def test_the_reader_earns_for_purchases_that_others_recorded(customer):
    purchases.purchase(customer, 5000)
    purchases.purchase(customer, 2500)
    assert buckets(customer) == (0, 0, 0, 0)

    read()

    assert buckets(customer) == (0, 75, 0, 0)


def test_another_currency_and_a_few_cents_earn_nothing(customer):
    foreign = earning.record_purchase(purchases.order(customer, 5000, currency="USD"))
    small = earning.record_purchase(purchases.order(customer, 99))

    assert (foreign.points, foreign.transaction, small.points) == (0, None, 0)
    assert Transaction.objects.count() == 0


def test_three_returns_take_exactly_what_was_earned(customer):  # E5
    purchase = earning.record_purchase(purchases.order(customer, 3330, 3330, 3330)).recorded.purchase
    left = [buckets(customer)[1]]
    for quantities in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        lines_back(purchase, *quantities)
        left.append(buckets(customer)[1])

    read()

    assert left == [99, 66, 33, 0]
    assert buckets(customer) == (0, 0, 0, 0)


def test_returns_that_others_recorded_come_to_the_same_however_late_they_are_read(customer):
    late, early = (
        purchases.purchase(customer, 3330, 3330, 3330),
        purchases.purchase(customers.customer(), 3330, 3330, 3330),
    )
    for purchase, after_each in ((late, lambda: None), (early, read)):
        for position in (1, 2):
            recorded.record(purchase, {position: Decimal(1)}, at=on("2026-03-05"))
            after_each()
    read()

    assert [buckets(purchase.customer) for purchase in (late, early)] == [(0, 33, 0, 0)] * 2
    taken = Transaction.objects.filter(kind="claw_back")
    assert [taken.filter(purchase=purchase).count() for purchase in (late, early)] == [1, 2]


def test_returns_are_worked_out_by_the_rounding_of_the_purchase(customer):
    programme(currency="EUR", rounding="up")
    lines = tuple(purchases.line(3330) for _ in range(3))
    plain = earning.record_purchase(purchases.order(customer, lines=lines)).recorded.purchase
    rule(multiply("3/2"))
    ruled = earning.record_purchase(purchases.order(customer, lines=lines)).recorded.purchase
    left = [buckets(customer)[1]]
    programme(currency="EUR", rounding="nearest")
    for bought in (plain, ruled):
        for quantities in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
            lines_back(bought, *quantities)
            left.append(buckets(customer)[1])

    # 99.90 up, and 149.85; of the kept parts 66.60 and 33.30, then 99.90 and 49.95
    assert left == [250, 217, 184, 150, 100, 50, 0]


def test_more_than_was_bought_cannot_come_back(customer):  # E12
    purchase = earning.record_purchase(
        purchases.order(customer, lines=(purchases.line(2000, quantity=2),))
    ).recorded.purchase

    with pytest.raises(ReturnRefused):
        lines_back(purchase, 3)

    assert buckets(customer) == (0, 20, 0, 0)


def test_a_return_restores_the_points_that_paid_in_proportion(customer):  # E10
    points.grant(customer, 2000, reason="start", at=on("2026-01-01"))
    paid = redemptions.redeem(customer, 2000, at=on("2026-03-01"))
    order = purchases.order(customer, 5000, 5000, points_paid=2000)
    purchase = earning.record_purchase(order, redemption=paid).recorded.purchase
    assert buckets(customer) == (0, 80, 0, 0)

    lines_back(purchase, 1)
    assert buckets(customer) == (0, 40 + 1000, 0, 0)
    read()
    assert buckets(customer) == (0, 40 + 1000, 0, 0)
    lines_back(purchase, 0, 1)

    assert buckets(customer) == (0, 2000, 0, 0)
    assert Payment.objects.get().redemption == paid


def test_a_cancelled_purchase_takes_all_back_once(customer):
    purchase = earning.record_purchase(purchases.order(customer, 5000)).recorded.purchase

    earning.cancel_purchase(purchase)
    read()

    assert buckets(customer) == (0, 0, 0, 0)
    assert Transaction.objects.filter(kind="claw_back").count() == 1


def test_a_purchase_cancelled_before_anybody_read_it_ends_at_nothing(customer):
    recording.cancel(purchases.purchase(customer, 5000))

    read()

    assert buckets(customer) == (0, 0, 0, 0)


def test_the_rate_of_the_purchase_holds_for_its_return(customer):
    purchase = earning.record_purchase(purchases.order(customer, 5000, 5000)).recorded.purchase
    programme(currency="EUR", rate_points=10)

    lines_back(purchase, 1)

    assert buckets(customer) == (0, 50, 0, 0)


def test_a_frozen_wallet_earns_nothing_and_stops_nobody_else(customer):
    other = customers.customer()
    wallets.freeze(customer, reason="odd")
    purchases.purchase(customer, 5000)
    purchases.purchase(other, 5000)

    read()

    assert (buckets(customer), buckets(other)) == ((0, 0, 0, 0), (0, 50, 0, 0))


def test_a_quote_is_what_the_purchase_then_earns_and_writes_nothing(customer):
    programme(currency="EUR", return_window_days=14)

    quoted = earning.quote(goods=11_500, currency="EUR", gift_card=2_000, paid_with_points=1_000, at=purchases.AT)
    assert Transaction.objects.count() == 0
    order = purchases.order(customer, 11_500, shipping=500, gift_card=2_000, points_paid=1_000)
    receipt = earning.record_purchase(order)

    assert (quoted.points, quoted.activates_at) == (receipt.points, on("2026-03-16"))
    assert earning.quote(goods=11_500, currency="USD").points == 0


def test_what_time_changes_reaches_the_profile(customer):
    programme(currency="EUR", return_window_days=14)
    earning.record_purchase(purchases.order(customer, 5000))
    read()
    assert Profile.objects.get(customer=customer).points_pending == 50

    settlement.settle_due(at=on("2026-04-01"))
    read()

    shown = Profile.objects.get(customer=customer)
    assert (shown.points_pending, shown.points_available) == (0, 50)
