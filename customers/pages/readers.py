"""Who follows the timeline, how far each has come, and what could not be digested."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from config.paging import Cursor, slice_of
from customers.actions import set_aside
from customers.models import SetAside
from customers.queries import readers as queries
from people.requests import StaffRequest
from people.telling import telling

PER_PAGE = 25
VIEW, RETRY = "customers.view_setaside", "customers.retry_setaside"


@site.page(
    "readers/", name="readers", permission=VIEW, menu=gettext_lazy("Readers"), icon="auto_stories", group=Group.SETUP
)
def reader_list(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    progress = [(reader, reader.state(now)) for reader in queries.progress()]
    try:
        cursor = Cursor.read(request.GET["after"], kinds=[int]) if "after" in request.GET else None
    except ValidationError:
        return redirect("admin:readers")
    page = slice_of(queries.set_aside(), cursor, limit=PER_PAGE, order=["-id"])
    return site.render(
        request,
        "customers/readers.html",
        title=_("Readers"),
        progress=progress,
        page=page,
        may_retry=request.user.has_perm(RETRY),
    )


@site.page("readers/facts/<int:pk>/retry/", name="retry_fact", permission=RETRY)
@require_POST
def retry_fact(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        set_aside.retry(get_object_or_404(SetAside, pk=pk))
        say(_("The reader tries again with its next reading."))
    return redirect("admin:readers")


@site.page("readers/facts/<int:pk>/dismiss/", name="dismiss_fact", permission=RETRY)
@require_POST
def dismiss_fact(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        set_aside.dismiss(get_object_or_404(SetAside, pk=pk), by=request.user)
        say(_("The reader will not hear of this fact."))
    return redirect("admin:readers")


@site.page("readers/<str:reader>/retry/", name="retry_reader", permission=RETRY)
@require_POST
def retry_reader(request: StaffRequest, reader: str) -> HttpResponse:
    count = set_aside.retry_all(reader)
    messages.success(
        request,
        ngettext(
            "%(count)s fact is tried again with the next reading.",
            "%(count)s facts are tried again with the next reading.",
            count,
        )
        % {"count": count},
    )
    return redirect("admin:readers")


@site.home(permission=RETRY, title=gettext_lazy("Readers"), order=7)
def readers_in_trouble(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Something to say only where a reader stands still or has set facts aside."""
    now = timezone.now()
    troubled = [reader for reader in queries.progress() if reader.set_aside or reader.state(now) == "stuck"]
    return ("customers/home_readers.html", {"troubled": troubled}) if troubled else None
