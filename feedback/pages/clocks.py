"""The promises of one case: what is due, what was kept, a deadline moved by hand; and what somebody was told."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from customers.forms import text
from feedback.actions import clocks, notifications
from feedback.models import Case, Clock, Metric, Notification
from feedback.queries import clocks as queries
from people.forms import Plain
from people.requests import StaffRequest, numbers
from people.telling import showing, telling

VIEW, MOVE = "feedback.view_case", "feedback.move_clock"
SHOWN = 8


class ClockField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(Metric(obj.metric).label)


class MoveForm(Plain):
    """Times are typed in the zone of the one who types."""

    clock = ClockField(Clock.objects.none(), label=gettext_lazy("Promise"), empty_label=None)
    to = forms.DateTimeField(
        label=gettext_lazy("New deadline"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "ms-input"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = text(gettext_lazy("Reason"), 300, required=True)

    def __init__(self, movable: Any, *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["clock"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = movable
        field.widget.attrs["class"] = "ms-input"


@site.panel("case", title=gettext_lazy("Promises"), permission=VIEW, order=5)
def promised(request: StaffRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """What is due of a case, beside its conversation."""
    shown = queries.of_case(case, at=timezone.now())
    return ("feedback/clocks/_panel.html", {"clocks": shown, "case": case}) if shown else None


@site.page("desk/<int:pk>/promises/", name="case_promises", permission=VIEW)
def case_promises(request: StaffRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(Case, pk=pk)
    going = Clock.objects.filter(case=case, state__in=Clock.GOING)
    movable = going.exclude(metric=Metric.FINAL_RESPONSE).order_by("due_at", "pk")
    may_move = request.user.has_perm(MOVE) and case.is_open
    form = MoveForm(movable, request.POST if request.method == "POST" and may_move else None)
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            clocks.move(said["clock"], to=said["to"], reason=said["reason"], by=request.user)
            messages.success(request, _("The deadline is moved."))
            return redirect("admin:case_promises", pk)
    return site.render(
        request,
        "feedback/clocks/case.html",
        title=_("Promises of %(case)s") % {"case": case.number},
        breadcrumbs=[(_("Desk"), reverse("admin:desk")), (case.number, reverse("admin:case", args=[case.pk]))],
        case=case,
        clocks=queries.of_case(case, at=timezone.now()),
        events=queries.history(case),
        pauses=queries.pauses(case),
        form=form,
        movable=may_move and movable.exists(),
        moved=going.exclude(moved_to=None) if may_move else (),
    )


@site.page("clocks/<int:pk>/give-back/", name="give_back_clock", permission=MOVE)
@require_POST
def give_back_clock(request: StaffRequest, pk: int) -> HttpResponse:
    clock = get_object_or_404(Clock, pk=pk)
    with telling(request) as say:
        clocks.give_back(clock, by=request.user)
        say(_("The policy says again when it is due."))
    return redirect("admin:case_promises", clock.case_id)


@site.home(permission=VIEW, title=gettext_lazy("What you were told"), order=6)
def told(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """What somebody was told of and has not looked at."""
    unread = Notification.objects.filter(user=request.user, read_at=None).select_related("case").order_by("-at")
    shown = list(unread[: SHOWN + 1])
    if not shown:
        return None
    more = unread.count() - SHOWN if len(shown) > SHOWN else 0
    return "feedback/home_notifications.html", {"notifications": shown[:SHOWN], "more": more}


@site.page("notifications/read/", name="read_notifications", permission=VIEW)
@require_POST
def read_notifications(request: StaffRequest) -> HttpResponse:
    chosen = numbers(request.POST.getlist("id"))
    notifications.read(request.user, chosen or None)
    return redirect("admin:index")
