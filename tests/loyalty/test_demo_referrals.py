"""Friends, receipts and reviews of the invented company."""

from datetime import UTC, datetime

import pytest

from customers.demo import company
from loyalty import demo_referrals, demo_rules
from loyalty.actions import audit
from loyalty.models import Referral, Submission

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def test_friends_are_brought_and_things_are_sent_once(agent, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    agent.username = "support"
    agent.save()
    company.fill(150, today=TODAY, tell=str)
    demo_rules.fill(150, today=TODAY, tell=str)
    for _ in range(2):
        demo_referrals.fill(150, today=TODAY, tell=str)

    states = set(Referral.objects.values_list("state", flat=True))
    assert {"open", "rewarded"} <= states
    assert set(Submission.objects.values_list("state", flat=True)) == {"waiting", "confirmed", "refused"}
    assert Submission.objects.filter(state="confirmed", points__gt=0).count() == 4
    assert len(list((tmp_path / "pictures").iterdir())) == 6
    assert audit.audit().finding_count == 0
