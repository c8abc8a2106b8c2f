"""The plans that are ready made, as designs without the ids that the database gives: see ``actions.readymade``."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentDecision, Verb

CARE, OFFERS = ConsentDecision.Purpose.CARE.value, ConsentDecision.Purpose.OFFERS.value
MORNING = dt.time(10)
NIGHT = (("20:00", "09:00"),)
UNBOUGHT = ({"did": Verb.BOUGHT.value, "since": "anchor", "not": True},)
NO_COMPLAINT = ({"did": Verb.COMPLAINT_OPENED.value, "since": "anchor", "not": True},)


@dataclass(frozen=True)
class ReadyStep:
    """``text`` names a letter or a script. ``offset`` is an amount and its unit."""

    key: str
    name: str | Promise
    kind: str
    offset: tuple[int, str]
    text: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadyPlan:
    """``segment`` is the code of a segment that is ready made. ``columns`` are those of the design."""

    code: str
    name: str | Promise
    description: str | Promise
    columns: dict[str, Any]
    steps: tuple[ReadyStep, ...]
    segment: str = ""
    kind: str = "sequence"


def _at(key: str, name: Any, kind: str, amount: int, unit: str, text: str, **more: Any) -> ReadyStep:
    if unit not in ("minutes", "hours"):
        more.setdefault("time", MORNING)
    return ReadyStep(key, name, kind, (amount, unit), text, more)


PLANS: tuple[ReadyPlan, ...] = (
    ReadyPlan(
        "welcome",
        _("Welcome"),
        _("A greeting after an hour, three things worth knowing after three days."),
        {"anchor": "fact", "anchor_verb": Verb.ADDED, "purpose": CARE, "reentry": "once"},
        (
            _at("hello", _("Greeting"), "email", 1, "hours", "welcome"),
            _at("tips", _("Three things worth knowing"), "email", 3, "days", "welcome_tips"),
        ),
    ),
    ReadyPlan(
        "after_sale",
        _("After the sale"),
        _("Thanks, delivery, how-to, a call, and a request for a review; ends where goods come back."),
        {"anchor": "fact", "anchor_verb": Verb.BOUGHT, "purpose": CARE, "exit_verbs": (Verb.RETURNED.value,)},
        (
            _at("thanks", _("Thanks"), "email", 5, "minutes", "order_thanks"),
            _at("delivery", _("Has it arrived?"), "email", 3, "days", "order_delivery"),
            _at("howto", _("How to use it"), "email", 6, "days", "order_howto"),
            _at("call", _("How do you get on?"), "call", 5, "business_days", "call_after"),
            _at("review", _("What do you think?"), "email", 14, "days", "order_review", only_if=NO_COMPLAINT),
        ),
    ),
    ReadyPlan(
        "third",
        _("From the second purchase to the third"),
        _("A hand-written thank-you and something that goes with it: the third purchase makes a habit."),
        {"anchor": "fact", "anchor_verb": Verb.BOUGHT, "purpose": CARE, "reentry": "once", "holdout_percent": 10},
        (
            _at("note", _("Thank-you by hand"), "note", 10, "days", "note_third", cost=250),
            _at("tip", _("What goes with it"), "email", 30, "days", "third_tip", only_if=UNBOUGHT),
        ),
        segment="second",
    ),
    ReadyPlan(
        "birthday",
        _("Birthday surprise"),
        _("A gift is packed a week before, a letter arrives on the day."),
        {"anchor": "birthday", "purpose": CARE},
        (
            _at("gift", _("Birthday box"), "gift", -7, "days", "gift_birthday", cost=900),
            _at("letter", _("Congratulations"), "email", 0, "days", "birthday"),
        ),
    ),
    ReadyPlan(
        "tier",
        _("Congratulations on a tier"),
        _("A letter when a tier is reached, and a card by post."),
        {"anchor": "fact", "anchor_verb": Verb.TIER_REACHED, "purpose": CARE},
        (
            _at("letter", _("Congratulations"), "email", 2, "hours", "tier"),
            _at("card", _("Card"), "card", 2, "business_days", "card_tier", cost=180),
        ),
    ),
    ReadyPlan(
        "points",
        _("Points expire soon"),
        _("A word in time, so that nobody loses points without knowing."),
        {"anchor": "fact", "anchor_verb": Verb.POINTS_EXPIRING, "purpose": CARE, "goal_verb": Verb.POINTS_SPENT},
        (_at("letter", _("Points until then"), "email", 0, "days", "points"),),
    ),
    ReadyPlan(
        "winback",
        _("Win back after 90 days"),
        _("A letter that asks what was wrong, and a call where nothing came of it; held-out customers show the lift."),
        {"anchor": "lapse", "anchor_days": 90, "purpose": OFFERS, "goal_verb": Verb.BOUGHT, "holdout_percent": 10},
        (
            _at("letter", _("We miss you"), "email", 0, "days", "winback"),
            _at("call", _("What kept you?"), "call", 7, "business_days", "call_winback", only_if=UNBOUGHT, cost=600),
        ),
    ),
    ReadyPlan(
        "apology",
        _("Apology after a complaint"),
        _("What was changed, and a call that asks whether it is settled."),
        {"anchor": "fact", "anchor_verb": Verb.COMPLAINT_RESOLVED, "purpose": CARE},
        (
            _at("letter", _("What we changed"), "email", 1, "days", "apology"),
            _at("call", _("Is it settled?"), "call", 3, "business_days", "call_apology", only_if=NO_COMPLAINT),
        ),
    ),
    ReadyPlan(
        "appreciation",
        _("Appreciation of the best"),
        _("Once a year, on the day on which they came: a letter by hand."),
        {"anchor": "joining", "purpose": CARE},
        (_at("note", _("Letter by hand"), "note", 0, "days", "note_best", cost=250),),
        segment="best",
    ),
    ReadyPlan(
        "share",
        _("Ask to pass it on"),
        _("Three days after delivery, where nothing went wrong."),
        {"anchor": "fact", "anchor_verb": Verb.DELIVERED, "purpose": OFFERS, "reentry": "once"},
        (_at("letter", _("Who else?"), "email", 3, "days", "share", only_if=NO_COMPLAINT),),
    ),
    ReadyPlan(
        "board",
        _("Invitation to the customer board"),
        _("A letter to regular buyers, and a call a week later."),
        {"anchor": "date", "at_time": MORNING, "purpose": CARE},
        (
            _at("letter", _("Invitation"), "email", 0, "days", "board"),
            _at("call", _("Personal invitation"), "call", 5, "business_days", "call_board"),
        ),
        segment="regular",
        kind="campaign",
    ),
)
BY_CODE = {plan.code: plan for plan in PLANS}
