"""Views of the queue are saved under a name, shared with a team, and given up."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.refusals import CaseRefused
from feedback.models import SavedView, Team
from people.models import User


@transaction.atomic
def save(name: str, query: str, *, by: User, team: Team | None = None) -> SavedView:
    """Keep the filters of the queue under a name, instead of those that it stood for before.

    Raises CaseRefused (``name_missing``, ``view_too_long``, ``not_your_team``).
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise CaseRefused(_("Give the view a name."), "name_missing", "name")
    if len(query) > 500:
        raise CaseRefused(_("These are more filters than a view can keep."), "view_too_long", "query")
    if team is not None and not team.members.filter(user=by).exists():
        raise CaseRefused(_("A view is shared with one of your own teams."), "not_your_team", "team")
    view, _new = SavedView.objects.update_or_create(owner=by, name=name, defaults={"query": query, "team": team})
    return view


def remove(view: SavedView, *, by: User) -> None:
    """Give up one's own view. Raises CaseRefused (``not_your_view``)."""
    if view.owner_id != by.pk:
        raise CaseRefused(_("Only who made this view may remove it."), "not_your_view")
    view.delete()
