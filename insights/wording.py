"""How figures are written for people. Pure."""

from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.currencies import digits
from customers.money import in_words
from insights.definitions import DEFINITIONS, Unit


def said(value: float | None, unit: str, currency: str = "") -> str:
    """A value in its unit. A figure that does not exist is a dash.

    >>> said(0.5642, "share"), said(None, "share"), said(1234, "count")
    ('56.4 %', '-', '1,234')
    """
    if value is None:
        return "-"
    if unit == Unit.SHARE:
        return f"{_number(100 * value, 1)} %"
    if unit == Unit.MONEY:
        return in_words(round(value), currency)
    if unit == Unit.DAYS:
        return ngettext("%(days)s day", "%(days)s days", round(value)) % {"days": _number(value, 0)}
    if unit == Unit.HOURS:
        return _("%(hours)s h") % {"hours": _number(value, 1)}
    if unit == Unit.SCORE:
        return f"{value:+.0f}"
    return _number(value, 0 if unit == Unit.COUNT else 2)


def short(value: float, unit: str, currency: str = "") -> str:
    """For the scale of a chart, where there is little room.

    >>> short(1250, "money", "EUR"), short(1250, "money", "KRW"), short(0.5, "share")
    ('12.50', '1,250', '50 %')
    """
    if unit == Unit.MONEY:
        value = float(Decimal(round(value)).scaleb(-digits(currency)))
        unit = Unit.COUNT
    if unit == Unit.SHARE:
        return f"{100 * value:.0f} %" if abs(100 * value - round(100 * value)) < 0.05 else f"{100 * value:.1f} %"
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:,.1f} M"
    if abs(value) >= 10_000:
        return f"{value / 1_000:,.0f} k"
    return _number(value, 0 if float(value).is_integer() else 2)


def change(now: Any, before: Any, unit: str) -> tuple[str, int]:
    """From one figure to the next in words, and which way it went (-1, 0, 1). Shares change by points."""
    if now is None or before is None or now.value is None or before.value is None:
        return "", 0
    difference = now.value - before.value
    if unit in (Unit.SHARE, Unit.SCORE):
        points = 100 * difference if unit == Unit.SHARE else difference
        if not round(points, 1):
            return _("%(points)s points") % {"points": "0.0"}, 0
        text = _("%(points)s points") % {"points": f"{points:+.1f}"}
    elif before.value:
        text = f"{100 * difference / abs(before.value):+.1f} %"
    else:
        return "", 0
    return text, (difference > 0) - (difference < 0)


def interval(point: Any, unit: str) -> str:
    """Where chance may have moved a figure of a sample; nothing where that is not known."""
    if point is None or point.low is None or point.high is None:
        return ""
    if unit == Unit.SHARE:
        low, high = f"{_number(100 * max(point.low, 0), 0)}", f"{_number(100 * min(point.high, 1), 0)} %"
    elif unit == Unit.SCORE:
        low, high = f"{point.low:+.0f}", f"{point.high:+.0f}"
    else:
        low, high = _number(point.low, 1), _number(point.high, 1)
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def of(point: Any) -> str:
    """What a figure is of: never a share without it."""
    if DEFINITIONS[point.metric].of_unit == Unit.MONEY:
        return _("of %(money)s") % {"money": in_words(point.denominator, point.currency)}
    return _("n = %(n)s") % {"n": _number(point.denominator, 0)}


def _number(value: float, places: int) -> str:
    return number_format(round(value, places), decimal_pos=places, use_l10n=True, force_grouping=True)
