"""Recommendations as members, managers and reports see them; who had to do with one; what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from advisory.confidentiality import Level
from advisory.models import Ballot, Board, Entitlement, Evidence, Recommendation, RecommendationStep, Support, Term
from communications import timing
from customers.models import Customer, Profile
from feedback.models import Case

State = Recommendation.State
COLUMNS = (
    State.PROPOSED, State.UNDER_REVIEW, State.ACCEPTED, State.PLANNED, State.IN_PROGRESS, State.SHIPPED, State.DECLINED
)  # fmt: skip


ACCEPTED_ON = {State.ACCEPTED, State.PLANNED, State.IN_PROGRESS, State.SHIPPED}


def decision(recommendation: Recommendation) -> str:
    """The reason, where the decision was published: what is accepted stays so while it is planned and carried out."""
    published, state = recommendation.published, recommendation.state
    return recommendation.reason if published == state or {published, state} <= ACCEPTED_ON else ""


def rows() -> QuerySet[Recommendation]:
    """With all that a page of one shows."""
    return Recommendation.objects.select_related("board", "owner", "proposed_by__customer", "merged_into")


def register(board: Board | None = None, *, state: str = "", words: str = "") -> QuerySet[Recommendation]:
    rows = Recommendation.objects.select_related("board", "owner", "proposed_by__customer")
    if board is not None:
        rows = rows.filter(board=board)
    rows = rows.filter(state=state) if state else rows.exclude(state=State.MERGED)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(text__icontains=words))
    return rows.annotate(unpublished=~Q(published=F("state"))).order_by("board__name", "-number")


def overdue(board: Board | None, today: date) -> QuerySet[Recommendation]:
    """Those whose answer is due and not given."""
    rows = Recommendation.objects.filter(state__in=[State.PROPOSED, State.UNDER_REVIEW], answer_by__lt=today)
    return rows.filter(board=board) if board else rows


def family(recommendation: Recommendation) -> list[int]:
    """It and those that were merged into it."""
    return [recommendation.pk, *recommendation.merged.values_list("pk", flat=True)]


def supporters(recommendation: Recommendation) -> int:
    """Members who are for it, each once, whichever of the merged ones they supported, in whichever of their terms."""
    rows = Support.objects.filter(recommendation__in=family(recommendation))
    return rows.aggregate(count=Count("term__customer", distinct=True))["count"] or 0


def supported(recommendations: Iterable[Recommendation]) -> dict[int, int]:
    """The same for many, in one statement: a merged one counts where it went."""
    people: dict[int, set[int]] = {}
    rows = Support.objects.filter(
        Q(recommendation__in=(ids := [one.pk for one in recommendations])) | Q(recommendation__merged_into__in=ids)
    )
    for pk, into, customer in rows.values_list("recommendation", "recommendation__merged_into", "term__customer"):
        people.setdefault(into or pk, set()).add(customer)
    return {pk: len(customers) for pk, customers in people.items()}


def supported_by(term: Term, recommendations: Iterable[Recommendation]) -> set[int]:
    """Which of these a member is for, counted as for ``supported``."""
    ids = [one.pk for one in recommendations]
    rows = Support.objects.filter(Q(recommendation__in=ids) | Q(recommendation__merged_into__in=ids))
    rows = rows.filter(term__customer=term.customer_id)
    return {into or pk for pk, into in rows.values_list("recommendation", "recommendation__merged_into")}


@dataclass(frozen=True)
class Weight:
    """What a recommendation rests on: cases, their customers, and what these bought, in minor units by currency."""

    cases: int
    customers: int
    answers: int
    value: dict[str, int]


def weight(recommendation: Recommendation) -> Weight:
    """Each case and each customer once, also where a theme and its case are both named, or two were merged."""
    rows = Evidence.objects.filter(recommendation__in=family(recommendation))
    named = [pk for pk in rows.values_list("case", flat=True) if pk]
    themes = [pk for pk in rows.values_list("theme", flat=True) if pk]
    cases = Case.objects.filter(Q(pk__in=named) | Q(theme__in=themes), merged_into=None, spam=False)
    answered = {pk for pk in rows.values_list("answer__invitation__customer", flat=True) if pk}
    customers = {pk for pk in cases.values_list("customer", flat=True) if pk} | answered
    profiles = Profile.objects.filter(customer__in=customers).exclude(currency="")
    value = profiles.values("currency").annotate(gross=Sum("gross"), returned=Sum("returned")).order_by("currency")
    return Weight(
        cases.count(), len(customers), rows.exclude(answer=None).values("answer").distinct().count(),
        {row["currency"]: row["gross"] - row["returned"] for row in value},
    )  # fmt: skip


def concerned(recommendation: Recommendation) -> QuerySet[Customer]:
    """Proposers, supporters, who voted where that is the board's advice, and the customers of linked complaints and
    answers: each once, none who was erased. A case is linked by itself or by its theme, as it is counted.
    """
    ids = family(recommendation)
    rests_on = Evidence.objects.filter(recommendation__in=ids)
    themes = rests_on.exclude(theme=None).values("theme")
    who = Recommendation.objects.filter(pk__in=ids).values_list("proposed_by__customer").union(
        Support.objects.filter(recommendation__in=ids).values_list("term__customer"),
        Entitlement.objects.filter(ballot__in=_advising(ids), voted=True).values_list("invitee__term__customer"),
        rests_on.values_list("case__customer"),
        rests_on.values_list("answer__invitation__customer"),
        Case.objects.filter(theme__in=themes, merged_into=None, spam=False).values_list("customer"),
    )  # fmt: skip
    return Customer.objects.standing().filter(pk__in=who).order_by("pk")


def _advising(ids: list[int]) -> list[int]:
    """The votes that were taken as the board's advice."""
    rows = RecommendationStep.objects.filter(recommendation__in=ids, what="advised", about__has_key="ballot")
    return list(rows.values_list("about__ballot", flat=True))


