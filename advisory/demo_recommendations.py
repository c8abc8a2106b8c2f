"""What the boards of the invented company recommended: in every state, with evidence, votes, updates and answers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from advisory.actions import evidence, publications, recommendations
from advisory.confidentiality import Level
from advisory.models import Board, Recommendation, Term
from customers.demo.company import Tell
from feedback.models import Case, Theme
from people.models import User

STEPS = ("under_review", "accepted", "planned", "in_progress", "shipped")
STEP = 12  # days from one to the next


@dataclass(frozen=True)
class Story:
    """``to`` is how far it came, ``ago`` when it was proposed, in days."""

    title: str
    text: str
    to: str
    ago: int
    reason: str = ""
    theme: str = ""
    update: str = ""
    note: str = ""
    votes: tuple[int, int, int] = (0, 0, 0)
    level: int = Level.BOARD
    neutral: str = ""
    told: bool = True


STORIES = (
    Story("Refill bags for tins we already have", "Bring the tin, take only the tea.", "shipped", 200,
          "Asked for by every second member, and it saves us tins.", "goods", "Refill bags for twelve teas",
          "Twelve teas now come in refill bags: fill your own tin.", (6, 0, 1)),
    Story("Paper padding instead of plastic", "Tins arrive dented, and the plastic is a nuisance.", "in_progress", 150,
          "The new padding is being tried at one packing table.", "damaged", "Paper padding in every parcel", "",
          (7, 0, 0)),
    Story("Say when points arrive", "Nobody knows why points are not there on the same day.", "planned", 110,
          "It will stand on the receipt from next month on.", "points", "Points on the receipt", "", (5, 1, 1)),
    Story("An hour in the evening at the counter", "Who works until six never sees the shop.", "accepted", 60,
          "One evening a week, once two people are found.", "service", votes=(4, 2, 1)),
    Story("A tasting box for those who start", "Ten small bags, so that one can choose.", "under_review", 24,
          theme="taste"),
    Story("Fresher labels: say when it was picked", "A year and a month, as on wine.", "proposed", 6),
    Story("Parcels without a box for loose tea", "A padded envelope would be enough.", "declined", 90,
          "We tried it: one parcel in nine arrived torn.", "damaged", votes=(3, 3, 1)),
    Story("Give up the shop at the station", "Rent for two tins a day.", "declined", 40,
          "We have a contract until next year.", votes=(4, 1, 2), level=Level.CONFIDENTIAL,
          neutral="A question about one of our shops", told=False),
)  # fmt: skip
TWIN = Story("Let me fill my own tin", "Why buy a tin each time?", "merged", 190)


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Recommendations of the first board, and a few of the second."""
    board = Board.objects.filter(code="home").first()
    if board is None or Recommendation.objects.exists():
        return
    by = User.objects.filter(groups__name="Board managers").order_by("pk").first()
    with transaction.atomic():
        made = [_tell(board, story, today=today, by=by) for story in STORIES]
        twin = _tell(board, TWIN, today=today, by=by)
        recommendations.merge(twin, into=made[0], by=by, at=_noon(today, 185))
        if (world := Board.objects.filter(code="world").first()) is not None:
            made += [_tell(world, STORIES[4], today=today, by=by), _tell(world, STORIES[5], today=today, by=by)]
        publications.report(
            board, today - timedelta(days=210), today - timedelta(days=1), by=by,
            words="You told us what to change. This is what came of it, and where we said no.",
        )  # fmt: skip
    tell(f"{len(made) + 1} recommendations")


def _noon(today: date, ago: int) -> datetime:
    return datetime.combine(today - timedelta(days=ago), time(12), UTC)


def _tell(board: Board, story: Story, *, today: date, by: User | None) -> Recommendation:
    members = list(Term.objects.filter(board=board, state__in=Term.SEATED).order_by("seat__number"))
    term = members[story.ago % len(members)] if members else None
    one = recommendations.propose(
        board, story.title, text=story.text, term=term, level=story.level, neutral=story.neutral, by=by,
        at=_noon(today, story.ago),
    )  # fmt: skip
    for other in members[: sum(story.votes[:1])]:
        recommendations.support(one, other, at=_noon(today, story.ago - 1))
    _evidence(one, story, by=by)
    if sum(story.votes):
        yes, no, abstain = story.votes
        one = recommendations.advise(one, yes=yes, no=no, abstain=abstain, by=by, at=_noon(today, story.ago - 2))
    return _moved(one, story, today=today, by=by)


def _evidence(one: Recommendation, story: Story, *, by: User | None) -> None:
    theme = Theme.objects.filter(code=story.theme).first() if story.theme else None
    if theme is None:
        return
    evidence.add(one, theme=theme, by=by)
    for case in Case.objects.filter(theme=theme, customer__isnull=False).order_by("-pk")[:2]:
        evidence.add(one, case=case, by=by)


def _moved(one: Recommendation, story: Story, *, today: date, by: User | None) -> Recommendation:
    if story.to in ("proposed", "merged"):
        return one
    way = STEPS[: STEPS.index(story.to) + 1] if story.to in STEPS else ("under_review", "declined")
    day = story.ago - 3
    if story.update:
        shipped_on = today - timedelta(days=max(1, day - STEP * way.index("shipped"))) if "shipped" in way else None
        update = evidence.plan_update(story.update, planned_on=shipped_on or today + timedelta(days=30), by=by)
        evidence.link(one, update, by=by, at=_noon(today, day))
        if shipped_on:
            evidence.ship(update, note=story.note, on=shipped_on, by=by)
    for step in way:
        reason = story.reason if step in ("accepted", "declined") else ""
        one = recommendations.move(one, step, reason=reason, by=by, at=_noon(today, day))
        day = max(1, day - STEP)
    if story.told and one.published != one.state:
        one = publications.publish(one, by=by, at=_noon(today, day))
    return one
