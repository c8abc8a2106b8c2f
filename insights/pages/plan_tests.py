"""What the A/B tests of a plan show, beside its results: nothing of who leads until it was fixed to be seen."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.models import Plan
from communications.queries import experiments
from config.admin import site
from insights.metrics.experiments import customers_needed
from insights.queries import variants
from people.requests import StaffRequest

VIEW = "communications.view_plan"
USUAL = {"base": "10", "better": "12"}  # percent

WORDS = {
    "hidden": _("Who leads is not shown before the verdict."),
    "assignment_broken": _("The split cannot come from the draw: find the fault, nothing else of it counts."),
    "too_early": _("Too few customers to say anything."),
    "no_difference_shown": _("No difference was shown."),
    "first_better": _("The first variant is better."),
    "second_better": _("This variant is better than the first."),
}


@site.panel("plan", title=_("A/B tests"), permission=VIEW, order=10)
def of_a_plan(request: HttpRequest, plan: Plan) -> tuple[str, dict[str, Any]] | None:
    now = timezone.now()
    tests = [(one, experiments.variants(one), _compared(one, now)) for one in experiments.of_plan(plan)]
    return ("insights/plan_tests.html", {"tests": tests}) if tests else None


def _compared(test: Any, now: Any) -> list[dict[str, Any]]:
    return [
        {
            "key": found.variant.key,
            "verdict": found.verdict,
            "words": WORDS[found.verdict],
            "points": _points(found),
        }
        for found in variants.compared(test, at=now)
    ]


def _points(found: variants.Compared) -> tuple[str, ...]:
    """The difference to the first in percentage points, with its interval, once it may be seen."""
    shown = found.difference
    return tuple(f"{100 * one:+.1f}" for one in (shown.estimate, shown.low, shown.high)) if shown else ()


@site.panel("plan_test", title=_("How many customers does it need?"), permission=VIEW)
def reckoner(request: HttpRequest, plan: Plan) -> tuple[str, dict[str, Any]]:
    return "insights/sample_size.html", _reckoned(USUAL)


@site.page("plans/sample-size/", name="sample_size", permission=VIEW)
def sample_size(request: StaffRequest) -> HttpResponse:
    """The same for what was typed."""
    said = {name: request.GET.get(name, usual) for name, usual in USUAL.items()}
    return render(request, "insights/sample_size.html", _reckoned(said))


def _reckoned(said: dict[str, str]) -> dict[str, Any]:
    try:
        base, better = (float(said[name]) / 100 for name in USUAL)
        return said | {"needed": customers_needed(base, better), "flaw": ""}
    except (ValueError, ArithmeticError):
        return said | {"needed": 0, "flaw": _("Say two different shares between 0 and 100.")}
