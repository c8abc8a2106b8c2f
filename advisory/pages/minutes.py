"""Minutes: written, circulated, remarked on, approved, published, corrected."""

from collections.abc import Callable
from difflib import unified_diff
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory.actions import minutes
from advisory.models import Meeting, Minutes
from advisory.pages.meetings import VIEW
from config.admin import site
from people.requests import StaffRequest, number

CHANGE, APPROVE = "advisory.change_minutes", "advisory.approve_minutes"
STEPS: dict[str, Callable[..., Minutes]] = {"circulate": minutes.circulate, "publish": minutes.publish}


@site.page("meetings/<int:pk>/minutes/", name="meeting_minutes", permission=VIEW)
def page(request: StaffRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=pk)
    revisions = list(meeting.minutes.select_related("approved_by", "made_by").order_by("-number"))
    wanted = request.GET.get("revision", "")
    current = next((one for one in revisions if str(one.number) == wanted), revisions[0] if revisions else None)
    typed = None
    if request.method == "POST":
        try:
            _done(request, meeting, revisions[0] if revisions else None)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            typed = request.POST.get("text")
        else:
            return redirect("admin:meeting_minutes", pk)
    return site.render(
        request, "advisory/minutes/page.html", title=_("Minutes"), meeting=meeting, revisions=revisions,
        minutes=current, typed=typed, difference=_difference(revisions, current),
        remarks=current.remarks.select_related("term__customer", "user").order_by("pk") if current else [],
        may_change=request.user.has_perm(CHANGE), may_approve=request.user.has_perm(APPROVE),
        breadcrumbs=[(_("Meetings"), reverse("admin:meetings")), (meeting.title, reverse("admin:meeting", args=[pk]))],
    )  # fmt: skip


def _done(request: StaffRequest, meeting: Meeting, newest: Minutes | None) -> None:
    """What the button says. Raises ValidationError."""
    what = request.POST.get("do", "")
    wanted = APPROVE if what == "approve" or what in STEPS else CHANGE
    version = number(request.POST.get("version", ""), 0)
    if not request.user.has_perm(wanted):
        raise ValidationError(_("You may not do that."), code="forbidden")
    if newest is None:
        minutes.draft(meeting, by=request.user)
    elif what == "approve" or what in STEPS:
        with transaction.atomic():
            typed = request.POST.get("text", newest.text)
            edited = request.user.has_perm(CHANGE) and _plain(typed) != _plain(newest.text)
            if edited and newest.state not in Minutes.FINAL:
                newest = minutes.write(newest, typed, version=version, by=request.user)
                version = newest.version
            if what == "approve":
                minutes.approve(newest, version=version, by=request.user)
            else:
                STEPS[what](newest, by=request.user)
    elif what == "remark":
        minutes.remark(newest, request.POST.get("text", ""), of=request.user)
    elif what == "correct":
        minutes.correct(newest, reason=request.POST.get("reason", ""), by=request.user)
    else:
        minutes.write(newest, request.POST.get("text", ""), version=version, by=request.user)


def _plain(text: str) -> str:
    """As browsers and we end lines alike."""
    return text.replace("\r\n", "\n").strip()


def _difference(revisions: list[Minutes], current: Minutes | None) -> list[str]:
    """What a later revision changes in the one before, line by line."""
    before: Any = next((one for one in revisions if current and one.number == current.number - 1), None)
    if current is None or before is None:
        return []
    return list(unified_diff(before.text.splitlines(), current.text.splitlines(), lineterm="", n=0))[2:]
