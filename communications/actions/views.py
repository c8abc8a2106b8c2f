"""Views of the calendar are saved under a name, shared with everybody who sees it, and given up."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communications.models import CalendarView
from people.models import User

MOST, LONGEST = 30, 500


class ViewRefused(ValidationError):
    """``code`` is ``no_name``, ``too_long``, ``too_many`` or ``not_yours``."""


@transaction.atomic
def save(name: str, query: str, *, by: User, shared: bool = False) -> CalendarView:
    """Keep these filters under a name, instead of those that it stood for before. Raises ViewRefused."""
    name = " ".join(name.split())[:60]
    if not name:
        raise ViewRefused(_("Give the view a name."), code="no_name")
    if len(query) > LONGEST:
        raise ViewRefused(_("These are more filters than a view can keep."), code="too_long")
    User.objects.select_for_update().get(pk=by.pk)
    own = CalendarView.objects.filter(owner=by)
    if own.exclude(name=name).count() >= MOST:
        raise ViewRefused(_("These are too many: remove one first."), code="too_many")
    view, _new = own.update_or_create(owner=by, name=name, defaults={"query": query, "shared": shared})
    return view


def remove(view: CalendarView, *, by: User) -> None:
    """Give up one's own view, or a shared one of somebody who is gone. Raises ViewRefused (``not_yours``)."""
    if not view.removable(by):
        raise ViewRefused(_("Only who made this view may remove it."), code="not_yours")
    view.delete()
