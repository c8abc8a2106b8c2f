"""A seat with all who held it, and one member's term: what can be done with it, what was signed and declared."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory.actions import boards, invitations, recognition, seats, terms
from advisory.board_forms import InterestForm, ReasonForm, SeatForm, ThanksForm
from advisory.models import Board, Declaration, Seat, Term
from advisory.pages.boards import above, attempt
from advisory.queries import access, charters
from communications import timing
from config.admin import site
from people.requests import StaffRequest

VIEW, CHOOSE, END = "advisory.view_board", "advisory.choose_members", "advisory.end_term"
CHANGE_SEAT = "advisory.change_seat"


@site.page("boards/seats/<int:pk>/", name="seat", permission=VIEW)
def seat(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Seat.objects.select_related("board"), pk=pk)
    change = request.user.has_perm(CHANGE_SEAT)
    form = SeatForm(
        request.POST if change and request.method == "POST" else None,
        initial={"cohort": found.cohort, "label": found.label},
    )
    if form.is_valid():
        boards.describe(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("admin:seat", pk)
    return site.render(
        request,
        "advisory/terms/seat.html",
        title=str(found),
        breadcrumbs=above(found.board),
        seat=found,
        form=form if change else None,
        terms=found.terms.select_related("customer").order_by("-starts_on", "-pk"),
    )


@site.page("boards/<int:pk>/renew/", name="renew_cohort", permission=CHOOSE)
@require_POST
def renew_cohort(request: StaffRequest, pk: int) -> HttpResponse:
    """Everybody on the seats of a cohort is asked at once whether they stay."""
    board, cohort = get_object_or_404(Board, pk=pk), request.POST.get("cohort", "")
    if cohort:
        asked, refused = terms.renew_cohort(board, cohort, by=request.user)
        for each, refusal in refused:
            messages.warning(request, f"{each.who}: {' '.join(refusal.messages)}")
        said = ngettext(
            "%(count)s member is asked whether they stay.",
            "%(count)s members are asked whether they stay.",
            len(asked),
        )
        messages.success(request, said % {"count": len(asked)})
    return redirect("admin:board", pk)


@site.page("boards/terms/<int:pk>/", name="term", permission=VIEW)
def term(request: StaffRequest, pk: int) -> HttpResponse:
    rows = Term.objects.select_related("board", "seat", "customer", "draw", "election", "renews")
    found = get_object_or_404(rows, pk=pk)
    charter, nda = charters.unsigned(found)
    current = charters.current(found.board)
    return site.render(
        request,
        "advisory/terms/term.html",
        title=found.who,
        breadcrumbs=above(found.board),
        term=found,
        signatures=found.signatures.select_related("charter", "nda").order_by("at"),
        unsigned=[text for text, row in ((_("the charter"), charter), (_("the NDA"), nda)) if row is not None]
        if found.state in Term.OPEN
        else [],
        declarations=found.declarations.order_by("-made_at"),
        clearance=access.clearance(found),
        renewal_on=found.renewal_on(current.renewal_notice_days) if current else None,
        can=_can(request, found),
        reason=ReasonForm(),
        thanks=ThanksForm(),
        interest=InterestForm(),
    )


def _can(request: HttpRequest, found: Term) -> dict[str, bool]:
    choose, end = request.user.has_perm(CHOOSE), request.user.has_perm(END)
    state, seated = found.state, found.state in Term.SEATED
    to_come = seated and found.starts_on > timing.business_date(timezone.now())
    return {
        "shortlist": choose and state == "nominated",
        "invite": choose and state in ("nominated", "shortlisted"),
        "withdraw": choose and (state in Term.COMING or to_come),
        "decline": choose and state == "invited",
        "renew": choose and seated and not Term.objects.filter(renews=found).exists(),
        "resign": end and seated and not to_come,
        "remove": end and seated and not to_come,
        "thank": choose and found.accepted_at is not None and found.thanked_at is None,
        "emeritus": end and state in ("ended", "resigned"),
        "declare": choose and (seated or state == "invited"),
    }


# Verb: permission, and what it does with the term and what was posted.
ACTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "shortlist": (CHOOSE, lambda term, said, by: seats.shortlist(term, by=by)),
    "invite": (CHOOSE, lambda term, said, by: invitations.invite(term, by=by)),
    "withdraw": (CHOOSE, lambda term, said, by: terms.withdraw(term, reason=said.get("reason", ""), by=by)),
    "decline": (
        CHOOSE, lambda term, said, by: invitations.decline(term, reason=said.get("reason", ""), by=by)
    ),
    "renew": (CHOOSE, lambda term, said, by: terms.renew(term, by=by)),
    "resign": (END, lambda term, said, by: terms.resign(term, reason=said.get("reason", ""), by=by)),
    "remove": (END, lambda term, said, by: terms.remove(term, reason=said.get("reason", ""), by=by)),
    "thank": (CHOOSE, lambda term, said, by: recognition.thank(term, said.get("text", ""), by=by)),
    "emeritus": (END, lambda term, said, by: recognition.name_emeritus(term, by=by)),
    "declare": (
        CHOOSE, lambda term, said, by: terms.declare(term, said.get("kind", ""), said.get("text", ""))
    ),
}  # fmt: skip


@site.page("boards/terms/<int:pk>/act/", name="act_on_term", permission=VIEW)
@require_POST
def act(request: StaffRequest, pk: int) -> HttpResponse:
    """One verb of ``ACTS``; for each its own permission."""
    found = get_object_or_404(Term.objects.select_related("board", "customer"), pk=pk)
    verb = request.POST.get("do", "")
    if verb in ACTS and request.user.has_perm(ACTS[verb][0]):
        attempt(request, lambda: ACTS[verb][1](found, request.POST, request.user), _("Done."))
    return redirect("admin:term", pk)


@site.page("boards/interests/<int:pk>/end/", name="end_interest", permission=CHOOSE)
@require_POST
def end_interest(request: StaffRequest, pk: int) -> HttpResponse:
    declared = get_object_or_404(Declaration, pk=pk)
    terms.end_interest(declared)
    return redirect("admin:term", declared.term_id)
