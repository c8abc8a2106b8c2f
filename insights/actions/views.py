"""Views of figures: saved under a name, given up, and sent to whoever wanted them by e-mail."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications.actions import outbox
from insights.actions.refusals import InsightRefused
from insights.definitions import DEFINITIONS
from insights.metrics.cohorts import later
from insights.models import FigureView
from insights.queries import letters
from people.models import User

PAGES = ("figures", "figure", "retention_board", "risk")
HOUR = time(7)
VIEW = "insights.view_snapshot"


@transaction.atomic
def save(
    name: str,
    page: str,
    *,
    by: User,
    argument: str = "",
    query: str = "",
    mailed: str = "",
    at: datetime | None = None,
) -> FigureView:
    """Keep a page with its filters under a name, in place of what stood under it.

    Raises InsightRefused (``name_missing``, ``unknown_page``, ``view_too_long``, ``no_address``).
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise InsightRefused(_("Give the view a name."), "name_missing", "name")
    if page not in PAGES or (argument not in DEFINITIONS if page == "figure" else argument):
        raise InsightRefused(_("This page cannot be saved."), "unknown_page", "page")
    if len(query) > 500:
        raise InsightRefused(_("These are more filters than a view can keep."), "view_too_long", "query")
    if mailed and not by.email:
        raise InsightRefused(_("You have no e-mail address."), "no_address", "mailed")
    next_at = after(mailed, at or timezone.now()) if mailed else None
    kept = {"page": page, "argument": argument, "query": query, "mailed": mailed, "next_at": next_at}
    return FigureView.objects.update_or_create(owner=by, name=name, defaults=kept)[0]


def remove(view: FigureView, *, by: User) -> None:
    """Give up one's own view. Raises InsightRefused (``not_your_view``)."""
    if view.owner_id != by.pk:
        raise InsightRefused(gettext_lazy("Only who made this view may remove it."), "not_your_view")
    view.delete()


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
