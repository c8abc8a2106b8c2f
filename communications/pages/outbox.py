"""The outbox: what went out, what waits, and what somebody has to decide."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from communications.actions import outbox
from communications.models import Message
from communications.queries import holds
from communications.queries import outbox as questions
from communications.wording import REASONS
from config.admin import site
from config.menu import Group
from customers.actions import history
from customers.models import AccessLog, Customer
from customers.pages.listing import chosen, keyset
from people.requests import StaffRequest
from people.telling import telling

VIEW = "communications.view_message"
SETTLE, CANCEL = "communications.settle_message", "communications.cancel_message"
PER_PAGE, ON_CUSTOMER, AT_HOME = 50, 5, 5
State = Message.State
FILTERS = (State.QUEUED, State.UNCERTAIN, State.FAILED, State.SKIPPED, State.CANCELLED, State.SENT)


@site.page(
    "outbox/",
    name="outbox",
    permission=VIEW,
    menu=gettext_lazy("Outbox"),
    icon="outgoing_mail",
    group=Group.WORK,
    order=70,
)
def message_list(request: StaffRequest) -> HttpResponse:
    state = chosen(request, "state", State.values)
    return site.render(
        request,
        "communications/outbox.html",
        title=_("Outbox"),
        page=keyset(request, questions.listed(state), limit=PER_PAGE),
        state=state,
        states=[(one, one.label) for one in FILTERS],
        way=questions.way_out(),
        closed=questions.closed_ways(),
    )


@site.page("outbox/<int:pk>/", name="message", permission=VIEW)
def one_message(request: StaffRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("customer", "by", "settled_by"), pk=pk)
    if message.customer:
        history.note(message.customer, AccessLog.What.VIEWED, by=request.user, fields=["message"])
    return site.render(
        request,
        "communications/message.html",
        title=message.subject or _("Message"),
        breadcrumbs=[(_("Outbox"), reverse("admin:outbox"))],
        message=message,
        held=_held(message),
        reactions=message.reactions.order_by("at"),
        reason=REASONS.get(message.reason, message.reason),
        may_settle=request.user.has_perm(SETTLE),
        may_cancel=request.user.has_perm(CANCEL),
        gone=not message.to_address,
    )


@site.page("outbox/<int:pk>/again/", name="message_again", permission=SETTLE)
@require_POST
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, outbox.retry, _("It is sent again now."))


@site.page("outbox/<int:pk>/arrived/", name="message_arrived", permission=SETTLE)
@require_POST
def arrived(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, outbox.confirm, _("It counts as sent."))


@site.page("outbox/<int:pk>/cancel/", name="message_cancel", permission=CANCEL)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, outbox.cancel, _("It is not sent."))


@site.panel("customer", title=gettext_lazy("Messages"), permission=VIEW, order=45)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    written = questions.of_customer(customer, ON_CUSTOMER)
    standing = list(holds.standing(customer))
    if not written and not standing:
        return None
    return "communications/panel.html", {"written": written, "holds": standing, "reasons": REASONS}


@site.home(permission=SETTLE, title=gettext_lazy("Messages that need you"), order=15)
def needs_you(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Nothing is sent twice by itself, and an answer that did not arrive is told of."""
    found = {
        "uncertain": questions.undecided(AT_HOME),
        "refused": questions.refused_lately(AT_HOME),
        "late": questions.late(),
    }
    return ("communications/home.html", found) if any(found.values()) else None


def _held(message: Message) -> bool:
    waits = message.state == State.QUEUED and message.kind == Message.Kind.MARKETING
    return waits and message.customer is not None and holds.held(message.customer)


def _act(request: StaffRequest, pk: int, action: Any, done: str) -> HttpResponse:
    with telling(request) as say:
        action(get_object_or_404(Message, pk=pk), by=request.user)
        say(done)
    return redirect("admin:message", pk)
