"""The voice of the customer: the board of pain points, one of them in depth, and why customers leave."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextInputWidget

from config.admin import site
from config.menu import Group
from customers.models import Customer, Profile
from customers.money import in_words
from customers.pages.listing import as_file
from customers.spreadsheets import rows_to_csv
from feedback.actions import voice
from feedback.models import Case, Handover, LeavingReason, Theme
from feedback.queries import voice as read
from feedback.surveys import charts
from people.forms import Plain
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, HAND, NOTE = "feedback.view_case", "feedback.add_handover", "feedback.add_leavingreason"
SPANS = (90, 365, 730)


class HandoverForm(Plain):
    question = forms.CharField(
        label=gettext_lazy("Question to the board"), max_length=500, widget=UnfoldAdminTextInputWidget
    )


def _span(request: StaffRequest) -> tuple[int, Any, Any]:
    days = int(request.GET["days"]) if request.GET.get("days") in {str(each) for each in SPANS} else 365
    until = timezone.now() + timedelta(minutes=5)
    return days, until - timedelta(days=days), until


@site.page(
    "voice/",
    name="voice",
    permission=VIEW,
    menu=gettext_lazy("Voice of the customer"),
    icon="record_voice_over",
    group=Group.FIGURES,
    order=40,
)
def board(request: StaffRequest) -> HttpResponseBase:
    days, since, until = _span(request)
    pains = read.board(since, until)
    if as_file(request):
        header = [_("Theme"), _("Score"), _("Cases"), _("Complaints"), _("Settled"), _("Within 3 days"),
                  _("Severity"), _("Customers"), _("Value, minor units")]  # fmt: skip
        rows = (
            [each.name, round(each.score, 1), each.cases, each.complaints, each.settled, each.quick,
             round(each.severity, 2), each.customers, each.value]
            for each in pains
        )  # fmt: skip
        return rows_to_csv(header, rows, filename="pain-points.csv")
    return site.render(
        request,
        "feedback/voice/board.html",
        title=_("Voice of the customer"),
        days=days,
        spans=SPANS,
        rows=[(each, in_words(each.value, settings.BUSINESS_CURRENCY)) for each in pains],
        formula=read.FORMULA,
        leaving=read.leaving(),
    )


@site.page("voice/<int:pk>/", name="pain_point", permission=VIEW)
def pain_point(request: StaffRequest, pk: int) -> HttpResponse:
    theme = get_object_or_404(Theme, pk=pk)
    days, since, until = _span(request)
    form = HandoverForm(request.POST or None)
    if request.method == "POST" and request.user.has_perm(HAND) and form.is_valid():
        with showing(form):
            voice.hand_over(theme, question=form.cleaned_data["question"], days=days, by=request.user)
            messages.success(request, _("Handed to the advisory board, with the figures as they stand now."))
            return redirect("admin:pain_point", pk)
    months = read.months(theme, since, until)
    chart = charts.columns(
        [f"{each.month:%Y-%m}" for each in months], [float(each.cases) for each in months],
        [str(each.cases) for each in months], every=max(1, len(months) // 12),
    )  # fmt: skip
    pain = next((each for each in read.board(since, until) if each.theme == pk), None)
    latest = Case.objects.filter(theme=theme, merged_into=None, spam=False).order_by("-received_at", "-pk")
    return site.render(
        request,
        "feedback/voice/pain_point.html",
        title=theme.name,
        breadcrumbs=[(_("Voice of the customer"), reverse("admin:voice"))],
        pain=pain,
        value=in_words(pain.value, settings.BUSINESS_CURRENCY) if pain else "",
        days=days,
        spans=SPANS,
        chart=chart,
        months=months,
        words=read.words(theme, since, until),
        newest=read.NEWEST,
        handovers=Handover.objects.filter(theme=theme).select_related("handed_by").order_by("-pk")[:10],
        cases=latest[:10],
        form=form if request.user.has_perm(HAND) and pain else None,
    )


@site.panel("customer", title=gettext_lazy("Why they left"), permission=VIEW, order=35)
def why_they_left(request: StaffRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    """Of those who have lapsed: what is known, and a place to note it."""
    profile = Profile.objects.filter(customer=customer).first()
    if profile is None or profile.stage != Profile.Stage.LAPSED:
        return None
    return "feedback/voice/panel.html", {
        "customer": customer,
        "latest": read.reason_of(customer.pk),
        "reasons": LeavingReason.Reason.choices,
        "may_note": request.user.has_perm(NOTE),
    }


@site.page("voice/left/<int:pk>/", name="note_leaving", permission=NOTE)
@require_POST
def note_leaving(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    with telling(request) as say:
        voice.note_leaving(customer, request.POST.get("reason", ""), by=request.user)
        say(_("Noted."))
    return redirect("admin:customer", pk)
