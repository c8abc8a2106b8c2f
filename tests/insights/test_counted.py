"""Figures of a shop at random, on any day, beside what is counted one order after the other."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest

from customers.actions import purchases
from insights.metrics.retention import bridge
from insights.metrics.survival import kaplan_meier
from insights.queries import activity, cohorts, money, repeats, rfm, settings
from insights.queries.asked import Asked, months_before
from tests.factories.customers import customer
from tests.factories.insights import follow, noon
from tests.factories.purchases import order

pytestmark = pytest.mark.django_db
BEGIN = date(2025, 3, 10)
Bought = tuple[int, date, int, str, str]  # customer, day, goods, currency, channel


@pytest.fixture(scope="module")
def bought() -> list[Bought]:
    """Sixty people over fourteen months: several currencies and channels, days with two orders, some for nothing."""
    draw, made = random.Random(7), []
    for n in range(60):
        last = BEGIN + timedelta(days=draw.randrange(30, 430))
        home = draw.choice(["EUR", "EUR", "USD"])
        day = BEGIN + timedelta(days=draw.randrange(0, 60 + 5 * n))
        while day <= last:
            currency = home if draw.random() < 0.8 else "USD"
            made.append((n, day, draw.choice([0, 250, 250, 999, 1800]), currency, draw.choice(["web", "store"])))
            day += timedelta(days=draw.choice([0, 1, 9, 31, 70]))
    return made


@pytest.fixture
def people(bought):
    who = {n: customer() for n in sorted({one[0] for one in bought})}
    purchases.record_many([
        order(who[n], goods, at=noon(day), currency=currency, channel=channel)
        for n, day, goods, currency, channel in bought
    ])  # fmt: skip
    follow()
    return {n: one.pk for n, one in who.items()}


def days_of(orders: list[Bought]) -> dict[int, list[date]]:
    found = defaultdict(list)
    for n, day, *_ in orders:
        found[n].append(day)
    return {n: sorted(days) for n, days in found.items()}


def month_of(day: date) -> date:
    return day.replace(day=1)


@pytest.mark.parametrize("as_of", [date(2026, 3, 1), date(2026, 3, 18), date(2025, 9, 30)])
def test_whoever_counts_one_order_after_the_other_comes_to_the_same(bought, people, as_of):
    asked = Asked(as_of, settings.current())
    before = [one for one in bought if one[1] < as_of]
    assert repeats_of(asked, "") == expected_repeats(before, as_of)
    for channel in ("web", "store"):
        own = [one for one in before if one[4] == channel]
        assert repeats_of(Asked(as_of, asked.means, "channel"), channel) == expected_repeats(own, as_of)

    active = {
        end: {n for n, day, *_ in before if end - timedelta(days=90) <= day < end} for end in (asked.start, as_of)
    }
    known = {n for n, day, *_ in before if day < asked.start}
    assert activity.bridges(asked)[""] == bridge(active[asked.start], active[as_of], known)

    months = {n: sorted({month_of(day) for day in days}) for n, days in days_of(before).items()}
    since = months_before(month_of(as_of), 4)
    following = Counter((month, months_before(later, 1) == month) for one in months.values()
                        for month, later in zip(one, [*one[1:], date.max], strict=True) if month >= since)  # fmt: skip
    assert {month: (n, again) for _, month, n, again in repeats.following_months(asked, since)} == {
        month: (following[month, True] + following[month, False], following[month, True])
        for month in sorted({month for month, _ in following})
    }
    assert cohorts.on(asked) == Counter((one[0], month) for one in months.values() for month in one)
    assert cohorts.any_buyers(asked) == Counter(
        (first, later) for one in months.values() for first in one for later in one if later >= first
    )
    assert cohorts.on_or_after(asked)[month_of(BEGIN), month_of(BEGIN)] == sum(
        one[0] == month_of(BEGIN) for one in months.values()
    )


def repeats_of(asked: Asked, member: str) -> dict[str, tuple[int | None, int]]:
    return {one.metric: (one.numerator, one.denominator) for one in repeats.figures(asked) if one.member == member}


def expected_repeats(orders: list[Bought], as_of: date) -> dict[str, tuple[int | None, int]]:
    ever = Counter(n for n, *_ in orders)
    lately = Counter(n for n, day, *_ in orders if day >= as_of - timedelta(days=365))
    again, loyal = (sum(count >= least for count in lately.values()) for least in (2, 4))
    return {
        "repeat_rate": (again, len(lately)), "loyal_share": (loyal, len(lately)),
        "frequency": (lately.total(), len(lately)),
        "repeat_rate_ever": (sum(count > 1 for count in ever.values()), len(ever)),
        "loyal_share_ever": (sum(count >= 4 for count in ever.values()), len(ever)),
    }  # fmt: skip


@pytest.mark.parametrize("as_of", [date(2026, 3, 1), date(2026, 3, 18)])
def test_days_and_money_are_those_of_each_order(bought, people, as_of):
    asked = Asked(as_of, settings.current())
    before = [one for one in bought if one[1] < as_of]
    days = {n: sorted(set(one)) for n, one in days_of(before).items()}
    gaps = [(later - day).days for one in days.values() for day, later in pairwise(one)]
    curve = kaplan_meier([(gap, True) for gap in gaps] + [((as_of - one[-1]).days, False) for one in days.values()])
    assert repeats.gaps(asked)[""][0] == curve
    found = {one.metric: (one.numerator, one.denominator) for one in repeats.by_days(asked)}
    followed = {n: one for n, one in days.items() if one[0] + timedelta(days=90) <= as_of}
    in_time = sum(
        (len(one) > 1 and (one[1] - one[0]).days <= 90) or sum(n == who and day == one[0] for n, day, *_ in before) > 1
        for who, one in followed.items()
    )
    assert found["second_order"] == (in_time, len(followed))
    assert found["repeat_days"] == (sum(len(one) > 1 for one in days.values()), len(days))
    assert found["loyal_days"] == (sum(len(one) >= 4 for one in days.values()), len(days))

    of_month = [one for one in before if one[1] >= asked.month]
    said = {(one.metric, one.currency): one.value for one in money.figures(asked)}
    for currency in {one[3] for one in of_month}:
        goods = [one[2] for one in of_month if one[3] == currency]
        assert said["revenue", currency] == sum(goods)
        assert said["orders", currency] == len(goods)
        assert said["buyers", currency] == len({one[0] for one in of_month if one[3] == currency})
        assert said["aov_median", currency] == median(goods)
        assert said["aov_paid", currency] == sum(goods) / sum(one > 0 for one in goods)


def test_fifths_are_those_of_each_order_however_few_have_bought(bought, people):
    for as_of in [BEGIN + timedelta(days=after) for after in (0, 2, 4, 20, 25, 27, 60, 371)]:
        last, orders, spent = {}, Counter(), Counter()
        for n, day, goods, currency, _channel in bought:
            if currency == "EUR" and as_of - timedelta(days=365) <= day < as_of:
                last[people[n]] = max(day, last.get(people[n], day))
                orders[people[n]] += 1
                spent[people[n]] += goods
        cells = Counter("".join(str(fifth(ranked, pk)) for ranked in (last, orders, spent)) for pk in orders)
        assert {one.member: one.value for one in rfm.figures(Asked(as_of, settings.current()))} == cells
        assert bool(cells) == (as_of > BEGIN)


def fifth(of: dict, pk: int) -> int:
    """As ``ntile`` deals them: the first parts have one more where it does not come out even."""
    place = sorted((value, one) for one, value in of.items()).index((of[pk], pk))
    size, more = divmod(len(of), 5)
    edge = more * (size + 1)
    return place // (size + 1) + 1 if place < edge else more + (place - edge) // size + 1
