"""Staff are told of cases."""

import pytest

from communications.models import Message
from feedback.actions import notifications
from feedback.models import Notification
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_somebody_is_told_once_by_the_same_key_in_the_back_office_and_by_mail(agent, manager):
    case = feedback.case()
    assert notifications.tell([agent], case, "warned", key="k", metric="update") == 1
    assert notifications.tell([agent, manager], case, "warned", key="k", metric="update") == 1

    assert set(Notification.objects.values_list("user", flat=True)) == {agent.pk, manager.pk}
    letter = Message.objects.get(to_address=agent.email)
    assert letter.subject == f"Case {case.number} is due soon"
    assert "Promise: update" in letter.text


def test_what_was_read_is_not_unread_by_somebody_else(agent, manager):
    case = feedback.case()
    notifications.tell([agent, manager], case, "breached", key="k")
    assert notifications.read(agent) == 1
    assert notifications.read(agent) == 0

    [left] = Notification.objects.filter(read_at=None)
    assert left.user == manager
    assert notifications.read(manager, [left.pk + 1]) == 0
