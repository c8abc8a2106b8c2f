import pytest
from django.db import IntegrityError, transaction

from loyalty.actions import adjustments, points
from loyalty.actions.adjustments import AlreadyDecided, SecondPersonNeeded
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints, NoPoints, ReasonMissing
from loyalty.models import AdjustmentRequest, Transaction
from tests.factories import customers
from tests.factories.loyalty import buckets, programme
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme(adjustment_limit=1000)
    return customers.customer()


def test_up_to_the_limit_it_is_done_at_once(customer, agent):
    made = adjustments.adjust(customer, 1000, reason="sorry", by=agent)
    adjustments.adjust(customer, -400, reason="too much", by=agent)

    assert (made.status, buckets(customer)) == ("approved", (0, 600, 0, 0))
    assert made.transaction.kind == "adjust"


def test_above_the_limit_it_stays_a_request_until_a_second_person_agrees(customer, agent, manager):  # I16
    asked = adjustments.adjust(customer, 1001, reason="sorry", by=agent)
    assert (asked.status, buckets(customer)) == ("waiting", (0, 0, 0, 0))

    for decide in (adjustments.approve, adjustments.decline):
        with pytest.raises(SecondPersonNeeded):
            decide(asked, by=agent)
    assert buckets(customer) == (0, 0, 0, 0)
    adjustments.approve(asked, by=manager)

    assert buckets(customer) == (0, 1001, 0, 0)
    for again in (adjustments.approve, adjustments.decline):
        with pytest.raises(AlreadyDecided):
            again(asked, by=manager)


def test_a_declined_request_moves_nothing(customer, agent, manager):
    asked = adjustments.adjust(customer, 1001, reason="sorry", by=agent)

    declined = adjustments.decline(asked, by=manager, answer="no")

    assert (declined.status, declined.answer, Transaction.objects.count()) == ("declined", "no", 0)


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_adjustment_says_why(customer, agent, reason):  # I16
    with pytest.raises(ReasonMissing):
        adjustments.adjust(customer, 1, reason=reason, by=agent)


def test_an_adjustment_takes_no_more_than_is_there_and_moves_something(customer, agent):
    points.grant(customer, 10, reason="start")

    with pytest.raises(InsufficientPoints):
        adjustments.adjust(customer, -11, reason="wrong", by=agent)
    with pytest.raises(NoPoints):
        adjustments.adjust(customer, 0, reason="wrong", by=agent)

    assert (buckets(customer), AdjustmentRequest.objects.count()) == ((0, 10, 0, 0), 0)


def test_the_same_key_asks_once(customer, agent):
    made = {adjustments.adjust(customer, 5, reason="sorry", by=agent, key="k").pk for _ in range(3)}

    assert (len(made), buckets(customer)) == (1, (0, 5, 0, 0))
    with pytest.raises(IdempotencyConflict):
        adjustments.adjust(customer, 6, reason="sorry", by=agent, key="k")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("points_", [900, 1100])
def test_the_same_key_sent_at_once_asks_once(agent, points_):
    programme(adjustment_limit=1000)
    customer = customers.customer()

    def adjust(_n):
        return adjustments.adjust(customer, points_, reason="sorry", key="k", by=agent).pk

    assert set(at_once(8, adjust)) == {AdjustmentRequest.objects.get().pk}
    assert buckets(customer)[1] == (900 if points_ == 900 else 0)


def test_the_database_too_wants_a_second_person(customer, agent, manager):
    asked = adjustments.adjust(customer, 1001, reason="sorry", by=agent)
    adjustments.approve(asked, by=manager)

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        AdjustmentRequest.objects.update(decided_by=agent)
