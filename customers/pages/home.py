"""What everybody who may see customers finds on their first page."""

from typing import Any

from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Duplicate
from customers.queries import home
from people.requests import StaffRequest

VIEW, MERGE = "customers.view_customer", "customers.merge_customer"
COUNTED = 100  # more are "more than": nobody needs to know how many more


@site.home(permission=VIEW, order=10)
def find_customer(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    """Most work starts with finding somebody."""
    return "customers/home_find.html", {}


@site.home(permission=VIEW, title=gettext_lazy("Your last customers"), order=20)
def last_customers(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    customers = home.recent(request.user)
    return ("customers/home_recent.html", {"customers": customers}) if customers else None


@site.home(permission=VIEW, title=gettext_lazy("Latest purchases"), order=30)
def latest_purchases(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    context = {"buyers": home.latest_buyers(), "may_import": request.user.has_perm("customers.import_purchase")}
    return "customers/home_purchases.html", context


@site.home(permission=MERGE, title=gettext_lazy("Possible duplicates"), order=50)
def duplicates_waiting(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    waiting = Duplicate.objects.waiting()[: COUNTED + 1].count()
    return ("customers/home_duplicates.html", {"waiting": waiting, "most": COUNTED}) if waiting else None
