"""What a segment's conditions say, in a plain sentence."""

from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import money
from customers.conditions import Condition, Conditions, Group
from customers.fields import How, Kind, labels
from customers.models import Trait


def sentence(conditions: Conditions) -> str:
    """One sentence: whom these conditions choose."""
    if not conditions.groups:
        return _("Every customer.")
    alone = len(conditions.groups) == 1
    parts = [_group(group, alone=alone) for group in conditions.groups]
    return _("Customers with %(conditions)s.") % {"conditions": _joined(parts, conditions.any, outer=True)}


def _group(group: Group, *, alone: bool) -> str:
    parts = [_group(each, alone=False) if isinstance(each, Group) else phrase(each) for each in group.conditions]
    said = _joined(parts, group.any)
    if group.negated:
        return _("none of this: (%(conditions)s)") % {"conditions": said}
    return f"({said})" if len(group.conditions) > 1 and not alone else said


def _joined(parts: list[str], any_: bool, *, outer: bool = False) -> str:
    if outer:
        return (_(", or else ") if any_ else _(", and ")).join(parts)
    return (_(" or ") if any_ else _(" and ")).join(parts)


def phrase(condition: Condition) -> str:
    """One condition in words: ``last purchase longer than 90 days ago``."""
    said = _plain(condition)
    return _("not: %(condition)s") % {"condition": said} if condition.negated else said


def _plain(condition: Condition) -> str:
    about, how = condition.field, condition.how
    label = str(about.label)
    if about.kind == Kind.TRAIT and condition.name:
        name = condition.name
        label = name if about.path == Trait.Kind.TRAIT else f"{label} ({name})"
    if about.kind == Kind.FACT:
        label = str(dict(about.names)[condition.name])
        if how == How.EVER:
            return _("%(field)s at any time") % {"field": label}
    if how == How.ABOVE_AVERAGE:
        return _("%(field)s above the average of all") % {"field": label}
    if how == How.BEGINS:
        return _("%(field)s beginning with %(value)s") % {"field": label, "value": _(" or ").join(condition.values)}
    if how == How.KNOWN:
        return _("%(field)s known") % {"field": label}
    if how == How.THIS_MONTH:
        return _("%(field)s in this month") % {"field": label}
    if how == How.IN:
        return f"{label} {_(' or ').join(labels(about, condition.values))}"
    return _compared(label, condition)


def _compared(label: str, condition: Condition) -> str:
    value = condition.values[0]
    if isinstance(value, date):
        words = {"field": label, "day": date_format(value)}
        if condition.how == How.SINCE:
            return _("%(field)s on or after %(day)s") % words
        return _("%(field)s before %(day)s") % words
    if condition.how == How.WITHIN:
        return ngettext("%(field)s within the last %(days)s day", "%(field)s within the last %(days)s days", value) % {
            "field": label,
            "days": f"{value:,}",
        }
    if condition.how == How.EARLIER:
        return ngettext("%(field)s longer than %(days)s day ago", "%(field)s longer than %(days)s days ago", value) % {
            "field": label,
            "days": f"{value:,}",
        }
    amount = money.in_words(value, settings.BUSINESS_CURRENCY) if condition.field.kind == Kind.MONEY else f"{value:,}"
    if condition.how == How.AT_LEAST:
        return _("%(field)s at least %(value)s") % {"field": label, "value": amount}
    return _("%(field)s at most %(value)s") % {"field": label, "value": amount}


def heading(conditions: Conditions) -> str:
    """The sentence without its full stop, for a line in a list."""
    return capfirst(sentence(conditions).rstrip("."))
