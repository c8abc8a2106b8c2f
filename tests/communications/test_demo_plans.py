"""The invented company's plans: two quarters behind with what came of them, one ahead, in seconds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calendars.models import Calendar
from communications import demo_plans
from communications.models import CalendarView, Experiment, HumanTask, Plan, Touchpoint
from communications.queries import calendar, experiments, reactions, results
from tests.factories.calendars import calendar as office
from tests.factories.customers import customer
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_three_quarters_of_plans_are_there_and_are_left_alone_the_second_time():
    marketer = person("marketing")
    Calendar.objects.filter(pk=office().pk).update(main=True)
    for n in range(120):
        customer(phone=f"+4930123{n:04}")
    told: list[str] = []
    today = timezone.localdate()

    demo_plans.fill(120, today=today, tell=told.append)
    demo_plans.fill(120, today=today, tell=told.append)

    assert told == ["29 campaigns and 7 sequences, two quarters behind and one ahead"]
    assert set(Plan.objects.values_list("status", flat=True)) == {"live", "ended", "draft", "idea", "review"}
    assert Plan.objects.get(status="review").needs_approval
    behind = calendar.of_campaigns(today - timedelta(days=190), today)
    ahead = calendar.of_campaigns(today, today + timedelta(days=120))
    assert len(behind) >= 20
    assert len(ahead) >= 6
    assert [one.name for one in CalendarView.objects.seen_by(marketer)] == ["Drafts", "Letters of the month"]
    ended = Plan.objects.filter(status="ended", name="Iced tea recipes").get()
    letter = results.steps(ended)[0]
    assert (letter.found, letter.reached > 80) == (120, True)
    over, under_way = (experiments.variants(one) for one in Experiment.objects.order_by("ends_on"))
    assert [one.key for one in over] == [one.key for one in under_way] == ["a", "b"]
    assert sum(one.drawn for one in over) > 80
    [piece] = results.steps(Plan.objects.get(name="Three ways to brew"))
    assert (piece.kind, piece.answered > 0) == ("content", True)
    told = {
        (row.label, row.target): row.people for row in reactions.of_plan(Plan.objects.get(name="Three ways to brew"))
    }
    # Who follows another letter's link in the same days has answered as well.
    assert 0 < told[("clicked", "https://shop.example/stories/three-ways")] <= piece.answered
    assert not Touchpoint.objects.filter(state="planned", plan__kind="campaign").exists()
    assert HumanTask.objects.filter(state="open", kind="call").count() == 5
