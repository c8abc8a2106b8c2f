"""What a plan says, as values that can be written down, changed into another plan, compared and shown. No database.

A ``Design`` has the columns of ``PlanVersion`` and its steps. Ready-made plans are designs, so is what is approved.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from communications.models import Experiment, PlanVersion, Step, Variant
from communications.models.plans import WHOLE_WEEK


@dataclass(frozen=True)
class VariantDesign:
    key: str
    share: int
    template_id: int | None = None
    time: dt.time | None = None
    reward_id: int | None = None


@dataclass(frozen=True)
class TestDesign:
    """An A/B test of a step; who gets what is drawn by ``salt``."""

    __test__ = False  # nothing for pytest

    tests: str
    salt: str
    goal_verb: str
    per_variant: int
    ends_on: dt.date
    variants: tuple[VariantDesign, ...]
    goal_days: int = 14
    looks: int = 1


@dataclass(frozen=True)
class StepDesign:
    """``channel`` may be left out where the kind has one of its own."""

    key: str
    name: str
    kind: str
    channel: str = ""
    amount: int = 0
    unit: str = "days"
    time: dt.time | None = None
    expiry_hours: int | None = None
    template_id: int | None = None
    script: str = ""
    gives: dict[str, str] = field(default_factory=dict)
    reward_id: int | None = None
    only_if: tuple[dict[str, Any], ...] = ()
    waits_for: str = ""
    waits_hours: int = 168
    cost: int = 0
    test: TestDesign | None = None

    @property
    def way(self) -> str:
        return self.channel or str(Step.OWN_CHANNEL.get(Step.Kind(self.kind), ""))


@dataclass(frozen=True)
class Design:
    anchor: str = "fact"
    segment_id: int | None = None
    purpose: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    at_time: dt.time | None = None
    anchor_verb: str = ""
    anchor_match: dict[str, Any] = field(default_factory=dict)
    anchor_particular: str = ""
    anchor_days: int | None = None
    anchor_trait: str = ""
    leap_day: str = "feb28"
    reentry: str = "each"
    goal_verb: str = ""
    exit_verbs: tuple[str, ...] = ()
    exit_on_partial_return: bool = False
    quiet: tuple[tuple[str, str], ...] = ()
    weekdays: tuple[int, ...] = tuple(WHOLE_WEEK)
    blackout: tuple[str, ...] = ()
    calendar_id: int | None = None
    expiry_hours: int | None = None
    grace_hours: int = 24
    priority: int = 0
    daily_limit: int | None = None
    holdout_percent: int = 0
    steps: tuple[StepDesign, ...] = ()

    def moved(self, days: int) -> "Design":
        """The same campaign so many days later, or earlier."""
        by = dt.timedelta(days=days)
        start = self.starts_on + by if self.starts_on else None
        return replace(self, starts_on=start, ends_on=self.ends_on + by if self.ends_on else None)

    def content(self) -> dict[str, Any]:
        """All that it says, as plain JSON."""
        return dict(json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder)))


COLUMNS = tuple(name for name in Design.__dataclass_fields__ if name != "steps")
LISTS = ("exit_verbs", "quiet", "weekdays", "blackout")
STEP_COLUMNS = tuple(name for name in StepDesign.__dataclass_fields__ if name != "test")
TEST_COLUMNS = tuple(name for name in TestDesign.__dataclass_fields__ if name != "variants")
VARIANT_COLUMNS = tuple(VariantDesign.__dataclass_fields__)


def of(version: PlanVersion) -> Design:
    """What a version says; its steps, tests and variants are read in three queries, or taken as prefetched."""
    columns = {name: getattr(version, name) for name in COLUMNS}
    columns |= {name: tuple(columns[name]) for name in LISTS}
    columns["quiet"] = tuple((begin, end) for begin, end in columns["quiet"])
    return Design(**columns, steps=tuple(_step(step) for step in steps_of(version)))


def steps_of(version: PlanVersion) -> list[Step]:
    """In order, each with its test and variants."""
    if "steps" in getattr(version, "_prefetched_objects_cache", {}):
        return sorted(version.steps.all(), key=lambda step: step.position)
    found = version.steps.select_related("experiment").prefetch_related("experiment__variants")
    return list(found.order_by("position", "pk"))


def _step(step: Step) -> StepDesign:
    columns = {name: getattr(step, name) for name in STEP_COLUMNS} | {"only_if": tuple(step.only_if)}
    experiment = getattr(step, "experiment", None)
    return StepDesign(**columns, test=_test(experiment) if experiment else None)


def _test(experiment: Experiment) -> TestDesign:
    columns = {name: getattr(experiment, name) for name in TEST_COLUMNS}
    variants = sorted(experiment.variants.all(), key=lambda variant: variant.key)
    return TestDesign(
        **columns,
        variants=tuple(VariantDesign(**{name: getattr(one, name) for name in VARIANT_COLUMNS}) for one in variants),
    )


def columns_of(design: Design) -> dict[str, Any]:
    """What is written into the row of a version."""
    columns = {name: getattr(design, name) for name in COLUMNS}
    return columns | {name: [list(one) if isinstance(one, tuple) else one for one in columns[name]] for name in LISTS}


def rows_of(version: PlanVersion, design: Design) -> Iterator[tuple[Step, Experiment | None, list[Variant]]]:
    """The rows of the steps, not saved yet."""
    for place, one in enumerate(design.steps, 1):
        columns = {name: getattr(one, name) for name in STEP_COLUMNS}
        columns |= {"channel": one.way, "only_if": list(one.only_if)}
        step = Step(version=version, position=place, **columns)
        if one.test is None:
            yield step, None, []
            continue
        experiment = Experiment(step=step, **{name: getattr(one.test, name) for name in TEST_COLUMNS})
        variants = [
            Variant(experiment=experiment, **{name: getattr(variant, name) for name in VARIANT_COLUMNS})
            for variant in one.test.variants
        ]
        yield step, experiment, variants


def digest(content: dict[str, Any]) -> str:
    """Tells whether two contents are the same to the letter.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
