"""Conditions of steps: what a customer must have done, or not, for a step to reach them. Pure; no database.

Each is one of these, and may have ``"not": true``::

    {"did": "bought", "since": "anchor"}          a fact of the timeline since the anchor
    {"did": "email_opened", "since": "step-1"}    since that step reached the customer; never where it did not
    {"reached": "step-1"}                         that step reached the customer
    {"outcome": "step-2", "in": ["agreed"]}       the task of that step ended so
    {"segment": 7}                                the customer is in the segment now
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ANCHOR = "anchor"
SHAPES = ({"did", "since"}, {"reached"}, {"outcome", "in"}, {"segment"})


@dataclass(frozen=True)
class Known:
    """What is known of a customer when a step is due.

    ``last`` is when each verb was last recorded, ``reached`` when each step reached the customer, ``outcomes`` how
    each task ended.
    """

    anchor: datetime
    last: Mapping[str, datetime] = field(default_factory=dict)
    reached: Mapping[str, datetime] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    segments: Collection[int] = ()


def all_hold(conditions: Collection[Mapping[str, Any]], known: Known) -> bool:
    """Whether all of them hold; without any they do.

    >>> from datetime import UTC
    >>> day = datetime(2026, 6, 1, tzinfo=UTC)
    >>> unbought = [{"did": "bought", "since": "anchor", "not": True}]
    >>> all_hold(unbought, Known(day)), all_hold(unbought, Known(day, last={"bought": day.replace(day=2)}))
    (True, False)
    """
    return all(_holds(one, known) is not bool(one.get("not")) for one in conditions)


def _holds(one: Mapping[str, Any], known: Known) -> bool:
    if "segment" in one:
        return one["segment"] in known.segments
    if "reached" in one:
        return one["reached"] in known.reached
    if "outcome" in one:
        return known.outcomes.get(one["outcome"], "") in one["in"]
    since = known.anchor if one["since"] == ANCHOR else known.reached.get(one["since"])
    last = known.last.get(one["did"])
    return since is not None and last is not None and last > since


def readable(one: Any, steps: Collection[str], verbs: Collection[str]) -> bool:
    """Whether a condition has one of the shapes and names only steps and verbs that there are."""
    if not isinstance(one, dict) or not isinstance(one.get("not", False), bool):
        return False
    shape = set(one) - {"not"}
    if shape not in SHAPES:
        return False
    if "did" in one:
        return one["did"] in verbs and (one["since"] == ANCHOR or one["since"] in steps)
    if "segment" in one:
        return isinstance(one["segment"], int)
    if "outcome" in one and not (isinstance(one["in"], list) and all(isinstance(each, str) for each in one["in"])):
        return False
    return one.get("reached", one.get("outcome")) in steps


def verbs_of(conditions: Collection[Mapping[str, Any]]) -> set[str]:
    return {str(one["did"]) for one in conditions if "did" in one}
