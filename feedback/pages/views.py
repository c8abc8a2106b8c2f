"""Views of the desk: shared with a team, or with everybody who sees it."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from feedback.actions import views
from feedback.models import SavedView, Team
from feedback.queries.queue import Filters
from people.forms import ViewForm
from people.models import User
from people.pages.views import Shelf


class DeskViewForm(ViewForm):
    def kept(self) -> dict[str, Any]:
        who = self.cleaned_data.get("who", "")
        team = Team.objects.filter(pk=who).first() if who.isdigit() else None
        return super().kept() | {"team": team}

    def of(self, view: SavedView) -> dict[str, Any]:
        return super().of(view) | ({"who": str(view.team_id)} if view.team_id else {})


def own_teams(person: User) -> list[tuple[Any, Any]]:
    return list(Team.objects.filter(members__user=person).order_by("name").values_list("pk", "name"))


SHELF = Shelf(
    kind=SavedView, name="desk_view", route="desk/views/", permission="feedback.view_case",
    sharing="feedback.change_case", everybody=_("everybody who sees the desk"), page="desk", title=_("Desk"),
    save=views.save, change=views.change, form=DeskViewForm, circles=own_teams,
    kept=lambda query: Filters.read(QueryDict(query).dict()).query,
)  # fmt: skip
