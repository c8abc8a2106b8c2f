"""What a meeting is planned from: where members live, fair hours, what they said of dates, what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from advisory import agenda, venues
from advisory.models import ActionItem, Board, Charter, Invitee, Item, Meeting, Option, Preference, Proposal, Term
from advisory.queries import charters, members
from advisory.venues import Place

# Where members can be met besides the office: places that most of them can reach.
CITIES = (
    Place("Seoul", 37.566, 126.9784), Place("Busan", 35.1796, 129.0756), Place("Daejeon", 36.3504, 127.3845),
    Place("Daegu", 35.8714, 128.6014), Place("Gwangju", 35.1595, 126.8526), Place("Bangkok", 13.7563, 100.5018),
    Place("Tokyo", 35.6762, 139.6503), Place("Singapore", 1.3521, 103.8198), Place("London", 51.5072, -0.1276),
    Place("Berlin", 52.52, 13.405), Place("Paris", 48.8566, 2.3522), Place("New York", 40.7128, -74.006),
    Place("San Francisco", 37.7749, -122.4194), Place("Sydney", -33.8688, 151.2093),
)  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """How to meet, with the reason; ``unlocated`` members have no place and were left out."""

    mode: str
    place: str
    reason: str
    located: int
    members: int

    @property
    def unlocated(self) -> int:
        return self.members - self.located


@dataclass(frozen=True)
class Fair:
    """A time with what it costs: the heaviest burden, and whose that is."""

    starts_at: datetime
    worst: int
    total: int
    local: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Offered:
    option: Option
    yes: int
    if_need_be: int
    no: int
    missing: int

    @property
    def score(self) -> int:
        return 2 * self.yes + self.if_need_be


@dataclass(frozen=True)
class Line:
    item: Item
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Timed:
    lines: list[Line]
    over: int
    host_percent: float
    host_most: int

    @property
    def host_too_much(self) -> bool:
        return self.host_percent > self.host_most


@dataclass(frozen=True)
class Ready:
    """One line of the list of what has to stand before a meeting."""

    text: str
    done: bool
    late: bool = False


def suggest(board: Board, *, on: date | None = None) -> Suggestion:
    """Office, city, both ways or video, from where the members live; reasons in words."""
    terms = list(members.holders(board, on=on))
    homes = [members.home(term.customer) for term in terms]
    charter = charters.current(board)
    office = _office(board)
    found = venues.propose(homes, offices=[office] if office else [], venues=CITIES, radii=_radii(charter))
    place = found.ways.venue.name if found.ways else ""
    reasons = {
        "office": _("All live within %(longest)s km of the office."),
        "in_person": _("%(place)s is in reach of all: %(mean)s km on average, %(longest)s km at most (%(farthest)s)."),
        "hybrid": _("Enough live near %(place)s; the others join by video."),
        "video": _("Members live too far apart to meet in one place."),
    }
    if not found.located:
        reasons["video"] = _("Nobody's place is known.")
    ways = found.ways
    words = {
        "place": place, "mean": f"{ways.mean:,.0f}" if ways else "", "longest": f"{ways.longest:,.0f}" if ways else "",
        "farthest": ways.farthest if ways else "",
    }  # fmt: skip
    return Suggestion(found.mode, place, reasons[found.mode] % words, found.located, found.members)


def fair(meeting: Meeting, day: date, minutes: int, *, most: int = 5) -> list[Fair]:
    """The fairest times of a day by the meeting's clock; what earlier meetings cost each member is carried forward."""
    terms = list(members.holders(meeting.board, on=day))
    for term in terms:
        term.board = meeting.board
    zones = {str(term.pk): members.clock(term).key for term in terms}
    names = {str(term.pk): term.who for term in terms}
    slots = venues.fair_slots(
        zones, day, timedelta(minutes=minutes), clock=meeting.clock, carried=carried(terms), most=most
    )
    return [
        Fair(
            slot.starts_at, max(slot.costs.values(), default=0), sum(slot.costs.values()),
            [(names[key], members.local(slot.starts_at, members.clock(_term(terms, key))), cost)
             for key, cost in slot.costs.items()],
        )
        for slot in slots
    ]  # fmt: skip


