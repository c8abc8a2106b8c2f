"""What PostgreSQL refuses of wallets, lots, transactions and the rules of a programme, whoever asks."""

import pytest
from django.db import IntegrityError

from loyalty.actions import adjustments, audit, points, redemptions
from loyalty.models import AdjustmentRequest, Kind, Lot, Programme, Seal, Transaction, Wallet
from tests.factories import customers
from tests.factories.loyalty import on, programme
from tests.factories.rows import copy_row

pytestmark = pytest.mark.django_db
ALONE = {"code": "other", "main": False}
FREE = {"key": None, "request": None, "natural_key": None, "sequence": 99}

CASES = [
    (Wallet, {"debt": 1}, "debt_is_repaid_before_points_are_available"),
    (Wallet, {"status": "closed"}, "wallet_out_of_use_is_empty"),
    (Wallet, {"status": "merged", "pending": 0, "available": 0, "held": 0}, "merged_wallet_names_its_successor"),
    (Lot, {"available": -1}, "lot_is_never_overdrawn"),
    (Lot, {"available": 1000}, "lot_holds_no_more_than_was_granted"),
    (Lot, {"available": 0, "held": 0, "pending": 1}, "pending_lot_knows_when_it_activates"),
    (Lot, {"activates_at": on("2026-05-01"), "expires_at": on("2026-05-01")}, "lot_expires_after_it_activates"),
    (Transaction, FREE | {"sequence": 1}, "statement_has_no_number_twice"),
    (Transaction, {"sequence": 99, "natural_key": None}, "idempotency_key_is_used_once"),
    (Transaction, {"sequence": 99, "key": None, "request": None}, "event_is_paid_once"),
    (Transaction, FREE | {"transfer_count": 0}, "transaction_moves_something"),
    (Seal, {"through": 0, "after": 0}, "seal_covers_something"),
    (AdjustmentRequest, {"reason": ""}, "adjustment_request_says_why"),
    (AdjustmentRequest, {"points": 0}, "adjustment_request_moves_something"),
    (AdjustmentRequest, {"decided_at": on("2026-05-01")}, "adjustment_is_decided_with_a_time"),
    (
        AdjustmentRequest,
        {"status": "declined", "decided_at": on("2026-05-01")},
        "large_adjustment_is_decided_by_a_second_person",
    ),
    (Programme, ALONE | {"rate_money": 0}, "rate_pays_for_some_money"),
    (Programme, ALONE | {"currency": "eur"}, "programme_currency_is_iso"),
    (Programme, ALONE | {"expiry_months": 0}, "expiry_takes_a_month_at_least"),
    (Programme, ALONE | {"claw_back": "never"}, "claw_back_is_a_known_policy"),
    (Programme, {"code": "other"}, "one_programme_is_the_main_one"),
]


@pytest.fixture
def posted(manager):
    """A customer with a line of every kind that the cases need, each as the product writes it."""
    programme(adjustment_limit=10)
    someone = customers.customer()
    points.earn(someone, 100, key="k", natural_key="n")
    adjustments.adjust(someone, 50, reason="sorry", by=manager)
    redemptions.capture(redemptions.hold(someone, 20))
    audit.seal()
    return someone


@pytest.mark.parametrize(("model", "changes", "name"), CASES, ids=[case[2] for case in CASES])
def test_a_row_that_cannot_be_is_refused(posted, model, changes, name):
    with pytest.raises(IntegrityError, match=name):
        copy_row(model.objects.order_by("pk").first(), **changes)


def test_a_hold_is_not_resolved_a_second_time(posted):
    capture = Transaction.objects.get(kind=Kind.CAPTURE)

    with pytest.raises(IntegrityError, match="hold_is_resolved_once"):
        copy_row(capture, **FREE)
