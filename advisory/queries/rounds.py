"""Survey rounds of members: whom they could ask, what was answered, and how much of it they present."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from advisory.models import Asked, Board, Round, Term
from customers.models import ConsentDecision, Customer
from customers.queries import consents
from feedback.models import Invitation

FEWEST = 5  # answers below which no mean is shown: it would tell who said what
AT_ONCE = 500


@dataclass(frozen=True)
class Said:
    """One customer's answers, without the customer: a score, and words."""

    asked: Asked
    answered: bool
    score: int | None
    words: list[str]


@dataclass
class Part:
    """What one member presents: so many shown, of so many answers, of so many who were asked."""

    term: Term
    asked: int = 0
    answered: int = 0
    shown: list[Said] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """Of all scores, whatever is shown of them; None for so few that it would tell who said what."""
        return sum(self.scores) / len(self.scores) if len(self.scores) >= FEWEST else None


def candidates(board: Board, *, most: int) -> Iterator[Customer]:
    """Customers by chance who agreed to be asked by e-mail and do not sit on the board."""
    seated = Term.objects.filter(board=board, state__in=Term.SEATED).values("customer")
    rows = Customer.objects.standing().filter(email_addresses__isnull=False).exclude(pk__in=seated)
    chosen = list(rows.order_by("?").values_list("pk", flat=True)[:most])
    channel, purpose = ConsentDecision.Channel.EMAIL, ConsentDecision.Purpose.RESEARCH
    for start in range(0, len(chosen), AT_ONCE):
        some = list(dict.fromkeys(chosen[start : start + AT_ONCE]))
        allowed = set(consents.allowed(some, channel, purpose))
        found = Customer.objects.in_bulk([pk for pk in some if pk in allowed])
        yield from (found[pk] for pk in some if pk in found)


def current(term: Term) -> Round | None:
    """The round that a member takes part in: the newest of their board in which customers were asked for them."""
    rows = Round.objects.filter(asked__term=term).select_related("meeting", "survey")
    return rows.order_by("-opened_at").first()


def answers(round: Round, term: Term) -> list[Said]:
    """What the customers of one member said; who they are stays with us."""
    rows = Asked.objects.filter(round=round, term=term).select_related("invitation").order_by("pk")
    return [_said(asked) for asked in rows.prefetch_related("invitation__answers")]


def presentation(round: Round) -> list[Part]:
    """What each member presents at the meeting."""
    parts: dict[int, Part] = {}
    rows = Asked.objects.filter(round=round).select_related("term__customer", "term__seat", "invitation")
    for asked in rows.prefetch_related("invitation__answers").order_by("term__seat__number", "pk"):
        part = parts.setdefault(asked.term_id, Part(asked.term))
        said = _said(asked)
        part.asked += 1
        part.answered += said.answered
        if said.answered and said.score is not None:
            part.scores.append(said.score)
        if asked.presented_at:
            part.shown.append(said)
    return list(parts.values())


def _said(asked: Asked) -> Said:
    invitation = asked.invitation
    answered = invitation.state == Invitation.State.ANSWERED
    words = [answer.text for answer in invitation.answers.all() if answer.text] if answered else []
    return Said(asked, answered, invitation.score if answered else None, words)
