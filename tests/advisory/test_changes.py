"""Whoever looks at a room is told that something has changed."""

import pytest

from advisory.actions import attendance
from advisory.actions.changes import locked, touched
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_each_change_has_a_number_of_its_own():
    meeting = make.running(present=0)
    before = locked(meeting).change

    attendance.come(make.invitees(meeting)[0])
    assert locked(meeting).change == before + 1
    assert touched(meeting).change == before + 2
