"""Read a rule from JSON, and write it as JSON: what may stand in a rule, and why something may not. Pure.

{"on": "bought", "effect": {"kind": "multiply", "factor": "2"},
 "when": [{"what": "category", "values": ["tea"]}, {"what": "weekday", "values": [6, 7]}],
 "caps": [{"per": "month", "points": 500}], "over": "truncate", "cooldown_hours": 0, "budget": null,
 "lasting": null, "review": false}
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loyalty import lasting as lastings
from loyalty.lasting import Lasting
from loyalty.rules.spec import (
    BOUGHT,
    EVERYTHING,
    OF_A_FACT,
    OF_A_LINE,
    OF_A_PURCHASE,
    Cap,
    Condition,
    Effect,
    Per,
    Spec,
    What,
    time_of_day,
)

MOST_POINTS, MOST_DAYS, MOST_CONDITIONS, MOST_CAPS, MOST_VALUES = 10**12, 3_660, 20, 10, 200
MOST_FACTOR, MOST_DATES = 100, 20
WORDS = OF_A_LINE | {What.STORE, What.CHANNEL, What.TIER, What.ABOUT}


class RuleRefused(ValidationError):
    """A rule that cannot be; ``code`` says why, ``part`` where (``effect``, ``when.0``, ``caps.1`` …).

    It is one of ``malformed``, ``unknown``, ``wrong_value``, ``too_many``, ``does_not_fit``.
    """

    def __init__(self, message: Any, code: str = "wrong_value", *, part: str = "", params: Any = None) -> None:
        super().__init__(message, code=code, params=params)
        self.part = part


def read(said: Any) -> Spec:
    """The rule that JSON says. Raises RuleRefused."""
    if not isinstance(said, dict):
        raise RuleRefused(_("A rule is an object."), "malformed")
    effect = said.get("effect")
    if not isinstance(effect, dict) or effect.get("kind") not in Effect.values:
        raise RuleRefused(_("Say what the rule does."), "unknown", part="effect")
    kind = Effect(effect["kind"])
    spec = Spec(
        effect=kind,
        on=_on(said, kind),
        when=tuple(_listed(said, "when", MOST_CONDITIONS, _condition)),
        caps=tuple(_listed(said, "caps", MOST_CAPS, _cap)),
        rejects=_one_of(said, "over", ("truncate", "reject"), "over") == "reject",
        cooldown_hours=_whole(said.get("cooldown_hours") or 0, "cooldown_hours", 0, MOST_DAYS * 24),
        budget=_optional(said.get("budget"), "budget"),
        lasting=_lasting(said.get("lasting")),
        review=_yes(said, "review", "review"),
        **_effect(kind, effect),
    )
    _check_fit(spec)
    return spec


def _on(said: dict[str, Any], kind: Effect) -> str:
    on = said.get("on", BOUGHT)
    if not isinstance(on, str) or not on or len(on) > 30 or (on == EVERYTHING and kind != Effect.LIMIT):
        raise RuleRefused(_("Say what the rule answers to."), "unknown", part="on")
    return on


def _listed(said: dict[str, Any], name: str, most: int, read_one: Callable[[Any, str], Any]) -> list[Any]:
    found = said.get(name) or []
    if not isinstance(found, list):
        raise RuleRefused(_("This is a list."), "malformed", part=name)
    if len(found) > most:
        raise RuleRefused(_("At most %(most)s stand here."), "too_many", part=name, params={"most": most})
    return [read_one(each, f"{name}.{place}") for place, each in enumerate(found)]


def _effect(kind: Effect, said: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if kind == Effect.MULTIPLY or (kind == Effect.NEXT and said.get("factor")):
        values["factor"] = _factor(said.get("factor"))
    elif kind in (Effect.FIXED, Effect.NEXT):
        values["points"] = _whole(said.get("points"), "effect", 1, MOST_POINTS)
    if kind == Effect.FIXED:
        values["per_item"] = _one_of(said, "per", ("order", "item"), "effect") == "item"
    if kind == Effect.NEXT:
        values["valid_days"] = _whole(said.get("days"), "effect", 1, MOST_DAYS)
    return values


def _factor(said: Any) -> Fraction:
    try:
        factor = Fraction(str(said))
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 1 < factor <= MOST_FACTOR or factor.denominator > 10**6:
        raise RuleRefused(
            _("A multiplier is more than 1 and at most %(most)s."), part="effect", params={"most": MOST_FACTOR}
        )
    return factor


def _whole(said: Any, part: str, least: int, most: int) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not least <= said <= most:
        raise RuleRefused(
            _("A whole number from %(least)s to %(most)s is needed."), part=part, params={"least": least, "most": most}
        )
    return said


def _yes(said: dict[str, Any], name: str, part: str) -> bool:
    if said.get(name) not in (True, False, None):
        raise RuleRefused(_("This is true or false."), part=part)
    return bool(said.get(name))


def _one_of(said: dict[str, Any], name: str, choices: tuple[str, str], part: str) -> str:
    """One of two words; the first where nothing is said."""
    found = said.get(name)
    if found is not None and found not in choices:
        raise RuleRefused(
            _("This is %(one)s or %(other)s."), part=part, params={"one": choices[0], "other": choices[1]}
        )
    return found or choices[0]


def _optional(said: Any, part: str) -> int | None:
    return None if said is None else _whole(said, part, 1, MOST_POINTS)


def _lasting(said: Any) -> Lasting | None:
    if said is None:
        return None
    if not isinstance(said, dict) or ("months" in said or "dates" in said) == ("days" in said):
        raise RuleRefused(_("Its points last so many months, or so many days."), "malformed", part="lasting")
    if "days" in said:
        return Lasting(days=_whole(said["days"], "lasting", 1, MOST_DAYS))
    if "dates" in said:
        months = _whole(said.get("months") or 0, "lasting", 0, 1200)
        return Lasting(months or None, dates=_dates(said["dates"]))
    months = _whole(said["months"], "lasting", 1, 1200)
    return Lasting(months, at_month_end=_yes(said, "at_month_end", "lasting"), slides=_yes(said, "slides", "lasting"))


def _dates(said: Any) -> tuple[tuple[int, int], ...]:
    try:
        dates = lastings.days_of_year(",".join(said))
    except (TypeError, ValueError):
        dates = ()
    if not 0 < len(dates) <= MOST_DATES:
        raise RuleRefused(_("Days of the year are written 03-31: month and day."), "malformed", part="lasting")
    return dates


def _cap(said: Any, part: str) -> Cap:
    if not isinstance(said, dict) or said.get("per") not in Per.values:
        raise RuleRefused(_("A cap says per what."), "unknown", part=part)
    per = Per(said["per"])
    points, times = _optional(said.get("points"), part), _optional(said.get("times"), part)
    if (points is None) == (times is None) or (per == Per.ORDER and points is None):
        raise RuleRefused(_("A cap counts points, or times."), "malformed", part=part)
    days = _whole(said.get("days"), part, 1, MOST_DAYS) if per == Per.ROLLING else 0
    return Cap(per, points, times, days)


def _condition(said: Any, part: str) -> Condition:
    if not isinstance(said, dict) or said.get("what") not in What.values:
        raise RuleRefused(_("A condition says what it is about."), "unknown", part=part)
    what, values = What(said["what"]), said.get("values", [])
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise RuleRefused(_("The values of a condition are a list."), "malformed", part=part)
    name = str(said.get("name") or "").strip()[:60]
    if what in (What.ABOUT, What.ABOUT_LEAST) and not name:
        raise RuleRefused(_("Say which particular."), part=part)
    read_values = _words if what in WORDS else _VALUES[what]
    found = tuple(read_values(values, part))
    lowered = frozenset(value.lower() for value in found) if what in WORDS else frozenset()
    return Condition(what, found, name, _yes(said, "not", part), lowered)


def _words(values: list[Any], part: str) -> list[str]:
    found = list(dict.fromkeys(str(value).strip() for value in values))
    if not found or not all(0 < len(value) <= 200 for value in found):
        raise RuleRefused(_("Say with what it is compared."), part=part)
    return found


def _numbers(least: int, most: int, *, many: bool = True) -> Callable[[list[Any], str], list[int]]:
    def read_numbers(values: list[Any], part: str) -> list[int]:
        if not values or (len(values) > 1 and not many):
            raise RuleRefused(_("Say with what it is compared."), part=part)
        return list(dict.fromkeys(_whole(value, part, least, most) for value in values))

    return read_numbers


def _pieces(values: list[Any], part: str) -> list[Decimal]:
    return [Decimal(_numbers(1, 10**6, many=False)(values, part)[0])]


def _times(values: list[Any], part: str) -> list[str]:
    try:
        begin, end = (str(value) for value in values)
        same = time_of_day(begin) == time_of_day(end)
    except ValueError:
        same = True
    if same:
        raise RuleRefused(_("A time of day goes from one hour to another, such as 14:00 to 17:00."), part=part)
    return [begin, end]


def _average(values: list[Any], part: str) -> list[Any]:
    if len(values) != 2 or values[0] not in ("customer", "shop"):
        raise RuleRefused(_("The average is the customer's or the shop's."), part=part)
    return [values[0], _whole(values[1], part, 1, 10_000)]


def _soon(values: list[Any], part: str) -> list[Any]:
    if len(values) != 2 or values[0] not in ("purchase", "delivery"):
        raise RuleRefused(_("The days count from a purchase or a delivery."), part=part)
    return [values[0], _whole(values[1], part, 1, MOST_DAYS)]


def _nothing(values: list[Any], part: str) -> list[Any]:
    return []


_VALUES: dict[What, Callable[[list[Any], str], list[Any]]] = {
    What.AMOUNT: _numbers(1, 10**15, many=False),
    What.MATCHED_AMOUNT: _numbers(1, 10**15, many=False),
    What.MATCHED_QUANTITY: _pieces,
    What.ABOVE_AVERAGE: _average,
    What.NTH: _numbers(1, 10**6),
    What.EVERY: _numbers(2, 10**6, many=False),
    What.WEEKDAY: _numbers(1, 7),
    What.HOURS: _times,
    What.BIRTHDAY: _nothing,
    What.SEGMENT: _numbers(1, 2**62),
    What.ABOUT_LEAST: _numbers(0, 10**12, many=False),
    What.SOON_AFTER: _soon,
}


def _check_fit(spec: Spec) -> None:
    """Refuse what makes no sense together."""
    wrong = OF_A_FACT if spec.on == BOUGHT else OF_A_PURCHASE
    odd = next((n for n, each in enumerate(spec.when) if each.what in wrong), None)
    if odd is not None:
        raise RuleRefused(
            _("This condition does not go with what the rule answers to."), "does_not_fit", part=f"when.{odd}"
        )
    if spec.on != BOUGHT and spec.effect in (Effect.MULTIPLY, Effect.EXCLUDE):
        raise RuleRefused(_("Only the points of a purchase can be multiplied."), "does_not_fit", part="effect")
    if spec.on != BOUGHT and spec.per_item:
        raise RuleRefused(_("Only a purchase has items."), "does_not_fit", part="effect")
    if spec.effect == Effect.LIMIT and not (spec.caps or spec.budget):
        raise RuleRefused(_("A limit needs a cap or a budget."), "does_not_fit", part="caps")
    if spec.effect in (Effect.LIMIT, Effect.EXCLUDE, Effect.NEXT) and (spec.lasting or spec.review):
        raise RuleRefused(_("This rule gives no points of its own."), "does_not_fit", part="effect")
    if spec.effect == Effect.EXCLUDE and (spec.caps or spec.budget or spec.cooldown_hours):
        raise RuleRefused(_("What gives nothing needs no cap."), "does_not_fit", part="caps")
    points_capped = any(cap.points is not None for cap in spec.caps) or spec.budget is not None
    if spec.effect == Effect.NEXT and points_capped:
        raise RuleRefused(_("A promise is capped by times, not by points."), "does_not_fit", part="caps")
    if spec.effect == Effect.LIMIT and (spec.cooldown_hours or any(cap.times for cap in spec.caps)):
        raise RuleRefused(_("A limit counts points."), "does_not_fit", part="caps")


def write(spec: Spec) -> dict[str, Any]:
    """The rule as JSON, each thing said."""
    lasting = spec.lasting
    return {
        "on": spec.on,
        "effect": _written_effect(spec),
        "when": [
            {
                "what": each.what.value,
                "values": [int(value) if isinstance(value, Decimal) else value for value in each.values],
                "name": each.name,
                "not": each.negated,
            }
            for each in spec.when
        ],
        "caps": [
            {"per": cap.per.value, "points": cap.points, "times": cap.times, "days": cap.days} for cap in spec.caps
        ],
        "over": "reject" if spec.rejects else "truncate",
        "cooldown_hours": spec.cooldown_hours,
        "budget": spec.budget,
        "lasting": lasting and lasting.as_json(),
        "review": spec.review,
    }


def _written_effect(spec: Spec) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": spec.effect.value}
    if spec.factor > 1:
        said["factor"] = str(spec.factor)
    if spec.points:
        said["points"] = spec.points
    if spec.effect == Effect.FIXED:
        said["per"] = "item" if spec.per_item else "order"
    if spec.effect == Effect.NEXT:
        said["days"] = spec.valid_days
    return said
