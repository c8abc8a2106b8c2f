"""Rules as a list shows them: what they say, how they stand, what they gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customers.models import Segment
from loyalty.models import Programme, Rule, RuleVersion
from loyalty.queries import calculations
from loyalty.queries.calculations import Given
from loyalty.rules.spec import Spec, What


@dataclass(frozen=True)
class Row:
    """A rule by the version that matters most now: the one that is live, or will be, or the draft, or the last."""

    rule: Rule
    version: RuleVersion
    state: str
    sentence: str
    given: Given
    has_draft: bool


def state(version: RuleVersion, at: datetime) -> str:
    """``draft``, ``planned``, ``live`` or ``ended``."""
    if version.begins_at is None:
        return "draft"
    if version.ends_at is not None and version.ends_at <= max(at, version.begins_at):
        return "ended"
    return "planned" if version.begins_at > at else "live"


def overview(rules: Sequence[Rule], programme: Programme, at: datetime) -> list[Row]:
    """In three or four queries, however many rules."""
    versions: dict[int, list[RuleVersion]] = {rule.pk: [] for rule in rules}
    for version in RuleVersion.objects.filter(rule__in=rules).order_by("number"):
        versions[version.rule_id].append(version)
    order = ["live", "planned", "draft", "ended"]
    chosen = {
        rule.pk: min(reversed(versions[rule.pk]), key=lambda each: order.index(state(each, at))) for rule in rules
    }
    said = calculations.sentences(chosen.values(), programme)
    given = calculations.given(rules)
    return [
        Row(
            rule,
            version := chosen[rule.pk],
            state(version, at),
            said[version.pk],
            given.get(rule.pk, Given()),
            any(each.begins_at is None for each in versions[rule.pk]),
        )
        for rule in rules
    ]


def segment_names(spec: Spec) -> dict[int, str]:
    asked = {pk for each in spec.when if each.what == What.SEGMENT for pk in each.values}
    return dict(Segment.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}
