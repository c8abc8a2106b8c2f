"""Write down what somebody has said on the phone, in the shop, on paper or elsewhere."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Customer
from customers.queries.search import find
from feedback.actions import alike, cases, reopenings
from feedback.forms import NewCaseForm
from feedback.models import Case
from feedback.pages.acts import act
from feedback.pages.case import MERGE, VIEW, found
from feedback.queries import alike as likeness
from people.requests import StaffRequest, number
from people.telling import showing

ADD = "feedback.add_case"
PEOPLE = 8
WHY = {
    "order": gettext_lazy("the same order"),
    "product": gettext_lazy("the same product"),
    "words": gettext_lazy("much the same words"),
}


@site.page("desk/new/", name="new_case", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    """For the customer whom the address names or who was found, or for somebody unknown."""
    customer = _customer(request)
    searching = "find" in request.POST
    form = NewCaseForm(initial=request.POST.dict()) if searching else NewCaseForm(request.POST or None)
    if customer is not None:
        for name in ("sender_name", "sender_address"):
            del form.fields[name]
    near: list[likeness.Alike] = []
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            if into := _into(request):
                return redirect("admin:case", _add(into, said).pk)
            near = [] if "sure" in request.POST else _like(said, customer)
            if not near:
                return redirect("admin:case", cases.open(**said, customer=customer, by=request.user).pk)
    who = request.POST.get("who", "").strip()
    return site.render(
        request, "feedback/desk/new.html", title=_("New case"), breadcrumbs=[(_("Desk"), reverse("admin:desk"))],
        form=form, customer=customer, who=who, people=find(who, most=PEOPLE) if searching and who else [],
        searched=searching, near=in_words(near),
    )  # fmt: skip


@site.page("desk/new/people/", name="new_case_people", permission=ADD)
def people(request: StaffRequest) -> HttpResponse:
    """Who fits what was written so far."""
    who = request.GET.get("who", "").strip()
    found = find(who, most=PEOPLE) if who else []
    return render(request, "feedback/desk/_people.html", {"people": found, "searched": bool(who)})


def _customer(request: StaffRequest) -> Customer | None:
    chosen = number(request.POST.get("customer") or request.GET.get("customer", ""))
    return None if chosen is None else get_object_or_404(Customer.objects.standing(), pk=chosen)


def _into(request: StaffRequest) -> Case | None:
    chosen = number(request.POST.get("into", ""))
    return None if chosen is None else get_object_or_404(Case, pk=chosen)


def _add(case: Case, said: dict[str, Any]) -> Case:
    names = {name: said[name] for name in ("sender_name", "sender_address") if name in said}
    return reopenings.hear(case, text=said["text"], channel=said["channel"], **names).case


def _like(said: dict[str, Any], customer: Customer | None) -> list[likeness.Alike]:
    asked = likeness.Said(said["subject"] or said["text"][:80], said["text"])
    return likeness.to(asked, customer=customer, address=said.get("sender_address", ""), at=timezone.now())


def in_words(found: list[likeness.Alike]) -> list[tuple[Case, str]]:
    return [(one.case, ", ".join(str(WHY[why]) for why in one.why)) for one in found]


@site.page("desk/<int:pk>/alike/", name="case_alike", permission=VIEW)
def twins(request: StaffRequest, pk: int) -> HttpResponse:
    """Open cases like this one, to be merged or told apart; the page of the case asks for them when it is there."""
    case = found(pk)
    near = in_words(likeness.of_case(case))
    context = {"case": case, "found": near, "may": request.user.has_perm(MERGE)}
    return render(request, "feedback/desk/alike.html", context)


@act("apart", name="case_apart", permission=MERGE)
def apart(request: StaffRequest, case: Case) -> str:
    other = get_object_or_404(Case, pk=number(request.POST.get("other", ""), 0))
    alike.keep_apart(case, other, by=request.user)
    return _("%(other)s is not suggested any more.") % {"other": other.number}
