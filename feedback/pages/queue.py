"""The queue: what is to be done next, as links that can be shared."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from config.paging import Page
from customers.pages.listing import Order, keyset
from feedback.models import Case, SavedView
from feedback.pages.bulk import offered
from feedback.pages.filters import VIEW, chips, form, open_address
from feedback.pages.lines import lines_of
from feedback.pages.views import SHELF
from feedback.queries import queue
from people.requests import StaffRequest

NOTES = "feedback.read_notes"
PER_PAGE = 25
BY_DUE: Order = (["due_or_never", "id"], [datetime, int])
LATEST: Order = (["-received_at", "-id"], [datetime, int])


@site.page(
    "desk/", name="desk", permission=VIEW, menu=gettext_lazy("Desk"), icon="support_agent", group=Group.WORK, order=5
)
def desk(request: StaffRequest) -> HttpResponse:
    if opening := SHELF.opening(request, SavedView.PAGE):
        return opening
    filters = queue.Filters.read(request.GET.dict())
    page, rows = _rows(request, filters)
    context: dict[str, Any] = {"filters": filters, "page": page, "rows": rows}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/desk/_rows.html", context)
    context |= _around(request, filters)
    return site.render(request, "feedback/desk/queue.html", title=_("Desk"), is_fullwidth="1", **context)


def _rows(request: StaffRequest, filters: queue.Filters) -> tuple[Page[Case], list[SafeString]]:
    now = timezone.now()
    found = queue.with_lines(filters.cases(person=request.user, at=now, today_ends=queue.today_ends(now)))
    order = LATEST
    if queue.by_due(filters):
        found, order = found.by_due(), BY_DUE
    page = keyset(request, found, order, limit=PER_PAGE)
    last = queue.last_words(page.rows, notes=request.user.has_perm(NOTES))
    return page, lines_of(page.rows, last, now, query=filters.query)


def _around(request: StaffRequest, filters: queue.Filters) -> dict[str, Any]:
    """Tabs, saved views and what is chosen; the form of filters where it was opened."""
    tabs, opened = _tabs(request, filters), "filters" in request.GET
    is_tab = any(tab["current"] for tab in tabs)
    return {
        "tabs": tabs,
        "chips": [] if is_tab else chips(filters),
        **SHELF.bar(request, SavedView.PAGE, filters.query),
        "bulk": offered(request.user, filters.state),
        "opened": opened,
        "open_filters": open_address(filters),
        "may": {
            name: request.user.has_perm(f"feedback.{name}_case") for name in ("assign", "change", "answer", "add")
        },
        **(form(request, filters) if opened else {}),
    }


def _tabs(request: StaffRequest, filters: queue.Filters) -> list[dict[str, Any]]:
    counts = queue.counts(request.user, timezone.now())
    offered = [
        (_("Mine"), "agent=me", counts["mine"]),
        (_("Unassigned"), "agent=nobody", counts["free"]),
        (_("Breached"), "due=breached", counts["breached"]),
        (_("Due soon"), "due=soon", counts["soon"]),
        (_("All open"), queue.Filters().link, None),
        (_("Asleep"), "state=asleep", None),
        (_("Closed"), "state=closed", None),
    ]
    return [
        {"name": name, "query": query, "count": count, "many": (count or 0) > queue.COUNTED,
         "current": filters.link == query}
        for name, query, count in offered
    ]  # fmt: skip
