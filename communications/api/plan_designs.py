"""What a plan says, as other systems read and write it: the names of ``communications.designs``, with their types.

What may go live is said by ``communications.flaws``; here is only what can be read and stored.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from calendars.models import Calendar
from communications import branches
from communications.designs import Design, StepDesign, TestDesign, VariantDesign
from communications.flaws import KEY
from communications.models import Experiment, PlanVersion, Step, Template
from communications.schedule import MOST
from config.rest import Day, OneLine
from customers.models import ConsentDecision, Segment, Verb
from loyalty.models import Reward

Shape = serializers.Serializer[Any]
HOURS = 100_000
CONDITIONS = (
    'All of them hold when it is due: `{"did": verb, "since": "anchor" or the key of a step}`, `{"reached": key}`, '
    '`{"outcome": key, "in": [outcome]}`, `{"segment": id}`; each with `"not": true` for the contrary.'
)


class Known(serializers.PrimaryKeyRelatedField):
    """The id of something that there is, or null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data).pk

    def to_representation(self, value: Any) -> Any:
        return value


class Clock(serializers.TimeField):
    """A time of day to the minute."""

    def to_internal_value(self, value: Any) -> time:
        said = super().to_internal_value(value)
        if said.second or said.microsecond:
            raise serializers.ValidationError(_("Say it to the minute, such as 09:30."), code="invalid")
        return said


class Particular(serializers.JSONField):
    """A value that a fact may have: a text, a number, yes or no, or a list of which any will do."""

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        for one in said if isinstance(said, list) else [said]:
            if not isinstance(one, (str, int, float, bool)):
                raise serializers.ValidationError(_("A text, a number, yes or no, or a list of such."), code="invalid")
        return said


class Condition(serializers.JSONField):
    """One of ``only_if``; which steps there are is looked at with the whole."""

    def to_internal_value(self, data: Any) -> Any:
        said = super().to_internal_value(data)
        names = [said.get(name) for name in ("did", "since", "reached", "outcome")] if isinstance(said, dict) else []
        known = {one for one in names if isinstance(one, str)}
        if any(not isinstance(one, (str, type(None))) for one in names) or not branches.readable(
            said, known, set(Verb)
        ):
            raise serializers.ValidationError(_("This condition is none that a step can have."), code="invalid")
        return said


class VariantSaid(Shape):
    key = serializers.RegexField(r"^[a-z0-9_-]{1,10}$")
    share = serializers.IntegerField(min_value=1, max_value=100, help_text="Percent.")
    template_id = Known(queryset=Template.objects.filter(archived_at=None), help_text="Null: the step's.")
    time = Clock(required=False, allow_null=True, help_text="Null: the step's.")
    reward_id = Known(queryset=Reward.objects.all(), help_text="Null: the step's.")


class TestSaid(Shape):
    """An A/B test of a step. Without a ``salt``, by which customers are drawn, it gets one of its own."""

    __test__ = False  # nothing for pytest

    tests = serializers.ChoiceField(Experiment.Tests.choices)
    salt = serializers.RegexField(r"^[!-~]{1,60}$", required=False)
    goal_verb = serializers.ChoiceField(Verb.choices)
    goal_days = serializers.IntegerField(min_value=1, max_value=365, default=14)
    per_variant = serializers.IntegerField(min_value=1, max_value=10_000_000)
    ends_on = Day(help_text="When the verdict falls.")
    looks = serializers.ChoiceField([1, 5], default=1)
    variants = VariantSaid(many=True, min_length=2, max_length=10)  # type: ignore[call-arg]


class StepSaid(Shape):
    key = serializers.RegexField(f"^{KEY.pattern}$", help_text="Names the same step in every version of the plan.")
    name = OneLine(max_length=120)
    kind = serializers.ChoiceField(Step.Kind.choices)
    channel = serializers.ChoiceField(
        ConsentDecision.Channel.choices, required=False, allow_blank=True,
        help_text="For offers, content and events; the other kinds have a way of their own.",
    )  # fmt: skip
    amount = serializers.IntegerField(
        min_value=-max(MOST.values()), max_value=max(MOST.values()), default=0, help_text="Before the anchor below 0."
    )
    unit = serializers.ChoiceField(Step.Unit.choices, default=Step.Unit.DAYS)
    time = Clock(required=False, allow_null=True, help_text="On the customer's clock.")
    expiry_hours = serializers.IntegerField(min_value=1, max_value=HOURS, required=False, allow_null=True)
    template_id = Known(queryset=Template.objects.filter(archived_at=None))
    script = serializers.CharField(max_length=5_000, required=False, allow_blank=True, help_text="For who does it.")
    gives = serializers.DictField(
        child=OneLine(max_length=1_000, allow_blank=True), required=False, help_text="Values for the text, by name."
    )
    reward_id = Known(queryset=Reward.objects.all())
    only_if = serializers.ListField(child=Condition(), max_length=20, required=False, help_text=CONDITIONS)
    waits_for = serializers.RegexField(
        f"^{KEY.pattern}$", required=False, allow_blank=True, help_text="The key of a step that people do."
    )
    waits_hours = serializers.IntegerField(min_value=1, max_value=10_000, default=168)
    cost = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0, help_text="Each, in minor units.")
    test = TestSaid(required=False, allow_null=True)


