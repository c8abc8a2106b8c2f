"""Rewards of the invented company: every kind, every state, and books that are whole."""

from datetime import date

import pytest

from loyalty import reward_demo
from loyalty.actions import audit, points
from loyalty.models import Claim, FullCard, Reward, Voucher
from tests.factories import customers
from tests.factories.loyalty import on, programme
from tests.factories.purchases import line, purchase

pytestmark = pytest.mark.django_db


def test_it_has_every_kind_and_state_and_a_second_time_nothing_happens():
    programme(expiry_months=12)
    for _ in reward_demo.SCENES:
        points.grant(customers.customer(), 900, reason="start", at=on("2026-01-01"))
    purchase(customers.customer(), lines=(line(1200, quantity=12, category="Tea"),), at=on("2026-06-01"))
    told: list[str] = []

    for _ in range(2):
        reward_demo.fill(10, today=date(2026, 6, 15), tell=told.append)

    assert len(told) == 1
    assert set(Reward.objects.values_list("kind", flat=True)) == set(Reward.Kind.values)
    assert set(Claim.objects.values_list("status", flat=True)) == set(Claim.Status.values) - {"voided"}
    assert set(Voucher.objects.values_list("status", flat=True)) == set(Voucher.Status.values)
    assert FullCard.objects.count() == 1
    assert audit.audit().findings == []


def test_who_cannot_pay_for_a_reward_takes_none():
    programme(expiry_months=12)
    for _ in reward_demo.SCENES:
        points.grant(customers.customer(), 310, reason="start", at=on("2026-01-01"))

    reward_demo.fill(10, today=date(2026, 6, 15), tell=lambda said: None)

    assert "cast-iron-pot" not in Claim.objects.values_list("reward__code", flat=True)
    assert "five-off" in Claim.objects.values_list("reward__code", flat=True)
    assert audit.audit().findings == []
