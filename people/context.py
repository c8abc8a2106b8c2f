"""Context of pages that are not ours: those of one's own sign-in are drawn inside the back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin import site

ACCOUNT = "/account/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Sidebar and top bar for the pages of one's own sign-in; nothing for any other."""
    if not request.path.startswith(ACCOUNT):
        return {}
    context = site.each_context(request)
    if not request.user.is_authenticated:
        context["sidebar_navigation"] = []
    return context | {"breadcrumbs": [{"title": _("My account"), "link": reverse("admin:my_account")}]}
