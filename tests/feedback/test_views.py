"""Views of the desk are shared with a team as well."""

import pytest
from django.urls import reverse

from feedback.actions import views
from feedback.models import SavedView
from people.actions.views import ViewRefused
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_a_view_is_shared_with_the_team(agent, manager, marketer, agent_client, manager_client):
    team = feedback.team(agent, manager)
    said = {"name": "Hot", "query": "priority=4&agent=me&x=1", "who": str(team.pk)}
    agent_client.post(reverse("admin:desk_views"), said)

    view = SavedView.objects.get()
    assert (view.query, view.team, view.shared) == ("agent=me&priority=4", team, False)
    assert list(SavedView.objects.seen_by(manager)) == [view]
    assert list(SavedView.objects.seen_by(marketer)) == []
    assert f"Shared with {team} by Ada Agent" in manager_client.get(reverse("admin:desk")).content.decode()
    form = agent_client.get(reverse("admin:desk_view_change", args=[view.pk])).content.decode()
    assert f'<option value="{team.pk}" selected>' in form


def test_a_view_is_shared_with_an_own_team_only(agent, manager, agent_client):
    other = feedback.team(manager)
    with pytest.raises(ViewRefused) as refused:
        views.save("Hot", "", by=agent, team=other)
    assert refused.value.code == "not_your_team"

    view = views.save("Hot", "", by=agent)
    with pytest.raises(ViewRefused) as refused:
        views.change(view, by=agent, name="Hot", team=other)
    assert refused.value.code == "not_your_team"
    agent_client.post(reverse("admin:desk_view_change", args=[view.pk]), {"name": "Hot", "who": str(other.pk)})
    assert SavedView.objects.get().team is None
