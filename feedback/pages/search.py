"""One box for everything that was ever said."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin import site
from feedback.pages.case import NOTES, VIEW
from feedback.queries.search import Why, find
from people.requests import StaffRequest


@site.page("desk/search/", name="desk_search", permission=VIEW)
def search(request: StaffRequest) -> HttpResponse:
    question = request.GET.get("query", "").strip()
    hits = find(question, notes=request.user.has_perm(NOTES)) if question else []
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    if len(hits) == 1 and hits[0].why == Why.NUMBER and not partial:
        return redirect("admin:case", hits[0].case.pk)
    context: dict[str, Any] = {"question": question, "hits": hits}
    if partial:
        return render(request, "feedback/desk/_found.html", context)
    above = [(_("Desk"), reverse("admin:desk"))]
    return site.render(request, "feedback/desk/search.html", title=_("Search in cases"), breadcrumbs=above, **context)
