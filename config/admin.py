"""The back office: Django's admin as one site, with room for pages that are more than a list of rows.

In ``<app>/pages.py``::

    @site.page("inbox/", name="inbox", permission="feedback.view_complaint", menu="Inbox", icon="inbox", group="work")
    def inbox(request):
        return site.render(request, "feedback/inbox.html", title=_("Inbox"), complaints=…)

    @site.home(permission="feedback.view_complaint", title=_("Waiting for an answer"), order=10)
    def waiting(request):
        return "feedback/home_waiting.html", {"complaints": …}
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from config.menu import Group
from config.spreadsheets import export_as_csv

View = Callable[..., HttpResponseBase]
Text = str | Promise
Section = Callable[..., tuple[str, dict[str, Any]] | None]


# Somebody who sees everything finds the first sections in full, and the headings of the rest.
MOST_SECTIONS, SECTIONS_IN_FULL = 8, 6


@dataclass(frozen=True)
class Page:
    route: str
    name: str
    view: View
    permission: str | None
    menu: Text | None
    icon: str
    group: str
    order: int

    def open_to(self, request: HttpRequest) -> bool:
        return self.permission is None or request.user.has_perm(self.permission)


@dataclass(frozen=True)
class HomeSection:
    view: Section
    permission: str | None
    title: Text | None
    order: int


@dataclass(frozen=True)
class Panel:
    place: str
    view: Callable[[HttpRequest, Any], tuple[str, dict[str, Any]] | None]
    permission: str | None
    title: Text
    order: int


class BackOffice(UnfoldAdminSite):
    site_header = site_title = "Mainstay"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[Page] = []
        self.sections: list[HomeSection] = []
        self.places: list[Panel] = []
        self.add_action(export_as_csv)

    def page(
        self,
        route: str,
        *,
        name: str,
        permission: str | None,
        menu: Text | None = None,
        icon: str = "article",
        group: str = Group.WORK,
        order: int = 100,
    ) -> Callable[[View], View]:
        """Make a view a page of the back office, for those who hold the permission (None: for all who sign in).

        ``menu`` is its name in the sidebar (None: it is reached from other pages), ``icon`` a name of Material
        Symbols, ``order`` its place within the group. The page's address is ``admin:<name>``.
        """

        def register(view: View) -> View:
            @wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                if permission is not None and not request.user.has_perm(permission):
                    raise PermissionDenied
                return view(request, *args, **kwargs)

            self.pages.append(Page(route, name, guarded, permission, menu, icon, group, order))
            return guarded

        return register

    def home(
        self, *, permission: str | None, title: Text | None = None, order: int = 100
    ) -> Callable[[Section], Section]:
        """Make a function a section of everybody's first page who holds the permission.

        It returns a template and its context, or None where it has nothing to say today.
        """

        def register(view: Section) -> Section:
            self.sections.append(HomeSection(view, permission, title, order))
            return view

        return register

    def panel(
        self, place: str, *, title: Text, permission: str | None, order: int = 100
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a function a part of a page that an app below owns: the ledger statement on the customer page.

        It gets the request and the page's subject, and returns a template and its context, or None.
        """

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            self.places.append(Panel(place, view, permission, title, order))
            return view

        return register

    def panels(self, request: HttpRequest, place: str, subject: Any) -> list[tuple[Text, SafeString]]:
        """The parts that the apps above have for this place and that this person may see: (title, HTML) each."""
        drawn = []
        for panel in sorted(self.places, key=lambda panel: panel.order):
            if panel.place == place and (panel.permission is None or request.user.has_perm(panel.permission)):
                answer = panel.view(request, subject)
                if answer is not None:
                    template, context = answer
                    drawn.append((panel.title, render_to_string(template, context, request)))
        return drawn

    def get_urls(self) -> list[URLPattern]:
        ours = [path(page.route, self.admin_view(page.view), name=page.name) for page in self.pages]
        return ours + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Every page is handed this list and none of ours shows it: it is made when somebody looks at it."""
        return cast(
            list[dict[str, Any]], SimpleLazyObject(lambda: super(BackOffice, self).get_app_list(request, app_label))
        )

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Today's work of the one who is signed in, put together from the sections of the apps."""
        sections = self._sections_for(request)
        shown = len(sections) if len(sections) <= MOST_SECTIONS else SECTIONS_IN_FULL
        context: dict[str, Any] = {"title": _("Today"), "sections": sections[:shown], "folded": sections[shown:]}
        context["has_role"] = bool(request.user.get_all_permissions())
        return self.render(request, "admin/index.html", **context | (extra_context or {}))

    def _sections_for(self, request: HttpRequest) -> list[tuple[Text | None, SafeString]]:
        drawn = []
        for section in sorted(self.sections, key=lambda section: section.order):
            if section.permission is None or request.user.has_perm(section.permission):
                answer = section.view(request)
                if answer is not None:
                    template, context = answer
                    drawn.append((section.title, render_to_string(template, context, request)))
        return drawn

    def render(
        self,
        request: HttpRequest,
        template: str,
        *,
        breadcrumbs: Iterable[tuple[Text, str]] = (),
        status: int = 200,
        **context: Any,
    ) -> TemplateResponse:
        """A whole page. ``title`` heads it; ``breadcrumbs`` are (name, address) of the pages above it.

        Raises ValueError where a page would replace what its frame is made of: ``theme`` is light or dark there.
        """
        frame = self.each_context(request)
        if taken := frame.keys() & context.keys() - {"title"}:
            raise ValueError(f"the frame has {', '.join(sorted(taken))} already")
        trail = [{"title": str(name), "link": link} for name, link in breadcrumbs]
        context = frame | {"breadcrumbs": trail} | context
        request.current_app = self.name
        return TemplateResponse(request, template, context, status=status)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Signing in is allauth's, with its limits and second factors; this only leads there."""
        return cast(HttpResponse, secure_admin_login(super().login)(request, extra_context))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return redirect(f"{self.name}:index")
        logout(request)
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")


site = cast(BackOffice, admin.site)  # Django makes the site from ``default_site``; this is the same one
