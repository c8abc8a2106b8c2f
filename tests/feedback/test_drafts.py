"""What is being written and has not been sent."""

import pytest

from feedback.actions import drafts, replies
from feedback.actions.refusals import CaseRefused
from feedback.models import Draft
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_written_on_and_ends_with_the_answer(agent, manager):
    case = feedback.case()
    version = drafts.keep(case, "It comes", by=agent)
    assert drafts.keep(case, "It comes tomorrow.", by=agent, version=version) == 2
    drafts.keep(case, "Look at the carrier.", by=agent, kind="note")
    drafts.keep(case, "Mine.", by=manager)

    replies.send(case, "It comes tomorrow.", by=agent)

    left = Draft.objects.order_by("pk").values_list("author", "kind", "text")
    assert list(left) == [(agent.pk, "note", "Look at the carrier."), (manager.pk, "reply", "Mine.")]


def test_another_window_never_writes_over_a_newer_draft_unseen(agent):
    case = feedback.case()
    version = drafts.keep(case, "One", by=agent)
    drafts.keep(case, "One and two", by=agent, version=version)

    with pytest.raises(drafts.DraftConflict) as refused:
        drafts.keep(case, "One or three", by=agent, version=version)
    assert refused.value.draft.text == "One and two"
    assert drafts.keep(case, "One or three", by=agent, version=refused.value.draft.version) == 3


def test_an_empty_draft_is_gone_and_an_endless_one_is_refused(agent):
    case = feedback.case()
    version = drafts.keep(case, "One", by=agent)
    assert drafts.keep(case, "  ", by=agent, version=version) == 0
    assert not Draft.objects.exists()

    with pytest.raises(CaseRefused) as refused:
        drafts.keep(case, "x" * 200_001, by=agent)
    assert refused.value.code == "text_too_long"
