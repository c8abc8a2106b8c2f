"""Where and when a board meets."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from advisory.venues import Place, Radii, cost, fair_slots, propose, ranked, ways

SEOUL = Place("Seoul", 37.566, 126.9784)
BUSAN = Place("Busan", 35.1796, 129.0756)
DAEJEON = Place("Daejeon", 36.3504, 127.3845)
DAEGU = Place("Daegu", 35.8714, 128.6014)
GWANGJU = Place("Gwangju", 35.1595, 126.8526)
SUVA, APIA = Place("Suva", -18.1368, 178.4253), Place("Apia", -13.8333, -171.7667)
AUCKLAND = Place("Auckland", -36.8485, 174.7635)
HOMES = [SEOUL] * 5 + [BUSAN] * 2
HOUR = timedelta(hours=1)


def test_venues_are_ranked_by_the_mean_way_or_by_the_longest():
    """Case 20."""
    venues = [DAEJEON, DAEGU, BUSAN, GWANGJU, SEOUL]
    best, fair = ranked(venues, HOMES)[0], ranked(venues, HOMES, fair=True)[0]

    assert (best.venue, round(best.mean, 1), round(best.longest)) == (SEOUL, 92.9, 325)
    assert (fair.venue, round(fair.longest), fair.farthest) == (DAEJEON, 201, "Busan")


def test_the_date_line_is_only_a_line():
    """Case 23."""
    best = ranked([SUVA, APIA, AUCKLAND], [SUVA, APIA, AUCKLAND])[0]

    assert best.venue == SUVA
    assert best.mean == pytest.approx(1087, abs=2)


@pytest.mark.parametrize(
    ("homes", "mode", "venue"),
    [
        ([SEOUL, SEOUL, None], "office", "Seoul"),
        ([SEOUL, DAEJEON, DAEGU], "in_person", "Daejeon"),
        ([SEOUL, SEOUL, SEOUL, APIA], "hybrid", "Seoul"),
        ([SUVA, APIA, AUCKLAND], "video", None),
        ([None], "video", None),
    ],
)
def test_the_mode_follows_from_where_they_live(homes, mode, venue):
    """Case 24: who lives nowhere is left out and counted."""
    proposal = propose(homes, offices=[SEOUL], venues=[DAEJEON], radii=Radii(travel=200))

    assert (proposal.mode, proposal.ways.venue.name if proposal.ways else None) == (mode, venue)
    assert (proposal.located, proposal.members) == (len([home for home in homes if home]), len(homes))


def test_nobody_travels_from_nowhere():
    with pytest.raises(ValueError, match="somewhere"):
        ways(SEOUL, [])


def test_a_meeting_costs_what_its_worst_half_hour_does():
    friday = datetime(2027, 3, 26, 16, tzinfo=UTC)

    assert cost(ZoneInfo("UTC"), friday, HOUR) == 0
    assert cost(ZoneInfo("UTC"), friday, 2 * HOUR) == 1
    assert cost(ZoneInfo("UTC"), friday, 12 * HOUR) == 12
    assert cost(ZoneInfo("UTC"), friday + timedelta(days=1), HOUR) == 4


def test_the_burden_goes_round():
    zones = {"Kim": "Asia/Seoul", "Ann": "Europe/Berlin", "Joe": "America/Los_Angeles"}
    carried: dict[str, int] = dict.fromkeys(zones, 0)
    chosen = []
    for week in range(6):
        best = fair_slots(zones, date(2027, 3, 30) + timedelta(weeks=week), HOUR, carried=carried)[0]
        carried = {member: carried[member] + best.costs[member] for member in zones}
        chosen.append(best.starts_at.hour)

    assert len(set(chosen)) > 1
    assert max(carried.values()) - min(carried.values()) <= 8


def test_the_times_of_a_day_are_those_of_the_day_where_the_meeting_is_also_when_clocks_change():
    auckland = ZoneInfo("Pacific/Auckland")
    for day, half_hours in ((date(2027, 3, 30), 48), (date(2027, 4, 4), 50), (date(2027, 9, 26), 46)):
        slots = fair_slots({"Kim": "Pacific/Auckland"}, day, HOUR, clock=auckland, most=99)
        assert {slot.starts_at.astimezone(auckland).date() for slot in slots} == {day}
        assert len(slots) == half_hours


def test_each_sees_the_meeting_on_their_own_clock():
    """Case 27: fifteen o'clock in London is another instant after the clocks change."""
    london = ZoneInfo("Europe/London")

    before, after = (datetime(2027, 3, day, 15, tzinfo=london).astimezone(UTC).hour for day in (23, 30))
    assert (before, after) == (15, 14)
    assert cost(london, datetime(2027, 3, 30, 8, tzinfo=UTC), HOUR) == 0
    assert cost(london, datetime(2027, 3, 23, 8, tzinfo=UTC), HOUR) == 1
