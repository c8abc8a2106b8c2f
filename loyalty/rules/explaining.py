"""The steps of a calculation in words, as the customer's statement shows them. Pure but for the language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import money
from loyalty.rules.words import number


@dataclass(frozen=True)
class Line:
    """One step: what it is, how it came about, and what it brings (exact, as it is before the floor)."""

    what: str
    how: str
    points: str


def lines(steps: Iterable[Mapping[str, Any]], currency: str) -> list[Line]:
    return [_LINES[step["step"]](step, currency) for step in steps if step["step"] in _LINES]


def of_base(money_: str, rate: Fraction, points: int, currency: str) -> list[Line]:
    """The steps of a purchase that earned by the base rate alone."""
    exact = Fraction(money_) * rate
    steps: list[dict[str, Any]] = [
        {"step": "base", "money": money_, "rate": str(rate), "points": str(exact)},
        {"step": "floor", "exact": str(exact), "points": points},
    ]
    return lines(steps, currency)


def shown(points: Any) -> str:
    """Exact points: 80.5, or 322/3 where they have no end.

    >>> shown("161/2"), shown("322/3"), shown(1200)
    ('80.5', '322/3', '1,200')
    """
    exact = Fraction(str(points))
    return f"{int(exact):,}" if exact.denominator == 1 else number(exact)


def _base(step: Mapping[str, Any], currency: str) -> Line:
    rate = Fraction(step["rate"])
    words = {
        "money": money.in_words(int(Fraction(step["money"])), currency),
        "points": rate.numerator,
        "per": money.in_words(rate.denominator, currency),
    }
    return Line(_("Base rate"), _("%(money)s at %(points)s for %(per)s") % words, shown(step["points"]))


def _multiply(step: Mapping[str, Any], currency: str) -> Line:
    return Line(
        step["name"], _because(step, _("times %(factor)s") % {"factor": number(Fraction(step["factor"]))}), _plus(step)
    )


def _fixed(step: Mapping[str, Any], currency: str) -> Line:
    return Line(step["name"], _because(step, _("fixed bonus")), _plus(step))


def _because(step: Mapping[str, Any], how: str) -> str:
    if "promise" in step:
        how = _("%(how)s, promised by an earlier purchase") % {"how": how}
    if "uncapped" in step:
        how = _("%(how)s; of %(all)s its caps left %(room)s") % {
            "how": how,
            "all": shown(step["uncapped"]),
            "room": shown(step["points"]),
        }
    return how


def _plus(step: Mapping[str, Any]) -> str:
    return f"+{shown(step['points'])}"


def _spent(step: Mapping[str, Any], currency: str) -> Line:
    return Line(step["name"], _("its cap, pause or budget is used up"), "+0")


def _exclude(step: Mapping[str, Any], currency: str) -> Line:
    return Line(
        step["name"],
        _("%(money)s earn nothing") % {"money": money.in_words(int(Fraction(step["money"])), currency)},
        "0",
    )


def _promise(step: Mapping[str, Any], currency: str) -> Line:
    return Line(step["name"], _("promises a bonus on the next purchase"), "0")


def _limit(step: Mapping[str, Any], currency: str) -> Line:
    return Line(step["name"], _("no more than %(room)s") % {"room": shown(step["room"])}, f"= {shown(step['points'])}")


def _floor(step: Mapping[str, Any], currency: str) -> Line:
    how = _ROUNDED[step.get("rounding", "down")] % {"exact": shown(step["exact"])}
    return Line(_("Together"), how, f"= {shown(step['points'])}")


_ROUNDED = {
    "down": gettext_lazy("%(exact)s, rounded down once"),
    "nearest": gettext_lazy("%(exact)s, rounded to the nearest once"),
    "up": gettext_lazy("%(exact)s, rounded up once"),
}
_LINES = {
    "base": _base,
    "multiply": _multiply,
    "fixed": _fixed,
    "spent": _spent,
    "exclude": _exclude,
    "promise": _promise,
    "limit": _limit,
    "floor": _floor,
}
