"""A design: all that decides what purchases earn, how long it lasts, and what is taken for it. Pure; kept as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from loyalty import lasting
from loyalty.lasting import NEVER, Lasting
from loyalty.qualification import Counting
from loyalty.rules import reading
from loyalty.rules.spec import Spec, What


@dataclass(frozen=True)
class Dated:
    """A rule of a design. Without dates it holds throughout."""

    rule: int
    name: str
    spec: Spec
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    version: int = 0

    def live(self, at: datetime) -> bool:
        return (self.begins_at is None or self.begins_at <= at) and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True)
class Step:
    code: str
    name: str
    threshold: int
    keeps: bool = False
    points_last: int | None = None  # months; 0: for ever; None: as the programme says


@dataclass(frozen=True)
class Ladder:
    """The tiers, the lowest first, and how they are reached and lost."""

    steps: tuple[Step, ...]
    by: str = "points"
    calendar: bool = False
    months: int = 12
    at_reviews: bool = False
    one_step: bool = False
    review_months: int = 12
    grace_days: int = 0
    starts_at: datetime | None = None

    def counting(self, zone: str) -> Counting:
        return Counting(zone, self.months, self.calendar, self.at_reviews, self.review_months)


@dataclass(frozen=True)
class Habit:
    """What customers are assumed to do with their points.

    Of 100 customers so many (``takers``) ever take a reward, the same ones in every design. At each purchase they
    take as many rewards as ``spent`` per cent of the available points pay for, at least one, once they can pay one.
    """

    takers: int = 40
    spent: int = 100


@dataclass(frozen=True)
class Design:
    currency: str
    zone: str
    rate_points: int = 1
    rate_money: int = 100
    stacking: str = "sum"
    rounding: str = "down"
    window_days: int = 14
    expiry_months: int | None = None
    expiry_at_month_end: bool = False
    expiry_dates: str = ""
    expiry_slides: bool = False  # each purchase begins the months of all points again
    claw_back: str = "unlimited"
    debt_limit: int | None = None
    reward_points: int = 100
    reward_cost: int = 100  # minor units of money
    habit: Habit = field(default_factory=Habit)
    rules: tuple[Dated, ...] = ()
    ladders: tuple[Ladder, ...] = ()  # the latest first

    @property
    def rate(self) -> Fraction:
        return Fraction(self.rate_points, self.rate_money)

    def lasting(self, months: int | None) -> Lasting:
        """How long points last, with so many months."""
        if self.expiry_dates:
            return Lasting(months, dates=lasting.days_of_year(self.expiry_dates))
        slides = self.expiry_slides and months is not None
        return Lasting(months, at_month_end=self.expiry_at_month_end, slides=slides)

    def lasting_in(self, tier: str, at: datetime) -> Lasting:
        """How long what is earned in a tier lasts."""
        ladder = self.ladder_at(at)
        own = next((step.points_last for step in ladder.steps if step.code == tier), None) if ladder else None
        if own is None:
            return self.lasting(self.expiry_months)
        return self.lasting(own) if own else NEVER

    @property
    def value(self) -> Fraction:
        """What a point costs when it is taken, in minor units."""
        return Fraction(self.reward_cost, self.reward_points)

    def asks(self) -> frozenset[What]:
        """What its rules ask about purchases and customers."""
        return frozenset(each.what for rule in self.rules for each in rule.spec.when)

    def segments(self) -> frozenset[int]:
        conditions = (each for rule in self.rules for each in rule.spec.when if each.what == What.SEGMENT)
        return frozenset(segment for each in conditions for segment in each.values)

    def ladder_at(self, at: datetime) -> Ladder | None:
        return next((each for each in self.ladders if each.starts_at is None or each.starts_at <= at), None)

    def as_json(self) -> dict[str, Any]:
        said = {name: value for name, value in asdict(replace(self, rules=())).items() if name != "ladders"}
        said["rules"] = [
            {
                "rule": each.rule,
                "version": each.version,
                "name": each.name,
                "spec": reading.write(each.spec),
                "begins_at": _written(each.begins_at),
                "ends_at": _written(each.ends_at),
            }
            for each in self.rules
        ]
        said["ladders"] = [
            {**asdict(each), "steps": [asdict(step) for step in each.steps], "starts_at": _written(each.starts_at)}
            for each in self.ladders
        ]
        return said


def read(said: Mapping[str, Any]) -> Design:
    """The design that JSON says. Raises RuleRefused for a rule that cannot be."""
    rules = tuple(
        Dated(
            each["rule"],
            each["name"],
            reading.read(each["spec"]),
            _moment(each.get("begins_at")),
            _moment(each.get("ends_at")),
            each.get("version", 0),
        )
        for each in said.get("rules", ())
    )
    ladders = tuple(
        Ladder(
            **{
                **each,
                "steps": tuple(Step(**step) for step in each["steps"]),
                "starts_at": _moment(each.get("starts_at")),
            }
        )
        for each in said.get("ladders", ())
    )
    return Design(**{**said, "habit": Habit(**said.get("habit", {})), "rules": rules, "ladders": ladders})


def throughout(design: Design) -> Design:
    """The same with the rules and tiers that are in force at its end holding all the time."""
    rules = tuple(replace(each, begins_at=None, ends_at=None) for each in design.rules)
    return replace(design, rules=rules, ladders=tuple(replace(each, starts_at=None) for each in design.ladders[:1]))


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
