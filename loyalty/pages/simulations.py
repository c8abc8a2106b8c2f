"""The simulator: designs of the programme replayed on real purchases, two of them beside each other."""

import csv
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from config.waking import NOBODY_THERE, wake
from customers import money
from customers.models import Customer
from customers.pages.listing import as_file, keyset
from loyalty import arithmetic
from loyalty.actions import programmes, simulations
from loyalty.models import Programme, Simulation
from loyalty.queries import simulations as read
from loyalty.simulation import charts
from loyalty.simulation.design import read as read_design
from loyalty.simulation_forms import DesignForm
from people.requests import StaffRequest, number
from people.telling import telling

VIEW, ADD = "loyalty.view_simulation", "loyalty.add_simulation"
PER_PAGE = 25
FLOWS = ("issued", "taken_back", "redeemed", "expired", "waived")


@site.page(
    "simulations/",
    name="simulations",
    permission=VIEW,
    menu=gettext_lazy("Simulator"),
    icon="science",
    group=Group.LOYALTY,
    order=35,
)
def simulation_list(request: StaffRequest) -> HttpResponse:
    programme = programmes.main(fresh=True)
    rows = Simulation.objects.filter(programme=programme).defer("result", "design", "today")
    shown = rows.select_related("asked_by").annotate(replayed=F("result__purchases"))
    page = keyset(request, shown, limit=PER_PAGE)
    done = rows.filter(state=Simulation.State.DONE).order_by("-pk")[:50]
    return site.render(
        request,
        "loyalty/simulations/list.html",
        title=_("Simulator"),
        page=page,
        done=list(done),
        may_add=request.user.has_perm(ADD),
    )


@site.page("simulations/new/", name="new_simulation", permission=ADD)
def new_simulation(request: StaffRequest) -> HttpResponse:
    programme = programmes.main(fresh=True)
    ends = arithmetic.local_day(timezone.now(), programme.zone).replace(day=1)
    begins = arithmetic.add_months(ends, -12)
    form = DesignForm(read.current(programme), request.POST or None, begins=begins, ends=ends)
    if request.method == "POST" and form.is_valid():
        try:
            asked = _ask(form, programme, request)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            if not wake("loyalty.tasks.replay_designs"):
                messages.warning(request, NOBODY_THERE)
            return redirect("admin:simulation", asked.pk)
    return site.render(
        request, "loyalty/simulations/form.html", title=_("New design"), breadcrumbs=_above(), form=form
    )


def _ask(form: DesignForm, programme: Programme, request: StaffRequest) -> Simulation:
    said, zone = form.cleaned_data, programme.zone
    return simulations.ask(
        programme,
        form.design(),
        name=said["name"],
        begins_at=arithmetic.start_of(said["begins"], zone),
        ends_at=arithmetic.start_of(said["ends"], zone),
        lead_in_months=said["lead_in_months"],
        by=request.user,
    )


