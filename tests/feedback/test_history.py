"""What was done to a case."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.actions import history
from feedback.models import CaseEvent
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_what_was_done_is_written_down_and_stays(agent):
    event = history.note(feedback.case(), "assigned", at=timezone.now(), by=agent, to=agent.pk)

    assert (event.by, event.about) == (agent, {"to": agent.pk})
    for refused in (lambda: CaseEvent.objects.update(what="closed"), lambda: event.delete()):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            refused()