class DesignSaid(Shape):
    """What is not said stays as it is; ``steps`` are said all together, in order."""

    anchor = serializers.ChoiceField(PlanVersion.Anchor.choices, required=False, help_text="What steps count from.")
    segment_id = Known(queryset=Segment.objects.all(), help_text="Null: everybody.")
    purpose = serializers.ChoiceField(
        ConsentDecision.Purpose.choices, required=False, allow_blank=True,
        help_text="What customers consented to; empty only for what they ordered or asked for.",
    )  # fmt: skip
    starts_on = Day(required=False, allow_null=True)
    ends_on = Day(required=False, allow_null=True)
    at_time = Clock(required=False, allow_null=True, help_text="On the customer's clock.")
    anchor_verb = serializers.ChoiceField(Verb.choices, required=False, allow_blank=True)
    anchor_match = serializers.DictField(child=Particular(), required=False)
    anchor_particular = OneLine(max_length=40, required=False, allow_blank=True)
    anchor_days = serializers.IntegerField(min_value=1, max_value=3_650, required=False, allow_null=True)
    anchor_trait = OneLine(max_length=60, required=False, allow_blank=True)
    leap_day = serializers.ChoiceField(PlanVersion.LeapDay.choices, required=False)
    reentry = serializers.ChoiceField(PlanVersion.Reentry.choices, required=False)
    goal_verb = serializers.ChoiceField(Verb.choices, required=False, allow_blank=True)
    exit_verbs = serializers.ListField(child=serializers.ChoiceField(Verb.choices), required=False, max_length=50)
    exit_on_partial_return = serializers.BooleanField(required=False)
    quiet = serializers.ListField(
        child=serializers.ListField(child=Clock(), min_length=2, max_length=2), required=False, max_length=10,
        help_text='`[["21:00", "08:00"]]`, on the customer\'s clock.',
    )  # fmt: skip
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, min_length=1, max_length=7,
        help_text="0 is Monday.",
    )  # fmt: skip
    blackout = serializers.ListField(child=Day(), required=False, max_length=1_000)
    calendar_id = Known(queryset=Calendar.objects.filter(retired_at=None), help_text="For business days.")
    expiry_hours = serializers.IntegerField(min_value=1, max_value=HOURS, required=False, allow_null=True)
    grace_hours = serializers.IntegerField(min_value=0, max_value=HOURS, required=False)
    priority = serializers.IntegerField(min_value=0, max_value=100, required=False)
    daily_limit = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False, allow_null=True)
    holdout_percent = serializers.IntegerField(min_value=0, max_value=50, required=False)
    steps = StepSaid(many=True, required=False, max_length=100)  # type: ignore[call-arg]


def read(said: Mapping[str, Any], before: Design) -> Design:
    """What was said, on top of what stood there before."""
    columns = {name: value for name, value in said.items() if name != "steps"}
    if "exit_verbs" in said:
        columns["exit_verbs"] = tuple(dict.fromkeys(said["exit_verbs"]))
    if "quiet" in said:
        columns["quiet"] = tuple((f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in said["quiet"])
    if "weekdays" in said:
        columns["weekdays"] = tuple(sorted(set(said["weekdays"])))
    if "blackout" in said:
        columns["blackout"] = tuple(sorted({day.isoformat() for day in said["blackout"]}))
    if "steps" in said:
        salts = {one.key: one.test.salt for one in before.steps if one.test}
        columns["steps"] = tuple(_step(one, salts.get(one["key"])) for one in said["steps"])
    return replace(before, **columns)


def _step(said: Mapping[str, Any], salt: str | None) -> StepDesign:
    columns = {name: value for name, value in said.items() if name != "test"}
    columns["only_if"] = tuple(said.get("only_if", ()))
    test = said.get("test")
    return StepDesign(**columns, test=_test(test, salt) if test else None)


def _test(said: Mapping[str, Any], salt: str | None) -> TestDesign:
    columns = {name: value for name, value in said.items() if name not in ("variants", "salt")}
    drawn_by = said.get("salt") or salt or f"plan-{secrets.token_hex(8)}"
    return TestDesign(**columns, salt=drawn_by, variants=tuple(VariantDesign(**one) for one in said["variants"]))
