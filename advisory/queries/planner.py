"""What falls on which day: for the planner of a year and as a layer of the communication calendar."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from advisory.models import Board, Charter, Meeting, Minutes, Recommendation, Term
from advisory.queries import charters
from advisory.queries.meetings import told_as

KINDS = ("meeting", "minutes", "term", "renewal", "review", "advice")


@dataclass(frozen=True)
class Happening:
    """Something of a board on a day of the business; ``about`` is the row that it is told of, by its kind."""

    on: date
    kind: str
    words: str
    board: Board
    about: int


def happenings(boards: Iterable[Board], first: date, last: date, kinds: Collection[str] = KINDS) -> list[Happening]:
    """From the first day to the last, in order. Meetings by the words that may be told outside the room."""
    by_pk = {board.pk: board for board in boards}
    found: list[Happening] = []
    if "meeting" in kinds or "minutes" in kinds:
        found += _meetings(by_pk, first, last)
    if "term" in kinds or "renewal" in kinds:
        found += _terms(by_pk, first, last, notices="renewal" in kinds)
    if "review" in kinds:
        newest = {pk: charters.current(board) for pk, board in by_pk.items()}
        days = [(pk, charter.review_on) for pk, charter in newest.items() if charter and charter.review_on]
        found += [Happening(day, "review", by_pk[pk].name, by_pk[pk], pk) for pk, day in days]
    if "advice" in kinds:
        rows = Recommendation.objects.filter(board__in=by_pk, review_on__range=(first, last))
        days_of = [(row.review_on, row) for row in rows if row.review_on]
        found += [Happening(day, "advice", row.title, by_pk[row.board_id], row.pk) for day, row in days_of]
    inside = [one for one in found if one.kind in kinds and first <= one.on <= last]
    return sorted(inside, key=lambda one: (one.on, KINDS.index(one.kind), one.words, one.about))


def _meetings(boards: dict[int, Board], first: date, last: date) -> list[Happening]:
    """When they are, and when the minutes of those that are over are due and not approved."""
    zone = ZoneInfo(settings.BUSINESS_ZONE)
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    there = Q(starts_at__gte=begins, starts_at__lt=ends) | Q(minutes_due_on__range=(first, last))
    done = Minutes.objects.filter(meeting=OuterRef("pk"), state__in=Minutes.FINAL)
    rows = Meeting.objects.filter(there, board__in=boards).exclude(state=Meeting.State.CANCELLED)
    found = []
    for row in rows.annotate(approved=Exists(done)):
        row.board = boards[row.board_id]
        if row.starts_at:
            found.append(Happening(row.starts_at.astimezone(zone).date(), "meeting", told_as(row), row.board, row.pk))
        if row.minutes_due_on and not row.approved:
            found.append(Happening(row.minutes_due_on, "minutes", told_as(row), row.board, row.pk))
    return found


def _terms(boards: dict[int, Board], first: date, last: date, *, notices: bool) -> list[Happening]:
    """Whose term ends, and when they are to be asked whether they stay."""
    rules = {pk: charters.current(board) or Charter() for pk, board in boards.items()} if notices else {}
    days = {pk: charter.renewal_notice_days for pk, charter in rules.items()}
    furthest = last + timedelta(days=max(days.values(), default=0))
    rows = Term.objects.filter(board__in=boards, state__in=Term.SEATED, ends_on__range=(first, furthest))
    found = []
    for term in rows.select_related("customer"):
        board = boards[term.board_id]
        found.append(Happening(term.ends_on, "term", term.who, board, term.pk))
        if notices:
            found.append(Happening(term.renewal_on(days[board.pk]), "renewal", term.who, board, term.pk))
    return found
