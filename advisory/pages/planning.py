"""What is done with a meeting on its planning page."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory.actions import agendas, attendees, materials, meetings, polls, reminders
from advisory.meeting_forms import DatesForm, ItemForm, MaterialForm, TimeForm, WordsForm
from advisory.models import Invitee, Item, Material, Meeting, Option, Proposal
from advisory.pages.meetings import CHANGE, RUN, VIEW, act, invitee_of, valid
from advisory.queries import subjects
from config.admin import site
from feedback.files import LARGEST
from feedback.mail import File
from feedback.pages.files import given_out
from people.requests import StaffRequest, number
from people.telling import showing


@act("words", CHANGE, gettext_lazy("Saved."))
def words(request: StaffRequest, meeting: Meeting) -> None:
    meetings.reword(meeting, by=request.user, **valid(WordsForm(request.POST)))


@act("schedule", CHANGE, gettext_lazy("Everybody is invited."))
def schedule(request: StaffRequest, meeting: Meeting) -> None:
    form = TimeForm(request.POST)
    valid(form)
    meetings.schedule(meeting, by=request.user, **form.values())


@act(
    "move", CHANGE, gettext_lazy("Saved. Where time or place changed, calendars are told and everybody is asked anew.")
)
def move(request: StaffRequest, meeting: Meeting) -> None:
    form = TimeForm(request.POST)
    valid(form)
    meetings.move(meeting, by=request.user, **form.values())


@act("cancel", CHANGE, gettext_lazy("It is cancelled, and everybody is told."))
def cancel(request: StaffRequest, meeting: Meeting) -> None:
    meetings.cancel(meeting, reason=request.POST.get("reason", ""), by=request.user)


@act("open", RUN, "")
def begin(request: StaffRequest, meeting: Meeting) -> None:
    meetings.open(meeting, by=request.user)


@act("offer", CHANGE, gettext_lazy("Members can say which times suit them."))
def offer(request: StaffRequest, meeting: Meeting) -> None:
    form = DatesForm(request.POST)
    valid(form)
    polls.offer(meeting, form.slots(meeting.clock), by=request.user)


@act("choose", CHANGE, gettext_lazy("Everybody is invited."))
def choose(request: StaffRequest, meeting: Meeting) -> None:
    option = get_object_or_404(Option, meeting=meeting, pk=_number(request, "option"))
    polls.choose(option, by=request.user)


@act("answer", CHANGE, gettext_lazy("Saved."))
def answer(request: StaffRequest, meeting: Meeting) -> None:
    invitee = invitee_of(meeting, request.POST.get("invitee", ""))
    if request.POST.get("answer") == "excuse":
        attendees.excuse(invitee, by=request.user)
    else:
        attendees.answer(invitee, request.POST.get("answer", ""), way=Invitee.Way.STAFF)


@act("remind", CHANGE, gettext_lazy("Saved."))
def remind(request: StaffRequest, meeting: Meeting) -> None:
    try:
        hours = [float(each) for each in request.POST.get("hours", "").replace(",", " ").split()]
    except ValueError:
        raise ValidationError(_("Hours before the start, such as 168 24."), code="invalid") from None
    reminders.set(meeting, [int(each * 60) for each in hours if 0 < each <= 24 * 365])


@act("item", CHANGE, "")
def add_item(request: StaffRequest, meeting: Meeting) -> None:
    values = valid(ItemForm(request.POST))
    agendas.add(meeting, values.pop("title"), by=request.user, **values)


@act("change-item", CHANGE, "")
def change_item(request: StaffRequest, meeting: Meeting) -> None:
    """Up, down, away, or another number of minutes."""
    item = _item(request, meeting)
    what = request.POST.get("do", "")
    if what == "remove":
        agendas.remove(item)
    elif what in ("up", "down"):
        places = list(meeting.items.values_list("pk", flat=True))
        here = places.index(item.pk)
        there = max(0, min(len(places) - 1, here + (1 if what == "down" else -1)))
        places.insert(there, places.pop(here))
        agendas.order(meeting, places)
    else:
        agendas.change(item, minutes=_number(request, "minutes"), by=request.user)


@site.page("meetings/<int:pk>/items/<int:item>/", name="change_agenda_item", permission=CHANGE)
def item_words(request: StaffRequest, pk: int, item: int) -> HttpResponse:
    """Other words, presenter, purpose, level."""
    found = get_object_or_404(Item.objects.select_related("meeting__board"), meeting=pk, pk=item)
    meeting = reverse("admin:meeting", args=[pk])
    form = ItemForm(request.POST or None, initial={name: getattr(found, name) for name in ItemForm.base_fields})
    if request.method == "POST" and form.is_valid():
        with showing(form):
            agendas.change(found, by=request.user, **form.cleaned_data)
            return redirect(meeting)
    trail = [(_("Meetings"), reverse("admin:meetings")), (found.meeting.title, meeting)]
    return site.render(
        request, "components/form_page.html", title=found.title, form=form, breadcrumbs=trail, back=meeting
    )


@act("material", CHANGE, gettext_lazy("Added."))
def material(request: StaffRequest, meeting: Meeting) -> None:
    values = valid(MaterialForm(request.POST, request.FILES))
    sent, item = values.pop("file"), _item(request, meeting)
    if sent is None:
        materials.link(item, values.pop("name"), by=request.user, **values)
        return
    del values["url"]
    content = sent.read(LARGEST + 1)  # one byte more than is taken
    materials.upload(item, File(sent.name or "", sent.content_type or "", content), by=request.user, **values)


@act("change-material", CHANGE, gettext_lazy("Saved."))
def change_material(request: StaffRequest, meeting: Meeting) -> None:
    """Away with it, or shown to members at once."""
    rows = Material.objects.select_related("item__meeting").filter(item__meeting=meeting)
    found = get_object_or_404(rows, pk=_number(request, "material"))
    if request.POST.get("do") == "remove":
        materials.remove(found)
    else:
        materials.withhold(found, until=None, by=request.user)


@site.page("meetings/<int:pk>/materials/<int:material>/", name="meeting_file", permission=VIEW)
def file(request: StaffRequest, pk: int, material: int) -> HttpResponse:
    """A file of an item, for staff: also before members see it."""
    found = get_object_or_404(Material.objects.exclude(path=""), item__meeting=pk, pk=material)
    try:
        return given_out(materials.read(found), found.name, found.kind)
    except FileNotFoundError:
        raise Http404 from None


@act("proposal", CHANGE, gettext_lazy("Saved."))
def proposal(request: StaffRequest, meeting: Meeting) -> None:
    found = get_object_or_404(Proposal, board=meeting.board, pk=_number(request, "proposal"))
    if request.POST.get("do") == "take":
        agendas.take_up(found, meeting, by=request.user)
    else:
        agendas.decline(found, reason=request.POST.get("reason", ""), by=request.user)


@act("suggested", CHANGE, "")
def suggested(request: StaffRequest, meeting: Meeting) -> None:
    """One of what could be on it, as the list has it now."""
    wanted = (request.POST.get("source", ""), _number(request, "subject"))
    found = {(one.source.value, one.pk): one for one in subjects.suggested(meeting, at=timezone.now())}
    if wanted not in found:
        raise Http404
    one = found[wanted]
    agendas.add(
        meeting, one.title, level=one.level, purpose=one.purpose, source=one.source, source_id=one.pk, by=request.user
    )


def _number(request: StaffRequest, name: str) -> int:
    value = number(request.POST.get(name, ""))
    if value is None:
        raise Http404
    return value


def _item(request: StaffRequest, meeting: Meeting) -> Item:
    return get_object_or_404(Item.objects.select_related("meeting"), meeting=meeting, pk=_number(request, "item"))
