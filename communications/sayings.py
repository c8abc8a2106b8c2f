"""Plans in words: what steps count from, how far, and what was done to a plan. Pure; no database."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communications import branches
from communications.models import HumanTask, PlanEvent, PlanVersion, Step
from customers.models import Verb

Names = Mapping[str, str]  # of steps, by their keys
Segments = Mapping[int, str]
Anchor, Outcome = PlanVersion.Anchor, HumanTask.Outcome
DONE: dict[str, Promise | str] = {
    "created": gettext_lazy("made"),
    "edited": gettext_lazy("changed"),
    "moved": gettext_lazy("moved"),
    "submitted": gettext_lazy("asked for approval"),
    "approved": gettext_lazy("approved"),
    "declined": gettext_lazy("declined"),
    "published": gettext_lazy("let go live"),
    "paused": gettext_lazy("paused"),
    "resumed": gettext_lazy("let go on"),
    "ended": gettext_lazy("ended"),
    "copied": gettext_lazy("copied"),
    "materialised": gettext_lazy("customers found"),
}

GIVEN: dict[str, Promise | str] = {
    "content_title": gettext_lazy("Content piece"),
    "content_kind": gettext_lazy("What it is"),
    "content_author": gettext_lazy("Author"),
    "content_status": gettext_lazy("How far it is"),
    "content_link": gettext_lazy("Its address"),
    "event": gettext_lazy("Event"),
    "event_at": gettext_lazy("When it is"),
    "event_place": gettext_lazy("Where it is"),
    "event_link": gettext_lazy("Where one answers"),
}
PIECES = {
    "article": gettext_lazy("article"),
    "newsletter": gettext_lazy("newsletter"),
    "tip": gettext_lazy("product tip"),
    "video": gettext_lazy("video"),
}
STATES = {
    "writing": gettext_lazy("being written"),
    "checking": gettext_lazy("being checked"),
    "ready": gettext_lazy("ready"),
}


def verb(code: str) -> str:
    return str(Verb(code).label) if code in Verb else code


def anchor(version: PlanVersion) -> str:
    """What its steps count from: ``bought``, ``birthday``, ``90 days without a purchase``."""
    if version.anchor == Anchor.DATE:
        if version.starts_on is None:
            return _("a date to be chosen")
        day = date_format(version.starts_on)
        return f"{day} - {date_format(version.ends_on)}" if version.ends_on else day
    if version.anchor == Anchor.FACT:
        return _("the customer %(verb)s") % {"verb": verb(version.anchor_verb)}
    if version.anchor == Anchor.LAPSE:
        days = version.anchor_days or 0
        return ngettext("%(days)d day without a purchase", "%(days)d days without a purchase", days) % {"days": days}
    if version.anchor == Anchor.TRAIT:
        return _("the date “%(trait)s”") % {"trait": version.anchor_trait}
    return str(version.get_anchor_display())


def offset(step: Step, version: PlanVersion) -> str:
    """How far a step is from that: ``3 days after, at 10:00``."""
    time = step.time or version.at_time
    return (
        _("%(when)s, at %(time)s") % {"when": distance(step), "time": time.strftime("%H:%M")}
        if time
        else (distance(step))
    )


def distance(step: Step) -> str:
    if step.amount == 0:
        return _("on the same business day, or the next") if step.unit == Step.Unit.BUSINESS_DAYS else _("on the day")
    count = abs(step.amount)
    words = {"count": count, "unit": _units(step.unit, count)}
    return _("%(count)s %(unit)s before") % words if step.amount < 0 else _("%(count)s %(unit)s after") % words


def _units(unit: str, count: int) -> str:
    named = {
        "minutes": ngettext("minute", "minutes", count),
        "hours": ngettext("hour", "hours", count),
        "days": ngettext("day", "days", count),
        "weeks": ngettext("week", "weeks", count),
        "months": ngettext("month", "months", count),
        "years": ngettext("year", "years", count),
        "business_days": ngettext("business day", "business days", count),
    }
    return named.get(unit, unit)


def given(step: Step) -> list[tuple[str, str]]:
    """What a step gives its text, such as the content piece with its author: each name with its value."""
    named, gives = {"content_kind": PIECES, "content_status": STATES}, step.gives
    order = [*(name for name in GIVEN if name in gives), *(name for name in gives if name not in GIVEN)]
    return [
        (str(GIVEN.get(name, name)), str(named.get(name, {}).get(gives[name], gives[name])))
        for name in order
        if gives[name]
    ]


def conditions(step: Step, steps: Names, segments: Segments) -> list[str]:
    """On what a step depends; ``steps`` are the names of the plan's steps by their keys."""
    return [condition(one, steps, segments) for one in step.only_if]


def condition(one: dict[str, Any], steps: Names, segments: Segments) -> str:
    """``only if the customer has not bought since``."""
    no = bool(one.get("not"))
    if "did" in one:
        return _did(one, steps, no=no)
    if "reached" in one:
        words = {"step": steps.get(one["reached"], one["reached"])}
        return _("only if “%(step)s” did not arrive") % words if no else _("only if “%(step)s” arrived") % words
    if "outcome" in one:
        ended = [str(Outcome(code).label) if code in Outcome else code for code in one["in"]]
        words = {"step": steps.get(one["outcome"], one["outcome"]), "outcome": ", ".join(ended)}
        return (
            _("only if “%(step)s” ended otherwise than %(outcome)s") % words
            if no
            else (_("only if “%(step)s” ended as %(outcome)s") % words)
        )
    words = {"segment": segments.get(one["segment"], one["segment"])}
    return (
        _("only if not in the segment “%(segment)s”") % words
        if no
        else _("only if in the segment “%(segment)s”") % words
    )


def _did(one: dict[str, Any], steps: Names, *, no: bool) -> str:
    words = {"verb": verb(one["did"]), "step": steps.get(one["since"], one["since"])}
    if one["since"] == branches.ANCHOR:
        return _("only if not “%(verb)s” since") % words if no else _("only if “%(verb)s” since") % words
    return (
        _("only if not “%(verb)s” since “%(step)s”") % words
        if no
        else _("only if “%(verb)s” since “%(step)s”") % words
    )


def patience(step: Step, steps: Names) -> list[str]:
    """For whose task a step waits, and how long it is worth sending, where it says so."""
    said = []
    if step.waits_for:
        words = {"step": steps.get(step.waits_for, step.waits_for), "hours": step.waits_hours}
        said.append(_("waits for “%(step)s”, %(hours)s hours at most") % words)
    if step.expiry_hours is not None:
        said.append(_("worth sending for %(hours)s hours") % {"hours": step.expiry_hours})
    return said


def done(event: PlanEvent) -> str:
    """A line of the history: ``moved, 2026-06-10 → 2026-06-12``."""
    said = str(DONE.get(event.what, event.what))
    about = event.about
    if event.what == "moved":
        return f"{said}, {about.get('before', '')} → {about.get('to', '')}"
    return said
