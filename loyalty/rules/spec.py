"""What an earning rule says: read from JSON once, and never changed afterwards. ``loyalty.rules.reading`` reads it."""

from dataclasses import dataclass, field
from datetime import time
from fractions import Fraction
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.lasting import Lasting

BOUGHT, EVERYTHING = "bought", "*"


class What(models.TextChoices):
    """What a condition is about."""

    # a line of a purchase
    PRODUCT = "product", _("product")
    CATEGORY = "category", _("category")
    BRAND = "brand", _("brand")
    SUPPLIER = "supplier", _("supplier")
    MARGIN_CLASS = "margin_class", _("margin class")
    # a purchase
    STORE = "store", _("store")
    CHANNEL = "channel", _("channel")
    AMOUNT = "amount", _("goods for at least")
    MATCHED_AMOUNT = "matched_amount", _("of these goods for at least")
    MATCHED_QUANTITY = "matched_quantity", _("of these goods at least (pieces)")
    ABOVE_AVERAGE = "above_average", _("goods above the average order")
    NTH = "nth", _("number of the purchase")
    EVERY = "every", _("every n-th purchase")
    # anything that happens
    WEEKDAY = "weekday", _("weekday")
    HOURS = "hours", _("time of day")
    # who does it
    BIRTHDAY = "birthday", _("month of birth")
    TIER = "tier", _("tier")
    SEGMENT = "segment", _("segment")
    # anything but a purchase
    ABOUT = "about", _("particular")
    ABOUT_LEAST = "about_least", _("particular at least")
    SOON_AFTER = "soon_after", _("days after a purchase or delivery")


OF_A_LINE = frozenset({What.PRODUCT, What.CATEGORY, What.BRAND, What.SUPPLIER, What.MARGIN_CLASS})
OF_A_PURCHASE = OF_A_LINE | {
    *(What.AMOUNT, What.MATCHED_AMOUNT, What.MATCHED_QUANTITY, What.ABOVE_AVERAGE, What.NTH, What.EVERY)
}
OF_A_FACT = frozenset({What.ABOUT, What.ABOUT_LEAST, What.SOON_AFTER})
# Asked of the database; everything else is known from the purchase or the fact itself.
OF_A_PERSON = frozenset(
    {What.ABOVE_AVERAGE, What.NTH, What.EVERY, What.BIRTHDAY, What.TIER, What.SEGMENT, What.SOON_AFTER}
)


class Effect(models.TextChoices):
    MULTIPLY = "multiply", _("multiply the points")
    FIXED = "fixed", _("add points")
    NEXT = "next", _("promise a bonus on the next purchase")
    EXCLUDE = "exclude", _("give no points for these goods")
    LIMIT = "limit", _("limit what is earned in all")


class Per(models.TextChoices):
    """The span of a cap."""

    ORDER = "order", _("per purchase or event")
    DAY = "day", _("per calendar day")
    WEEK = "week", _("per week (Monday to Sunday)")
    MONTH = "month", _("per calendar month")
    YEAR = "year", _("per calendar year")
    ROLLING = "rolling", _("within days in a row")
    EVER = "ever", _("ever")


class Stacking(models.TextChoices):
    """How multipliers of one purchase go together."""

    SUM = "sum", _("bonuses are added (x1.5 and x2 give x2.5)")
    MULTIPLY = "multiply", _("multipliers are multiplied (x1.5 and x2 give x3)")
    BEST = "best", _("only the best multiplier counts")


class Rounding(models.TextChoices):
    """What becomes of a part of a point, once for the whole purchase."""

    DOWN = "down", _("down: 9.9 give 9")
    NEAREST = "nearest", _("to the nearest: 9.5 give 10")
    UP = "up", _("up: 9.1 give 10")


@dataclass(frozen=True, slots=True)
class Condition:
    what: What
    values: tuple[Any, ...] = ()
    name: str = ""
    negated: bool = False
    lowered: frozenset[str] = frozenset()  # the values, for comparing texts


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many points, or so many times, within a span, for each member."""

    per: Per
    points: int | None = None
    times: int | None = None
    days: int = 0


@dataclass(frozen=True)
class Spec:
    """One version of a rule. ``factor`` and ``points`` are those of the effect; of ``next`` one of both is given."""

    effect: Effect
    on: str = BOUGHT
    when: tuple[Condition, ...] = ()
    factor: Fraction = Fraction(1)
    points: int = 0
    per_item: bool = False
    valid_days: int = 0
    caps: tuple[Cap, ...] = ()
    rejects: bool = False
    cooldown_hours: int = 0
    budget: int | None = None
    lasting: Lasting | None = None
    review: bool = False
    line_conditions: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    own_conditions: tuple[Condition, ...] = field(init=False, repr=False, compare=False)
    person_conditions: tuple[Condition, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[Condition]] = {"line": [], "own": [], "person": []}
        for each in self.when:
            kinds["line" if each.what in OF_A_LINE else "person" if each.what in OF_A_PERSON else "own"].append(each)
        for name, found in kinds.items():
            object.__setattr__(self, f"{name}_conditions", tuple(found))

    @property
    def counted(self) -> bool:
        """Whether what it gave before decides what it gives now."""
        return bool(self.cooldown_hours) or any(cap.per != Per.ORDER for cap in self.limits)

    @property
    def limits(self) -> tuple[Cap, ...]:
        """Its caps, and the one that goes without saying: a bonus for the n-th purchase is given once."""
        once = any(each.what == What.NTH and not each.negated for each in self.when)
        return (*self.caps, Cap(Per.EVER, times=1)) if once else self.caps

    def hears(self, verb: str) -> bool:
        return self.on in (verb, EVERYTHING)


def time_of_day(written: str) -> time:
    """``14:30``; the end of the day is ``24:00``, which is midnight. Raises ValueError."""
    return time() if written == "24:00" else time.fromisoformat(written)
