"""Comments on plans."""

import pytest

from communications.actions import comments
from communications.actions.comments import CommentRefused
from tests.factories import plans as made

pytestmark = pytest.mark.django_db


def test_a_comment_stays_as_it_was_said(marketer):
    plan = made.campaign(live=False)

    said = comments.say(plan, "  Too early? ", by=marketer)

    assert (said.text, said.by, said.plan) == ("Too early?", marketer, plan)
    for text, code in ((" ", "empty"), ("x" * 2_001, "too_long")):
        with pytest.raises(CommentRefused) as refused:
            comments.say(plan, text, by=marketer)
        assert refused.value.code == code
