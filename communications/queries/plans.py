"""Plans as the pages list and show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from communications.models import Approval, Enrolment, Plan, PlanVersion, Step, Touchpoint
from customers.models import Segment


@dataclass(frozen=True)
class Row:
    plan: Plan
    version: PlanVersion
    steps: int
    inside: int


def listed(*, status: str = "", kind: str = "", owner: int | None = None) -> QuerySet[Plan]:
    """Those that somebody works on first: what has ended stands behind its own filter."""
    found = Plan.objects.select_related("owner").order_by("-pk")
    found = found.filter(status=status) if status else found.exclude(status=Plan.Status.ENDED)
    found = found.filter(kind=kind) if kind else found
    return found.filter(owner=owner) if owner else found


def rows(plans: list[Plan]) -> list[Row]:
    """Each with its latest version, how many steps that has, and how many customers are in it; two queries."""
    ids = [plan.pk for plan in plans]
    latest = PlanVersion.objects.filter(plan__in=ids).order_by("plan", "-number").distinct("plan")
    found = PlanVersion.objects.filter(pk__in=latest.values("pk")).select_related("segment")
    versions = {one.plan_id: one for one in found.annotate(of_steps=Count("steps"))}
    inside = dict(
        Enrolment.objects.filter(plan__in=ids, state=Enrolment.State.ACTIVE)
        .values_list("plan")
        .annotate(Count("pk"))
        .order_by()
    )
    return [
        Row(plan, versions[plan.pk], versions[plan.pk].of_steps, inside.get(plan.pk, 0))
        for plan in plans
        if plan.pk in versions
    ]


def numbers(plan: Plan) -> dict[str, dict[str, int]]:
    """By step: how many touchpoints stand in each state. One query."""
    found: dict[str, dict[str, int]] = {}
    counted = Touchpoint.objects.filter(plan=plan).values_list("step_key", "state").annotate(Count("pk")).order_by()
    for key, state, count in counted:
        found.setdefault(key, {})[state] = count
    return found


def steps(version: PlanVersion) -> QuerySet[Step]:
    """In order, with what each names."""
    return version.steps.select_related("template", "reward", "experiment").order_by("position", "pk")


def segments_of(steps: Iterable[Step]) -> dict[int, str]:
    """The names of the segments that conditions of these steps ask for; no query where none does."""
    asked = {one["segment"] for step in steps for one in step.only_if if "segment" in one}
    return dict(Segment.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}


def waiting_approvals() -> QuerySet[Approval]:
    """What somebody asks to approve, the oldest first."""
    found = Approval.objects.filter(state=Approval.State.ASKED, version__published_at=None)
    return found.select_related("version__plan", "asked_by").order_by("asked_at", "pk")


def approval_of(version: PlanVersion) -> Approval | None:
    """The last word about a version."""
    return version.approvals.select_related("asked_by", "decided_by").order_by("-pk").first()


def drafts_of(owner: int) -> QuerySet[Plan]:
    """Drafts and ideas of somebody's, and live plans with a draft that waits."""
    open_ = Q(status__in=[Plan.Status.IDEA, Plan.Status.DRAFT, Plan.Status.APPROVED])
    waits = Q(status__in=[Plan.Status.LIVE, Plan.Status.PAUSED], versions__published_at=None)
    return Plan.objects.filter(open_ | waits, owner=owner).distinct().order_by("pk")
