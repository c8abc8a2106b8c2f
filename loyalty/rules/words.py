"""What a rule says, in a plain sentence. Pure but for the language; names of segments are handed in."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers import money
from customers.models import Verb
from loyalty.lasting import in_words
from loyalty.rules.spec import BOUGHT, EVERYTHING, Cap, Condition, Effect, Per, Spec, What

Names = Mapping[int, str]

SPANS = {
    Per.ORDER: gettext_lazy("per purchase or event"),
    Per.DAY: gettext_lazy("per calendar day"),
    Per.WEEK: gettext_lazy("per week"),
    Per.MONTH: gettext_lazy("per calendar month"),
    Per.YEAR: gettext_lazy("per calendar year"),
    Per.EVER: gettext_lazy("ever"),
}
# What a fact is where a sentence begins with it.
EVENTS: dict[str, Any] = {
    Verb.DELIVERED: gettext_lazy("a delivery"),
    Verb.VISITED: gettext_lazy("a visit"),
    Verb.EMAIL_OPENED: gettext_lazy("an e-mail that is opened"),
    Verb.EMAIL_CLICKED: gettext_lazy("a click in an e-mail"),
    Verb.PROFILE_COMPLETED: gettext_lazy("each field of a profile that is filled in"),
    Verb.SOCIAL_LINKED: gettext_lazy("a linked social account"),
    Verb.REVIEWED: gettext_lazy("a review"),
    Verb.PHOTO_SHARED: gettext_lazy("a photo"),
    Verb.QUESTION_ANSWERED: gettext_lazy("an answered question"),
    Verb.RECEIPT_SUBMITTED: gettext_lazy("a receipt"),
    Verb.SHARED: gettext_lazy("sharing with others"),
    Verb.REFERRED: gettext_lazy("a friend who is told"),
    Verb.SURVEY_ANSWERED: gettext_lazy("an answered survey"),
    Verb.COMPLAINT_RESOLVED: gettext_lazy("a resolved complaint"),
    Verb.SEAT_ACCEPTED: gettext_lazy("a seat on the advisory board"),
    Verb.BOARD_ATTENDED: gettext_lazy("a meeting of the advisory board"),
}


def sentence(spec: Spec, *, currency: str, segments: Names | None = None) -> str:
    """One sentence: what the rule does, when, for whom and how much at most."""
    conditions = [_phrase(each, currency, segments or {}) for each in spec.when]
    said = " ".join([_what_happens(spec), ", ".join(conditions)]).strip()
    said += ("," if len(conditions) > 1 else "") + _given(spec)
    limits = [_limit(cap) for cap in spec.caps]
    if spec.budget is not None:
        limits.append(_("%(points)s points for all members together") % {"points": f"{spec.budget:,}"})
    if limits:
        said += "; " + _("at most %(limits)s") % {"limits": ", ".join(limits)}
        if spec.rejects:
            said += " " + _("(what would be more gives nothing)")
    if spec.cooldown_hours:
        said += "; " + ngettext(
            "not again within %(hours)s hour", "not again within %(hours)s hours", spec.cooldown_hours
        ) % {"hours": f"{spec.cooldown_hours:,}"}
    return capfirst(said + _lasting(spec) + _review(spec)) + "."


def _what_happens(spec: Spec) -> str:
    if spec.on == BOUGHT:
        return _("a purchase")
    if spec.on == EVERYTHING:
        return _("everything together")
    if spec.on in EVENTS:
        return str(EVENTS[spec.on])
    label = Verb(spec.on).label if spec.on in Verb.values else spec.on
    return _("“%(event)s”") % {"event": label}


def _given(spec: Spec) -> str:
    if spec.effect == Effect.MULTIPLY:
        return _(" earns %(factor)s times the points") % {"factor": number(spec.factor)}
    if spec.effect == Effect.FIXED:
        points = ngettext("%(points)s point", "%(points)s points", spec.points) % {"points": f"{spec.points:,}"}
        if spec.per_item:
            return _(" earns %(points)s more for each piece") % {"points": points}
        return (_(" earns %(points)s more") if spec.on == BOUGHT else _(" earns %(points)s")) % {"points": points}
    if spec.effect == Effect.NEXT:
        bonus = (
            _("%(factor)s times the points") % {"factor": number(spec.factor)}
            if spec.factor > 1
            else ngettext("%(points)s point more", "%(points)s points more", spec.points)
            % {"points": f"{spec.points:,}"}
        )
        return ngettext(
            " promises %(bonus)s on the next purchase within %(days)s day",
            " promises %(bonus)s on the next purchase within %(days)s days",
            spec.valid_days,
        ) % {"bonus": bonus, "days": spec.valid_days}
    return _(" earns nothing") if spec.effect == Effect.EXCLUDE else _(" is limited")


def number(factor: Fraction) -> str:
    """1.5, or 4/3 where it has no end.

    >>> number(Fraction(3, 2)), number(Fraction(4, 3)), number(Fraction(2))
    ('1.5', '4/3', '2')
    """
    rest = factor.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(factor)
    return f"{(Decimal(factor.numerator) / Decimal(factor.denominator)).normalize():f}"


def _phrase(condition: Condition, currency: str, segments: Names) -> str:
    said = _plain(condition, currency, segments)
    return _("not %(condition)s") % {"condition": said} if condition.negated else said


def _plain(condition: Condition, currency: str, segments: Names) -> str:
    values = condition.values
    if condition.what in _WORDS:
        return str(_WORDS[condition.what]) % {"values": _or(values), "name": condition.name}
    if condition.what in (What.AMOUNT, What.MATCHED_AMOUNT):
        amount = money.in_words(values[0], currency)
        if condition.what == What.AMOUNT:
            return _("of %(amount)s or more") % {"amount": amount}
        return _("with these goods for %(amount)s or more") % {"amount": amount}
    if condition.what == What.SEGMENT:
        return _("by members of %(values)s") % {"values": _or([segments.get(pk, f"#{pk}") for pk in values])}
    if condition.what == What.WEEKDAY:
        return _("on %(days)s") % {"days": _or([WEEKDAYS[day - 1] for day in values])}
    return _MORE[condition.what](condition)


def _or(values: Any) -> str:
    return _(" or ").join(str(value) for value in values)


_WORDS = {
    What.PRODUCT: gettext_lazy("on the product %(values)s"),
    What.CATEGORY: gettext_lazy("on goods of %(values)s"),
    What.BRAND: gettext_lazy("on the brand %(values)s"),
    What.SUPPLIER: gettext_lazy("on goods supplied by %(values)s"),
    What.MARGIN_CLASS: gettext_lazy("on goods of margin class %(values)s"),
    What.STORE: gettext_lazy("in the store %(values)s"),
    What.CHANNEL: gettext_lazy("through %(values)s"),
    What.TIER: gettext_lazy("by members who are %(values)s"),
    What.ABOUT: gettext_lazy("where %(name)s is %(values)s"),
}


def _average(condition: Condition) -> str:
    whose, percent = condition.values
    text = (
        _("of more than %(percent)s%% of the shop's average order")
        if whose == "shop"
        else _("of more than %(percent)s%% of the member's own average order")
    )
    return text % {"percent": percent}


def _nth(condition: Condition) -> str:
    if condition.values == (1,):
        return _("on the first purchase")
    return _("on purchase number %(values)s") % {"values": _or(condition.values)}


def _soon(condition: Condition) -> str:
    what, days = condition.values
    if what == "delivery":
        return ngettext("within %(days)s day of a delivery", "within %(days)s days of a delivery", days) % {
            "days": days
        }
    return ngettext("within %(days)s day of a purchase", "within %(days)s days of a purchase", days) % {"days": days}


_MORE = {
    What.MATCHED_QUANTITY: lambda each: _("with %(pieces)s of these goods or more") % {"pieces": int(each.values[0])},
    What.ABOVE_AVERAGE: _average,
    What.NTH: _nth,
    What.EVERY: lambda each: _("on every %(n)s. purchase") % {"n": each.values[0]},
    What.HOURS: lambda each: _("from %(begin)s to %(end)s") % {"begin": each.values[0], "end": each.values[1]},
    What.BIRTHDAY: lambda each: _("in the month of the member's birthday"),
    What.ABOUT_LEAST: lambda each: (
        _("where %(name)s is at least %(value)s") % {"name": each.name, "value": each.values[0]}
    ),
    What.SOON_AFTER: _soon,
}


def _limit(cap: Cap) -> str:
    if cap.points is not None:
        said = ngettext("%(points)s point", "%(points)s points", cap.points) % {"points": f"{cap.points:,}"}
    else:
        said = ngettext("%(times)s time", "%(times)s times", cap.times or 0) % {"times": cap.times}
    span = (
        ngettext("within %(days)s day", "within %(days)s days in a row", cap.days) % {"days": cap.days}
        if cap.per == Per.ROLLING
        else str(SPANS[cap.per])
    )
    return f"{said} {span}"


def _lasting(spec: Spec) -> str:
    lasting = spec.lasting
    if lasting is None:
        return ""
    if lasting.dates or lasting.slides:
        return "; " + _("these points expire %(when)s") % {"when": in_words(lasting)}
    if lasting.days is not None:
        return "; " + ngettext("these points last %(n)s day", "these points last %(n)s days", lasting.days) % {
            "n": lasting.days
        }
    months = lasting.months or 0
    return "; " + ngettext("these points last %(n)s month", "these points last %(n)s months", months) % {"n": months}


def _review(spec: Spec) -> str:
    return "; " + _("somebody looks at it before the points are given") if spec.review else ""
