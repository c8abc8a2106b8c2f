"""Segments: the list, the builder with its live count, and who is in one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers import conditions, sentences
from customers.actions import segments
from customers.models import Customer, Profile, Segment
from customers.pages.listing import as_file, keyset
from customers.pages.search import customers_as_file
from customers.queries import segments as who
from customers.readymade import BY_CODE, READYMADE
from customers.segment_forms import Draft, SegmentForm, field_choices
from people.requests import StaffRequest
from people.telling import showing

VIEW, ADD, CHANGE = "customers.view_segment", "customers.add_segment", "customers.change_segment"
DELETE = "customers.delete_segment"
EXPORT = "customers.export_segment"
PER_PAGE, SAMPLE, VERSIONS = 25, 6, 20
RIGHTS = {"add": ADD, "change": CHANGE, "remove": DELETE, "export": EXPORT}


@site.page(
    "segments/",
    name="segments",
    permission=VIEW,
    menu=gettext_lazy("Segments"),
    icon="group_work",
    group=Group.CUSTOMERS,
    order=20,
)
def segment_list(request: StaffRequest) -> HttpResponse:
    page = keyset(request, Segment.objects.select_related("created_by"), limit=PER_PAGE)
    rows = [(segment, sentences.sentence(conditions.read(segment.conditions))) for segment in page.rows]
    return site.render(
        request,
        "customers/segments/list.html",
        title=_("Segments"),
        page=page,
        rows=rows,
        readymade=READYMADE,
        may_add=request.user.has_perm(ADD),
    )


@site.page("segments/new/", name="new_segment", permission=ADD)
def new_segment(request: StaffRequest) -> HttpResponse:
    return _builder(request, None)


@site.page("segments/<int:pk>/change/", name="change_segment", permission=CHANGE)
def change_segment(request: StaffRequest, pk: int) -> HttpResponse:
    return _builder(request, get_object_or_404(Segment, pk=pk))


def _builder(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    posted, save = request.method == "POST", "save" in request.POST
    start = segment or BY_CODE.get(request.GET.get("from", ""))
    initial: dict[str, Any] = {"name": start.name, "description": start.description} if start else {}
    initial["seen"] = segment.revision if segment else None
    form = SegmentForm(request.POST if save else None, initial=request.POST.dict() if posted else initial)
    saved = conditions.read(start.conditions) if start else conditions.Conditions()
    draft = Draft.posted(request.POST) if posted and not _stays(segment) else Draft.of(saved)
    if save and form.is_valid() and draft.check():
        with showing(form):
            kept = _save(segment, form.cleaned_data, draft, request)
            messages.success(request, _("The segment is saved."))
            return redirect("admin:segment", kept.pk)
    return site.render(
        request,
        "customers/segments/form.html",
        title=segment.name if segment else _("New segment"),
        breadcrumbs=_above(),
        form=form,
        segment=segment,
        **_drawn(draft),
    )


def _stays(segment: Segment | None) -> bool:
    """A list that was kept has a name to change, and nothing else."""
    return segment is not None and segment.kept_at is not None


def _save(segment: Segment | None, said: dict[str, Any], draft: Draft, request: StaffRequest) -> Segment:
    if segment is None:
        return segments.make(said["name"], draft.said(), description=said["description"], by=request.user)
    return segments.change(segment, said=draft.said(), **said, by=request.user)


@site.page("segments/draft/", name="segment_draft", permission=VIEW)
@require_POST
def draft(request: StaffRequest) -> HttpResponse:
    """The rows of the builder again, after one was added, dropped or is about something else now."""
    context = {"draft": Draft.posted(request.POST), "field_choices": field_choices()}
    answer = render(request, "customers/segments/_rows.html", context)
    answer["HX-Trigger-After-Swap"] = "rows-changed"
    return answer


@site.page("segments/count/", name="segment_count", permission=VIEW)
@require_POST
def count(request: StaffRequest) -> HttpResponse:
    """Whom the rows choose so far, in words and counted."""
    return render(request, "customers/segments/_verdict.html", _verdict(Draft.posted(request.POST)))


def _drawn(draft: Draft) -> dict[str, Any]:
    return {"draft": draft, "field_choices": field_choices(), **_verdict(draft)}


def _verdict(draft: Draft) -> dict[str, Any]:
    try:
        asked = conditions.read(draft.said(complete=True))
    except ValidationError as refusal:  # more conditions than stand together
        return {"refusal": " ".join(refusal.messages)}
    found = who.chosen(asked)
    chosen, total = found.count(), Customer.objects.standing().count()
    share = round(100 * chosen / total) if total else 0
    sample = found.order_by("-pk")[:SAMPLE]
    return {"sentence": sentences.sentence(asked), "chosen": chosen, "total": total, "share": share, "sample": sample}


@site.page("segments/<int:pk>/", name="segment", permission=VIEW)
def segment(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What a segment says, how many it chooses now, and the ones who became known last."""
    found = get_object_or_404(Segment.objects.select_related("created_by"), pk=pk)
    members = who.members(found, timezone.now())
    profiles = Profile.objects.filter(customer__in=members.values("pk")).select_related("customer")
    if as_file(request) and request.user.has_perm(EXPORT):
        return customers_as_file(request, profiles, filename=f"segment-{pk}.csv", note=f"segment {pk}")
    return site.render(
        request,
        "customers/segments/segment.html",
        title=found.name,
        breadcrumbs=_above(),
        segment=found,
        sentence=sentences.sentence(conditions.read(found.conditions)),
        count=members.count(),
        page=keyset(request, profiles, (["-pk"], [int]), limit=PER_PAGE),
        panels=site.panels(request, "segment", found),
        versions=[
            (version, sentences.sentence(conditions.read(version.conditions)))
            for version in found.versions.select_related("by").order_by("-version")[:VERSIONS]
        ],
        may={name: request.user.has_perm(right) for name, right in RIGHTS.items()},
    )


@site.page("segments/<int:pk>/list/", name="keep_segment", permission=ADD)
@require_POST
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep who is in a segment now as a list."""
    found = get_object_or_404(Segment, pk=pk)
    try:
        kept = segments.keep(found, name=request.POST.get("name", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:segment", pk)
    messages.success(request, _("The list is kept: whoever is on it now stays on it."))
    return redirect("admin:segment", kept.pk)


@site.page("segments/<int:pk>/remove/", name="remove_segment", permission=DELETE)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        segments.remove(get_object_or_404(Segment, pk=pk))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:segment", pk)
    messages.success(request, _("The segment is removed."))
    return redirect("admin:segments")


def _above() -> list[tuple[str, str]]:
    return [(_("Segments"), reverse("admin:segments"))]
