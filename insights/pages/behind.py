"""The customers behind a figure, for those who may see them."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin import site
from customers.models import Profile
from customers.pages.listing import as_file, chosen, may_export, written_down
from customers.spreadsheets import rows_to_csv
from insights.definitions import DEFINITIONS
from insights.queries import behind, board, settings
from insights.queries.asked import DIMENSIONS, Asked
from people.models import User
from people.requests import StaffRequest, day, number

SEE = "insights.see_customers"
FILE = 10_000


@dataclass(frozen=True)
class Row:
    customer: Any
    profile: Profile | None


@site.page("figures/behind/customers/", name="figure_customers", permission=SEE)
def figure_customers(request: StaffRequest) -> HttpResponseBase:
    """A page of them, counted by the statement that took the figure."""
    metric = request.GET.get("figure", "")
    if metric not in behind.KNOWN:
        raise Http404
    if not may_see(request.user, metric):
        raise PermissionDenied
    wanted = _wanted(request, metric)
    exports = may_export(request.user)
    if as_file(request) and exports:
        header, rows = [_("number"), _("name"), _("purchases"), _("last purchase")], _all(wanted)
        return rows_to_csv(header, written_down(rows, by=request.user, of=metric), filename=f"{metric}.csv")
    found, total, after = behind.customers(wanted)
    profiles = behind.profiles(found)
    definition = DEFINITIONS[metric]
    query = request.GET.copy()
    query.pop("after", None)
    return site.render(
        request, "insights/customers.html", title=definition.title,
        breadcrumbs=[(_("Figures"), reverse("admin:figures"))], definition=definition,
        rows=[Row(one, profiles.get(one.pk)) for one in found], total=total, wanted=wanted, after=after,
        group=_group(wanted), query=query.urlencode(), may_export=exports,
    )  # fmt: skip


def may_see(user: User, metric: str) -> bool:
    """Who is behind this figure. What is known of points and complaints takes the right to those as well."""
    needed = behind.needed(metric) if metric in behind.KNOWN else ""
    return metric in behind.KNOWN and user.has_perm(SEE) and (not needed or user.has_perm(needed))


def _group(wanted: behind.Wanted) -> str:
    """The group in words."""
    names = dict(Profile.Stage.choices) if wanted.metric == "stage" else board.names_of(wanted.asked.dimension)
    return str(names.get(wanted.member, wanted.member))


def _wanted(request: StaffRequest, metric: str) -> behind.Wanted:
    as_of = day(request.GET.get("as_of", ""))
    if as_of is None or (metric in behind.COHORTS and day(f"{request.GET.get('member', '')}-01") is None):
        raise Http404
    after = request.GET.get("after", "0")
    by = chosen(request, "by", DIMENSIONS)
    asked = Asked(as_of, settings.current(), by)
    return behind.Wanted(metric, asked, request.GET.get("member", ""), number(after, 0))


def _all(wanted: behind.Wanted) -> Any:
    """At most ten thousand."""
    for one, profile in behind.everybody(wanted, limit=FILE):
        bought = profile.purchases if profile else 0
        yield (one.pk,), [one.number, one.name, bought, profile and profile.last_purchase_at]
