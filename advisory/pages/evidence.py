"""What a recommendation rests on: found among answers and quotes, added and taken away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory.actions import evidence
from advisory.board_forms import EvidenceForm
from advisory.models import Evidence, Recommendation
from advisory.pages.boards import attempt
from advisory.pages.recommendations import CHANGE, above, tell_wrong
from advisory.queries import sources as queries
from config.admin import site
from people.requests import StaffRequest

ANSWERS, QUOTES = "feedback.view_answer", "advisory.view_quote"


@site.page("recommendations/<int:pk>/sources/", name="evidence_sources", permission=CHANGE)
def sources(request: StaffRequest, pk: int) -> HttpResponse:
    """Answers to surveys and quotes of members, by their words, each to be attached by one button."""
    found = get_object_or_404(Recommendation.objects.select_related("board"), pk=pk)
    words = request.GET.get("q", "").strip()[:100]
    return site.render(
        request,
        "advisory/recommendations/sources.html",
        title=_("Answers and quotes as evidence"),
        breadcrumbs=[*above(), (f"{found.number}. {found.title}", reverse("admin:recommendation", args=[pk]))],
        one=found,
        words=words,
        answers=queries.answers(found, words) if request.user.has_perm(ANSWERS) else None,
        quotes=queries.quotes(found, words) if request.user.has_perm(QUOTES) else None,
        most=queries.SHOWN,
    )


@site.page("recommendations/<int:pk>/evidence/", name="add_evidence", permission=CHANGE)
@require_POST
def add_evidence(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recommendation.objects.select_related("board"), pk=pk)
    form = EvidenceForm(request.POST, recommendation=found)
    if form.is_valid():
        attempt(request, lambda: evidence.add(found, by=request.user, **form.thing()), _("Added."))
    else:
        tell_wrong(request, form)
    if request.POST.get("back") == "sources":
        words = request.POST.get("q", "")[:100]
        return redirect(reverse("admin:evidence_sources", args=[pk], query={"q": words} if words else None))
    return redirect("admin:recommendation", pk)


@site.page("recommendations/evidence/<int:pk>/drop/", name="drop_evidence", permission=CHANGE)
@require_POST
def drop_evidence(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Evidence.objects.select_related("recommendation"), pk=pk)
    evidence.drop(found)
    return redirect("admin:recommendation", found.recommendation_id)
