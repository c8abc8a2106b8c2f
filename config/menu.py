"""The sidebar: pages and lists that the signed-in person may use, in five groups."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

if TYPE_CHECKING:
    from config.admin import BackOffice


class Group(models.TextChoices):
    """Where an entry stands in the sidebar, from top to bottom."""

    WORK = "work", _("Work")
    CUSTOMERS = "customers", _("Customers")
    LOYALTY = "loyalty", _("Loyalty")
    FIGURES = "figures", _("Figures")
    SETUP = "setup", _("Set-up")


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar."""

    title: str
    link: str
    icon: str
    group: str
    order: int = 100


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What unfold draws: groups with at least one entry; the entry that the address lies under is active."""
    from config.admin import site  # the site imports this module

    entries = [Entry(str(_("Today")), reverse("admin:index"), "today", Group.WORK, order=0)]
    entries += pages(site, request)
    entries += lists(site, request)
    entries.sort(key=lambda entry: entry.order)
    active = active_link([entry.link for entry in entries], request.path)
    groups = []
    for group in Group:
        items = [
            {"title": entry.title, "icon": entry.icon, "link": entry.link, "active": entry.link == active}
            for entry in entries
            if entry.group == group
        ]
        if items:
            groups.append({"title": group.label, "items": items})
    return groups


def find_pages(request: HttpRequest, words: str) -> list[SearchResult]:
    """What "Go to…" finds besides lists, which unfold finds itself: pages with these words in their name,
    and the way to customers of whom they are part."""
    from config.admin import site  # the site imports this module

    entries = pages(site, request)
    found = [
        SearchResult(title=entry.title, description=str(Group(entry.group).label), link=entry.link, icon=entry.icon)
        for entry in entries
        if words in entry.title.lower()
    ]
    customers = next((entry for entry in entries if entry.link == reverse("admin:customers")), None)
    if customers:
        among = f"{customers.link}?{urlencode({'query': words})}"
        who = str(_("Customers with “%(words)s”") % {"words": words})
        found.append(SearchResult(title=who, description=str(Group.CUSTOMERS.label), link=among, icon="person_search"))
    return found


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """Under one's own name at the foot of the sidebar."""
    return [
        {"title": _("My account"), "link": reverse("admin:my_account")},
        {"title": _("Second factor"), "link": reverse("mfa_index")},
        {"title": _("Sessions"), "link": reverse("usersessions_list")},
    ]


def active_link(links: list[str], path: str) -> str | None:
    """The longest link that the path lies under; home counts only for itself."""
    home = reverse("admin:index")
    above = [link for link in links if path == link or (link != home and path.startswith(link))]
    return max(above, key=len, default=None)


def pages(site: "BackOffice", request: HttpRequest) -> list[Entry]:
    """Entries for pages registered with ``menu=``."""
    return [
        Entry(str(page.menu), reverse(f"admin:{page.name}"), page.icon, page.group, page.order)
        for page in site.pages
        if page.menu and page.open_to(request)
    ]


def lists(site: "BackOffice", request: HttpRequest) -> list[Entry]:
    """Entries for the lists of ModelAdmins.

    A ModelAdmin may say where it stands with ``menu_group``, ``menu_icon`` and ``menu_order``,
    and stays out with ``menu_group = None``.
    """
    entries = []
    for model, model_admin in site._registry.items():
        group = getattr(model_admin, "menu_group", Group.SETUP)
        if group and model_admin.has_view_or_change_permission(request):
            options = model._meta
            entries.append(
                Entry(
                    str(options.verbose_name_plural).capitalize(),
                    reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
                    getattr(model_admin, "menu_icon", "list_alt"),
                    group,
                    getattr(model_admin, "menu_order", 200),
                )
            )
    return entries
