"""Whatever happens, and by whatever table: one by one, all at once, and a plain oracle agree on every tier."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loyalty import qualification
from loyalty.actions import clawbacks, points, standings, tiers
from loyalty.actions.tiers import Step
from loyalty.models import Programme, Standing
from loyalty.qualification import Counting
from tests.examples import examples
from tests.factories.customers import customer as make
from tests.factories.loyalty import programme, tier_table

pytestmark = pytest.mark.django_db
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
ZONE = "Europe/Berlin"


class Oracle:
    """The rules of tiers in plain words, step by step."""

    def __init__(self, table, steps):
        self.table, self.steps = table, steps
        self.earned, self.short_since, self.since = None, None, None
        self.moves = []  # (at, known, points)
        self.floors = []  # (from, until, place)
        self.counting = Counting(
            ZONE, table["months"], table["span"] == "calendar", table["lowering"] == "review", table["review_months"]
        )

    def total(self, at, known):
        window = qualification.window(at, self.counting)
        halves = [(window.after, window.turn), (window.turn, window.until)]
        sums = [sum(p for when, seen, p in self.moves if low < when <= high and seen <= known) for low, high in halves]
        return max(*sums, 0)

    def enough(self, total):
        return sum(step.threshold <= total for step in self.steps) - 1

    def judge(self, at):
        now = self.enough(self.total(at, at))
        if self.earned is None:
            self.earned, self.since = now, at
        elif now >= self.earned:
            self.since = at if now > self.earned else self.since
            self.earned, self.short_since = now, None
        elif self.steps[self.earned].keeps or not self._is_looked_at(at):
            self.short_since = None
        else:
            noticed = qualification.review(at, self.counting) if self.counting.at_reviews else at
            self.short_since = self.short_since or noticed
            if at >= self.short_since.astimezone(ZoneInfo(ZONE)) + timedelta(days=self.table["grace_days"]):
                wanted = self.earned - 1 if self.table["step"] == "one" else now
                stop = max((n for n in range(self.earned) if self.steps[n].keeps), default=0)
                self.earned, self.since, self.short_since = max(wanted, stop), at, None
        floor = max((place for low, high, place in self.floors if low <= at < high), default=0)
        return max(self.earned, floor)

    def _is_looked_at(self, at):
        if not self.counting.at_reviews:
            return True
        review = qualification.review(at, self.counting)
        return self.since < review and self.enough(self.total(review, review)) < self.earned


tables = st.fixed_dictionaries(
    {
        "span": st.sampled_from(["rolling", "calendar"]),
        "months": st.sampled_from([1, 6, 12]),
        "lowering": st.sampled_from(["immediate", "review"]),
        "step": st.sampled_from(["all", "one"]),
        "review_months": st.sampled_from([1, 3, 12]),
        "grace_days": st.sampled_from([0, 20]),
        "keeps": st.booleans(),
    }
)
happenings = st.lists(
    st.tuples(
        st.integers(0, 200),  # days later
        st.sampled_from(["earn", "earn", "claw", "grant", "time"]),
        st.integers(1, 15),
    ),
    max_size=14,
)


class Tiers(TestCase):
    @given(table=tables, story=happenings, whole=st.booleans())
    @settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
    def test_every_tier_is_the_one_that_the_oracle_names(self, table, story, whole):
        programme(zone=ZONE)
        steps = (Step("b", "B", 0), Step("s", "S", 1000, keeps=table.pop("keeps")), Step("g", "G", 2000))
        table["months"] = 12 if table["span"] == "calendar" else table["months"]
        if table["step"] == "one" and table["lowering"] == "immediate":
            table["grace_days"] = 20
        tier_table(*steps, **table)
        rules, ada, oracle, at = Programme.objects.get(main=True), make(), Oracle(table, steps), BEGIN
        earned = []
        points.earn(ada, 1, at=at)
        oracle.moves.append((at, at, 1))
        for days, what, size in story:
            at += timedelta(days=days, hours=size)
            if what == "earn":
                earned.append((points.earn(ada, 100 * size, at=at), at, 100 * size))
                oracle.moves.append((at, at, 100 * size))
            elif what == "claw" and earned:
                made, when, amount = earned.pop()
                clawbacks.claw_back(made, amount // 2 or 1, reason="returned", at=at)
                oracle.moves.append((when, at, -(amount // 2 or 1)))
            elif what == "grant":
                until = at + timedelta(days=size * 10)
                tiers.grant(ada, steps[size % 3].code, reason="so", until=until, at=at)
                oracle.floors.append((at, until, size % 3))
            wanted = steps[oracle.judge(at)].code
            if whole:
                standings.settle_all(rules, at=at)
            else:
                standings.settle({ada.pk: at}, programme=rules)
            assert Standing.objects.get(customer=ada).tier == wanted, (days, what, at)
        assert standings.settle_all(rules, at=at) in ((0, 1) if not story else (0,))
