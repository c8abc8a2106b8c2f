"""When a shop should rather look for new customers, and when rather keep those that it has. Rules, said in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.definitions import DEFINITIONS
from insights.wording import of, said

FEW = 100  # active customers, below which nothing is said
KNOWN_LOW, KNOWN_HIGH = 0.4, 0.6  # of the sales, to customers from before
SECOND = 0.2  # of first-time buyers, who come a second time


@dataclass(frozen=True)
class Advice:
    """``weigh`` is acquisition, retention, both or nothing; ``reasons`` are figures in words."""

    weigh: str
    words: Promise
    reasons: list[tuple[str | Promise, str, str]]


def advice(pasts: Mapping[str, Any]) -> Advice | None:
    """From the last figures of the shop. None where there are too few customers to say anything.

    Most sales to people who came for the first time, and few of them come again: keep them before finding more.
    Most sales to people who were there before, and more are lost than come: find new ones.
    """
    now = {key: past.now for key, past in pasts.items()}
    active, known, new, lost = (now.get(key) for key in ("active", "returning_share", "new", "lost"))
    if active is None or known is None or known.value is None or (active.value or 0) < FEW:
        return None
    second = now.get("second_order")
    came, left = (new.value if new else 0) or 0, (lost.value if lost else 0) or 0
    weigh, words = _weigh(known.value, came, left, second.value if second else None)
    reasons = [
        (DEFINITIONS[one.metric].title, said(one.value, DEFINITIONS[one.metric].unit, one.currency), of(one))
        for one in (known, new, lost, second)
        if one is not None
    ]
    return Advice(weigh, words, reasons)


def _weigh(known: float, came: float, left: float, second: float | None) -> tuple[str, Promise]:
    if known < KNOWN_LOW:
        if second is not None and second < SECOND:
            return "retention", _("Most sales go to people who come once. Work on the second order first.")
        return "both", _("The shop lives from new customers, and enough of them come again. Go on with both.")
    if known > KNOWN_HIGH and came < left:
        return "acquisition", _("Those who buy are loyal, but fewer come than go. Look for new customers.")
    if left > came:
        return "retention", _("More customers are lost than come. Find out why they leave before finding new ones.")
    return "both", _("New and known customers are in balance. Neither needs to be put first.")
