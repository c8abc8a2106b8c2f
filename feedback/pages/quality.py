"""Service excellence: standards, cases drawn and reviewed, and each agent's own page."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from communications import timing
from config.admin import site
from config.menu import Group
from feedback.actions import quality
from feedback.models import Case, QualityReview
from feedback.pages.survey_results import said
from feedback.queries import quality as read
from people.requests import StaffRequest
from people.telling import telling

OWN, REVIEW, STANDARD = "feedback.answer_case", "feedback.change_qualityreview", "feedback.add_standard"
DAYS, SHOWN, PROMISES = 30, 100, 20


@site.page(
    "my-work/",
    name="my_work",
    permission=OWN,
    menu=gettext_lazy("My figures"),
    icon="insights",
    group=Group.WORK,
    order=30,
)
def my_work(request: StaffRequest) -> HttpResponse:
    """One's own figures and promises; nobody else sees this page of somebody."""
    now = timezone.now()
    own = read.own(request.user, now - timedelta(days=DAYS), now)
    promises = read.promises(request.user)
    return site.render(
        request,
        "feedback/quality/my_work.html",
        title=_("My figures"),
        days=DAYS,
        own=own,
        satisfied=said(own.satisfied),
        promises=promises[:PROMISES],
        more=promises.count() - PROMISES,
        to_do=read.to_do(request.user),
        coaching=[(row, list(zip(row.standard.items, _named(row), strict=False))) for row in _advice(request)],
        today=timezone.localdate(),
        now=now,
    )


def _advice(request: StaffRequest) -> list[QualityReview]:
    return list(read.coaching(request.user))


def _named(row: QualityReview) -> list[Any]:
    return ["" if mark is None else QualityReview.Mark(mark).label for mark in row.marks]


@site.page("my-work/<int:pk>/read/", name="review_read", permission=OWN)
@require_POST
def review_read(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request):
        quality.read_by_agent(get_object_or_404(QualityReview, pk=pk), by=request.user)
    return redirect("admin:my_work")


@site.page(
    "quality/",
    name="quality",
    permission=REVIEW,
    menu=gettext_lazy("Quality reviews"),
    icon="verified",
    group=Group.WORK,
    order=60,
)
def reviews(request: StaffRequest) -> HttpResponse:
    waiting = read.waiting(request.user)
    return site.render(
        request,
        "feedback/quality/reviews.html",
        title=_("Quality reviews"),
        rows=waiting[:SHOWN],
        more=waiting.count() - SHOWN,
        agents=read.latest_weeks(timezone.now()),
        standards=[(kind, label, read_of.items if read_of else []) for kind, label, read_of in _standards()],
        may_change=request.user.has_perm(STANDARD),
    )


def _standards() -> list[tuple[str, Any, Any]]:
    known = read.standards()
    return [(kind, label, known.get(kind)) for kind, label in Case.Kind.choices]


@site.page("quality/draw/", name="draw_reviews", permission=REVIEW)
@require_POST
def draw(request: StaffRequest) -> HttpResponse:
    """Three cases of each agent out of those that were closed last week."""
    drawn = quality.draw(timing.business_date(timezone.now()) - timedelta(days=7))
    said = ngettext("%(count)s case was drawn.", "%(count)s cases were drawn.", drawn)
    messages.success(request, said % {"count": drawn})
    return redirect("admin:quality")


@site.page("quality/standards/", name="set_standard", permission=STANDARD)
@require_POST
def set_standard(request: StaffRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    with telling(request) as say:
        if kind in Case.Kind.values:
            quality.set_standard(kind, request.POST.get("items", "").splitlines(), by=request.user)
            say(_("Saved: reviews that are drawn from now on go by it."))
    return redirect("admin:quality")


@site.page("quality/<int:pk>/", name="quality_review", permission=REVIEW)
def quality_review(request: StaffRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(QualityReview.objects.select_related("case", "agent", "standard", "reviewer"), pk=pk)
    refusal, marks, coaching = "", row.marks or [None] * len(row.standard.items), row.coaching
    if request.method == "POST":
        marks, coaching = _marks(request, row), request.POST.get("coaching", "")
        try:
            quality.review(row, marks=marks, coaching=coaching, by=request.user)
        except ValidationError as refused:
            refusal = " ".join(refused.messages)
        else:
            messages.success(request, _("Kept. The agent reads it on their own page."))
            return redirect("admin:quality")
    chosen = row.marks or request.method == "POST"
    return site.render(
        request,
        "feedback/quality/review.html",
        title=str(row.case),
        breadcrumbs=[(_("Quality reviews"), reverse("admin:quality"))],
        review=row,
        items=[(item, mark, mark is None and chosen) for item, mark in zip(row.standard.items, marks, strict=True)],
        coaching=coaching,
        choices=QualityReview.Mark.choices,
        refusal=refusal,
        status=400 if refusal else 200,
    )


def _marks(request: StaffRequest, row: QualityReview) -> list[int | None]:
    """-1 stands for an item that was left open, which the action refuses."""
    posted = [request.POST.get(f"mark-{place}", "") for place in range(len(row.standard.items))]
    return [None if text == "none" else int(text) if text in ("0", "1", "2") else -1 for text in posted]
