"""Plans that are ready made: each becomes a draft that could go live, with texts in three languages."""

from datetime import UTC, date, datetime

import pytest

from calendars.models import Calendar
from communications.actions import publishing, readymade
from communications.actions.readymade import ReadymadeRefused
from communications.models import Plan, Template
from communications.queries import rendering
from communications.readymade.catalogue import PLANS
from communications.readymade.texts import texts
from customers.models import Segment
from tests.factories.calendars import calendar
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_every_plan_that_is_ready_made_can_go_live_as_it_is(marketer):
    Calendar.objects.filter(pk=calendar().pk).update(main=True)
    person = customer(name="Ada Byron", email="ada@example.com", language="ko")
    for ready in PLANS:
        plan = readymade.start(ready.code, on=date(2026, 7, 1), by=marketer, at=NOW)
        assert (plan.status, plan.owner, plan.needs_approval) == (Plan.Status.DRAFT, marketer, True)
        assert publishing.preview(plan, at=NOW).customers == 0
        for step in plan.versions.get().steps.all():
            shown = rendering.rendered(rendering.latest(step.template), [person.pk], {person.pk: given()})[person.pk]
            assert shown.language == "ko"
            assert shown.text
            assert "{{" not in shown.text + shown.html + shown.subject
    assert {"Regular buyers", "Best customers"} <= set(Segment.objects.values_list("name", flat=True))


def given() -> dict:
    return {"share_link": "https://shop.example/s", "board_link": "https://shop.example/b"}


def test_texts_are_shared_by_plans_that_start_from_the_same_one(marketer):
    first = readymade.start("welcome", by=marketer)
    second = readymade.start("welcome", name="Another welcome", by=marketer)

    assert (first.name, second.name) == ("Welcome", "Another welcome")
    assert Template.objects.count() == 2


def test_every_text_is_there_in_all_three_languages_and_used():
    used = {step.text for plan in PLANS for step in plan.steps}

    assert used == set(texts())
    assert all(set(text.parts) == {"en", "ko", "th"} for text in texts().values())


def test_a_plan_that_is_not_there_cannot_be_started():
    with pytest.raises(ReadymadeRefused) as refused:
        readymade.start("nothing")
    assert refused.value.code == "unknown_plan"
