"""Views of a page under a name, for every page that keeps them: a bar of them, and pages to keep and change them.

The page says what is its own in a ``Shelf``, and puts ``bar`` and ``keeping`` into its context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import Text, site
from people.actions import views as actions
from people.forms import ViewForm
from people.models import NamedView, User
from people.requests import StaffRequest
from people.telling import showing, telling

IN_THE_BAR, PER_PAGE = 40, 50
PLAIN = "plain"  # in an address: the page as it is without a view, whatever it opens with


@dataclass(frozen=True)
class Shown:
    """A view as it stands in the bar above its page."""

    view: NamedView
    address: str
    current: bool
    first: bool


@dataclass(frozen=True)
class Shelf:
    """The views of one page, or of pages that belong together."""

    kind: type[NamedView]
    name: str  # of its addresses: desk_views, desk_view_change …
    route: str
    permission: str
    sharing: str  # the permission to share with everybody who sees the page
    everybody: Text
    page: str  # the name of the page's address, and its title
    title: Text
    save: Callable[..., NamedView]
    change: Callable[..., NamedView] = actions.change
    form: type[ViewForm] = ViewForm
    kept: Callable[[str], str] = str  # what of an address a view keeps
    told: Callable[[Any], str] = lambda view: ""  # what the list of views says of one beside its name
    circles: Callable[[User], list[tuple[Any, Any]]] = lambda person: []

    def __post_init__(self) -> None:
        """Make its pages."""
        pages: list[tuple[str, str, Any]] = [
            ("", "s", self._list),
            ("<int:pk>/", "", self._open),
            ("<int:pk>/change/", "_change", self._change),
            ("<int:pk>/remove/", "_remove", require_POST(self._remove)),
            ("<int:pk>/first/", "_first", require_POST(self._first)),
        ]
        for route, name, page in pages:
            site.page(f"{self.route}{route}", name=f"{self.name}{name}", permission=self.permission)(page)

    def opening(self, request: StaffRequest, place: str) -> HttpResponse | None:
        """Where somebody goes who opens the page without a word, and wants it to open with a view."""
        chosen = request.user.opens_with.get(place)
        if chosen is None or request.GET or request.htmx:  # type: ignore[attr-defined]
            return None
        view = self.kind.objects.seen_by(request.user).filter(pk=chosen).first()
        return redirect(view.address) if view and view.query and view.place == place else None

    def bar(self, request: StaffRequest, place: str, query: str, *, besides: str = "") -> dict[str, Any]:
        """The views, and which of them is what the page shows. ``besides`` is added to the address of each."""
        first = request.user.opens_with
        views = [
            Shown(
                view,
                f"{view.address}&{besides}" if besides else view.address,
                (view.place, view.query) == (place, query),
                first.get(view.place) == view.pk,
            )
            for view in self.kind.objects.seen_by(request.user)[:IN_THE_BAR]
        ]
        opens = any(one.first and one.view.place == place for one in views)
        return {"views": views, "shelf": self, "plain": f"?{PLAIN}=1" if opens else ""}

    def keeping(self, request: StaffRequest, query: str, **initial: Any) -> dict[str, Any]:
        """The form that keeps what the page shows."""
        form = self._form(request, initial={"query": query, **initial})
        del form.fields["replace"]  # asked once the name is taken
        return {"view_form": form, "shelf": self}

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.name}s")

    @property
    def addresses(self) -> dict[str, str]:
        """Names, for templates."""
        return {act: f"admin:{self.name}_{act}" for act in ("change", "remove", "first")}

    @property
    def plain(self) -> str:
        return f"{reverse(f'admin:{self.page}')}?{PLAIN}=1"

    def _form(self, request: StaffRequest, *data: Any, **more: Any) -> ViewForm:
        everybody = [(ViewForm.EVERYBODY, self.everybody)] if request.user.has_perm(self.sharing) else []
        return self.form(*data, circles=[*self.circles(request.user), *everybody], **more)

    def _trail(self, *more: tuple[Text, str]) -> list[tuple[Text, str]]:
        return [(self.title, self.plain), *more]

    def _list(self, request: StaffRequest) -> HttpResponse:
        """All views that somebody sees, with what may be done with each; what is to be kept is sent here."""
        form = self._form(request, request.POST or None)
        if form.is_valid():
            said = form.cleaned_data
            kept = self.kept(said["query"])
            with showing(form):
                view = self.save(
                    name=said["name"], query=kept, by=request.user, replace=said["replace"], **form.kept()
                )
                messages.success(request, _("“%(name)s” is kept among your views.") % {"name": view.name})
                return redirect(f"{urlsplit(view.address).path}?{QueryDict(said['query']).urlencode()}")
        found = Paginator(self.kind.objects.seen_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
        rows = [
            (view, view.changeable(request.user), request.user.opens_with.get(view.place) == view.pk, self.told(view))
            for view in found
        ]
        return site.render(
            request, "people/views/list.html", title=_("Views"), breadcrumbs=self._trail(), shelf=self, page=found,
            rows=rows, view_form=form if form.is_bound else None,
        )  # fmt: skip

    def _seen(self, request: StaffRequest, pk: int) -> Any:
        return get_object_or_404(self.kind.objects.seen_by(request.user), pk=pk)

    def _open(self, request: StaffRequest, pk: int) -> HttpResponse:
        """A link to a view that stays the same when its filters change."""
        return redirect(self._seen(request, pk).address)

    def _change(self, request: StaffRequest, pk: int) -> HttpResponse:
        view = self._seen(request, pk)
        form = self._form(request, request.POST or None, new=False)
        form.initial = form.of(view)
        if form.is_valid():
            with showing(form):
                self.change(view, by=request.user, name=form.cleaned_data["name"], **form.kept())
                messages.success(request, _("Saved."))
                return redirect(self.address)
        trail = self._trail((_("Views"), self.address))
        return site.render(
            request, "people/views/change.html", title=view.name, breadcrumbs=trail, shelf=self, view=view,
            view_form=form,
        )  # fmt: skip

    def _remove(self, request: StaffRequest, pk: int) -> HttpResponse:
        view = self._seen(request, pk)
        return self._done(request, lambda: actions.remove(view, by=request.user),
                          _("The view “%(name)s” is removed.") % {"name": view.name})  # fmt: skip

    def _first(self, request: StaffRequest, pk: int) -> HttpResponse:
        view = self._seen(request, pk)
        if request.POST.get("first"):
            said = _("The page opens with “%(name)s” from now on, for you.") % {"name": view.name}
            return self._done(request, lambda: actions.open_first(view, by=request.user), said)
        said = _("The page opens without a view again.")
        return self._done(request, lambda: actions.open_plain(view.place, by=request.user), said)

    def _done(self, request: StaffRequest, act: Callable[[], Any], said: str) -> HttpResponse:
        with telling(request) as say:
            act()
            say(said)
        return redirect(self.address)
