"""How plans stand: what is still to come, what became of the rest, and what will not suffice."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from communications import designs
from communications.models import Plan, PlanVersion, Step, Touchpoint, Variant
from customers.models import Customer
from customers.queries import segments
from loyalty.models import Reward


@dataclass(frozen=True)
class Progress:
    """Touchpoints of a plan, or of one of its steps, by what became of them; reasons only of those left out."""

    states: Counter[str]
    reasons: Counter[str]

    @property
    def total(self) -> int:
        return self.states.total()


@dataclass(frozen=True)
class Shortage:
    """A reward of which there are fewer than customers who would get one."""

    step: Step
    reward: Reward
    needed: int
    there: int


def listed(*, status: str = "", kind: str = "", owner: int | None = None) -> QuerySet[Plan]:
    """Plans with the version that holds and their owner, by name."""
    asked = {"status": status, "kind": kind, "owner": owner}
    found = Plan.objects.filter(**{name: value for name, value in asked.items() if value})
    return found.select_related("current", "owner").order_by("name", "pk")


def progress(plan: Plan) -> dict[str, Progress]:
    """By the key of each step, and of the whole under the empty one."""
    rows = Touchpoint.objects.filter(plan=plan).values_list("step_key", "state", "reason")
    found: dict[str, Progress] = {"": Progress(Counter(), Counter())}
    for step, state, reason, many in rows.annotate(many=Count("pk")).order_by("step_key", "state", "reason"):
        for key in ("", step):
            one = found.setdefault(key, Progress(Counter(), Counter()))
            one.states[state] += many
            if reason:
                one.reasons[reason] += many
    return found


def shortages(plan: Plan, *, at: datetime) -> list[Shortage]:
    """Rewards whose stock is less than what the plan still needs: to be seen before it starts."""
    version = plan.current or plan.versions.order_by("-number").first()
    if version is None:
        return []
    found = []
    for step in designs.steps_of(version):
        shares = _shares(step)
        rewards = Reward.objects.in_bulk(list(shares))
        for pk, share in shares.items():
            reward, needed = rewards[pk], _needed(plan, version, step, at) * share // 100
            if reward.stock is not None and reward.stock < needed:
                found.append(Shortage(step, reward, needed, reward.stock))
    return found


def _shares(step: Step) -> Counter[int]:
    """Of a hundred customers how many get each reward: all of them the step's, or each variant's own."""
    variants: list[Variant] = list(step.experiment.variants.all()) if hasattr(step, "experiment") else []
    shares: Counter[int] = Counter()
    for reward, share in [(one.reward_id or step.reward_id, one.share) for one in variants] or [(step.reward_id, 100)]:
        if reward is not None:
            shares[reward] += share
    return shares


def _needed(plan: Plan, version: PlanVersion, step: Step, at: datetime) -> int:
    """What is planned; of a campaign that has not found its customers yet, all of its segment."""
    if plan.kind == Plan.Kind.CAMPAIGN and plan.filled_version_id is None:
        return segments.count(version.segment, at) if version.segment else Customer.objects.standing().count()
    open_ = Q(state=Touchpoint.State.PLANNED, claim=None)
    return Touchpoint.objects.filter(open_, plan=plan, step_key=step.key).count()
