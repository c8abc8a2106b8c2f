"""A month is planned again: the second Tuesday stays the second Tuesday."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications import months as pure
from communications.actions import months, publishing
from communications.actions.months import MonthRefused
from communications.models import Plan, PlanVersion
from tests.factories import plans as made

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS, DAYS)
def test_a_day_keeps_its_weekday_and_its_place_in_another_month(day, to):
    found = pure.same_place(day, to)

    assert (found.year, found.month, found.weekday()) == (to.year, to.month, day.weekday())
    assert (found.day - 1) // 7 in ((day.day - 1) // 7, 3)


@given(DAYS)
def test_the_weeks_of_a_month_are_whole_and_hold_all_of_it(day):
    days = [one for week in pure.weeks_of(day) for one in week]

    assert days[0].weekday() == 0
    assert len(days) % 7 == 0
    assert [one for one in days if one.month == day.month] == [
        date(day.year, day.month, n + 1) for n in range(monthrange(day.year, day.month)[1])
    ]


@pytest.mark.django_db
def test_campaigns_of_a_month_are_drafts_in_another(marketer):
    first = made.campaign(starts_on=date(2026, 6, 9), by=marketer)
    second = made.campaign(starts_on=date(2026, 6, 30), live=False)
    made.campaign(starts_on=date(2026, 7, 1))
    publishing.move(first, to=date(2026, 6, 10))

    copies = months.duplicate(date(2026, 6, 20), to=date(2026, 7, 5), by=marketer)

    starts = [PlanVersion.objects.get(plan=plan).starts_on for plan in copies]
    assert starts == [date(2026, 7, 8), date(2026, 7, 28)]
    assert [(plan.name, plan.status) for plan in copies] == [
        (first.name, Plan.Status.DRAFT),
        (second.name, Plan.Status.DRAFT),
    ]
    for month, code in ((date(2026, 6, 1), "same_month"), (date(2027, 1, 1), "nothing_there")):
        with pytest.raises(MonthRefused) as refused:
            months.duplicate(month, to=date(2026, 6, 1))
        assert refused.value.code == code
