"""What somebody is shown to approve, in words: whom, when, on which terms, each step with every word. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from communications import designs, sayings
from communications.models import Experiment, PlanVersion, Step
from communications.models.plans import WHOLE_WEEK
from customers import conditions, money, sentences

Line = tuple[str, str]
OF_THE_YEAR = (PlanVersion.Anchor.BIRTHDAY, PlanVersion.Anchor.JOINING, PlanVersion.Anchor.TRAIT)


@dataclass(frozen=True)
class Text:
    """What is written, in one language; the names in it are still to be filled in."""

    name: str
    language: str
    parts: dict[str, str]


@dataclass(frozen=True)
class Shown:
    """A step: its name, what else is said of it, and the texts that it and its variants send."""

    name: str
    lines: list[Line]
    texts: list[Text]


def terms(content: dict[str, Any]) -> list[Line]:
    """Whom, when and on which terms; ``content`` is what an approval keeps."""
    version = _row(PlanVersion, designs.COLUMNS, content)
    return [
        (_("Whom"), _whom(content.get("segment"))),
        (_("Consent to"), str(version.get_purpose_display()) if version.purpose else _("not needed")),
        (_("Counted from"), sayings.anchor(version)),
        *beside(version, calendar=content.get("calendar") or ""),
    ]


def beside(version: PlanVersion, *, calendar: str) -> list[Line]:
    """On which other terms a version reaches people; ``calendar`` is the name of that of its business days."""
    said = [
        (_("Only where"), _pairs(version.anchor_match)),
        (_("At (customer's time)"), f"{version.at_time:%H:%M}" if version.at_time else ""),
        (_("29 February is kept on"), str(version.get_leap_day_display()) if version.anchor in OF_THE_YEAR else ""),
        (_("Begins again"), "" if version.anchor == PlanVersion.Anchor.DATE else str(version.get_reentry_display())),
        (_("Goal"), sayings.verb(version.goal_verb) if version.goal_verb else ""),
        (_("Stops"), ", ".join(sayings.verb(code) for code in version.exit_verbs)),
        (_("Stops as well"), _("when only a part is brought back") if version.exit_on_partial_return else ""),
        (_("Quiet"), ", ".join(f"{begin} - {end}" for begin, end in version.quiet)),
        (_("Only on"), _weekdays(version.weekdays)),
        (_("Not on"), ", ".join(version.blackout)),
        (_("Business days by"), calendar),
        (_("Priority"), _number(version.priority)),
        (_("Held out (percent)"), _number(version.holdout_percent)),
        (_("At most a day"), _number(version.daily_limit)),
        (_("Worth sending for (hours)"), _number(version.expiry_hours)),
        (_("Late beginners get what was due within (hours)"), str(version.grace_hours)),
    ]
    return [(label, value) for label, value in said if value]


def steps(content: dict[str, Any]) -> list[Shown]:
    """Each step in order, with what it gives and says."""
    version = _row(PlanVersion, designs.COLUMNS, content)
    return [_step(said, version, content) for said in content.get("steps", ())]


def _step(said: dict[str, Any], version: PlanVersion, content: dict[str, Any]) -> Shown:
    step, test = _row(Step, designs.STEP_COLUMNS, said), said.get("test")
    names = {one["key"]: one["name"] for one in content["steps"]}
    lines = [
        (_("What"), str(step.get_kind_display())),
        (_("When"), sayings.offset(step, version)),
        (_("Only if"), "; ".join(sayings.conditions(step, names, _segments(content)))),
        (_("Waits for"), names.get(step.waits_for, "")),
        (_("Worth sending for (hours)"), _number(step.expiry_hours)),
        (_("Reward"), _reward(step.reward_id, content)),
        (_("Costs (each)"), money.in_words(step.cost, settings.BUSINESS_CURRENCY) if step.cost else ""),
        (_("Note for whoever does it"), step.script),
        *sayings.given(step),
        *(_test(test, content) if test else ()),
    ]
    asked = [step.template_id, *(one["template_id"] for one in (test or {}).get("variants", ()))]
    texts = [text for pk in dict.fromkeys(pk for pk in asked if pk) for text in _texts(content, pk)]
    return Shown(step.name, [(label, value) for label, value in lines if value], texts)


def _test(test: dict[str, Any], content: dict[str, Any]) -> Iterator[Line]:
    row = _row(Experiment, designs.TEST_COLUMNS, test)
    words = {"what": row.get_tests_display(), "goal": sayings.verb(row.goal_verb), "days": row.goal_days}
    yield _("A/B test"), _("%(what)s, won when the customer %(goal)s within %(days)s days") % words
    yield _("Customers for each variant"), f"{row.per_variant:,}"
    yield _("Verdict on"), date_format(row.ends_on)
    for one in test["variants"]:
        text = content["texts"].get(str(one["template_id"]), {}).get("name", "")
        differs = [text, str(one["time"] or "")[:5], _reward(one["reward_id"], content)]
        yield _("Variant %s") % one["key"], ", ".join([f"{one['share']} %", *filter(None, differs)])


def _texts(content: dict[str, Any], template: int) -> list[Text]:
    kept = content["texts"].get(str(template))
    if kept is None:
        return []
    return [Text(kept["name"], language, parts) for language, parts in kept["texts"].items()]


def _segments(content: dict[str, Any]) -> dict[int, str]:
    return {int(pk): _whom(segment) for pk, segment in content.get("segments", {}).items()}


def _whom(segment: dict[str, Any] | None) -> str:
    if segment is None:
        return _("everybody")
    try:
        return f"{segment['name']}: {sentences.sentence(conditions.read(segment['conditions']))}"
    except ValidationError:  # a field that there is no more
        return str(segment["name"])


def _reward(pk: int | None, content: dict[str, Any]) -> str:
    return str(content.get("rewards", {}).get(str(pk), {}).get("name", "")) if pk else ""


def _weekdays(days: list[int]) -> str:
    return "" if sorted(days) == WHOLE_WEEK else ", ".join(str(WEEKDAYS[day]) for day in sorted(days))


def _pairs(match: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in match.items())


def _number(value: int | None) -> str:
    return f"{value:,}" if value else ""


def _row(model: Any, columns: tuple[str, ...], said: dict[str, Any]) -> Any:
    """The row that says so, never saved; what it names is not looked up."""
    fields = {name: model._meta.get_field(name) for name in columns if name in said}
    return model(**{name: field.to_python(said[name]) for name, field in fields.items()})
