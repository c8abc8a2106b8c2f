"""A survey round on the page of its meeting, and what members present of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory.actions import rounds
from advisory.models import Meeting, Round
from advisory.pages.meetings import VIEW
from advisory.queries import rounds as read
from config.admin import site
from feedback.models import Survey
from people.requests import StaffRequest, number
from people.telling import telling

ADD = "advisory.add_round"


@site.page("meetings/<int:pk>/round/", name="meeting_round", permission=VIEW)
def page(request: StaffRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=pk)
    found = Round.objects.filter(meeting=meeting).select_related("survey").first()
    if request.method == "POST":
        with telling(request):
            _done(request, meeting, found)
        return redirect("admin:meeting_round", pk)
    return site.render(
        request, "advisory/meetings/round.html", title=_("Survey round"), meeting=meeting, round=found,
        parts=read.presentation(found) if found else [], fewest=read.FEWEST,
        surveys=Survey.objects.filter(state=Survey.State.LIVE).order_by("name"), may_add=request.user.has_perm(ADD),
        breadcrumbs=[(_("Meetings"), reverse("admin:meetings")), (meeting.title, reverse("admin:meeting", args=[pk]))],
    )  # fmt: skip


def _done(request: StaffRequest, meeting: Meeting, found: Round | None) -> None:
    """What the button says. Raises ValidationError."""
    if not request.user.has_perm(ADD):
        raise ValidationError(_("You may not do that."), code="forbidden")
    if found is not None:
        rounds.close(found, by=request.user)
        return
    survey, size = request.POST.get("survey", ""), request.POST.get("size", "")
    rounds.open(
        meeting, get_object_or_404(Survey, pk=number(survey, 0)),
        size=min(number(size, 0), 9_999), by=request.user,
    )  # fmt: skip
    messages.success(request, _("Each member has a group of customers, who are asked by e-mail now."))
