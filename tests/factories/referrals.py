"""Referral rules and friends for tests: 500 and 200 points, from 50.00 net on, 14 days, five a month, from 2026 on."""

from customers.actions import purchases
from customers.models import Customer
from loyalty.actions import programmes, referrals
from loyalty.models import Referral, ReferralRules
from tests.factories import customers
from tests.factories import purchases as orders
from tests.factories.loyalty import on


def rules(**fields) -> ReferralRules:
    usual = {"starts_at": on("2026-01-01"), "link": "https://shop.example/?friend={code}"}
    return referrals.set_up(ReferralRules(programme=programmes.main(fresh=True), **usual | fields))


def brought(by: Customer, *, friend: Customer | None = None, at="2026-01-05", **fields) -> Referral:
    code = referrals.code_of(by).code
    return referrals.attribute(friend or customers.customer(), code, at=on(at), **fields)


def bought(friend: Customer, amount: int, day: str, **fields):
    recorded = purchases.record(orders.order(friend, amount, at=on(day, "10:00:00"), **fields)).purchase
    assert recorded is not None
    return recorded
