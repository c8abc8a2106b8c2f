"""Views of the queue that are kept."""

import pytest

from feedback.actions import views
from feedback.actions.refusals import CaseRefused
from feedback.models import SavedView
from feedback.queries import queue
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_a_view_is_kept_under_its_name_and_shared_with_the_team(agent, manager, marketer):
    team = feedback.team(agent, manager)
    first = views.save(" Hot  ", "priority=4", by=agent, team=team)
    again = views.save("Hot", "priority=4&agent=me", by=agent, team=team)

    assert first == again
    assert (again.name, again.query) == ("Hot", "priority=4&agent=me")
    assert queue.views(manager) == [again]
    assert queue.views(marketer) == []


@pytest.mark.parametrize(("name", "query", "code"), [(" ", "", "name_missing"), ("x", "a" * 501, "view_too_long")])
def test_what_cannot_be_kept_is_refused(agent, name, query, code):
    with pytest.raises(CaseRefused) as refused:
        views.save(name, query, by=agent)
    assert refused.value.code == code


def test_a_view_is_shared_with_an_own_team_only_and_removed_by_its_owner_only(agent, manager):
    with pytest.raises(CaseRefused) as refused:
        views.save("Hot", "", by=agent, team=feedback.team(manager))
    assert refused.value.code == "not_your_team"

    view = views.save("Hot", "", by=agent)
    with pytest.raises(CaseRefused) as refused:
        views.remove(view, by=manager)
    assert refused.value.code == "not_your_view"
    views.remove(view, by=agent)
    assert not SavedView.objects.exists()
