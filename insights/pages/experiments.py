"""Experiments: the registry, a calculator, planning, and what may be seen of one when."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from communications.models import Experiment as StepTest
from config.admin import site
from config.menu import Group
from customers.money import in_words
from insights import wording
from insights.actions import experiments
from insights.actions.experiments import Wish
from insights.definitions import Unit
from insights.forms import CalculatorForm, ExperimentForm
from insights.metrics.experiments import LOOKS, customers_needed
from insights.models import Experiment
from insights.queries import experiments as queries
from people.requests import StaffRequest
from people.telling import telling

VIEW, ADD, RUN = "insights.view_experiment", "insights.add_experiment", "insights.run_experiment"
VERDICTS = {
    "assignment_broken": gettext_lazy(
        "The arms are not as large as planned: chance does not do that. Find the fault."
    ),
    "too_early": gettext_lazy("Too early to say anything: what can be seen before the end is mostly chance."),
    "too_few": gettext_lazy("It ended with fewer customers than planned: what is seen is mostly chance."),
    "no_difference_shown": gettext_lazy("No difference was shown."),
    "first_better": gettext_lazy("What is done today is better."),
}
PLOT = 400  # width of an interval plot; nothing is in the middle


@site.page(
    "experiments/", name="experiments", permission=VIEW, menu=gettext_lazy("Experiments"), icon="science",
    group=Group.FIGURES, order=10,
)  # fmt: skip
def experiment_list(request: StaffRequest) -> HttpResponse:
    asked = "base" in request.GET
    form = CalculatorForm(request.GET if asked else None)
    needed, wrong = None, ""
    if asked and form.is_valid():
        said = {name: value / 100 for name, value in form.cleaned_data.items()}
        try:
            needed = customers_needed(said["base"], said["better"], power=said["power"])
        except ValueError:
            wrong = _("Say two different shares between 0 and 100.")
    return site.render(
        request, "insights/experiments.html", title=_("Experiments"), form=form, needed=needed, wrong=wrong,
        rows=Experiment.objects.prefetch_related("variants").order_by("-pk")[:200],
        tests=StepTest.objects.select_related("step__version__plan").order_by("-pk")[:50],
        may_add=request.user.has_perm(ADD),
    )  # fmt: skip


@site.page("experiments/new/", name="new_experiment", permission=ADD)
def new_experiment(request: StaffRequest) -> HttpResponse:
    form = ExperimentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _plan(form.cleaned_data, request)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The experiment is planned. It begins when you say so."))
            return redirect("admin:experiment", made.pk)
    return site.render(
        request, "insights/experiment_form.html", title=_("New experiment"), breadcrumbs=_above(), form=form
    )


def _plan(said: dict[str, Any], request: StaffRequest) -> Experiment:
    arms = [Wish(code, name, percent) for code, percent, name in said.pop("arms")]
    shares = {name: said.pop(name) / 100 for name in ("base", "better", "power")}
    return experiments.plan(said.pop("key"), arms=arms, by=request.user, **shares, **said)


@site.page("experiments/<int:pk>/", name="experiment", permission=VIEW)
def experiment(request: StaffRequest, pk: int) -> HttpResponse:
    """How many came in, always; more only when it is time."""
    found = get_object_or_404(Experiment, pk=pk)
    results = queries.results(found, timezone.now())
    verdict = results.verdict
    return site.render(
        request, "insights/experiment.html", title=found.name, breadcrumbs=_above(), experiment=found,
        results=results, verdict=verdict, plots=_plots(results),
        verdict_words=_verdict(results, verdict, over=results.over),
        measured=found.get_measure_display(), means=[_mean(found, one) for one in results.arms],
        looks=[
            (one, _verdict(results, one.verdict, over=one.number == LOOKS)) for one in found.looked.order_by("number")
        ],
        decisions=[
            (one, _verdict(results, one.verdict, over=True))
            for one in found.decisions.select_related("by").order_by("-pk")
        ],
        progress=min(100, round(100 * results.smallest / found.planned)), may_run=request.user.has_perm(RUN),
    )  # fmt: skip


def _verdict(results: queries.Results, verdict: str, *, over: bool) -> Any:
    if over and verdict == "too_early":
        return VERDICTS["too_few"]
    if verdict.startswith("better:"):
        names = {one.variant.code: one.variant.name for one in results.arms}
        return _("“%(name)s” is better.") % {"name": names[verdict.removeprefix("better:")]}
    return VERDICTS[verdict]


def _mean(found: Experiment, one: queries.ArmResult) -> tuple[queries.ArmResult, str]:
    return one, _value(found, one.mean)


def _value(found: Experiment, value: float | None, *, difference: bool = False) -> str:
    if value is None:
        return "-"
    if found.measure == Experiment.Measure.BOUGHT:
        return f"{100 * value:+.2f}" if difference else wording.said(value, Unit.SHARE)
    money = in_words(round(value), settings.BUSINESS_CURRENCY)
    return f"+{money}" if difference and value > 0 else money


def _plots(results: queries.Results) -> list[dict[str, Any]]:
    """The interval of each difference on one scale, around nothing; none while it is locked."""
    if not results.open:
        return []
    widest = max((max(abs(one.difference.low), abs(one.difference.high)) for one in results.comparisons), default=0)
    scale = (PLOT / 2 - 10) / widest if widest else 0
    return [
        {
            "name": one.arm.variant.name, "p": one.p, "z": one.difference.z,
            "estimate": _value(results.experiment, one.difference.estimate, difference=True),
            "low": _value(results.experiment, one.difference.low, difference=True),
            "high": _value(results.experiment, one.difference.high, difference=True),
            "x": round(PLOT / 2 + one.difference.estimate * scale, 1),
            "x1": round(PLOT / 2 + one.difference.low * scale, 1),
            "x2": round(PLOT / 2 + one.difference.high * scale, 1),
        }
        for one in results.comparisons
    ]  # fmt: skip


@site.page("experiments/<int:pk>/begin/", name="begin_experiment", permission=RUN)
@require_POST
def begin(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: experiments.begin(found, by=request.user), _("The experiment runs."))


@site.page("experiments/<int:pk>/end/", name="end_experiment", permission=RUN)
@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, lambda found: experiments.end(found, by=request.user), _("The experiment has ended."))


@site.page("experiments/<int:pk>/decide/", name="decide_experiment", permission=RUN)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    words = request.POST.get("words", "")
    return _act(
        request, pk, lambda found: experiments.decide(found, words, by=request.user), _("The decision is in the log.")
    )


def _act(request: StaffRequest, pk: int, act: Any, said: str) -> HttpResponse:
    with telling(request) as say:
        act(get_object_or_404(Experiment, pk=pk))
        say(said)
    return redirect("admin:experiment", pk)


def _above() -> list[tuple[str, str]]:
    return [(_("Experiments"), reverse("admin:experiments"))]
