"""What a case keeps of what was said in it is found again from what stands in it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.actions import conversation, moves
from feedback.models import Case, Move
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_the_times_of_a_case_are_those_of_its_messages(agent):
    case = feedback.case(at=timezone.now() - timedelta(hours=5))
    conversation.reply(case, "Tomorrow.", by=agent, at=case.received_at + timedelta(hours=1))
    conversation.receive(case, text="Well?", channel="email", at=case.received_at + timedelta(hours=2))
    conversation.receive(case, text="I am away", channel="email", automatic=True)
    conversation.note(case, "Look", by=agent)
    kept = Case.objects.values(*moves.KEPT).get(pk=case.pk)

    case.last_entry_at = case.unanswered_since = None
    moves.recount(case)
    assert Case.objects.values(*moves.KEPT).get(pk=case.pk) == kept


def test_a_case_moves_elsewhere_and_is_merged_once():
    one, two = feedback.case(), feedback.case()
    given = {"kind": "merge", "source": one, "at": timezone.now()}
    with pytest.raises(IntegrityError, match="move_goes_to_another_case"), transaction.atomic():
        Move.objects.create(target=one, **given)
    Move.objects.create(target=two, **given)
    with pytest.raises(IntegrityError, match="a_case_is_merged_once"), transaction.atomic():
        Move.objects.create(target=two, **given)
