"""What somebody who may see figures finds on their first page: the first ones of their role."""

from typing import Any

from django.utils.translation import gettext_lazy

from config.admin import site
from insights.actions.snapshots import today
from insights.pages.figures import VIEW, tile_of
from insights.queries import board
from insights.queries.asked import months_before
from insights.queries.overview import keys_of
from people.requests import StaffRequest

SHOWN = 4
LEAD = "people.view_user"
TITLE = gettext_lazy("Figures of last month")


@site.home(permission=LEAD, title=TITLE, order=9)
def first_of_all(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Who leads looks at figures before anything else that does not burn."""
    return _figures(request) if request.user.has_perm(VIEW) else None


@site.home(permission=VIEW, title=TITLE, order=60)
def after_work(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Whoever else may see them finds them below what waits."""
    return None if request.user.has_perm(LEAD) else _figures(request)


def _figures(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Nothing before there are any."""
    keys = keys_of("overview", request.user)[:SHOWN]
    pasts = board.pasts(keys, since=months_before(today().replace(day=1), board.TREND))
    tiles = [tile for key in keys if (tile := tile_of(pasts[key]))]
    return ("insights/home.html", {"tiles": tiles}) if tiles else None
