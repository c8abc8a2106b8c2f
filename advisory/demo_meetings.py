"""Meetings of the invented boards: one with minutes, one that runs now, one next week, and a date poll."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from advisory.actions import (
    action_items,
    agendas,
    attendance,
    attendees,
    ballots,
    forum,
    materials,
    meetings,
    minutes,
    notes,
    polls,
    rounds,
)
from advisory.models import Ballot, Board, Invitee, Item, Meeting, Term
from advisory.queries import members
from customers.demo.company import Tell
from feedback.mail import File
from feedback.models import Answer, Invitation, Survey
from people.models import User

AGENDA: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("Welcome", 10, {"by_host": True, "purpose": Item.Purpose.INFORM, "presenter": "Linnet & Loam"}),
    ("Parcels that come late", 40, {"purpose": Item.Purpose.DISCUSS, "text": "What customers told us this year."}),
    ("A break with tea", 15, {"purpose": Item.Purpose.BREAK}),
    ("Returns: what would be fair?", 40, {"purpose": Item.Purpose.DECIDE}),
    ("What to bring home", 10, {"purpose": Item.Purpose.DISCUSS}),
)
SAID = (
    ("Parcels that come late", "Everybody wants a word on the day, before they have to ask.\nIslands wait longest."),
    ("Returns: what would be fair?", "Thirty days for things, fourteen for tea.\nA label in the parcel saves a call."),
)
OPINIONS = (
    "The tea is better than the parcels it comes in.",
    "I would like to know on which day it comes.",
    "Nothing. Go on like this.",
    "The tins are lovely, and too many by now.",
)
BACK = timedelta(days=30)
ANSWERS = (Invitee.Answer.ACCEPTED, Invitee.Answer.ACCEPTED, Invitee.Answer.TENTATIVE, Invitee.Answer.DECLINED)


@transaction.atomic
def fill(customers: int, *, today: date, tell: Tell) -> None:
    """For each board that has members and no meeting yet."""
    made = 0
    for board in Board.objects.standing().order_by("pk"):
        if members.holders(board, on=today).exists() and not board.meetings.exists():
            made += _of(board, today, first=not made)
    if made:
        tell(f"{made} meetings, one of them running")


def _of(board: Board, today: date, *, first: bool) -> int:
    now = timezone.now()
    leader = User.objects.filter(username="board").first()
    terms = list(members.holders(board, on=today))
    before = members.holders(board, on=(now - BACK).date()).exists()
    held = _held(board, now, leader, terms) if before else None
    following = _planned(board, "What you need from us", leader)
    starts = datetime.combine(today + timedelta(days=7), time(9), UTC)
    meetings.schedule(
        following, starts_at=starts, ends_at=starts + timedelta(hours=2), video_url="https://video.example/linnet-loam",
        by=leader,
    )  # fmt: skip
    for invitee, answer in zip(_members(following), ANSWERS, strict=False):
        attendees.answer(invitee, answer)
    _to_read(following, starts, leader)
    _asked_before(following, now, leader)
    agendas.propose(terms[0], "Opening hours on Sunday", text="Neighbours ask me about it every week.")
    asked = _planned(board, "What comes next", leader)
    days = [starts + timedelta(days=90 + each) for each in (0, 1, 3)]
    options = polls.offer(asked, [(day, day + timedelta(hours=2)) for day in days], by=leader)
    for place, term in enumerate(terms[:-1]):
        polls.say(asked, term, {option.pk: (place + each) % 3 for each, option in enumerate(options)})
    topic = forum.begin(board, "Paper or tins?", "Which packing do you keep at home?", author=terms[0])
    forum.post(topic, "Tins, for years. The paper tears.", author=terms[-1])
    running = _running(board, now, leader) if first else None
    return sum(one is not None for one in (held, following, asked, running))


def _planned(board: Board, title: str, leader: User | None) -> Meeting:
    meeting = meetings.plan(board, title, facilitator=leader, by=leader)
    for name, minutes_long, more in AGENDA:
        agendas.add(meeting, name, minutes=minutes_long, by=leader, **more)
    return meeting


def _to_read(meeting: Meeting, starts: datetime, leader: User | None) -> None:
    """A file and a link for everybody, and a file that waits for its day."""
    parcels = meeting.items.get(title="Parcels that come late")
    late = File("Late parcels.csv", "text/csv", b"month,parcels,late\n2026-09,1204,61\n2026-10,1310,48\n")
    materials.upload(parcels, late, by=leader)
    returns = meeting.items.get(title="Returns: what would be fair?")
    materials.link(returns, "Our returns policy", url="https://shop.example/returns", by=leader)
    draft = File("Draft of the new policy.txt", "text/plain", b"Thirty days for things, fourteen days for tea.\n")
    materials.upload(returns, draft, from_at=starts - timedelta(days=2), by=leader)


def _asked_before(meeting: Meeting, now: datetime, leader: User | None) -> None:
    """Each member has had two customers asked; every other one has answered, and some of that is presented."""
    survey = Survey.objects.filter(kind=Survey.Kind.NPS, state=Survey.State.LIVE).order_by("pk").first()
    if survey is None:
        return
    made = rounds.open(meeting, survey, size=2, by=leader)
    for place, asked in enumerate(made.asked.select_related("invitation").order_by("pk")[::2]):
        answered = asked.invitation
        answered.state, answered.begun_at, answered.answered_at = Invitation.State.ANSWERED, now, now
        answered.score, answered.complete, answered.remind_at = 10 - place % 4, True, None
        answered.save()
        Answer.objects.create(invitation=answered, question="score", number=answered.score, at=now)
        Answer.objects.create(invitation=answered, question="why", text=OPINIONS[place % len(OPINIONS)], at=now)
        if place % 3 == 0:
            rounds.present(asked)


def _held(board: Board, now: datetime, leader: User | None, terms: list[Term]) -> Meeting:
    """A month ago: all stages up to minutes that were approved and published."""
    at = (now - BACK).replace(hour=9, minute=0, second=0, microsecond=0)
    meeting = _planned(board, "Parcels and returns", leader)
    meeting = meetings.schedule(
        meeting, starts_at=at, ends_at=at + timedelta(hours=2), by=leader, at=at - timedelta(days=35)
    )
    people = _members(meeting)
    there = people[: max(1, len(people) - 1)]
    _answered(people, there, at - timedelta(days=20))
    meeting = meetings.open(meeting, by=leader, at=at)
    for invitee in there:
        attendance.come(invitee, remotely=True, by=leader, at=at)
    _talk(meeting, at, leader)
    item = meeting.items.get(title="Returns: what would be fair?")
    _voted(meeting, item, people, at + timedelta(minutes=100), leader)
    action_items.catch(
        board, "Try a label in each parcel for a month", meeting=meeting, item=item, owner=leader,
        due_on=(now + timedelta(days=10)).date(), by=leader,
    )  # fmt: skip
    meeting = meetings.close(meeting, by=leader, at=at + timedelta(minutes=118))
    paper = minutes.draft(meeting, by=leader, at=at + timedelta(days=1))
    paper = minutes.circulate(paper, by=leader, at=at + timedelta(days=1))
    minutes.remark(paper, "Thank you, that is what we said.", of=terms[0], at=at + timedelta(days=2))
    minutes.publish(minutes.approve(paper, by=leader, at=at + timedelta(days=4)), by=leader, at=at + timedelta(days=4))
    return meeting


def _running(board: Board, now: datetime, leader: User | None) -> Meeting:
    """Half an hour in, with an open vote."""
    at = now - timedelta(minutes=30)
    meeting = _planned(board, "Late parcels: what now?", leader)
    meeting = meetings.schedule(
        meeting, starts_at=at, ends_at=at + timedelta(hours=2), by=leader, at=at - timedelta(days=20)
    )
    people = _members(meeting)
    there = people[: max(1, len(people) - 2)]
    _answered(people, there, at - timedelta(days=19))
    meeting = meetings.open(meeting, by=leader, at=at)
    for invitee in there:
        attendance.come(invitee, remotely=True, by=leader, at=at)
    first, second = meeting.items.order_by("position")[:2]
    attendance.begin(first, at=at)
    attendance.begin(second, at=at + timedelta(minutes=12))
    notes.save(second, SAID[0][1], version=0, by=leader)
    ballot = ballots.prepare(
        meeting, "What should come first?", kind=Ballot.Kind.RANKED, secrecy=Ballot.Secrecy.SECRET, item=second,
        options=("A word on the day", "Another carrier for the islands", "A voucher when it was late"), by=leader,
    )  # fmt: skip
    ballot = ballots.open(ballot, by=leader)
    for place, invitee in enumerate(people[:3]):
        ballots.cast(ballot, invitee, ["o1", "o2"] if place else ["o3", "o1"], receipt=f"{place}" * 40)
    return meeting


def _answered(people: list[Invitee], there: list[Invitee], first: datetime) -> None:
    """One said each day whether they come."""
    for place, invitee in enumerate(people):
        said = Invitee.Answer.ACCEPTED if invitee in there else Invitee.Answer.DECLINED
        attendees.answer(invitee, said, at=first + timedelta(days=min(place, 18)))


def _talk(meeting: Meeting, at: datetime, leader: User | None) -> None:
    for item, begins in zip(meeting.items.order_by("position"), _beginnings(at), strict=False):
        attendance.begin(item, at=begins)
    for title, text in SAID:
        item = meeting.items.get(title=title)
        notes.save(item, text, version=0, by=leader)
    notes.quote(item, "I would send more back, and buy more.", by=leader)


def _beginnings(at: datetime) -> Iterator[datetime]:
    for _title, minutes_long, _more in AGENDA:
        yield at
        at += timedelta(minutes=minutes_long + 1)


def _voted(meeting: Meeting, item: Item, people: list[Invitee], at: datetime, leader: User | None) -> None:
    ballot = ballots.prepare(meeting, "Thirty days for everything but tea?", item=item, by=leader)
    ballot = ballots.open(ballot, by=leader, at=at)
    for place, invitee in enumerate(people[:-1]):
        ballots.cast(ballot, invitee, "no" if place == 1 else "yes")
    ballots.publish(ballots.close(ballot, by=leader, at=at), by=leader, at=at)


def _members(meeting: Meeting) -> list[Invitee]:
    return list(meeting.invitees.filter(term__isnull=False).select_related("term__customer").order_by("pk"))
