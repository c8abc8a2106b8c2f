"""Segments ready made: what most shops ask for first. Whoever starts from one changes it as they like."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Verb


@dataclass(frozen=True)
class Readymade:
    code: str
    name: str | Promise
    description: str | Promise
    conditions: dict[str, Any]


def _all(*rows: tuple[Any, ...]) -> dict[str, Any]:
    """Conditions that hold together: (field, how, value…, or a list of them); ``name=`` is the fourth."""
    names = ("field", "how", "values", "name", "not")
    found = [dict(zip(names, (*row, *("", "", [], "", False)[len(row) :]), strict=True)) for row in rows]
    return {"match": "all", "groups": [{"match": "all", "not": False, "conditions": found}]}


READYMADE: tuple[Readymade, ...] = (
    Readymade(
        "regular",
        _("Regular buyers"),
        _("Bought three times or more, and still do."),
        _all(("purchases", "at_least", [3]), ("stage", "in", ["active", "returned"])),
    ),
    Readymade(
        "lifters",
        _("Lifters of the average order"),
        _("Their orders are larger than the average order of all."),
        _all(("average", "above_average", []), ("last_purchase", "within", [365])),
    ),
    Readymade(
        "best",
        _("Best customers"),
        _("Bought more than the average customer, and often."),
        _all(("value", "above_average", []), ("purchases", "at_least", [5])),
    ),
    Readymade("birthday", _("Birthday this month"), _("Born in this month."), _all(("birthday", "this_month", []))),
    Readymade(
        "first",
        _("First purchase, not yet a second"),
        _("Bought once, in the last 60 days."),
        _all(("purchases", "at_least", [1]), ("purchases", "at_most", [1]), ("last_purchase", "within", [60])),
    ),
    Readymade(
        "second",
        _("Second purchase, not yet a third"),
        _("The third makes a habit."),
        _all(("purchases", "at_least", [2]), ("purchases", "at_most", [2]), ("last_purchase", "within", [120])),
    ),
    Readymade(
        "at_risk",
        _("At risk"),
        _("Quiet for longer than is usual for them."),
        _all(("stage", "in", ["at_risk"])),
    ),
    Readymade("lapsed", _("Lapsed"), _("Stopped buying."), _all(("stage", "in", ["lapsed"]))),
    Readymade(
        "away",
        _("Away for 90 days"),
        _("Their last purchase was 90 to 180 days ago."),
        _all(("last_purchase", "earlier", [90]), ("last_purchase", "within", [180])),
    ),
    Readymade("returned", _("Came back"), _("Bought again after a long time."), _all(("stage", "in", ["returned"]))),
    Readymade("promoters", _("Promoters"), _("Their last NPS answer was 9 or 10."), _all(("nps", "at_least", [9]))),
    Readymade("detractors", _("Detractors"), _("Their last NPS answer was 6 or less."), _all(("nps", "at_most", [6]))),
    Readymade(
        "complained",
        _("Complained lately"),
        _("A complaint in the last 30 days."),
        _all(("fact", "within", [30], Verb.COMPLAINT_OPENED.value)),
    ),
    Readymade(
        "points", _("Points to spend"), _("500 points or more wait for them."), _all(("points", "at_least", [500]))
    ),
    Readymade(
        "newcomers",
        _("Known, not yet bought"),
        _("Became known more than two weeks ago."),
        _all(("purchases", "at_most", [0]), ("joined", "earlier", [14])),
    ),
    Readymade(
        "offers",
        _("May get offers by e-mail"),
        _("Allowed it, and has an address."),
        _all(("consent", "in", ["email:offers"]), ("reach", "in", ["email"])),
    ),
)
BY_CODE = {each.code: each for each in READYMADE}
