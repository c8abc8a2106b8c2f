"""The back office: Django's admin as one site, with room for pages that are more than a list of rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Page:
    route: str
    name: str
    view: View
    permission: str
    menu: str | None


class BackOffice(UnfoldAdminSite):
    site_header = site_title = "Mainstay"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[Page] = []

    def page(self, route: str, *, name: str, permission: str, menu: str | None = None) -> Callable[[View], View]:
        """Make a view a page of the back office, for those who hold the permission."""

        def register(view: View) -> View:
            guarded = permission_required(permission, raise_exception=True)(view)
            self.pages.append(Page(route, name, guarded, permission, menu))
            return guarded

        return register

    def get_urls(self) -> list[URLPattern]:
        ours = [path(page.route, self.admin_view(page.view), name=page.name) for page in self.pages]
        return ours + super().get_urls()

    def render(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        return TemplateResponse(request, template, self.each_context(request) | context)


site = cast(BackOffice, admin.site)  # Django makes the site from ``default_site``; this is the same one
