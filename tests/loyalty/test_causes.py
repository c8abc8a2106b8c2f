"""Points given to a cause: to the ledger's account of charity, matched, payable by month."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import Fact, Segment, Trait, Verb
from loyalty.actions import audit, causes, memberships, points, redemptions
from loyalty.actions import programmes as rules_of
from loyalty.actions.causes import GiftRefused
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints, NotThisKind
from loyalty.models import Benefit, Cause, Gift
from loyalty.queries.benefits import benefits_of
from loyalty.queries.books import overview
from loyalty.queries.causes import open_causes, payable
from tests.factories.customers import customer as make
from tests.factories.loyalty import buckets, cause, on, plan, programme, tier_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme()
    made = make(name="Ada")
    points.grant(made, 1000, reason="welcome", at=on("2026-01-01"))
    return made


def due(of=None):
    return [
        (row.cause.code, row.month, row.gifts, row.points, row.value, row.match, row.total)
        for row in payable(rules_of.main(), cause=of)
    ]


def test_i8_a_gift_is_matched_and_payable(ada):
    gift = causes.give(ada, 500, to=cause(), at=on("2026-03-10"))

    assert overview(rules_of.main(fresh=True)).charity == 500
    assert due() == [("trees", date(2026, 3, 1), 1, 500, 500, 500, 1000)]  # 10.00
    assert buckets(ada) == (0, 500, 0, 0)
    assert (gift.transaction.kind, gift.at) == ("give", on("2026-03-10"))
    assert Fact.objects.get(verb=Verb.POINTS_DONATED).about["points"] == 500
    assert audit.audit().findings == []


def test_gifts_are_summed_exactly_and_rounded_once_a_month(ada):
    trees = cause(value_money=1, value_points=3, match_adds=1, match_for=2)
    for day in ("2026-03-01", "2026-03-31", "2026-04-01"):
        causes.give(ada, 100, to=trees, at=on(day))

    # 200 / 3 = 66.67 and half of it; 33.33 and half of it
    assert due() == [
        ("trees", date(2026, 4, 1), 1, 100, 33, 17, 50),
        ("trees", date(2026, 3, 1), 2, 200, 66, 34, 100),
    ]


def test_months_begin_in_the_programmes_zone(ada):
    programme(zone="Asia/Seoul")

    causes.give(ada, 10, to=cause(), at=on("2026-03-31", "15:00:00"))

    assert due()[0][1] == date(2026, 4, 1)


def test_a_gift_keeps_the_rates_of_its_day(ada):
    trees = cause()
    causes.give(ada, 100, to=trees, at=on("2026-03-01"))
    Cause.objects.update(value_money=2, match_adds=0)
    causes.give(ada, 100, to=Cause.objects.get(), at=on("2026-03-02"))

    assert due() == [("trees", date(2026, 3, 1), 2, 200, 300, 100, 400)]


def test_the_same_key_gives_once(ada):
    trees = cause()

    first = causes.give(ada, 100, to=trees, key="k")

    assert causes.give(ada, 100, to=trees, key="k") == first
    assert (Gift.objects.count(), buckets(ada)) == (1, (0, 900, 0, 0))


def test_the_same_key_is_answered_after_the_cause_has_closed(ada):
    trees = cause()
    first = causes.give(ada, 100, to=trees, key="k")
    trees.ends_at, trees.smallest = timezone.now(), 200
    trees.save()

    assert causes.give(ada, 100, to=trees, key="k") == first
    with pytest.raises(IdempotencyConflict):
        causes.give(ada, 101, to=trees, key="k")
    with pytest.raises(GiftRefused):
        causes.give(ada, 100, to=trees, key="another")
    assert buckets(ada) == (0, 900, 0, 0)


def test_a_gift_needs_the_points(ada):
    with pytest.raises(InsufficientPoints):
        causes.give(ada, 1001, to=cause())

    assert not Gift.objects.exists()


def test_a_cause_takes_gifts_in_its_time_and_of_its_size(ada):
    trees = cause(smallest=50, starts_at=on("2026-02-01"), ends_at=on("2026-03-01"))

    def refusal(points_, day):
        with pytest.raises(GiftRefused) as refused:
            causes.give(ada, points_, to=trees, at=on(day))
        return refused.value.code

    assert refusal(100, "2026-01-31") == refusal(100, "2026-03-01") == "cause_closed"
    assert refusal(49, "2026-02-01") == "gift_too_small"
    causes.give(ada, 50, to=trees, at=on("2026-02-01"))
    assert list(open_causes(rules_of.main(), at=on("2026-02-28"))) == [trees]
    assert list(open_causes(rules_of.main(), at=on("2026-03-01"))) == []


def test_a_gift_is_neither_changed_nor_taken_back(ada):
    gift = causes.give(ada, 100, to=cause())

    for statement in ("UPDATE loyalty_gift SET points = 1", "DELETE FROM loyalty_gift"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(NotThisKind):
        redemptions.reverse(gift.transaction, 100, reason="second thoughts")


# --- benefits


def benefit(code, **fields):
    return Benefit.objects.create(programme=rules_of.main(), code=code, name=code.title(), **fields)


def test_benefits_come_by_tier_by_membership_and_by_what_people_are(ada):
    tier_table()
    vip = plan()
    likes_tea = {"groups": [{"conditions": [{"field": "likes", "how": "in", "values": ["green tea"]}]}]}
    benefit("all", tier="bronze")
    benefit("shipping", tier="silver")
    benefit("lounge", tier="gold")
    benefit("first", plan=vip)
    benefit("tasting", segment=Segment.objects.create(name="Green tea", conditions=likes_tea))
    benefit("gone", tier="bronze", active=False)
    bea = make()
    points.earn(ada, 1000, at=on("2026-01-03"))
    memberships.start(ada, vip, at=on("2026-01-02"))
    Trait.objects.create(customer=bea, kind="like", value="Green tea")

    def codes(one, day):
        return [each.code for each in benefits_of(one, at=on(day))]

    assert codes(ada, "2026-01-03") == ["all", "first", "shipping"]
    assert codes(ada, "2027-01-02") == ["all", "shipping"]
    assert codes(ada, "2027-01-03") == ["all"]
    assert codes(bea, "2026-01-03") == ["all", "tasting"]


@pytest.mark.parametrize("fields", [{}, {"tier": "gold", "plan": True}])
def test_a_benefit_is_for_one_kind_of_people(ada, fields):
    if "plan" in fields:
        fields = fields | {"plan": plan()}

    with pytest.raises(IntegrityError, match="benefit_is_for_one_kind_of_people"):
        benefit("odd", **fields)
