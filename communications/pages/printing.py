"""What goes by post, ready to print: letters on A4, the address in the envelope's window, and cards on A6."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import HumanTask, Template
from communications.queries import addresses, rendering
from communications.queries import human_tasks as questions
from config.admin import site
from customers.actions import history
from customers.models import AccessLog, Customer
from people.requests import StaffRequest, numbers

TASKS, TEMPLATES, SEE_CUSTOMERS = (
    "communications.view_humantask", "communications.view_template", "customers.view_customer"
)  # fmt: skip
ON_PAPER = 200
FORMATS = ("letter", "card", "labels", "sheet")


@dataclass(frozen=True)
class Post:
    """One thing to print: to whom, where they live (empty where nobody knows), and what is written."""

    name: str
    language: str
    address: str
    text: str
    heading: str = ""
    kind: str = ""
    note: str = ""


@site.page("notes/sheet/", name="note_sheet", permission=TASKS)
def sheet(request: StaffRequest) -> HttpResponse:
    """The tasks that were chosen: as letters, as cards, as address labels, or as a list of what to do."""
    rows = list(questions.by_hand().filter(pk__in=numbers(request.GET.getlist("task"))[:ON_PAPER]))
    where = addresses.of_customers([row.customer_id for row in rows], Template.Channel.LETTER)
    history.note_many([row.customer_id for row in rows], AccessLog.What.LISTED, by=request.user, fields=["notes"])
    return _printed(request, [_of_task(row, where) for row in rows], _("To write and to pack"), "notes")


@site.page("templates/<int:pk>/print/", name="template_print", permission=TEMPLATES)
def template(request: StaffRequest, pk: int) -> HttpResponse:
    """What a template of letters says now, for the customers with these numbers; for nobody in particular without."""
    found = get_object_or_404(Template, pk=pk, channel=Template.Channel.LETTER)
    version = rendering.latest(found)
    said = list(dict.fromkeys(request.GET.get("customers", "").replace(",", " ").split()))
    people: dict[int, Customer] = {}
    if said and request.user.has_perm(SEE_CUSTOMERS):
        people = {one.pk: one for one in Customer.objects.standing().filter(number__in=said[:ON_PAPER]).order_by("pk")}
        history.note_many(list(people), AccessLog.What.LISTED, by=request.user, fields=["letters"])
    texts = rendering.rendered(version, list(people)).values()
    rows = [Post(str(people[one.customer]), one.language, one.address, one.text, one.subject) for one in texts]
    if not said:
        language = found.language if found.language in version.texts else version.languages[0]
        shown = rendering.sample(found, version.texts[language], language)
        rows = [Post(_("Kim Example"), language, "1 Sample Street\n10000 Sample Town", shown.text, shown.subject)]
    known = {one.number for one in people.values()}
    unknown = [one for one in said[:ON_PAPER] if one not in known] if people else []
    return _printed(request, rows, found.name, "template", pk, unknown=unknown, left=len(said[ON_PAPER:]))


def _of_task(row: HumanTask, where: dict[int, str]) -> Post:
    name, language = str(row.customer), row.customer.language
    kind = f"{row.get_kind_display()}: {row.title}"
    return Post(name, language, where.get(row.customer_id, ""), row.script, kind=kind, note=row.note)


def _printed(request: StaffRequest, rows: list[Post], title: str, back: str, *ids: Any, **more: Any) -> HttpResponse:
    said = request.GET.get("as", "")
    how = said if said in FORMATS else "sheet"
    return site.render(
        request,
        "communications/work/printed.html",
        title=title,
        breadcrumbs=[(title, reverse(f"admin:{back}", args=ids))],
        rows=rows,
        how=how,
        without=[row.name for row in rows if not row.address],
        business=settings.BUSINESS_NAME,
        today=timezone.localdate(),
        most=ON_PAPER,
        **more,
    )
