"""Words in curly braces that a letter or a canned answer fills in. No code, no attributes, nothing to run. Pure.

``{{ name }}`` stands for a value; what is not known stays visible as a gap, and is named to whoever sends it.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

FIELD = re.compile(r"\{\{\s*([A-Za-z_]+)\s*\}\}")
GAP = "[…]"

# What can be filled in, and what it means to whoever writes the template.
NAMES = {
    "customer_name": _("the customer's name"),
    "number": _("the number of the case"),
    "subject": _("what the case is about"),
    "received_on": _("the day on which it was received"),
    "due_on": _("the day by which the final answer is promised"),
    "time_limit": _("how long that is, in words"),
    "today": _("the day of the letter"),
    "outcome": _("whether the complaint is upheld"),
    "reason": _("why it was decided so"),
    "redress": _("what is offered, one line each"),
    "agent_name": _("who writes"),
    "team_name": _("their team"),
    "business_name": _("the business"),
}


def unknown(text: str) -> list[str]:
    """What stands in braces and means nothing, and braces that do not match, as they were written.

    >>> unknown("Dear {{ customer_name }}, {{ customer.password }} {% load x %}")
    ['{{ customer.password }}', '{% load x %}']
    """
    rest = FIELD.sub(lambda found: "" if found[1] in NAMES else found[0], text)
    return re.findall(r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\}\}", rest)


def used(text: str) -> set[str]:
    """The names that a text fills in."""
    return {name for name in FIELD.findall(text) if name in NAMES}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. Values are put in once: braces in them stay as they are.

    >>> filled("Dear {{ customer_name }}, by {{due_on}}", {"customer_name": "Ann {{ number }}"})
    'Dear Ann {{ number }}, by […]'
    """
    return FIELD.sub(lambda found: (values.get(found[1]) or GAP) if found[1] in NAMES else found[0], text)


def missing(texts: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """The names that these texts need and nobody knows, sorted."""
    return sorted(name for text in texts for name in used(text) if not values.get(name))
