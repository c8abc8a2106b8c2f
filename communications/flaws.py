"""What is missing or wrong in a design, in words. Pure; no database."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from communications import branches, schedule
from communications.designs import Design, StepDesign
from communications.models import Plan, Step
from communications.templating.names import GIVEN
from customers.models import Verb

GIVES = frozenset(GIVEN) | {"content_author", "content_kind", "content_status"}
READY = ("", "ready")  # how far a content piece is that may go out
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


# What not even a draft can be, by the field that says it: the tables could not hold it. Empty: no field of its own.
UNKEPT = {
    "anchor_unfit": "anchor", "verb_missing": "anchor_verb", "days_missing": "anchor_days",
    "trait_missing": "anchor_trait", "start_missing": "starts_on", "window_backwards": "ends_on",
    "holdout_too_large": "holdout_percent", "key_twice": "", "step_unnamed": "name", "channel_unfit": "channel",
    "offset_unfit": "amount", "reward_missing": "reward", "waits_for_itself": "waits_for",
}  # fmt: skip


@dataclass(frozen=True)
class Flaw:
    """``step`` is the key of the step that it is about, if it is about one."""

    code: str
    message: str
    step: str = ""


def flaws(design: Design, kind: str) -> list[Flaw]:
    """What keeps a design from going live; none where it can."""
    return [*_of_the_whole(design, kind), *_of_the_steps(design)]


def unkept(design: Design, kind: str) -> dict[str, list[ValidationError]]:
    """What keeps a design from being kept even as a draft, by field; none where it can."""
    found: dict[str, list[ValidationError]] = {}
    for flaw in flaws(design, kind):
        if flaw.code in UNKEPT:
            field = UNKEPT[flaw.code] or NON_FIELD_ERRORS
            found.setdefault(field, []).append(ValidationError(flaw.message, code=flaw.code))
    return found


def _of_the_whole(design: Design, kind: str) -> Iterator[Flaw]:
    if (kind == Plan.Kind.CAMPAIGN) != (design.anchor == "date"):
        yield Flaw("anchor_unfit", _("A campaign counts from a date, a sequence from something else."))
    if design.anchor == "date" and (design.starts_on is None or design.at_time is None):
        yield Flaw("date_missing", _("A campaign needs a date and a time."))
    if design.ends_on and not design.starts_on:
        yield Flaw("start_missing", _("It has a last day and no first one."))
    if design.starts_on and design.ends_on and design.ends_on < design.starts_on:
        yield Flaw("window_backwards", _("It ends before it starts."))
    if design.anchor == "lapse" and not design.anchor_days:
        yield Flaw("days_missing", _("Say after how many days without a purchase."))
    if design.anchor == "trait" and not design.anchor_trait:
        yield Flaw("trait_missing", _("Say which date of the customer."))
    verbs = [*design.exit_verbs, *filter(None, [design.goal_verb])]
    if design.anchor == "fact" and design.anchor_verb:
        verbs.append(design.anchor_verb)
    elif design.anchor == "fact":
        yield Flaw("verb_missing", _("Say what has to happen for it to begin."))
    for verb in verbs:
        if verb not in Verb:
            yield Flaw("verb_unknown", _("Nothing is known of “%(verb)s”.") % {"verb": verb})
    if not design.steps:
        yield Flaw("steps_missing", _("A plan needs a step at least."))
    if not 0 <= design.holdout_percent <= 50:
        yield Flaw("holdout_too_large", _("At most half can be held out."))
    if flaw := _of_the_hours(design):
        yield Flaw("hours_unfit", flaw)


def _of_the_hours(design: Design) -> str:
    try:
        for begin, end in design.quiet:
            schedule.Quiet(dt.time.fromisoformat(begin), dt.time.fromisoformat(end))
        for day in design.blackout:
            dt.date.fromisoformat(day)
        windows = [schedule.Quiet(*map(dt.time.fromisoformat, pair)) for pair in design.quiet]
        schedule.Step(quiet=tuple(windows), weekdays=frozenset(design.weekdays))
    except (TypeError, ValueError):
        return _("Quiet hours are two different times, days are dates, and some time of some weekday is left.")
    return ""


def _of_the_steps(design: Design) -> Iterator[Flaw]:
    keys = [step.key for step in design.steps]
    if len(set(keys)) < len(keys):
        yield Flaw("key_twice", _("Two steps have the same key."))
    people = {step.key for step in design.steps if step.way in Step.BY_PEOPLE}
    for step in design.steps:
        for code, message in _of_one(step, design, set(keys), people):
            yield Flaw(code, message, step.key)


def _of_one(step: StepDesign, design: Design, keys: set[str], people: set[str]) -> Iterator[tuple[str, str]]:
    if not KEY.fullmatch(step.key) or not step.name.strip():
        yield "step_unnamed", _("A step needs a name, and a key of small letters, digits and hyphens.")
    if step.kind not in Step.Kind or not _goes(step):
        yield "channel_unfit", _("It cannot go this way.")
    if step.unit not in schedule.UNITS or abs(step.amount) > schedule.MOST.get(step.unit, 0):
        yield "offset_unfit", _("It is too far from the anchor.")
    if step.unit == "business_days" and design.calendar_id is None:
        yield "calendar_missing", _("Business days are counted on a calendar.")
    if step.kind == Step.Kind.OFFER and step.reward_id is None:
        yield "reward_missing", _("An offer needs a reward.")
    if step.way not in Step.BY_PEOPLE and step.template_id is None:
        yield "text_missing", _("It needs a text.")
    if not GIVES.issuperset(step.gives):
        yield "value_unknown", _("It gives its text a value that no text knows.")
    if step.gives.get("content_status", "") not in READY:
        yield "content_unfinished", _("Its content piece is not ready yet.")
    if step.waits_for and step.waits_for == step.key:
        yield "waits_for_itself", _("It waits for itself.")
    elif step.waits_for and step.waits_for not in people:
        yield "waits_for_nothing", _("It waits for a task that no other step makes.")
    if not all(branches.readable(one, keys - {step.key}, set(Verb)) for one in step.only_if):
        yield "condition_unknown", _("A condition of it names what there is not.")
    yield from _of_test(step)


def _goes(step: StepDesign) -> bool:
    own: Any = Step.OWN_CHANNEL.get(Step.Kind(step.kind))
    return step.way == own if own else step.way in ("email", "sms", "push", "post")


def _of_test(step: StepDesign) -> Iterator[tuple[str, str]]:
    if step.test is None:
        return
    if len(step.test.variants) < 2 or sum(one.share for one in step.test.variants) != 100:
        yield "shares_unfit", _("A test needs two variants or more, and their shares come to 100 percent.")
    if step.test.goal_verb not in Verb:
        yield "verb_unknown", _("Nothing is known of “%(verb)s”.") % {"verb": step.test.goal_verb}
    if len({one.key for one in step.test.variants}) < len(step.test.variants):
        yield "variant_twice", _("Two variants have the same key.")
