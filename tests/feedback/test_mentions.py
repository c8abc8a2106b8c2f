"""Colleagues who are named in a note."""

import pytest

from feedback.actions import mentions
from feedback.models import Notification
from feedback.queries.people import mentioned
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_who_is_named_is_told_once_and_nobody_else(agent, manager, marketer):
    entry = mentions.note(feedback.case(), "Look, @manager. And @agent, @marketer, @nobody!", by=agent)

    assert list(entry.mentions.all()) == [manager]
    told = Notification.objects.get()
    assert (told.user, told.case, told.what, told.about) == (manager, entry.case, "mentioned", {"entry": entry.pk})


def test_an_address_names_nobody(agent, manager):
    assert mentioned("kim@manager.example or agent@manager") == []
    assert mentioned("(@manager)") == [manager]