@site.page("simulations/<int:pk>/", name="simulation", permission=VIEW)
def simulation_page(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = get_object_or_404(Simulation.objects.select_related("programme", "asked_by"), pk=pk)
    if found.result is None:
        return site.render(
            request,
            "loyalty/simulations/waiting.html",
            title=found.name,
            breadcrumbs=_above(),
            simulation=found,
            may_add=request.user.has_perm(ADD),
        )
    sides = [(_("Today's programme"), found.result["today"]), (found.name, found.result["then"])]
    if as_file(request):
        return _file(found.name, sides)
    return site.render(
        request,
        "loyalty/simulations/result.html",
        title=found.name,
        breadcrumbs=_above(),
        simulation=found,
        moves=_moves(found),
        assumed=_assumed(found),
        **_beside(sides, found.programme.currency, (found.today, found.design)),
    )


@site.page("simulations/<int:pk>/progress/", name="simulation_progress", permission=VIEW)
def simulation_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The moving part; when the replay has ended, the page itself is asked for again."""
    found = get_object_or_404(Simulation.objects.defer("result"), pk=pk)
    answer = render(request, "loyalty/simulations/_progress.html", {"simulation": found})
    if found.state not in (Simulation.State.WAITING, Simulation.State.RUNNING):
        answer["HX-Refresh"] = "true"
    return answer


@site.page("simulations/<int:pk>/cancel/", name="cancel_simulation", permission=ADD)
@require_POST
def cancel_simulation(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        simulations.cancel(get_object_or_404(Simulation, pk=pk))
        say(_("The replay is cancelled."))
    return redirect("admin:simulation", pk)


@site.page("simulations/compare/", name="compare_simulations", permission=VIEW)
def compare_simulations(request: StaffRequest) -> HttpResponseBase:
    """Two designs beside each other. Only replays of the same months can be compared."""
    typed = [request.GET.get(name, "") for name in ("a", "b")]
    rows = Simulation.objects.select_related("programme").filter(state=Simulation.State.DONE)
    pair = [rows.filter(pk=number(each, 0)).first() for each in typed]
    first, second = pair
    if first is None or second is None:
        messages.error(request, _("Choose two replays that are done."))
        return redirect("admin:simulations")
    spans = {(each.programme_id, each.begins_at, each.ends_at) for each in (first, second)}
    if len(spans) > 1:
        messages.error(request, _("These two replays are not of the same months."))
        return redirect("admin:simulations")
    sides = [(each.name, each.result["then"]) for each in (first, second)]
    if as_file(request):
        return _file(f"{first.name}-{second.name}", sides)
    return site.render(
        request,
        "loyalty/simulations/compare.html",
        title=_("Two designs"),
        breadcrumbs=_above(),
        simulation=first,
        pair=(first, second),
        **_beside(sides, first.programme.currency, (first.design, second.design)),
    )


def _beside(sides: list[tuple[str, Any]], currency: str, designs: tuple[Any, Any]) -> dict[str, Any]:
    """Two results as the templates want them: figures in pairs, charts with the same figures as a table."""
    one, two = (result for _name, result in sides)
    labels = [month["month"] for month in one["months"]]

    def chart(name: str) -> charts.Chart:
        series = [[month[name] for month in result["months"]] for result in (one, two)]
        return charts.pairs(labels, series[0], series[1])

    words = {"issued": _("Points issued"), "redeemed": _("Points redeemed"), "expired": _("Points expired")}
    words["outstanding"] = _("Points outstanding at the end of the month")
    months = list(zip(one["months"], two["months"], strict=True))
    return {
        "sides": [name for name, _result in sides],
        "figures": _figures(one, two, currency),
        "charts": [(words[name], chart(name), [(a["month"], a[name], b[name]) for a, b in months]) for name in words],
        "costs": [(a["month"], _in(a["cost"], currency), _in(b["cost"], currency)) for a, b in months],
        "tiers": _tiers(one, two, designs),
    }


def _figures(one: Any, two: Any, currency: str) -> list[tuple[str, str, str]]:
    words = {
        "issued": _("Points issued"),
        "taken_back": _("Taken back for returns"),
        "redeemed": _("Points redeemed"),
        "expired": _("Points expired"),
        "waived": _("Waived"),
    }
    rows = [(words[name], f"{one['total'][name]:,}", f"{two['total'][name]:,}") for name in FLOWS]
    for name, word in (("opening", _("Outstanding before")), ("closing", _("Outstanding at the end"))):
        rows.append((word, f"{one[name]:,}", f"{two[name]:,}"))
    for name, word in (
        ("cost", _("Cost of rewards")),
        ("liability", _("Liability at the end")),
        ("liability_expected", _("Liability less expected breakage")),
    ):
        rows.append((word, _in(one[name], currency), _in(two[name], currency)))
    rows.append((_("Breakage (expired of all that ended)"), _share(one["breakage"]), _share(two["breakage"])))
    return rows


def _tiers(one: Any, two: Any, designs: tuple[Any, Any]) -> list[tuple[str, int, int]]:
    """How many end in which tier, the lowest first; also where a design leaves one empty."""
    ends = [result["months"][-1]["tiers"] if result["months"] else {} for result in (one, two)]
    ladders = [ladder for design in designs for ladder in design.get("ladders", ())[:1]]
    names = {step["code"]: step["name"] for ladder in ladders for step in ladder["steps"]}
    codes = dict.fromkeys([*names, *ends[0], *ends[1]])
    return [(names.get(code, code) or _("none"), ends[0].get(code, 0), ends[1].get(code, 0)) for code in codes]


def _in(amount: int, currency: str) -> str:
    return money.in_words(amount, currency)


def _share(written: str | None) -> str:
    return f"{float(Fraction(written)) * 100:.1f} %" if written else "-"


def _moves(found: Simulation) -> dict[str, Any]:
    """Who gains and who loses; names of those who are still customers."""
    moves, currency = found.result["moves"], found.programme.currency
    ids = [row["customer"] for row in (*moves["most"], *moves["least"])]
    names = dict(Customer.objects.standing().filter(pk__in=ids).values_list("pk", "name"))

    def rows(which: str) -> list[dict[str, Any]]:
        return [
            row | {"name": names.get(row["customer"], ""), "worth": _in(row["difference"], currency)}
            for row in moves[which]
        ]

    return moves | {
        "most": rows("most"),
        "least": rows("least"),
        "difference": _in(moves["difference"], currency),
        "quantiles": [(share, _in(amount, currency)) for share, amount in moves["quantiles"]],
        "segments": [
            each | {"name": found.result["segments"].get(pk, pk), "difference": _in(each["difference"], currency)}
            for pk, each in moves["segments"].items()
        ],
    }


def _assumed(found: Simulation) -> dict[str, Any]:
    currency = found.programme.currency
    both = [read_design(found.today), read_design(found.design)]
    return {
        "designs": both,
        "reward": [_in(each.reward_cost, currency) for each in both],
        "last_day": found.ends_at - timedelta(microseconds=1),
        "budgets": [rule.name for each in both for rule in each.rules if rule.spec.budget is not None],
    }


def _file(name: str, sides: list[tuple[str, Any]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="simulation.csv"'
    out = csv.writer(answer)
    columns = [*FLOWS, "outstanding", "cost"]
    out.writerow(["design", "month", *columns, "tiers"])
    for title, result in sides:
        for month in result["months"]:
            tiers = "; ".join(f"{tier or '-'} {many}" for tier, many in sorted(month["tiers"].items()))
            out.writerow([_safe(title), month["month"], *(month[each] for each in columns), tiers])
    return answer


def _safe(text: str) -> str:
    """A text that a spreadsheet takes for a text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _above() -> list[tuple[str, str]]:
    return [(_("Simulator"), reverse("admin:simulations"))]
