"""Charters and NDAs are written, published, and from then on only followed by their next version."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import boards
from advisory.actions.refusals import BoardRefused
from advisory.models import Board, Charter, Nda
from communications import timing
from people.models import User

YEAR = timedelta(days=365)
KEPT = ("id", "board", "number", "made_at", "made_by", "published_at")
FIELDS = tuple(field.name for field in Charter._meta.concrete_fields if field.name not in KEPT)
PERCENTAGES = ("appointed_percent", "vote_percent", "host_percent", "hybrid_percent")


@transaction.atomic
def draft(board: Board, *, by: User | None = None, **rules: Any) -> Charter:
    """Write the version that comes next, or change it while it is a draft; it begins as the current one.

    Raises BoardRefused (``mission_missing``, ``percentage``, ``reminder_late``, ``radii``, ``too_small``).
    """
    board = boards.locked(board)
    latest = board.charters.order_by("-number").first()
    if latest is None:
        charter = Charter(board=board, number=1)
    elif latest.published_at is None:
        charter = latest
    else:
        said = {name: getattr(latest, name) for name in FIELDS} | {"changes": "", "review_on": None}
        charter = Charter(board=board, number=latest.number + 1, **said)
    for name, value in rules.items():
        if name not in FIELDS:
            raise TypeError(name)
        setattr(charter, name, value)
    charter.made_by = by
    _check(charter)
    charter.save()
    return charter


def _check(charter: Charter) -> None:
    if not charter.mission.strip():
        raise BoardRefused(_("Say what the board is for."), "mission_missing", "mission")
    for name in PERCENTAGES:
        if getattr(charter, name) > 100:
            raise BoardRefused(_("A percentage is at most 100."), "percentage", name)
    for name in ("size", "term_months", "terms_in_a_row", "answer_days"):
        if getattr(charter, name) < 1:
            raise BoardRefused(_("At least 1."), "too_small", name)
    if charter.remind_days >= charter.answer_days:
        raise BoardRefused(_("Remind before the answer is due."), "reminder_late", "remind_days")
    if charter.office_km > charter.city_km:
        raise BoardRefused(_("This is at least as far as for the office."), "radii", "city_km")


@transaction.atomic
def publish(charter: Charter, *, by: User | None = None, at: datetime | None = None) -> Charter:
    """From now on it holds: the board has its number of seats, and members are asked to sign it.

    It is reviewed a year from now where no day was said. Raises BoardRefused (``published_before``, ``seat_taken``).
    """
    at = at or timezone.now()
    boards.locked(charter.board)
    charter = Charter.objects.select_related("board").get(pk=charter.pk)
    if charter.published_at is not None:
        raise BoardRefused(_("It was published before; write the next version."), "published_before")
    charter.review_on = charter.review_on or timing.business_date(at + YEAR)
    charter.published_at = at
    charter.save()
    boards.seat(charter.board, charter.size, by=by)
    return charter


@transaction.atomic
def issue_nda(board: Board, text: str, *, by: User | None = None, at: datetime | None = None) -> Nda:
    """The next version of the NDA: members see nothing confidential until they have signed it.

    Raises BoardRefused (``nda_empty``, ``nda_unchanged``).
    """
    board = boards.locked(board)
    latest = board.ndas.order_by("-number").first()
    text = text.strip()
    if not text:
        raise BoardRefused(_("Write what members promise."), "nda_empty", "text")
    if latest and latest.text == text:
        raise BoardRefused(_("This is what the current version says."), "nda_unchanged", "text")
    number = latest.number + 1 if latest else 1
    return Nda.objects.create(
        board=board, number=number, text=text, published_at=at or timezone.now(), published_by=by
    )
