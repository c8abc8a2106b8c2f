"""Times as staff write them: by the clock of the meeting's zone, whatever that of who writes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from advisory.meeting_forms import DatesForm, TimeForm
from tests.factories import advisory as make

BERLIN = ZoneInfo(
    "Europe/Berlin"
)  # where clocks skip 02:00 to 03:00 on 28 March 2027, and have it twice on 31 October


def time_form(at: str, zone: str = "Europe/Berlin") -> TimeForm:
    return TimeForm({"starts_at": at, "zone": zone, "minutes": "60", "mode": "video"})


def dates_form(line: str) -> DatesForm:
    form = DatesForm({"minutes": "60", "times": line})
    assert form.is_valid()
    return form


@pytest.mark.parametrize("at", ["2027-03-28T02:30", "0001-01-01T00:00"])
def test_a_time_that_clocks_skip_is_refused(at):
    form = time_form(at)
    assert list(form.errors) == ["starts_at"]
    assert "does not exist in Europe/Berlin" in str(form.errors)
    with pytest.raises(ValidationError, match="does not exist") as refusal:
        dates_form(at).slots(BERLIN)
    assert refusal.value.code == "no_such_time"


@pytest.mark.parametrize(
    ("at", "hour"),
    [("2027-03-28T01:59", 0), ("2027-03-28T03:00", 1), ("2027-10-31T02:30", 0), ("2027-07-01T12:00", 10)],
)
def test_every_other_time_is_that_of_the_meetings_zone_for_whoever_writes_it(at, hour):
    minute, day = int(at[-2:]), datetime.fromisoformat(at).date()
    starts = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    for reader in ("Europe/Berlin", "America/New_York", "Asia/Seoul"):
        with timezone.override(reader):
            form = time_form(at)
            assert form.is_valid(), form.errors
            assert (form.values()["starts_at"], form.values()["ends_at"]) == (starts, starts + timedelta(hours=1))
            assert dates_form(at).slots(BERLIN) == [(starts, starts + timedelta(hours=1))]


def test_what_one_reader_s_clock_skips_is_a_time_elsewhere():
    with timezone.override("Europe/Berlin"):
        form = time_form("2027-03-28T02:30", "Asia/Seoul")
        assert form.is_valid(), form.errors


@pytest.mark.django_db
def test_the_page_says_so_and_schedules_nothing(board_manager_client):
    meeting = make.meeting(members=2, scheduled=False)
    said = {"starts_at": "2027-03-28T02:30", "zone": "Europe/Berlin", "minutes": "60", "mode": "video", "place": ""}
    answer = board_manager_client.post(reverse("admin:meeting_schedule", args=[meeting.pk]), said, follow=True)
    assert "clocks skip it that day" in answer.content.decode()
    meeting.refresh_from_db()
    assert meeting.starts_at is None