def carried(terms: list[Term]) -> dict[str, int]:
    """What meetings so far have cost each member, by the id of the term."""
    held = Invitee.objects.filter(term__in=terms, removed_at=None, meeting__state__in=["scheduled", "closed"])
    return {str(pk): total or 0 for pk, total in held.values_list("term").annotate(total=Sum("burden"))}


def poll(meeting: Meeting) -> list[Offered]:
    """The offered times with what was said of each, the best first."""
    options = list(meeting.options.prefetch_related("preferences"))
    whole = members.holders(meeting.board).count()
    found = []
    for option in options:
        said = Counter(preference.says for preference in option.preferences.all())
        yes, maybe, no = (said[says] for says in (Preference.Says.YES, Preference.Says.IF_NEED_BE, Preference.Says.NO))
        found.append(Offered(option, yes, maybe, no, max(0, whole - yes - maybe - no)))
    return sorted(found, key=lambda one: (-one.score, one.no, one.option.starts_at))


def timed(meeting: Meeting, *, at: datetime) -> Timed:
    """The agenda with the time of each item, by how much it exceeds the meeting, and how much of it we speak."""
    items = list(meeting.items.prefetch_related("materials"))
    starts = meeting.starts_at or at
    length = meeting.minutes_long or sum(item.minutes for item in items)
    talk = [agenda.Item(item.minutes, item.by_host) for item in items]
    found = agenda.timed(talk, starts_at=starts, length=length)
    charter = charters.current(meeting.board)
    lines = [Line(item, each.starts_at, each.ends_at) for item, each in zip(items, found.items, strict=True)]
    return Timed(lines, found.over, round(100 * found.host_share, 1), charter.host_percent if charter else 100)


def proposals(board: Board) -> QuerySet[Proposal]:
    waiting = Proposal.objects.filter(board=board, state=Proposal.State.PROPOSED)
    return waiting.select_related("term__customer").order_by("pk")


def open_actions(board: Board) -> QuerySet[ActionItem]:
    rows = ActionItem.objects.filter(board=board, state=ActionItem.State.OPEN)
    return rows.select_related("owner", "owner_term__customer", "meeting").order_by("due_on", "pk")


def ready(meeting: Meeting, *, at: datetime) -> list[Ready]:
    """What has to stand before a meeting, and whether it does."""
    charter = charters.current(meeting.board)
    items = list(meeting.items.all())
    asked = meeting.invitees.filter(term__isnull=False, removed_at=None)
    silent = asked.filter(answer=Invitee.Answer.NEEDS_ACTION).count()
    coming = asked.filter(answer=Invitee.Answer.ACCEPTED).count()
    somewhere = bool(meeting.place or meeting.video_url)
    soon = meeting.starts_at - timedelta(days=charter.agenda_days) < at if meeting.starts_at and charter else False
    over = timed(meeting, at=at).over
    quorum = charter.quorum_of(asked.count()) if charter else 0
    lines = [
        Ready(_("It has a time, and a place or a video link"), bool(meeting.starts_at) and somewhere),
        Ready(_("It has a facilitator"), meeting.facilitator_id is not None),
        Ready(_("The agenda stands (%(items)s items)") % {"items": len(items)}, bool(items), soon and not items),
        Ready(_("The agenda fits into the time"), not over, soon and bool(over)),
    ]
    if meeting.starts_at:
        waiting = _("Everybody has answered (%(silent)s have not)") % {"silent": silent}
        lines.append(Ready(waiting if silent else _("Everybody has answered"), not silent, soon and bool(silent)))
        enough = _("Enough come for the quorum: %(coming)s of %(quorum)s") % {"coming": coming, "quorum": quorum}
        lines.append(Ready(enough, coming >= quorum, soon and coming < quorum))
    return lines


def _term(terms: list[Term], key: str) -> Term:
    return next(term for term in terms if str(term.pk) == key)


def _office(board: Board) -> Place | None:
    if board.office_latitude is None or board.office_longitude is None:
        return None
    return Place(board.office or _("the office"), float(board.office_latitude), float(board.office_longitude))


def _radii(charter: Charter | None) -> venues.Radii:
    if charter is None:
        return venues.Radii()
    return venues.Radii(float(charter.office_km), float(charter.city_km), charter.hybrid_percent / 100)
