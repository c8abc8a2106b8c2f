"""Rules of the invented company: several kinds, some of what they gave, and photos that wait."""

from datetime import UTC, datetime

import pytest

from customers.demo import company
from customers.models import Segment
from loyalty import demo, demo_rules
from loyalty.actions import audit
from loyalty.models import Calculation, EarningReview, Rule, RuleAward, RuleVersion

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def fill() -> list[str]:
    told: list[str] = []
    for part in (demo_rules.fill, demo.fill, demo_rules.deeds):
        part(60, today=TODAY, tell=told.append)
    return told


def test_rules_of_many_kinds_give_points_and_a_second_time_nothing_is_done(agent):
    company.fill(60, today=TODAY, tell=str)
    fill()

    effects = {version.spec["effect"]["kind"] for version in RuleVersion.objects.all()}
    assert effects == {"multiply", "fixed", "next", "limit"}
    assert RuleVersion.objects.filter(begins_at=None).count() == 1
    assert Calculation.objects.filter(purchase__isnull=False).exists()
    assert RuleAward.objects.filter(calculation__fact__isnull=False).exists()
    assert EarningReview.objects.filter(state="waiting").count() >= 4
    assert Segment.objects.count() == 2
    assert audit.audit().finding_count == 0
    before = (Rule.objects.count(), RuleAward.objects.count())

    assert fill() == []

    assert (Rule.objects.count(), RuleAward.objects.count()) == before
