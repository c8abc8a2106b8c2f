"""What customers have done since their anchors: what branches and waiting steps ask, for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Max

from communications import branches
from communications.branches import Known
from communications.models import HumanTask, Step, Touchpoint
from communications.queries.judging import Candidate
from customers.models import Fact, Segment
from customers.queries import segments

Anchor = tuple[int, int, str]  # plan, customer, key of the anchor


def known(candidates: Collection[Candidate], steps: Mapping[int, Step], at: datetime) -> dict[int, Known]:
    """For each candidate whose step asks for something, by its id. A few queries for all of them."""
    asking = [one for one in candidates if steps[one.step_id].only_if]
    if not asking:
        return {}
    conditions = [condition for one in asking for condition in steps[one.step_id].only_if]
    customers = {one.customer_id for one in asking}
    last = _last(customers, branches.verbs_of(conditions))
    reached, outcomes = _happened(asking)
    wanted = Segment.objects.filter(pk__in={one["segment"] for one in conditions if "segment" in one})
    inside = segments.memberships(customers, wanted, at) if wanted else {}
    return {
        one.id: Known(
            anchor=one.anchor,
            last=last[one.customer_id],
            reached=reached[_anchor(one)],
            outcomes=outcomes[_anchor(one)],
            segments=inside.get(one.customer_id, ()),
        )
        for one in asking
    }


def waited_for(candidates: Collection[Candidate], steps: Mapping[int, Step]) -> set[int]:
    """Ids of the candidates whose step waits for a task that nobody has ended yet."""
    waiting = [one for one in candidates if steps[one.step_id].waits_for]
    if not waiting:
        return set()
    unended = Touchpoint.objects.filter(
        plan__in={one.plan_id for one in waiting},
        customer__in={one.customer_id for one in waiting},
        state__in=[Touchpoint.State.PLANNED, Touchpoint.State.QUEUED],
    )
    there = set(unended.values_list("plan_id", "customer_id", "anchor_key", "step_key"))
    return {one.id for one in waiting if (*_anchor(one), steps[one.step_id].waits_for) in there}


def _last(customers: Collection[int], verbs: Collection[str]) -> dict[int, dict[str, datetime]]:
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    if verbs:
        facts = Fact.objects.filter(customer__in=list(customers), verb__in=list(verbs))
        for customer, verb, at in facts.values_list("customer_id", "verb").annotate(last=Max("at")):
            found[customer][verb] = at
    return found


def _happened(asking: Collection[Candidate]) -> tuple[dict[Anchor, dict[str, datetime]], dict[Anchor, dict[str, str]]]:
    """When each step reached the customer, and how its task ended, by the anchor."""
    reached: dict[Anchor, dict[str, datetime]] = defaultdict(dict)
    outcomes: dict[Anchor, dict[str, str]] = defaultdict(dict)
    plans, customers = {one.plan_id for one in asking}, {one.customer_id for one in asking}
    sent = Touchpoint.objects.filter(plan__in=plans, customer__in=customers, sent_at__isnull=False)
    for plan, customer, key, step, at in sent.values_list("plan", "customer", "anchor_key", "step_key", "sent_at"):
        if at:
            reached[plan, customer, key][step] = at
    tasks = HumanTask.objects.filter(
        customer__in=customers, touchpoint__plan__in=plans, state=HumanTask.State.DONE
    ).select_related("touchpoint")
    for task in tasks:
        if task.touchpoint:
            own = task.touchpoint
            outcomes[own.plan_id, own.customer_id, own.anchor_key][own.step_key] = task.outcome
    return reached, outcomes


def _anchor(one: Candidate) -> Anchor:
    return one.plan_id, one.customer_id, one.anchor_key
