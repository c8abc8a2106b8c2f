"""Views of figures: saved under a name, and sent to whoever wanted them by e-mail."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from communications.actions import outbox
from insights.definitions import DEFINITIONS
from insights.metrics.cohorts import later
from insights.models import FigureView
from insights.queries import letters
from people.actions import views
from people.actions.views import ViewRefused
from people.models import User

PAGES = ("figures", "figure", "retention_board", "risk")
NEVER_SENT = ("risk",)  # they tell of customers by name
HOUR = time(7)
VIEW = "insights.view_snapshot"


@transaction.atomic
def save(
    name: str, page: str, *, by: User, argument: str = "", query: str = "", mailed: str = "", shared: bool = False,
    replace: bool = False, at: datetime | None = None,
) -> FigureView:  # fmt: skip
    """Keep a page with its filters under a name.

    Raises ViewRefused (``unknown_page``, ``never_sent``, ``no_address``, and what ``people.actions.views.save``
    refuses).
    """
    if page not in PAGES or (argument not in DEFINITIONS if page == "figure" else argument):
        raise ViewRefused(_("This page cannot be saved."), "unknown_page", "page")
    if mailed and page in NEVER_SENT:
        raise ViewRefused(_("This page is not sent by e-mail."), "never_sent", "mailed")
    return views.save(
        FigureView, name, query, by=by, replace=replace, page=page, argument=argument, shared=shared,
        **_sent(mailed, by, at or timezone.now()),
    )  # fmt: skip


@transaction.atomic
def change(
    view: FigureView, *, by: User, name: str, mailed: str = "", shared: bool = False, at: datetime | None = None
) -> FigureView:
    """Another name, sent at other times, shared or not.

    Raises ViewRefused (``no_address``, and what ``people.actions.views.change`` refuses).
    """
    if mailed and view.page in NEVER_SENT:
        raise ViewRefused(_("This page is not sent by e-mail."), "never_sent", "mailed")
    at = at or timezone.now()
    same = mailed == view.mailed and view.owner_id == by.pk
    return views.change(view, by=by, name=name, shared=shared, **({} if same else _sent(mailed, by, at)))


def _sent(mailed: str, to: User, at: datetime) -> dict[str, Any]:
    if mailed and not to.email:
        raise ViewRefused(_("You have no e-mail address."), "no_address", "mailed")
    return {"mailed": mailed, "next_at": after(mailed, at) if mailed else None}


def after(mailed: str, at: datetime) -> datetime:
    """The next morning on which it is sent, in the zone of the business."""
    zone = ZoneInfo(settings.BUSINESS_ZONE)
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=0 if local.time() < HOUR else 1)
    if mailed == FigureView.Mailed.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    elif mailed == FigureView.Mailed.MONTHLY and day.day != 1:
        day = later(day.replace(day=1), 1)
    return datetime.combine(day, HOUR, zone)


def send_due(*, at: datetime | None = None) -> int:
    """Send what is due, to owners who still may see it. Returns how many. Late, it is sent once."""
    at, sent = at or timezone.now(), 0
    for pk in FigureView.objects.filter(next_at__lte=at).order_by("pk").values_list("pk", flat=True):
        sent += _send(pk, at)
    return sent


@transaction.atomic
def _send(pk: int, at: datetime) -> int:
    view = FigureView.objects.select_for_update(skip_locked=True, of=["self"]).select_related("owner").filter(
        pk=pk, next_at__lte=at
    ).first()  # fmt: skip
    if view is None:
        return 0
    due = view.next_at
    view.next_at = after(view.mailed, at)
    view.save(update_fields=["next_at"])
    owner = view.owner
    if not (owner.is_active and owner.email and owner.has_perm(VIEW)):
        return 0
    with translation.override(owner.language or "en"):
        letter = letters.letter(view)
    key = f"figures:{view.pk}:{due:%Y-%m-%d}"
    outbox.queue(owner.email, subject=letter.subject, text=letter.text, html=letter.html, key=key, at=at)
    return 1
