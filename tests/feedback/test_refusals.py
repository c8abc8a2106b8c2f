"""Cases on which nothing more is done say why."""

import pytest
from django.utils import timezone

from feedback.actions import cases, conversation
from feedback.actions.refusals import NotOpen
from feedback.models import Case
from tests.factories import feedback

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["case_is_spam", "case_merged", "case_closed"])
def test_a_case_that_is_not_open_is_worked_on_by_nobody(agent, code):
    case = feedback.case("question", spam=code == "case_is_spam")
    if code == "case_merged":
        Case.objects.filter(pk=case.pk).update(merged_into=feedback.case())
    if code == "case_closed":
        Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=timezone.now())

    for step in (
        lambda: cases.assign(case, to=agent),
        lambda: cases.change(case, by=agent, severity=4),
        lambda: cases.wait(case, on="customer"),
        lambda: conversation.reply(case, "Tomorrow.", by=agent),
    ):
        with pytest.raises(NotOpen) as refused:
            step()
        assert refused.value.code == code
        assert refused.value.messages
