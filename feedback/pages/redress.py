"""Redress that waits for a second person, and what is done with one line of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from feedback.actions import redress
from feedback.models import Redress
from feedback.queries import redress as questions
from feedback.queries.redress import APPROVE
from people.requests import StaffRequest
from people.telling import telling

VIEW, ADD, UNDO = "feedback.view_redress", "feedback.add_redress", "feedback.undo_redress"
SHOWN = 50


@site.page(
    "redress/", name="redress", permission=VIEW, menu=gettext_lazy("Redress"), icon="volunteer_activism",
    group=Group.WORK, order=40,
)  # fmt: skip
def redress_list(request: StaffRequest) -> HttpResponse:
    waiting, to_pay = questions.waiting(), questions.to_pay()
    shown = waiting[:SHOWN]
    return site.render(
        request,
        "feedback/redress/list.html",
        title=_("Redress"),
        waiting=shown,
        more_waiting=waiting.count() - SHOWN,
        to_pay=to_pay[:SHOWN],
        more_to_pay=to_pay.count() - SHOWN,
        settled=questions.settled()[:SHOWN],
        can={"approvers": questions.approvers(shown), "add": request.user.has_perm(ADD), "undo": False},
    )


Act = Callable[[StaffRequest, Redress], Any]


def act(verb: str, permission: str, done: Promise) -> Callable[[Act], Act]:
    """One thing done with a line, and back to where one came from; a refusal is said there."""

    def register(step: Act) -> Act:
        @site.page(f"redress/<int:pk>/{verb}/", name=f"{verb}_redress", permission=permission)
        @require_POST
        def view(request: StaffRequest, pk: int) -> HttpResponse:
            line = get_object_or_404(Redress.objects.select_related("case"), pk=pk)
            with telling(request) as say:
                step(request, line)
                say(str(done))
            return redirect(_back(request, line))

        return step

    return register


def _back(request: HttpRequest, line: Redress) -> str:
    before = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return before
    return reverse("admin:case", args=[line.case_id])


@act("approve", APPROVE, gettext_lazy("The redress is approved."))
def approve(request: StaffRequest, line: Redress) -> None:
    redress.approve(line, by=request.user)


@act("withdraw", ADD, gettext_lazy("The redress is withdrawn."))
def withdraw(request: StaffRequest, line: Redress) -> None:
    redress.withdraw(line, by=request.user)


@act("pay", ADD, gettext_lazy("The payment is noted."))
def pay(request: StaffRequest, line: Redress) -> None:
    redress.record_payment(line, reference=request.POST.get("reference", ""), by=request.user)


@act("undo", UNDO, gettext_lazy("The redress is taken back."))
def undo(request: StaffRequest, line: Redress) -> None:
    redress.undo(line, reason=request.POST.get("reason", ""), by=request.user)


@site.home(permission=APPROVE, title=gettext_lazy("Redress that waits for a second person"), order=35)
def waiting_redress(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    limits = questions.limits_of(request.user)  # type: ignore[arg-type]
    others = questions.waiting().exclude(proposed_by=request.user.pk)[:SHOWN]
    found = [line for line in others if limits.allow(line)][:5]
    return ("feedback/redress/home.html", {"lines": found}) if found else None
