"""What a board recommends is written down, looked into, decided with a reason, and carried out.

``STEPS`` is the way of a recommendation. Members see ``published``; ``advisory.actions.publications`` moves it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import boards
from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level
from advisory.models import Ballot, Board, Recommendation, RecommendationStep, Support, Term
from advisory.queries import access, charters
from advisory.queries import recommendations as queries
from communications import timing
from customers.actions import timeline
from customers.models import Verb
from people.models import User

State = Recommendation.State
STEPS: dict[str, tuple[str, ...]] = {
    State.PROPOSED: (State.UNDER_REVIEW, State.DECLINED),
    State.UNDER_REVIEW: (State.ACCEPTED, State.DECLINED),
    State.ACCEPTED: (State.PLANNED, State.DECLINED),
    State.PLANNED: (State.IN_PROGRESS, State.DECLINED),
    State.IN_PROGRESS: (State.SHIPPED, State.PLANNED, State.DECLINED),
    State.SHIPPED: (),
    State.DECLINED: (State.UNDER_REVIEW,),
    State.MERGED: (),
}
CHANGEABLE = ("title", "text", "level", "neutral", "owner", "progress", "review_on", "answer_by")


class NotNext(ValidationError):
    """A recommendation cannot jump."""

    def __init__(self, recommendation: Recommendation, to: str) -> None:
        super().__init__(
            _("From “%(state)s” it does not go to “%(to)s”."), code="wrong_state",
            params={"state": recommendation.get_state_display(), "to": State(to).label},
        )  # fmt: skip


class ChangedMeanwhile(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this recommendation meanwhile. Look at it again and repeat your change."),
            code="changed_meanwhile",
        )


@transaction.atomic
def propose(
    board: Board,
    title: str,
    *,
    text: str = "",
    term: Term | None = None,
    level: int = Level.BOARD,
    neutral: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Recommendation:
    """Take down a recommendation: of a member, by their term, or of the board as a whole.

    Raises BoardRefused (``title_missing``, ``not_a_member``).
    """
    at = at or timezone.now()
    board = boards.locked(board)
    if not title.strip():
        raise BoardRefused(_("Say in a line what is recommended."), "title_missing", "title")
    if term is not None and (term.board_id != board.pk or not access.seated(term, timing.business_date(at))):
        raise BoardRefused(_("Only members recommend."), "not_a_member", "term")
    charter = charters.current(board)
    days = charter.answer_advice_days if charter else 28
    made = Recommendation.objects.create(
        board=board, number=board.recommendations.count() + 1, title=title.strip()[:200], text=text.strip(),
        level=max(level, board.level), neutral=neutral.strip()[:200], proposed_by=term, taken_down_by=by,
        proposed_at=at, state_at=at, answer_by=timing.business_date(at + timedelta(days=days)),
    )  # fmt: skip
    note(made, "proposed", after=made.state, by=by, at=at)
    if term is not None:
        Support.objects.create(recommendation=made, term=term, at=at)
        timeline.record(
            term.customer, Verb.RECOMMENDED, by=by, at=at, key=f"recommended:{made.pk}", board=board.code,
            recommendation=made.pk,
        )  # fmt: skip
    return made


@transaction.atomic
def change(
    recommendation: Recommendation, *, expected: int | None = None, by: User | None = None, **changes: Any
) -> Recommendation:
    """Other words, another owner, how far it is. ``changes`` are of ``CHANGEABLE``.

    Raises ChangedMeanwhile, BoardRefused (``title_missing``, ``percentage``, ``merged``).
    """
    found = locked(recommendation, expected)
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise TypeError(name)
        setattr(found, name, value)
    found.level = max(found.level, found.board.level)
    if found.state == State.MERGED:
        raise BoardRefused(_("It was merged into another one: go on there."), "merged")
    if not found.title.strip():
        raise BoardRefused(_("Say in a line what is recommended."), "title_missing", "title")
    if not 0 <= found.progress <= 100:
        raise BoardRefused(_("A percentage is at most 100."), "percentage", "progress")
    return saved(found)


@transaction.atomic
def move(
    recommendation: Recommendation,
    to: str,
    *,
    reason: str = "",
    expected: int | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Recommendation:
    """The company's next step. Members go on seeing what was published, except that it is under review.

    Declining takes a reason; shipping a product update that has shipped. Raises NotNext, ChangedMeanwhile,
    BoardRefused (``reason_missing``, ``update_missing``).
    """
    at = at or timezone.now()
    found = locked(recommendation, expected)
    if to not in STEPS[found.state]:
        raise NotNext(found, to)
    if to == State.DECLINED and not reason.strip():
        raise BoardRefused(_("Say why it is declined."), "reason_missing", "reason")
    if to == State.SHIPPED and not found.updates.exclude(shipped_on=None).exists():
        raise BoardRefused(_("Link the product update that shipped it first."), "update_missing", "update")
    before, found.state, found.state_at = found.state, to, at
    if to in (State.ACCEPTED, State.DECLINED):
        found.decided_at, found.reason = at, reason.strip()
    if to == State.UNDER_REVIEW:
        found.decided_at, found.reason, found.published = None, "", to
    if to == State.SHIPPED:
        found.progress = 100
    note(found, "moved", before=before, after=to, reason=reason.strip(), by=by, at=at)
    return saved(found)


@transaction.atomic
def merge(
    recommendation: Recommendation, *, into: Recommendation, by: User | None = None, at: datetime | None = None
) -> Recommendation:
    """Two that say the same become one: members and complaints count once there. Returns the one that stays.

    Raises BoardRefused (``same``, ``other_board``, ``merged``).
    """
    at = at or timezone.now()
    if recommendation.pk == into.pk:
        raise BoardRefused(_("It is not merged into itself."), "same", "into")
    if recommendation.board_id != into.board_id:
        raise BoardRefused(_("They are of two boards."), "other_board", "into")
    boards.locked(into.board)
    rows = {
        row.pk: row for row in Recommendation.objects.select_for_update().filter(pk__in=[recommendation.pk, into.pk])
    }
    gone, kept = rows[recommendation.pk], rows[into.pk]
    if State.MERGED in (gone.state, kept.state):
        raise BoardRefused(_("One of them was merged before."), "merged", "into")
    before, gone.state, gone.state_at, gone.merged_into = gone.state, State.MERGED, at, kept
    gone.published = State.MERGED
    saved(gone)
    Recommendation.objects.filter(merged_into=gone).update(merged_into=kept)
    note(gone, "merged", before=before, after=State.MERGED, by=by, at=at, into=kept.pk)
    note(kept, "took_in", by=by, at=at, recommendation=gone.pk)
    return saved(kept)


@transaction.atomic
def advise(
    recommendation: Recommendation,
    *,
    yes: int,
    no: int,
    abstain: int,
    ballot: Ballot | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Recommendation:
    """The board's own advice: how it voted, and in which ballot, where it was one. It stands beside the company's
    decision and never becomes it.

    Raises BoardRefused (``no_votes``).
    """
    at = at or timezone.now()
    found = locked(recommendation)
    if min(yes, no, abstain) < 0 or yes + no + abstain == 0:
        raise BoardRefused(_("Nobody voted."), "no_votes", "yes")
    found.advice_yes, found.advice_no, found.advice_abstain, found.advised_at = yes, no, abstain, at
    voted: dict[str, Any] = {"ballot": ballot.pk} if ballot else {}
    note(found, "advised", by=by, at=at, yes=yes, no=no, abstain=abstain, **voted)
    return saved(found)


@transaction.atomic
def support(recommendation: Recommendation, term: Term, *, at: datetime | None = None) -> Support:
    """A member is for it, too; said twice it counts once. Raises BoardRefused (``not_a_member``, ``closed``)."""
    at = at or timezone.now()
    found = locked(recommendation)
    if term.board_id != found.board_id or not access.has_access(term, found.level, timing.business_date(at)):
        raise BoardRefused(_("Only members support it."), "not_a_member")
    if found.published in (State.SHIPPED, State.DECLINED, State.MERGED):
        raise BoardRefused(_("It is settled."), "closed")
    made, _new = Support.objects.get_or_create(recommendation=found, term=term, defaults={"at": at})
    return made


@transaction.atomic
def stop_supporting(recommendation: Recommendation, term: Term) -> None:
    """A member takes it back, while it is open. Raises BoardRefused (``closed``)."""
    found = locked(recommendation)
    if found.published in (State.SHIPPED, State.DECLINED, State.MERGED):
        raise BoardRefused(_("It is settled."), "closed")
    Support.objects.filter(recommendation__in=queries.family(found), term__customer=term.customer_id).delete()


def note(found: Recommendation, what: str, *, before: str = "", after: str = "", reason: str = "",
         by: User | None, at: datetime, **about: Any) -> None:  # fmt: skip
    RecommendationStep.objects.create(
        recommendation=found, what=what, before=before, after=after, reason=reason, about=about, at=at, by=by
    )


def saved(found: Recommendation) -> Recommendation:
    found.version += 1
    found.save()
    return found


def locked(recommendation: Recommendation, expected: int | None = None) -> Recommendation:
    rows = Recommendation.objects.select_for_update(of=["self"]).select_related(
        "board", "owner", "proposed_by__customer"
    )
    found = rows.get(pk=recommendation.pk)
    if expected is not None and found.version != expected:
        raise ChangedMeanwhile
    return found
