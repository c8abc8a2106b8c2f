"""One step on many cases: first how many it is about and what is asked for, then what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.admin import site
from feedback import forms
from feedback.actions import assignment, cases, merging, snoozing, spam
from feedback.actions.bulk import MOST, Outcome, on_each
from feedback.models import Case
from feedback.queries.queue import Filters
from people.models import User
from people.requests import StaffRequest, numbers

CHANGE, ASSIGN, MERGE = "feedback.change_case", "feedback.assign_case", "feedback.merge_case"


@dataclass(frozen=True)
class Step:
    """``form`` asks for what it needs; ``take`` does it to one case."""

    label: Promise
    permission: str
    form: type[forms.Plain]
    take: Callable[[Case, dict[str, Any], User], object]


STEPS: dict[str, Step] = {
    "take": Step(
        gettext_lazy("Take"), CHANGE, forms.Plain, lambda case, _given, by: cases.assign(case, to=by, by=by)
    ),
    "assign": Step(
        gettext_lazy("Give to…"), ASSIGN, forms.AgentForm, lambda case, given, by: cases.assign(case, **given, by=by)
    ),
    "team": Step(
        gettext_lazy("Team…"), ASSIGN, forms.TeamForm,
        lambda case, given, by: assignment.to_team(case, given["team"], by=by),
    ),
    "theme": Step(
        gettext_lazy("Theme…"), CHANGE, forms.ThemeForm, lambda case, given, by: cases.change(case, **given, by=by)
    ),
    "severity": Step(
        gettext_lazy("Severity…"), CHANGE, forms.SeverityForm,
        lambda case, given, by: cases.change(case, **given, by=by),
    ),
    "give_out": Step(
        gettext_lazy("Give out"), ASSIGN, forms.Plain, lambda case, _given, by: assignment.give_out(case, by=by)
    ),
    "duplicate": Step(
        gettext_lazy("Duplicate of…"), MERGE, forms.IntoForm,
        lambda case, given, by: merging.merge(case, **given, by=by),
    ),
    "snooze": Step(
        gettext_lazy("Snooze…"), CHANGE, forms.SleepForm, lambda case, given, by: snoozing.snooze(case, **given, by=by)
    ),
    "spam": Step(gettext_lazy("Spam"), CHANGE, forms.Plain, lambda case, _given, by: spam.hold(case, by=by)),
    "release": Step(
        gettext_lazy("It is no spam"), CHANGE, forms.Plain, lambda case, _given, by: spam.release(case, by=by)
    ),
}  # fmt: skip


def offered(user: User, state: str) -> list[tuple[str, Promise]]:
    """Those that fit what is shown: of what is held aside one thing can be said, which can be said of nothing else."""
    fit = {"spam": {"release"}, "all": set(STEPS)}.get(state, set(STEPS) - {"release"})
    return [(key, step.label) for key, step in STEPS.items() if key in fit and user.has_perm(step.permission)]


@site.page("desk/bulk/", name="desk_bulk", permission=CHANGE)
def bulk(request: StaffRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    back = f"{reverse('admin:desk')}?{Filters.read(QueryDict(given.get('back', '')).dict()).link}"
    step = STEPS.get(given.get("do", ""))
    chosen = numbers(given.getlist("case"))[:MOST]
    found = list(Case.objects.filter(pk__in=chosen).order_by("pk"))
    if step is None or not found:
        messages.warning(request, _("Choose at least one case first."))
        return redirect(back)
    if not request.user.has_perm(step.permission):
        raise PermissionDenied
    form = step.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcomes = on_each(found, lambda case: step.take(case, form.cleaned_data, request.user))
        if _told(request, outcomes):
            return redirect(back)
        return site.render(
            request, "feedback/desk/outcomes.html", title=step.label, breadcrumbs=trail(), outcomes=outcomes, back=back
        )
    return site.render(
        request, "feedback/desk/bulk.html", title=str(step.label).rstrip("…"), breadcrumbs=trail(), form=form,
        found=found, closed=_refusing(found, given["do"]), do=given["do"], back=back,
        query=given.get("back", ""),
    )  # fmt: skip


def _refusing(found: list[Case], do: str) -> list[Case]:
    """Those of which it is known beforehand."""
    return [case for case in found if not (case.spam if do == "release" else case.is_open)]


def trail() -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("admin:desk"))]


def _told(request: StaffRequest, outcomes: list[Outcome]) -> bool:
    """Whether all went well: then a word is enough."""
    done = sum(1 for one in outcomes if not one.refused)
    if done == len(outcomes):
        messages.success(request, ngettext("%(n)s case changed.", "%(n)s cases changed.", done) % {"n": done})
    return done == len(outcomes)
