"""What a plan brought: by step and channel, with a chart, and beside those who were held out."""

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Plan, Step
from communications.pages.plans import above
from communications.queries import reactions, results
from config import charts
from config.admin import site
from customers.models import ConsentDecision, Segment
from customers.money import in_words
from customers.pages.listing import as_file
from customers.queries import segments
from customers.spreadsheets import rows_to_csv
from people.requests import StaffRequest, number

VIEW = "communications.view_plan"
DAYS = (14, 30, 60, 90)


@site.page("plans/<int:pk>/results/", name="plan_results", permission=VIEW)
def plan_results(request: StaffRequest, pk: int) -> HttpResponseBase:
    plan = get_object_or_404(Plan.objects.select_related("owner"), pk=pk)
    segment = Segment.objects.filter(pk=number(request.GET.get("segment", "")) or 0).first()
    members = segments.members(segment, timezone.now()) if segment else None
    rows = results.steps(plan, members=members)
    if as_file(request):
        return _file(plan, rows)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in DAYS} else 30
    return _page(request, plan, rows, days, segment)


def _page(
    request: StaffRequest, plan: Plan, rows: list[results.StepResult], days: int, segment: Segment | None
) -> HttpResponse:
    currency, now = settings.BUSINESS_CURRENCY, timezone.now()
    members = segments.members(segment, now) if segment else None
    brought = results.brought(plan, days=days, at=now, members=members)
    return site.render(
        request,
        "communications/plans/results.html",
        title=_("Results of %(plan)s") % {"plan": plan.name},
        breadcrumbs=above(plan),
        plan=plan,
        rows=[(row, Step.Kind(row.kind).label, in_words(row.cost, currency)) for row in rows],
        channels=[
            (row, ConsentDecision.Channel(row.channel).label, in_words(row.cost, currency))
            for row in results.by_channel(rows)
        ],
        chart=charts.bars([row.name for row in rows], [row.percent for row in rows], most=100) if rows else None,
        brought=brought,
        points=_points(brought),
        revenue=_revenue(brought, currency),
        segment=segment,
        segments=Segment.objects.order_by("name").values_list("pk", "name"),
        panels=site.panels(request, "plan", plan),
        each=in_words(brought.each, currency),
        each_held=in_words(brought.each_held, currency),
        cost=in_words(sum(row.cost for row in rows), currency),
        days=days,
        choices=DAYS,
        reactions=reactions.of_plan(plan),
        tracking=settings.TRACKING,
    )


def _points(brought: results.Brought) -> dict[str, str]:
    """The lift in percentage points, with its interval."""
    if brought.lift is None:
        return {}
    return {name: f"{100 * getattr(brought.lift, name):+.1f}" for name in ("estimate", "low", "high")}


def _revenue(brought: results.Brought, currency: str) -> dict[str, str]:
    """What a customer bought for more than one held out, with its interval."""
    if brought.revenue is None:
        return {}
    return {name: in_words(round(getattr(brought.revenue, name)), currency) for name in ("estimate", "low", "high")}


def _file(plan: Plan, rows: list[results.StepResult]) -> HttpResponseBase:
    header = [_("Step"), _("Kind"), _("Channel"), _("For"), _("Reached"), _("Not taken"), _("Left out")]
    header += [_("Answered"), _("Redeemed"), _("Unsubscribed"), _("Complained"), _("Cost (minor units)")]
    lines = [
        [row.name, Step.Kind(row.kind).label, ConsentDecision.Channel(row.channel).label, row.found,
         row.reached, row.failed, row.left_out,
         row.answered, row.redeemed, row.unsubscribed, row.complained, row.cost]
        for row in rows
    ]  # fmt: skip
    return rows_to_csv(header, lines, filename=f"plan-{plan.pk}.csv")