def ballots(recommendation: Recommendation) -> QuerySet[Ballot]:
    """Votes of the board by yes and no that are counted, the latest first. Of very few secret ones nobody knows."""
    rows = Ballot.objects.filter(meeting__board=recommendation.board_id, kind=Ballot.Kind.YES_NO)
    rows = rows.filter(result__has_key="counts").exclude(result__votes=0)
    return rows.select_related("meeting").order_by("-pk")


def told_as(recommendation: Recommendation) -> str:
    """By which words it may be told outside the room; empty: not at all."""
    return recommendation.title if recommendation.level <= Level.BOARD else recommendation.neutral


@dataclass(frozen=True)
class Line:
    """One recommendation of a report, in words that may be told."""

    recommendation: Recommendation
    title: str
    state: str
    reason: str
    updates: list[str]

    @property
    def kind(self) -> str:
        """Of the badge."""
        return {State.SHIPPED: "good", State.DECLINED: "bad"}.get(State(self.recommendation.published), "info")


def lines(board: Board, since: date, until: date) -> list[Line]:
    """Every recommendation that was decided in the period and published, in the order of their numbers; a
    confidential one in neutral words and without its reason, or not at all."""
    rows = board.recommendations.filter(published__in=Recommendation.DECIDED, decided_at__isnull=False)
    answer = []
    for row in rows.order_by("number").prefetch_related("updates"):
        if row.decided_at is None or not since <= timing.business_date(row.decided_at) <= until:
            continue
        if not (title := told_as(row)):
            continue
        open_ = row.level <= Level.BOARD
        answer.append(
            Line(
                row, title, str(State(row.published).label), decision(row) if open_ else "",
                [update.note or update.title for update in row.updates.all() if update.shipped_on] if open_ else [],
            )
        )  # fmt: skip
    return answer


def everybody(lines: Iterable[Line]) -> dict[int, Customer]:
    """Who had to do with what is in a report, each once."""
    return {one.pk: one for line in lines for one in concerned(line.recommendation)}


def unpublished(board: Board, since: date, until: date) -> int:
    """How many were decided in the period and not told to members yet."""
    rows = board.recommendations.filter(state__in=Recommendation.DECIDED, decided_at__isnull=False)
    rows = rows.exclude(published__in=Recommendation.DECIDED)
    return sum(since <= timing.business_date(row.decided_at) <= until for row in rows if row.decided_at)
