"""Choosing members: who is wanted, appointed, drawn, elected; pools and draws, with what is needed to check them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory.actions import draws, elections, invitations, pools, seats
from advisory.board_forms import AppointForm, DrawForm, ElectionForm, ExclusionForm, NomineeForm, PoolForm
from advisory.models import Board, Draw, Election, Exclusion, Pool, Term
from advisory.pages.boards import above, attempt
from advisory.queries import charters, features
from advisory.queries import pools as queries
from advisory.queries.eligibility import REASONS
from communications import timing
from config.admin import site
from people.requests import StaffRequest, number
from people.telling import showing

CHOOSE = "advisory.choose_members"
EXCLUDED_SHOWN = 50


@site.page("boards/<int:pk>/members/", name="choose_members", permission=CHOOSE)
def choose_members(request: StaffRequest, pk: int) -> HttpResponse:
    board = get_object_or_404(Board, pk=pk)
    charter = charters.current(board)
    coming = Term.objects.filter(board=board, state__in=Term.COMING).select_related("customer", "seat")
    free = seats.free(board)
    excluded = Exclusion.objects.filter(lifted_at=None).select_related("customer").order_by("-made_at", "-pk")
    return site.render(
        request,
        "advisory/choosing/members.html",
        title=_("Choose members"),
        breadcrumbs=above(board),
        board=board,
        charter=charter,
        free=free,
        coming=coming.order_by("seat__number"),
        waiting=coming.filter(state__in=["nominated", "shortlisted"]).exists(),
        gone=Term.objects.filter(board=board, state__in=["declined", "expired", "withdrawn"])
        .select_related("customer", "seat").order_by("-over_at")[:10],
        pools=board.pools.order_by("-number").prefetch_related("draws"),
        elections=board.elections.order_by("-pk"),
        appoint=AppointForm(free=free, initial={"starts_on": timing.business_date(timezone.now())}),
        pool_form=PoolForm(),
        election_form=ElectionForm(initial={"starts_on": timing.business_date(timezone.now())}),
        exclusion_form=ExclusionForm(),
        excluded=Paginator(excluded, EXCLUDED_SHOWN).get_page(request.GET.get("page")),
    )  # fmt: skip


def _posted(request: HttpRequest, form: Any, act: Any, done: str) -> Any:
    """What a small form on a bigger page said: done, or said why not."""
    if form.is_valid():
        return attempt(request, act, done)
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {' '.join(errors)}" if label else " ".join(errors))
    return None


@site.page("boards/<int:pk>/appoint/", name="appoint_member", permission=CHOOSE)
@require_POST
def appoint(request: StaffRequest, pk: int) -> HttpResponse:
    form = AppointForm(request.POST, free=seats.free(get_object_or_404(Board, pk=pk)))
    _posted(
        request,
        form,
        lambda: seats.appoint(by=request.user, **form.cleaned_data),
        _("On the short list. Invite them."),
    )
    return redirect("admin:choose_members", pk)


@site.page("boards/<int:pk>/invite/", name="invite_members", permission=CHOOSE)
@require_POST
def invite_all(request: StaffRequest, pk: int) -> HttpResponse:
    """Everybody on the short list."""
    rows = Term.objects.filter(board=pk, state__in=["nominated", "shortlisted"]).order_by("seat__number")
    sent = 0
    for term in list(rows):
        try:
            invitations.invite(term, by=request.user)
            sent += 1
        except ValidationError as refusal:
            messages.error(request, f"{term.who}: {' '.join(refusal.messages)}")
    said = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", sent)
    messages.success(request, said % {"count": sent})
    return redirect("admin:choose_members", pk)


@site.page("boards/<int:pk>/exclude/", name="exclude_customer", permission=CHOOSE)
@require_POST
def exclude(request: StaffRequest, pk: int) -> HttpResponse:
    form = ExclusionForm(request.POST)
    _posted(request, form, lambda: pools.exclude(by=request.user, **form.cleaned_data), _("Saved."))
    return redirect("admin:choose_members", pk)


@site.page("boards/<int:pk>/exclusions/<int:exclusion>/lift/", name="lift_exclusion", permission=CHOOSE)
@require_POST
def lift(request: StaffRequest, pk: int, exclusion: int) -> HttpResponse:
    """The customer may be a member again; the next pool has them."""
    found = get_object_or_404(Exclusion, pk=exclusion)
    attempt(request, lambda: pools.lift(found, by=request.user), _("Saved."))
    return redirect("admin:choose_members", pk)


@site.page("boards/<int:pk>/freeze/", name="freeze_pool", permission=CHOOSE)
@require_POST
def freeze(request: StaffRequest, pk: int) -> HttpResponse:
    board, form = get_object_or_404(Board, pk=pk), PoolForm(request.POST)
    made = _posted(
        request, form, lambda: pools.freeze(board, by=request.user, **form.cleaned_data),
        _("Frozen. What customers do from now on changes nothing in it."),
    )  # fmt: skip
    return redirect("admin:pool", made.pk) if made else redirect("admin:choose_members", pk)


@site.page("boards/pools/<int:pk>/", name="pool", permission=CHOOSE)
def pool(request: StaffRequest, pk: int) -> HttpResponse:
    """The audit of a pool, and drawing from it: quotas as they follow from the customers, to be changed."""
    found = get_object_or_404(Pool.objects.select_related("board"), pk=pk)
    free = seats.free(found.board)
    in_place = found.candidates.filter(in_place=True).count()
    quotas = queries.proposed(found.base, in_place + len(free))
    form = DrawForm(request.POST or None, initial={"starts_on": timing.business_date(timezone.now())})
    if request.method == "POST":
        quotas = _quotas(request, found, quotas)
        if form.is_valid():
            with showing(form):
                made = draws.draw(found, quotas=quotas, by=request.user, **form.cleaned_data)
                messages.success(request, _("Drawn. Everybody drawn is on the short list: invite them."))
                return redirect("admin:draw", made.pk)
    return site.render(
        request,
        "advisory/choosing/pool.html",
        title=_("Pool %(number)s") % {"number": found.number},
        breadcrumbs=above(found.board),
        pool=found,
        form=form,
        free=free,
        in_place=in_place,
        refused=[(REASONS.get(code, code), count) for code, count in found.refused.items()],
        quotas=_rows(found, quotas),
        draws=found.draws.order_by("-number"),
        members=[],
    )


def _quotas(request: HttpRequest, pool: Pool, proposed: Any) -> dict[str, dict[str, tuple[int, int]]]:
    answer: dict[str, dict[str, tuple[int, int]]] = {}
    for feature, values in proposed.items():
        for n, (value, bounds) in enumerate(values.items()):
            least, most = (
                _number(request.POST.get(f"{feature}:{n}:{what}", ""), bound)
                for what, bound in zip(("least", "most"), bounds, strict=True)
            )
            answer.setdefault(feature, {})[value] = (least, most)
    return answer


def _number(text: str, otherwise: int) -> int:
    return min(number(text, otherwise), 999)


def _rows(pool: Pool, quotas: Any) -> list[tuple[str, str, list[Any]]]:
    """Feature by feature: each value with its share of the base and its bounds."""
    answer = []
    for feature, values in quotas.items():
        base = pool.base[feature]
        whole = sum(base.values()) or 1
        rows = [
            (n, features.label(value), 100 * base.get(value, 0) / whole, least, most)
            for n, (value, (least, most)) in enumerate(values.items())
        ]
        answer.append((feature, str(features.FEATURES.get(feature, feature)), rows))
    return answer


@site.page("boards/draws/<int:pk>/", name="draw", permission=CHOOSE)
def draw(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Draw.objects.select_related("pool__board", "after"), pk=pk)
    rows = {one.code: one for one in found.pool.candidates.filter(code__in=found.members).select_related("customer")}
    return site.render(
        request,
        "advisory/choosing/draw.html",
        title=_("Draw %(number)s") % {"number": found.number},
        breadcrumbs=above(found.pool.board),
        draw=found,
        members=[
            (code, rows[code], ", ".join(map(features.label, rows[code].traits.values())), code in found.fixed)
            for code in found.members
        ],
        passed=found.passed[:50],
        mirrors=queries.mirrors(found.pool.base, [rows[code].traits for code in found.members]),
    )


@site.page("boards/draws/<int:pk>/export/", name="export_draw", permission=CHOOSE)
def export_draw(request: StaffRequest, pk: int) -> HttpResponse:
    """For anybody who wants to make the draw again: no names are in it."""
    found = get_object_or_404(Draw.objects.select_related("pool__board", "after"), pk=pk)
    answer = JsonResponse(queries.exported(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"draw-{found.pool.board.code}-{found.pool.number}-{found.number}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@site.page("boards/<int:pk>/elections/", name="call_election", permission=CHOOSE)
@require_POST
def call_election(request: StaffRequest, pk: int) -> HttpResponse:
    board, form = get_object_or_404(Board, pk=pk), ElectionForm(request.POST)
    made = _posted(
        request,
        form,
        lambda: elections.call(board, by=request.user, **form.cleaned_data),
        _("Nominate customers now."),
    )
    return redirect("admin:election", made.pk) if made else redirect("admin:choose_members", pk)


@site.page("boards/elections/<int:pk>/", name="election", permission=CHOOSE)
def election(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Election.objects.select_related("board", "segment"), pk=pk)
    nominees = {one.pk: one for one in found.nominees.select_related("customer").order_by("pk")}
    return site.render(
        request,
        "advisory/choosing/election.html",
        title=found.name,
        breadcrumbs=above(found.board),
        election=found,
        nominees=nominees.values(),
        result=[(nominees[row["nominee"]], row["votes"], row["elected"]) for row in found.result],
        voters=found.voters.count(),
        voted=found.voters.exclude(voted_on=None).count(),
        form=NomineeForm(),
    )


@site.page("boards/elections/<int:pk>/nominate/", name="nominate", permission=CHOOSE)
@require_POST
def nominate(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Election, pk=pk), NomineeForm(request.POST)
    _posted(
        request, form, lambda: elections.nominate(found, form.cleaned_data["customer"], by=request.user),
        _("Asked by e-mail."),
    )  # fmt: skip
    return redirect("admin:election", pk)


@site.page("boards/elections/<int:pk>/step/", name="election_step", permission=CHOOSE)
@require_POST
def election_step(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Election, pk=pk)
    if request.POST.get("do") == "open":
        attempt(request, lambda: elections.open(found, by=request.user), _("Open: every voter has their ballot."))
    else:
        attempt(
            request,
            lambda: elections.close(found, by=request.user),
            _("Counted. Those elected are on the short list."),
        )
    return redirect("admin:election", pk)
