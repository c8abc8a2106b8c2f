"""Merge a case into another, split it into two, and take either back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from feedback.actions import merging, moves, splitting
from feedback.forms import IntoForm, SubjectForm
from feedback.models import Case, Entry, Move
from feedback.pages.case import address_of_page, found, trail
from feedback.queries.redress import WAITING
from people.requests import StaffRequest, numbers
from people.telling import showing, telling

MERGE = "feedback.merge_case"


@site.page("desk/<int:pk>/merge/", name="case_merge", permission=MERGE)
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """First the other case is shown, then the merge is asked for."""
    case = found(pk)
    form = IntoForm(request.POST or request.GET or None)
    into = form.cleaned_data["into"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and into is not None:
        with showing(form):
            merging.merge(case, into=into, by=request.user)
            said = _("%(case)s went into %(into)s.") % {"case": case.number, "into": into.number}
            messages.success(request, said)
            return redirect(address_of_page(request, into))
    near = Case.objects.open().filter(customer=case.customer_id, customer__isnull=False).exclude(pk=case.pk)
    return site.render(
        request, "feedback/desk/merge.html", title=_("Merge %(case)s") % {"case": case}, form=form, into=into,
        case=case, near=near[:8], breadcrumbs=[*trail(request), (case.number, address_of_page(request, case))],
    )  # fmt: skip


@site.page("desk/<int:pk>/split/", name="case_split", permission=MERGE)
def split(request: StaffRequest, pk: int) -> HttpResponse:
    case = found(pk)
    form = SubjectForm(request.POST or None, initial={"subject": case.subject})
    chosen = _numbers(request, "entry")
    if form.is_valid():
        entries = Entry.objects.filter(pk__in=chosen)
        with showing(form):
            move = splitting.split(
                case, list(entries), subject=form.cleaned_data["subject"], by=request.user,
                redress=list(case.redress.filter(pk__in=_numbers(request, "redress"))),
                corrective=list(case.corrective_actions.filter(pk__in=_numbers(request, "corrective"))),
            )  # fmt: skip
            messages.success(request, _("A new case was made of what you chose."))
            return redirect(address_of_page(request, move.target))
    said = case.entries.select_related("author").order_by("-at", "-pk")[:200]
    return site.render(
        request, "feedback/desk/split.html", title=_("Split %(case)s") % {"case": case}, form=form, case=case,
        said=said, chosen=chosen, lines=case.redress.filter(state__in=WAITING).select_related("reward"),
        corrective=case.corrective_actions.order_by("due_on"),
        breadcrumbs=[*trail(request), (case.number, address_of_page(request, case))],
    )  # fmt: skip


def _numbers(request: StaffRequest, name: str) -> list[int]:
    return numbers(request.POST.getlist(name))


@site.page("desk/moves/<int:pk>/undo/", name="undo_move", permission=MERGE)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    move = get_object_or_404(Move.objects.select_related("source"), pk=pk)
    with telling(request) as say:
        moves.undo(move, by=request.user)
        say(_("Both cases are as they were."))
    return redirect(address_of_page(request, move.source))
