"""Points that expire soon are told of once for each date."""

import pytest
from django.db import IntegrityError, transaction

from customers.models import Fact, Verb
from loyalty.actions import notices, points, redemptions, wallets
from tests.factories.customers import customer as make
from tests.factories.loyalty import on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme(notice_days="30, 7")
    made = make()
    for day, many in (("2026-06-30", 100), ("2026-06-30", 20), ("2026-07-10", 5)):
        points.grant(made, many, reason="lot", at=on("2026-01-01"), expires_at=on(day))
    return made


def told():
    facts = Fact.objects.filter(verb=Verb.POINTS_EXPIRING).order_by("pk")
    return [(fact.about["points"], fact.about["days"], fact.about["until"][:10]) for fact in facts]


def test_once_for_each_date_and_number_of_days(ada):
    assert notices.tell_of_expiry(at=on("2026-05-30")) == 0
    assert notices.tell_of_expiry(at=on("2026-05-31")) == 1
    redemptions.redeem(ada, 10, at=on("2026-06-01"))
    assert notices.tell_of_expiry(at=on("2026-06-01")) == 0
    assert notices.tell_of_expiry(at=on("2026-06-20")) == 1
    assert notices.tell_of_expiry(at=on("2026-06-24")) == 1
    assert notices.tell_of_expiry(at=on("2026-06-24")) == 0

    assert told() == [(120, 30, "2026-06-30"), (5, 30, "2026-07-10"), (110, 7, "2026-06-30")]


def test_a_late_job_still_tells_but_not_weeks_later_and_never_of_what_is_gone(ada):
    assert notices.tell_of_expiry(at=on("2026-06-25")) == 1  # 30 days before was too long ago, also for July
    assert notices.tell_of_expiry(at=on("2026-06-30")) == 0

    assert told() == [(120, 7, "2026-06-30")]


def test_nothing_is_told_of_a_frozen_wallet_or_a_programme_without_notices(ada):
    wallets.freeze(ada, reason="odd")
    assert notices.tell_of_expiry(at=on("2026-06-25")) == 0
    wallets.reopen(ada, reason="well")
    programme(notice_days="")
    assert notices.tell_of_expiry(at=on("2026-06-25")) == 0


def test_days_are_numbers(ada):
    with pytest.raises(IntegrityError, match="notice_days_are_days"), transaction.atomic():
        programme(notice_days="soon")
