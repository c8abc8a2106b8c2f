"""What somebody has promised to do."""

import pytest

from advisory.actions import action_items
from advisory.actions.refusals import BoardRefused, WrongState
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_an_action_is_done_once_or_dropped_for_a_reason(agent):
    board = make.board()
    one = action_items.catch(board, "Call the carrier", owner=agent)
    other = action_items.catch(board, "Ask two neighbours", owner=make.term(board))

    assert action_items.settle(one, "done", by=agent).settled_by == agent
    with pytest.raises(WrongState):
        action_items.settle(one, "dropped", reason="No")
    with pytest.raises(BoardRefused, match="why"):
        action_items.settle(other, "dropped")
    assert action_items.settle(other, "dropped", reason="They moved.").reason == "They moved."
    with pytest.raises(BoardRefused):
        action_items.catch(board, " ")
