"""How plans stand, what will not suffice, and what A/B tests show."""

import datetime as dt

import pytest

from communications.actions import dispatching, materialising
from communications.designs import TestDesign, VariantDesign
from communications.models import Touchpoint
from communications.queries import experiments, standing
from customers.actions import timeline
from customers.models import Verb
from insights.queries import variants
from tests.factories import communications, loyalty
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 9, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TEST = TestDesign(
    "subject", "subject-1", "bought", 1000, dt.date(2026, 6, 30), (VariantDesign("a", 50), VariantDesign("b", 50))
)


def test_progress_counts_states_and_reasons_of_each_step():
    plan = made.campaign(made.letter("first"), made.letter("second", amount=3), at=AT)
    made.consenting(), made.consenting(), made.consenting(channels=[])
    materialising.materialise(plan, at=AT)
    dispatching.dispatch(at=AT + 2 * DAY)

    found = standing.progress(plan)

    assert found["first"].states == {"queued": 2, "skipped": 1}
    assert found["second"].states == {"planned": 2, "skipped": 1}
    assert (found[""].total, found[""].reasons) == (6, {"no_consent": 2})
    assert list(standing.listed(status="live", kind="campaign")) == [plan]


def test_codes_that_will_not_suffice_are_told_before_the_start():
    reward = loyalty.reward(kind="voucher", stock=2)
    letter = communications.template(purpose="offers")
    offer = made.StepDesign("offer", "Offer", "offer", "email", reward_id=reward.pk, template_id=letter.pk)
    plan = made.campaign(offer, at=AT)
    for _ in range(3):
        made.consenting()

    (before,) = standing.shortages(plan, at=AT)
    materialising.materialise(plan, at=AT)
    plan.refresh_from_db()
    (planned,) = standing.shortages(plan, at=AT)
    dispatching.dispatch(at=AT + 2 * DAY)
    (after,) = standing.shortages(plan, at=AT)

    assert [(one.needed, one.there) for one in (before, planned, after)] == [(3, 2), (3, 2), (1, 0)]


def test_customers_of_each_variant_are_counted_once_and_only_for_what_came_after():
    plan = made.sequence(made.letter(test=TEST), at=AT)
    for place in range(6):
        kim = made.consenting(number=f"x-{place}")
        made.enrolled(plan, kim, anchor=AT)
        Touchpoint.objects.filter(customer=kim).update(state="sent", queued_at=AT, sent_at=AT)
        timeline.record(kim, Verb.BOUGHT, at=AT + DAY if place % 2 else AT - DAY)
        timeline.record(kim, Verb.BOUGHT, at=AT + 40 * DAY)
    (experiment,) = experiments.of_plan(plan)

    a, b = experiments.variants(experiment)

    assert (a.drawn + b.drawn, a.reached + b.reached, a.won + b.won) == (6, 6, 3)
    assert (a.key, a.share) == ("a", 50)


@pytest.mark.parametrize(
    ("counts", "day", "verdict"),
    [
        pytest.param((1000, 90, 1000, 120), "2026-06-20", "hidden", id="before the end nothing is said"),
        pytest.param((1000, 90, 1000, 120), "2026-06-30", "second_better", id="H6"),
        pytest.param((1000, 100, 1000, 110), "2026-06-30", "no_difference_shown", id="H7"),
        pytest.param((400, 20, 400, 80), "2026-06-30", "too_early", id="fewer than 500"),
        pytest.param((900, 20, 900, 180), "2026-06-30", "too_early", id="fewer than were planned"),
        pytest.param((1000, 90, 800, 90), "2026-06-20", "assignment_broken", id="the alarm comes at once"),
    ],
)
def test_a_verdict_is_hidden_until_the_end_that_was_fixed_before(counts, day, verdict, monkeypatch):
    plan = made.sequence(made.letter(test=TEST), at=AT)
    (experiment,) = experiments.of_plan(plan)
    first, won_first, second, won_second = counts
    drawn = [
        experiments.Drawn("a", 50, first, first, won_first),
        experiments.Drawn("b", 50, second, second, won_second),
    ]
    monkeypatch.setattr(experiments, "variants", lambda _: drawn)

    found = variants.compared(experiment, at=dt.datetime.fromisoformat(f"{day}T12:00+00:00"))

    assert [one.verdict for one in found] == [verdict]
    assert (found[0].difference is None) == (verdict in ("hidden", "assignment_broken"))


def test_five_looks_are_allowed_where_the_test_said_so():
    looked = TestDesign("subject", "looks", "bought", 1000, dt.date(2026, 6, 30), TEST.variants, looks=5)
    (experiment,) = experiments.of_plan(made.sequence(made.letter(test=looked), at=AT))

    looks = [variants.look_of(experiment, reached, AT) for reached in (100, 200, 650, 1000)]

    assert looks == [0, 1, 3, 5]
    assert variants.look_of(experiment, 100, AT + 30 * DAY) is None
