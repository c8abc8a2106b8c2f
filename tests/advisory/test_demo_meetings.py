"""Meetings of the invented boards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory import demo_meetings
from advisory.models import Ballot, Material, Meeting, Term
from communications.timing import business_date
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_a_board_has_met_meets_and_will_meet_and_filling_again_adds_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    board, young, empty = make.board(), make.board(), make.board()
    today = business_date(timezone.now())
    for each in (board, young):
        for _ in range(5):
            make.term(each, starts_on=today - timedelta(days=60 if each == board else 5))
    told = []

    for _ in range(2):
        demo_meetings.fill(50, today=today, tell=told.append)
    states = {each: sorted(each.meetings.values_list("state", flat=True)) for each in (board, young, empty)}
    assert told == ["6 meetings, one of them running"]
    assert states == {
        board: ["closed", "in_progress", "polling", "scheduled"], young: ["polling", "scheduled"], empty: [],
    }  # fmt: skip
    held = Meeting.objects.get(state="closed")
    assert (held.minutes.get().state, held.ballots.get().result["carried"]) == ("published", True)
    assert Ballot.objects.get(state="open").votes.count() == 3
    assert Material.objects.exclude(path="").filter(item__meeting__state="scheduled").count() == 4
    assert Term.objects.filter(agenda_proposals__isnull=False).count() == 2
