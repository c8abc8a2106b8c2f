"""Policies in words."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from calendars.targets import Unit
from feedback.models import Case, Metric, PolicyVersion, Step

SHORT = {
    Unit.MINUTES: gettext_lazy("%(n)s min"),
    Unit.HOURS: gettext_lazy("%(n)s h"),
    Unit.BUSINESS_DAYS: ngettext_lazy("%(n)d business day", "%(n)d business days", "n"),
    Unit.CALENDAR_DAYS: ngettext_lazy("%(n)d day", "%(n)d days", "n"),
}


def conditions(version: PolicyVersion) -> str:
    """Whom it is for."""
    parts = [
        _either(version.kinds, dict(Case.Kind.choices)),
        _either(version.priorities, dict(Case.Priority.choices)),
        _either(version.channels, dict(Case.Channel.choices)),
        ", ".join(version.tiers),
        str(version.segment or ""),
        str(version.team or ""),
    ]
    return " · ".join(part for part in parts if part) or _("every case")


def _either(values: Iterable[Any], names: Mapping[Any, Any]) -> str:
    return ", ".join(str(names.get(value, value)) for value in values)


def promises(version: PolicyVersion) -> list[tuple[str, str]]:
    """Each metric with its targets, from the lowest priority to the highest; the same once."""
    rows = sorted(version.targets.all(), key=lambda row: (Metric.values.index(row.metric), row.priority))
    found = []
    for metric, group in groupby(rows, key=lambda row: row.metric):
        texts = [SHORT[Unit(row.unit)] % {"n": row.amount} for row in group]
        found.append((str(Metric(metric).label), " / ".join(dict.fromkeys(texts))))
    return found


def ladder(version: PolicyVersion) -> list[str]:
    """Each step of the ladder."""
    words = {
        Step.Basis.PERCENT: _("at %(n)s percent: %(what)s"),
        Step.Basis.BEFORE: _("%(n)s minutes before: %(what)s"),
        Step.Basis.AFTER: _("%(n)s minutes after: %(what)s"),
    }
    found = []
    for step in version.steps.all():
        what = step.get_action_display() + (f" {step.to}" if step.to else "")
        if step.metric:
            what = f"{what} ({step.get_metric_display()})"
        found.append(words[Step.Basis(step.basis)] % {"n": step.amount, "what": what})
    return found
