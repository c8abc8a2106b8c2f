"""Tiers, members and gifts of the invented company."""

from datetime import UTC, datetime, time

import pytest

from customers.demo import company
from loyalty import demo, demo_tiers
from loyalty.actions import audit, programmes, standings
from loyalty.models import Cause, Gift, Membership, Standing, TierChange
from loyalty.queries.causes import payable

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def test_people_stand_in_every_tier_some_are_members_some_give_and_a_second_time_nothing_happens(agent):
    company.fill(120, today=TODAY, tell=str)
    demo.fill(120, today=TODAY, tell=str)
    told = []

    for _ in range(2):
        demo_tiers.fill(120, today=TODAY, tell=told.append)

    assert set(Standing.objects.values_list("tier", flat=True)) == {"bronze", "silver", "gold"}
    assert {change.why for change in TierChange.objects.all()} >= {"reached", "lowered", "floor"}
    assert set(Membership.objects.values_list("status", flat=True)) == {"paid", "cancelled"}
    assert {gift.cause_id for gift in Gift.objects.all()} == set(Cause.objects.values_list("pk", flat=True))
    assert len(payable(programmes.main())) >= 2
    assert audit.audit().finding_count == 0
    assert len(told) == 2
    assert not TierChange.objects.filter(at__gt=datetime.now(UTC)).exists()
    midnight = datetime.combine(TODAY, time(), tzinfo=UTC)
    assert standings.settle_all(programmes.main(fresh=True), at=midnight) == 0
