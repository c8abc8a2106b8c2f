"""Counting ballots, quorums and minutes of an agenda."""

from datetime import UTC, datetime

import pytest

from advisory.agenda import Item, timed
from advisory.tallies import approval, borda, first, moscow, quorum, runoff, schulze, scored, shares

TENNESSEE = {  # case 34
    ("M", "N", "C", "K"): 42,
    ("N", "C", "K", "M"): 26,
    ("C", "K", "N", "M"): 15,
    ("K", "C", "N", "M"): 17,
}
CITIES = ["M", "N", "C", "K"]


def test_the_share_of_yes_depends_on_the_base():
    """Case 33."""
    found = shares(5, 2, 2, present=10, entitled=12)
    percent = [round(share * 100, 2) for share in (found.yes_no, found.yes_no_abstain, found.present, found.entitled)]

    assert percent == [71.43, 55.56, 50.00, 41.67]
    assert shares(0, 0, 0, present=0, entitled=0).yes_no is None


def test_a_quorum_is_of_filled_seats_unless_the_charter_says_all():
    """Case 31."""
    rules = ("half", "majority", "all_half", "all_majority")

    assert [quorum(rule, seats=12, filled=10) for rule in rules] == [5, 6, 6, 7]
    assert [quorum(rule, seats=12, filled=9) for rule in rules] == [5, 5, 6, 7]
    with pytest.raises(ValueError, match="no such rule"):
        quorum("most", seats=12, filled=10)


def test_three_ways_to_count_ranked_ballots():
    """Case 34."""
    assert borda(TENNESSEE, CITIES) == {"N": 194, "C": 173, "M": 126, "K": 107}
    found = runoff(TENNESSEE, CITIES)
    assert (found.winners, found.rounds[-1]) == (["K"], {"M": 42, "K": 58})
    assert schulze(TENNESSEE, CITIES) == ["N"]


def test_a_tie_is_told_as_a_tie():
    tie = {("a", "b"): 1, ("b", "a"): 1}

    assert runoff(tie, ["a", "b"]).winners == ["a", "b"]
    assert schulze(tie, ["a", "b"]) == ["a", "b"]
    assert first(borda(tie, ["a", "b"])) == ["a", "b"]
    assert first({}) == []


def test_what_a_ballot_leaves_out_ranks_last_and_alike():
    ballots = {("a",): 2, ("b", "c"): 1}

    assert borda(ballots, ["a", "b", "c"]) == {"a": 4, "b": 3, "c": 2}
    assert runoff(ballots, ["a", "b", "c"]).winners == ["a"]
    assert schulze(ballots, ["a", "b", "c"]) == ["a"]


def test_a_circle_is_broken_where_it_is_weakest():
    """The example of the method's author: 45 ballots, five options."""
    ballots = {
        tuple("acbed"): 5, tuple("adecb"): 5, tuple("bedac"): 8, tuple("cabed"): 3,
        tuple("caebd"): 7, tuple("cbade"): 2, tuple("dceba"): 7, tuple("ebadc"): 8,
    }  # fmt: skip

    assert schulze(ballots, list("abcde")) == ["e"]


def test_approval_scores_and_categories():
    assert approval([["a", "a", "b"], ["b"]], ["a", "b", "c"]) == {"a": 1, "b": 2, "c": 0}
    assert scored([{"a": 3}, {"a": 2, "b": 8}], ["a", "b"]) == {"a": 5, "b": 8}
    ballots = [{"a": "must"}, {"a": "could", "b": "wont"}, {"a": "should"}, {"a": "could"}]
    assert moscow(ballots, ["a", "b", "c"]) == {"a": "should", "b": "wont", "c": None}


def test_an_agenda_runs_by_the_clock_and_tells_what_is_too_much():
    """Case 29."""
    minutes = (10, 20, 40, 30, 15, 5)
    items = [Item(length, by_host=length in (10, 20, 5)) for length in minutes]
    found = timed(items, starts_at=datetime(2027, 3, 30, 15, tzinfo=UTC), length=110)

    begins = [f"{item.starts_at:%H:%M}" for item in found.items]
    assert begins == ["15:00", "15:10", "15:30", "16:10", "16:40", "16:55"]
    assert f"{found.items[-1].ends_at:%H:%M}" == "17:00"
    assert (found.over, round(found.host_share * 100, 1)) == (10, 29.2)
    assert timed([], starts_at=datetime(2027, 3, 30, tzinfo=UTC), length=60).host_share == 0
