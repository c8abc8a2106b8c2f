"""What boards have on a day: on the communication calendar for who may see it, and in the planner of the year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory.actions import meetings, minutes
from advisory.confidentiality import Level
from advisory.models import Board, Meeting, Term
from advisory.queries.planner import happenings
from tests.communications.test_calendar_pages import busy_month
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def june():
    """A board with two meetings in June 2026, one of them confidential, minutes that are late, and two terms' ends."""
    board = make.board(name="Customer board")
    for _ in range(2):
        make.term(board, starts_on=date(2025, 7, 1), ends_on=date(2026, 6, 30))
    for day, title, level in ((10, "What customers need", Level.BOARD), (11, "A new shop", Level.CONFIDENTIAL)):
        made = meetings.plan(board, title, level=level)
        at = datetime(2026, 6, day, 12, tzinfo=UTC)
        Meeting.objects.filter(pk=made.pk).update(
            state="closed", starts_at=at, ends_at=at + timedelta(hours=2), scheduled_at=at, started_at=at,
            closed_at=at, minutes_due_on=date(2026, 6, day + 2),
        )  # fmt: skip
    return board


def calendar(client, query="view=list") -> str:
    return client.get(f"{reverse('admin:plan_calendar')}?day=2026-06-01&{query}").content.decode()


def test_the_calendar_has_meetings_minutes_and_ends_of_terms_as_a_layer(june, board_manager_client, marketer_client):
    for view in ("month", "list", "agenda", "week&day=2026-06-10"):
        shown = calendar(board_manager_client, f"view={view}")
        assert "Customer board: What customers need" in shown
        assert "Minutes due" in shown
        assert "A new shop" not in shown
    listed = calendar(board_manager_client)
    assert "2 on Customer board" in listed
    for term in Term.objects.all():
        assert str(term.customer) not in listed
    assert reverse("admin:meeting", args=[Meeting.objects.earliest("pk").pk]) in listed

    assert "Customer board" not in calendar(marketer_client)
    hidden = calendar(board_manager_client, "view=list&hide=boards")
    assert "What customers need" not in hidden
    assert "Show: Advisory boards" in hidden
    assert "hide=boards" in hidden.split('rel="next"')[0]


def test_approved_minutes_are_due_no_more_and_a_cancelled_meeting_is_none(june):
    def kinds() -> list[tuple[str, int]]:
        found = happenings([june], date(2026, 6, 1), date(2026, 6, 29))
        return [(one.kind, one.on.day) for one in found if one.kind != "renewal"]

    assert kinds() == [("meeting", 10), ("meeting", 11), ("minutes", 12), ("minutes", 13)]
    first, second = Meeting.objects.order_by("pk")
    minutes.approve(minutes.circulate(minutes.draft(first)))
    Meeting.objects.filter(pk=second.pk).update(
        state="cancelled", closed_at=None, cancelled_at=timezone.now(), cancel_reason="Nobody comes"
    )
    assert kinds() == [("meeting", 10)]


def test_the_calendar_keeps_to_its_limits_however_many_boards_there_are(
    june, board_manager_client, django_assert_max_num_queries
):
    busy_month(110)
    for number in range(4):
        make.meeting(make.board(name=f"Board {number}"))
    at = datetime(2026, 6, 17, 12, tzinfo=UTC)
    Meeting.objects.filter(state="scheduled").update(starts_at=at, ends_at=at + timedelta(hours=2))
    address = f"{reverse('admin:plan_calendar')}?day=2026-06-01"
    board_manager_client.get(address)

    with django_assert_max_num_queries(12):
        page = board_manager_client.get(address)

    assert page.content.count(b'class="d-mark') == 2 + 2 + 1 + 4 + 1
    assert len(page.content) <= 60_000


def test_the_year_leads_to_what_is_due(june, board_manager_client):
    year = board_manager_client.get(f"{reverse('admin:board_year')}?year=2026").content.decode()
    late = year.index("Minutes due")
    assert reverse("admin:meeting_minutes", args=[Meeting.objects.earliest("pk").pk]) in year[late:]
    assert reverse("admin:term", args=[Term.objects.earliest("pk").pk]) in year
    assert Board.objects.get() == june
