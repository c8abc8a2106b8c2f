"""Which tier a customer of a design has: judged as ``queries.standings`` judges, but in memory. Pure."""

from bisect import bisect_left, bisect_right, insort
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty import qualification
from loyalty.simulation.design import Design, Ladder


class Standing:
    """One customer's place on the ladder, brought up to each moment that is asked about."""

    def __init__(self, design: Design) -> None:
        self.design, self.ladder = design, Ladder(())
        self.rank: int | None = None
        self.since: datetime | None = None
        self.short_since: datetime | None = None
        self.amounts: list[tuple[datetime, int, int]] = []  # when, in the order of counting, how much

    def counts(self, at: datetime, amount: int) -> None:
        if amount:
            insort(self.amounts, (at, len(self.amounts), amount))

    def code(self) -> str:
        return self.ladder.steps[self.rank].code if self.rank is not None and self.ladder.steps else ""

    def _total(self, at: datetime, ladder: Ladder) -> int:
        window = qualification.window(at, ladder.counting(self.design.zone))
        return max(self._sum(window.after, window.turn), self._sum(window.turn, window.until), 0)

    def _sum(self, after: datetime, until: datetime) -> int:
        least, most = (after, 1 << 62, 0), (until, 1 << 62, 0)
        begin, end = bisect_right(self.amounts, least), bisect_left(self.amounts, most)
        return sum(amount for _at, _n, amount in self.amounts[begin:end])

    def judge(self, at: datetime) -> None:
        """Bring the tier to that moment: up at once, down as the table says."""
        ladder = self.design.ladder_at(at)
        if ladder is None or not ladder.steps:
            return
        if ladder is not self.ladder:
            self._move_to(ladder)
        enough = _rank(ladder, self._total(at, ladder))
        if self.rank is None:
            self.rank, self.since = enough, at
            return
        if enough >= self.rank:
            self._stand(enough, at)
            self.short_since = None
            return
        self._lower(ladder, enough, at)

    def _lower(self, ladder: Ladder, enough: int, at: datetime) -> None:
        assert self.rank is not None
        noticed = at
        if ladder.at_reviews:
            noticed = qualification.review(at, ladder.counting(self.design.zone))
            reviewed = _rank(ladder, self._total(noticed, ladder))
            if reviewed >= self.rank or (self.since is not None and self.since >= noticed):
                self.short_since = None
                return
        if ladder.steps[self.rank].keeps:
            self.short_since = None
            return
        self.short_since = self.short_since or noticed
        local = self.short_since.astimezone(ZoneInfo(self.design.zone)) + timedelta(days=ladder.grace_days)
        if at < local:
            return
        stop = max((n for n in range(self.rank) if ladder.steps[n].keeps), default=0)
        self._stand(max(self.rank - 1 if ladder.one_step else enough, stop), at)
        self.short_since = None

    def _stand(self, rank: int, at: datetime) -> None:
        if rank != self.rank:
            self.rank, self.since = rank, at

    def _move_to(self, ladder: Ladder) -> None:
        """Another table applies: the tier of the same code goes on, one that is gone is judged by the sum alone."""
        code = self.code()
        self.rank = next((n for n, step in enumerate(ladder.steps) if step.code == code), None)
        self.ladder = ladder


def _rank(ladder: Ladder, total: int) -> int:
    return max(0, sum(step.threshold <= total for step in ladder.steps) - 1)
