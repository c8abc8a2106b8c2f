"""Views of pages are kept under a name, changed, shared, opened first and given up; the same for every page."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import NamedView, User

MOST, LONGEST = 30, 500
View = TypeVar("View", bound=NamedView)


class ViewRefused(ValidationError):
    def __init__(self, message: Any, code: str, field: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field or None


@transaction.atomic
def save(kind: type[View], name: str, query: str, *, by: User, replace: bool = False, **kept: Any) -> View:
    """Keep the filters of a page under a name; ``kept`` is what else a view of this kind keeps.

    With ``replace`` it takes the place of one's own view of this name, where there is one.
    Raises ViewRefused (``name_missing``, ``view_too_long``, ``name_taken``, ``too_many_views``).
    """
    name = _named(name)
    if len(query) > LONGEST:
        raise ViewRefused(_("These are more filters than a view can keep."), "view_too_long", "query")
    _lock(by)
    own = kind.objects.filter(owner=by)
    view: Any = own.filter(name=name).first() or kind(owner=by, name=name)
    if view.pk and not replace:
        raise _taken()
    if not view.pk and own.count() >= MOST:
        raise _too_many()
    written: View = _write(view, query=query, **kept)
    return written


@transaction.atomic
def change(view: View, *, by: User, name: str, **kept: Any) -> View:
    """Another name, shared with others or no longer; what is not named stays.

    What was shared by somebody who left becomes the view of whoever changes it.
    Raises ViewRefused (``not_your_view``, ``name_missing``, ``name_taken``, ``too_many_views``).
    """
    name = _named(name)
    _lock(by)
    view = _changeable(view, by)
    own = type(view).objects.filter(owner=by).exclude(pk=view.pk)
    if own.filter(name=name).exists():
        raise _taken()
    if view.owner_id != by.pk and own.count() >= MOST:
        raise _too_many()
    return _write(view, owner=by, name=name, **kept)


@transaction.atomic
def remove(view: NamedView, *, by: User) -> None:
    """Give up one's own view, or one that somebody shared who left. Raises ViewRefused (``not_your_view``)."""
    _changeable(view, by).delete()


@transaction.atomic
def open_first(view: NamedView, *, by: User) -> None:
    """The page opens with this view from now on, for this person. Raises ViewRefused (``not_shown_to_you``)."""
    person = _lock(by)
    if not type(view).objects.seen_by(by).filter(pk=view.pk).exists():
        raise ViewRefused(_("You do not see this view."), "not_shown_to_you")
    _opens_with(person, person.opens_with | {view.place: view.pk}, by)


@transaction.atomic
def open_plain(place: str, *, by: User) -> None:
    """The page opens without a view again, for this person."""
    person = _lock(by)
    _opens_with(person, {page: pk for page, pk in person.opens_with.items() if page != place}, by)


def _opens_with(person: User, choice: dict[str, int], by: User) -> None:
    person.opens_with = by.opens_with = choice
    person.save(update_fields=["opens_with"])


def _lock(person: User) -> User:
    """Two windows of one person wait for each other: names stay unique, and no more than so many."""
    return User.objects.select_for_update().get(pk=person.pk)


def _named(name: str) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise ViewRefused(_("Give the view a name."), "name_missing", "name")
    return name


def _taken() -> ViewRefused:
    return ViewRefused(_("You have a view of this name already."), "name_taken", "name")


def _too_many() -> ViewRefused:
    return ViewRefused(
        _("You have %(most)s views of this page: remove one first.") % {"most": MOST}, "too_many_views", "name"
    )


def _changeable(view: NamedView, by: User) -> Any:
    fresh: Any = type(view).objects.select_for_update(of=["self"]).select_related("owner").get(pk=view.pk)
    if not fresh.changeable(by):
        raise ViewRefused(_("Only who made this view may change or remove it."), "not_your_view")
    return fresh


def _write(view: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(view, name, value)
    view.save()
    return view
