"""What customers sent: the queue, one of them with its picture, and a receipt that staff take in for somebody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.admin import site
from config.menu import Group
from customers.actions import history
from customers.currencies import shown
from customers.models import AccessLog, Customer
from customers.pages.listing import chosen, keyset
from loyalty.actions import contents, pictures, programmes
from loyalty.content_forms import ReceiptForm
from loyalty.images import MOST_BYTES
from loyalty.models import Picture, Submission
from people.requests import StaffRequest
from people.telling import telling

VIEW, ADD, DECIDE = "loyalty.view_submission", "loyalty.add_submission", "loyalty.decide_submission"
SEE = "loyalty.see_picture"
PER_PAGE, ON_THE_CUSTOMER_PAGE = 25, 5


@site.page(
    "contributions/",
    name="submissions",
    permission=VIEW,
    menu=gettext_lazy("Receipts and reviews"),
    icon="receipt_long",
    group=Group.LOYALTY,
    order=37,
)
def submission_list(request: StaffRequest) -> HttpResponse:
    decided = request.GET.get("state") == "decided"
    kind = chosen(request, "kind", Submission.Kind.values)
    found = Submission.objects.select_related("customer", "programme", "decided_by")
    rows = found.exclude(state="waiting") if decided else found.filter(state="waiting")
    return site.render(
        request,
        "loyalty/contents/list.html",
        title=_("Receipts and reviews"),
        page=keyset(request, rows.filter(kind=kind) if kind else rows, limit=PER_PAGE),
        decided=decided,
        kind=kind,
        kinds=Submission.Kind.choices,
    )


@site.page("contributions/<int:pk>/", name="submission", permission=VIEW)
def submission(request: StaffRequest, pk: int) -> HttpResponse:
    """One of them, with its picture for who may see it; confirmed or refused here."""
    chosen_ = Submission.objects.select_related("customer", "programme", "picture", "decided_by")
    found = get_object_or_404(chosen_, pk=pk)
    form = _form(request, found)
    typed = form is None or "confirm" not in request.POST or form.is_valid()
    if request.method == "POST" and request.user.has_perm(DECIDE) and typed:
        with telling(request) as say:
            done = _decide(request, found, form)
            say(done)
            return redirect("admin:submissions")
    return site.render(
        request,
        "loyalty/contents/one.html",
        title=str(found.get_kind_display()).capitalize(),
        breadcrumbs=_above(),
        sent=found,
        form=form,
        may_decide=request.user.has_perm(DECIDE) and found.state == Submission.State.WAITING,
        may_undo=request.user.has_perm(DECIDE) and found.state == Submission.State.CONFIRMED,
        may_see=request.user.has_perm(SEE),
        total="-" if found.total is None else shown(found.total, found.programme.currency),
    )


def _decide(request: StaffRequest, found: Submission, form: ReceiptForm | None) -> str:
    if "undo" in request.POST:
        contents.undo(found, reason=request.POST.get("reason", ""), by=request.user)
        return _("It is taken back, with what it had earned.")
    if "confirm" not in request.POST:
        contents.refuse(found, reason=request.POST.get("reason", ""), by=request.user)
        return _("It is refused.")
    done = contents.confirm(found, typed=form.typed() if form else None, by=request.user)
    said = ngettext(
        "It is confirmed and earned %(points)s point.", "It is confirmed and earned %(points)s points.", done.points
    )
    return said % {"points": f"{done.points:,}"}


def _form(request: StaffRequest, found: Submission) -> ReceiptForm | None:
    """For a receipt only; where it is refused nothing has to be typed."""
    if found.kind != Submission.Kind.RECEIPT:
        return None
    return ReceiptForm(request.POST or None, initial=ReceiptForm.initial_of(found), currency=found.programme.currency)


def _above() -> list[tuple[str, str]]:
    return [(_("Receipts and reviews"), reverse("admin:submissions"))]


@site.page("contributions/customers/<int:pk>/receipt/", name="take_receipt", permission=ADD)
def take_receipt(request: StaffRequest, pk: int) -> HttpResponse:
    """A photo that a customer sent by mail, or showed in the shop."""
    customer = get_object_or_404(Customer, pk=pk)
    form = ReceiptForm(
        request.POST if request.method == "POST" else None, currency=programmes.main(fresh=True).currency
    )
    file = request.FILES.get("picture")
    if form.is_valid():
        try:
            sent = file.read(MOST_BYTES + 1) if file else b""
            contents.send_receipt(customer, sent, typed=form.typed())
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The receipt is kept until somebody has looked at it."))
            return redirect("admin:customer", customer.pk)
    return site.render(
        request,
        "loyalty/contents/receipt.html",
        title=_("Take in a receipt"),
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[customer.pk]))],
        customer=customer,
        form=form,
    )


@site.page("contributions/pictures/<int:pk>/", name="picture", permission=SEE)
def picture(request: StaffRequest, pk: int) -> HttpResponse:
    """The picture itself, for this person now: nothing keeps it on the way. That they looked is written down."""
    found = get_object_or_404(Picture.objects.select_related("customer"), pk=pk)
    try:
        content = pictures.read(found)
    except FileNotFoundError as gone:
        raise Http404 from gone
    history.note(found.customer, AccessLog.What.VIEWED, by=request.user, fields=["picture"])
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline; filename=picture.jpg"}
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


@site.home(permission=DECIDE, title=gettext_lazy("Receipts and reviews to look at"), order=41)
def waiting_submissions(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    found = list(Submission.objects.filter(state="waiting").select_related("customer").order_by("submitted_at")[:5])
    return ("loyalty/contents/home.html", {"waiting": found}) if found else None


@site.panel("customer", title=gettext_lazy("Receipts and reviews"), permission=VIEW, order=45)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    found = list(Submission.objects.filter(customer=customer).order_by("-pk")[:ON_THE_CUSTOMER_PAGE])
    may_add = request.user.has_perm(ADD) and customer.status == Customer.Status.ACTIVE
    if not found and not may_add:
        return None
    return "loyalty/contents/panel.html", {"customer": customer, "found": found, "may_add": may_add}
