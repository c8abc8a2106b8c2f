"""Views of the desk, as of every page, and shared with a team as well."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import SavedView, Team
from people.actions import views
from people.actions.views import ViewRefused
from people.models import User


@transaction.atomic
def save(name: str, query: str, *, by: User, team: Team | None = None, **kept: Any) -> SavedView:
    """Keep the filters of the queue under a name.

    Raises ViewRefused (``not_your_team``, and what ``people.actions.views.save`` refuses).
    """
    _refuse_other_teams(team, by)
    return views.save(SavedView, name, query, by=by, team=team, **kept)


@transaction.atomic
def change(view: SavedView, *, by: User, team: Team | None = None, **kept: Any) -> SavedView:
    """Another name, other people who see it.

    Raises ViewRefused (``not_your_team``, and what ``people.actions.views.change`` refuses).
    """
    if team is not None and team.pk != view.team_id:
        _refuse_other_teams(team, by)
    return views.change(view, by=by, team=team, **kept)


def _refuse_other_teams(team: Team | None, by: User) -> None:
    if team is not None and not team.members.filter(user=by).exists():
        raise ViewRefused(_("A view is shared with one of your own teams."), "not_your_team", "who")
