"""What everybody who may see customers finds on their first page."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Duplicate, Profile
from customers.pages.imports import kinds_of
from customers.queries import home
from people.requests import StaffRequest

VIEW, MERGE, IMPORT = "customers.view_customer", "customers.merge_customer", "customers.import_purchase"
HINTS = {
    Profile.Stage.NEW: gettext_lazy("bought for the first time"),
    Profile.Stage.AT_RISK: gettext_lazy("quiet for longer than is usual for them"),
    Profile.Stage.LAPSED: gettext_lazy("stopped buying"),
    Profile.Stage.RETURNED: gettext_lazy("came back after a long time"),
}
COUNTED = 100  # more are "more than": nobody needs to know how many more


@site.home(permission=VIEW, order=10)
def find_customer(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    """Most work starts with finding somebody."""
    return "customers/home_find.html", {}


@site.home(permission=VIEW, title=gettext_lazy("Your last customers"), order=20)
def last_customers(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    customers = home.recent(request.user)
    return ("customers/home_recent.html", {"customers": customers}) if customers else None


@site.home(permission=IMPORT, title=gettext_lazy("Files being brought in"), order=30)
def imports_at_hand(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    runs = home.imports_at_hand(timezone.now(), kinds=kinds_of(request))
    return ("customers/home_imports.html", {"runs": runs}) if runs else None


@site.home(permission=VIEW, title=gettext_lazy("Customers to think of"), order=55)
def by_stage(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """How many stand where something may be done about it."""
    tiles = [(*tile, hint) for tile, hint in zip(home.by_stage(list(HINTS)), HINTS.values(), strict=True)]
    context = {"tiles": tiles, "most": home.COUNTED}
    return ("customers/home_stages.html", context) if any(tile[2] for tile in tiles) else None


@site.home(permission=VIEW, title=gettext_lazy("Latest purchases"), order=70)
def latest_purchases(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    context = {"buyers": home.latest_buyers(), "may_import": request.user.has_perm("customers.import_purchase")}
    return "customers/home_purchases.html", context


@site.home(permission=MERGE, title=gettext_lazy("Possible duplicates"), order=50)
def duplicates_waiting(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    waiting = Duplicate.objects.waiting()[: COUNTED + 1].count()
    return ("customers/home_duplicates.html", {"waiting": waiting, "most": COUNTED}) if waiting else None
