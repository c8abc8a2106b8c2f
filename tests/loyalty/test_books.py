"""The books of a programme by day and by month."""

from datetime import date

import pytest

from loyalty.actions import audit, points, redemptions, settlement
from loyalty.models import DayTotal
from loyalty.queries import books
from loyalty.queries.books import Month, Soon
from tests.factories import customers
from tests.factories.loyalty import on, programme

pytestmark = pytest.mark.django_db


def test_points_count_on_the_day_of_the_programme_on_which_they_took_effect():
    rules = programme(zone="Europe/Berlin")
    who = customers.customer()
    points.grant(who, 70, reason="old", at=on("2026-03-02", "22:59:59"))
    points.grant(who, 30, reason="old", at=on("2026-03-02", "23:00:00"))
    audit.seal()

    found = list(books.days(rules, since=date(2026, 3, 2)).values_list("day", "issued"))

    assert found == [(date(2026, 3, 3), 30), (date(2026, 3, 2), 70)]
    assert audit.audit().is_clean


@pytest.mark.parametrize("sealed", [True, False])
def test_a_month_stands_beside_the_last_one_whether_sealed_or_not(sealed):
    rules = programme()
    who = customers.customer()
    points.grant(who, 1000, reason="before", at=on("2026-01-31"), expires_at=on("2026-03-05"))
    points.grant(who, 200, reason="early", at=on("2026-02-10"))
    points.grant(who, 40, reason="late", at=on("2026-02-11"))
    redemptions.redeem(who, 300, at=on("2026-02-28"))
    points.grant(who, 8, reason="now", at=on("2026-03-01"))
    settlement.settle_due(at=on("2026-03-10"))
    if sealed:
        audit.seal()

    months = books.months(rules, today=date(2026, 3, 10))

    assert DayTotal.objects.exists() == sealed
    assert months.by_then == Month(issued=200, redeemed=0, expired=0, outstanding=1200)
    assert months.last == Month(issued=240, redeemed=300, expired=0, outstanding=940)
    assert months.this == Month(issued=8, redeemed=0, expired=700, outstanding=248)


def test_at_the_end_of_a_long_month_the_whole_of_a_short_one_is_compared():
    rules = programme()
    points.grant(customers.customer(), 5, reason="x", at=on("2026-02-28"))

    months = books.months(rules, today=date(2026, 3, 31))

    assert months.by_then == months.last == Month(5, 0, 0, 5)


def test_points_whose_date_comes_are_counted_with_their_customers():
    rules = programme()
    first, second = customers.customer(), customers.customer()
    for who, amount, day in ((first, 10, "04-01"), (first, 20, "04-30"), (second, 5, "04-02"), (second, 7, "05-01")):
        points.grant(who, amount, reason="x", at=on("2026-03-01"), expires_at=on(f"2026-{day}"))

    april = {"after": on("2026-03-31"), "until": on("2026-04-30")}

    assert books.expiring(rules, **april) == Soon(points=35, customers=2, more=False)
    assert books.expiring(rules, **april, most=1).more
