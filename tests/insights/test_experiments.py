"""Experiments: planned first, drawn by number, locked until it is time, decided in a log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.actions import merging, purchases
from customers.models import Customer
from insights.actions import experiments, snapshots
from insights.actions.experiments import Wish, assign
from insights.actions.refusals import InsightRefused
from insights.assignment import arm
from insights.metrics.experiments import Sums, compare_means, compare_sums, holm
from insights.models import Assignment, Decision, Experiment, Look
from insights.queries.experiments import results
from tests.factories.customers import customer
from tests.factories.insights import follow
from tests.factories.purchases import order, purchase

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _read_anew():
    experiments.forget_known()


def planned(**changes) -> Experiment:
    usual = {
        "name": "Points on the product page", "hypothesis": "Who sees what they earn buys.", "base": 0.2,
        "better": 0.25, "ends_on": timezone.localdate() + timedelta(days=30),
        "arms": (Wish("today", "As today", 50), Wish("points", "Points shown", 50)),
    }  # fmt: skip
    return experiments.plan(changes.pop("key", "points"), **usual | changes)


def filled(experiment: Experiment, *arms: tuple[int, int]) -> None:
    """So many customers in each arm, of whom so many bought; without purchases one by one."""
    variants = list(experiment.variants.order_by("position"))
    for variant, (n, buyers) in zip(variants, arms, strict=True):
        people = Customer.objects.bulk_create(
            Customer(number=f"{variant.code}-{i}", sort_key="", name="") for i in range(n)
        )
        Assignment.objects.bulk_create(
            Assignment(experiment=experiment, customer=one, variant=variant, at=BEGUN) for one in people
        )
        purchases.record_many([order(one, 1000, at=BEGUN + timedelta(days=3)) for one in people[:buyers]])


def test_the_size_follows_from_the_change_hoped_for():
    one = planned()
    assert (one.planned, one.state) == (1094, "draft")
    assert [arm_.code for arm_ in one.variants.order_by("position")] == ["today", "points"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"hypothesis": " "}, "words_missing"),
        ({"arms": (Wish("a", "A", 100),)}, "arms"),
        ({"arms": (Wish("a", "A", 50), Wish("a", "B", 50))}, "arms"),
        ({"arms": (Wish("a", "A", 50), Wish("b", "B", 40))}, "shares"),
        ({"arms": (Wish("a" * 41, "A", 50), Wish("b", "B", 50))}, "arms"),
        ({"arms": (Wish("a", "A" * 101, 50), Wish("b", "B", 50))}, "arms"),
        ({"better": 0.2}, "no_change"),
        ({"better": 0.20000001}, "no_change"),
        ({"ends_on": date(2020, 1, 1)}, "end_has_passed"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong, code):
    with pytest.raises(InsightRefused) as refusal:
        planned(**wrong)
    assert refusal.value.code == code


def test_a_key_is_used_once():
    planned()
    with pytest.raises(InsightRefused, match="of this key"):
        planned()


def test_what_would_end_at_once_does_not_begin():
    one = planned()
    Experiment.objects.update(ends_on=snapshots.today())
    with pytest.raises(InsightRefused, match="planned end has passed"):
        experiments.begin(one)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_plan_under_one_key_at_once_the_others_are_told():
    together = Barrier(4)

    def plan(n: int) -> str:
        together.wait()
        try:
            return planned(name=f"Try {n}").name
        except InsightRefused as refusal:
            return str(refusal.code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(plan, range(4)))
    assert sorted(said) == [Experiment.objects.get().name, *["key_taken"] * 3]


def test_before_and_after_everybody_gets_what_is_done_today():
    one, kim = planned(), customer(number="K-1")
    assert assign("points", kim.number) == experiments.Arm("today", counted=False)
    assert assign("nothing", kim.number) is None
    experiments.begin(one)
    experiments.forget_known()
    mine = assign("points", kim.number)
    assert mine is not None
    assert mine.counted
    assert assign("points", kim.number) == mine
    assert assign("points", "nobody we know") is not None
    assert not assign("points", "nobody we know").counted
    assert Assignment.objects.count() == 1
    experiments.end(one)
    experiments.forget_known()
    assert assign("points", kim.number) == experiments.Arm("today", counted=False)
    with pytest.raises(InsightRefused, match="cannot be done"):
        experiments.begin(one)


def test_an_assignment_is_two_statements_at_most(django_assert_max_num_queries):
    experiments.begin(planned())
    kim = customer()
    assign("points", kim.number)
    with django_assert_max_num_queries(1):
        assign("points", kim.number)


def test_who_was_merged_stays_in_the_arm_of_the_first_and_is_counted_once():
    experiments.begin(planned())
    people = [customer() for _ in range(12)]
    arms = {one.pk: assign("points", one.number) for one in people}
    kim = people[0]
    lee = next(one for one in people if arms[one.pk] != arms[kim.pk])
    merging.merge(lee, into=kim)
    follow()
    assert assign("points", lee.number) == arms[kim.pk]
    assert Assignment.objects.filter(customer=kim).count() == 1
    new, old = customer(), customer()
    assign("points", old.number)
    merging.merge(old, into=new)
    follow()
    assert Assignment.objects.filter(customer=new).count() == 1


@given(st.text(min_size=1, max_size=20), st.sampled_from([(50, 50), (90, 10), (25, 25, 50)]))
def test_the_draw_is_the_same_for_ever_and_within_the_arms(number, percents):
    assert 0 <= arm("key", number, percents) < len(percents)
    assert arm("key", number, percents) == arm("key", number, percents)


def test_the_draw_gives_each_arm_its_share():
    drawn = [arm("points", f"C-{n}", (90, 10)) for n in range(10_000)]
    assert 900 < sum(drawn) < 1_100


def test_nothing_is_said_before_the_planned_end_and_then_the_better_arm(manager, manager_client):
    one = experiments.begin(planned(base=0.1, better=0.3), at=BEGUN)
    assert one.planned == 62
    filled(one, (600, 60), (600, 120))
    page = reverse("admin:experiment", args=[one.pk])
    found = results(one, LATER)
    assert (found.verdict, found.open, found.smallest) == ("too_early", False, 600)
    shown = manager_client.get(page).content.decode()
    assert "Too early" in shown
    assert "locked" in shown
    assert "10.0 %" not in shown

    one = experiments.end(one, at=LATER)
    found = results(one, LATER)
    assert found.verdict == "better:points"
    assert round(found.comparisons[0].difference.estimate, 3) == 0.1
    look = Look.objects.get()
    assert (look.verdict, look.counts, look.hits) == ("better:points", [600, 600], [60, 120])
    shown = manager_client.get(page).content.decode()
    assert "“Points shown” is better." in shown
    assert "20.0 %" in shown
    with pytest.raises(InsightRefused, match="what was decided"):
        experiments.decide(one, " ", by=manager)
    decide = reverse("admin:decide_experiment", args=[one.pk])
    manager_client.post(decide, {"words": "We show points to everybody."})
    manager_client.post(decide, {"words": "From May on."})
    assert list(Decision.objects.order_by("pk").values_list("verdict", flat=True)) == ["better:points"] * 2


def test_what_was_planned_is_enough_and_an_end_before_it_is_not(manager_client):
    few, enough = (
        experiments.begin(planned(key=key, base=0.2, better=0.35, arms=arms), at=BEGUN)
        for key, arms in (
            ("few", (Wish("a", "A", 50), Wish("b", "B", 50))),
            ("enough", (Wish("c", "C", 50), Wish("d", "D", 50))),
        )
    )
    assert few.planned == enough.planned == 138
    filled(few, (130, 20), (130, 25))
    filled(enough, (140, 20), (140, 25))
    for one, verdict, words in (
        (few, "too_early", "It ended with fewer customers than planned"),
        (enough, "no_difference_shown", "No difference was shown."),
    ):
        one = experiments.end(one, at=LATER)
        assert results(one, LATER).verdict == verdict
        assert words in manager_client.get(reverse("admin:experiment", args=[one.pk])).content.decode()
    assert planned(key="money", measure="spent", base=0.2, better=0.35).planned == 500
    assert planned(key="tiny", base=0.01, better=0.99).planned == 30


def test_what_has_ended_says_whether_its_results_are_still_to_come(manager_client):
    one = experiments.begin(planned(base=0.2, better=0.35), at=BEGUN)
    page = reverse("admin:experiment", args=[one.pk])

    def said() -> list[bool]:
        shown = manager_client.get(page).content.decode()
        return [words in shown for words in ("is locked until", "is shown once the days", "is not shown")]

    filled(one, (130, 20), (137, 25))
    assert said() == [True, False, False]
    experiments.end(one, at=LATER)
    assert said() == [False, False, True]
    Experiment.objects.update(planned=130)
    assert said() == [False, False, False]
    Assignment.objects.update(at=timezone.now())
    assert said() == [False, True, False]


def test_purchases_count_only_once_the_days_of_the_customer_are_over():
    one = experiments.begin(planned(days=10), at=BEGUN)
    kim = customer()
    assign("points", kim.number)
    at = Assignment.objects.get().at
    purchase(kim, 1000, at=at - timedelta(days=1))
    assert sum(each.n for each in results(one, at + timedelta(days=9)).arms) == 0
    found = results(one, at + timedelta(days=10))
    assert (sum(each.n for each in found.arms), sum(each.buyers for each in found.arms)) == (1, 0)


def test_arms_of_another_size_than_planned_are_a_fault():
    one = experiments.begin(planned(), at=BEGUN)
    filled(one, (600, 0), (800, 0))
    assert results(one, LATER).verdict == "assignment_broken"


def test_a_planned_look_may_end_it_early_and_what_was_seen_stays():
    one = experiments.begin(planned(looks=True, base=0.2, better=0.23), at=BEGUN)
    assert one.planned > 2500
    filled(one, (1000, 100), (1000, 250))
    look = experiments.look(one, at=LATER)
    assert look is not None
    assert (look.number, look.verdict) == (1, "better:points")
    assert experiments.look(one, at=LATER) is None
    one = experiments.end(one, at=LATER)
    assert results(one, LATER).verdict == "better:points"


def test_what_is_spent_is_compared_by_the_customer():
    one = experiments.begin(planned(measure="spent", base=0.1, better=0.3), at=BEGUN)
    filled(one, (520, 100), (520, 110))
    elsewhere = Customer.objects.get(number="today-0")  # won and cents make no sum
    purchases.record_many([order(elsewhere, 90_000, currency="KRW", at=BEGUN + timedelta(days=4))])
    one = experiments.end(one, at=LATER)
    found = results(one, LATER)
    assert found.verdict == "no_difference_shown"
    assert [each.total for each in found.arms] == [100_000, 110_000]
    one_by_one = compare_means([1000.0] * 100 + [0.0] * 420, [1000.0] * 110 + [0.0] * 410)
    assert found.comparisons[0].difference.z == pytest.approx(one_by_one.z)


def test_the_planned_end_ends_it():
    one = experiments.begin(planned())
    assert experiments.look_at_all() == 0
    Experiment.objects.filter(pk=one.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    experiments.look_at_all()
    one.refresh_from_db()
    assert one.state == "ended"


@given(st.lists(st.floats(0, 1), max_size=6))
def test_several_comparisons_are_held_to_more(chances):
    stricter = holm(chances)
    assert all(new >= old for new, old in zip(stricter, chances, strict=True))
    ranked = [new for _, new in sorted(zip(chances, stricter, strict=True))]
    assert all(one <= two for one, two in pairwise(ranked))


def test_sums_say_the_same_as_the_values():
    first, second = [3.0, 4.0, 8.0, 0.0], [9.0, 1.0, 7.0]
    sums = [Sums(len(some), sum(some), sum(one * one for one in some)) for some in (first, second)]
    assert compare_sums(*sums).z == pytest.approx(compare_means(first, second).z)
    with pytest.raises(ValueError, match="two customers"):
        compare_sums(Sums(1, 1, 1), sums[0])


def test_pages_plan_begin_and_end_and_refuse(marketer_client, agent_client, intern_client):
    page = reverse("admin:experiments")
    assert "No experiment yet" in marketer_client.get(page).content.decode()
    shown = marketer_client.get(page, {"base": "20", "better": "25", "power": "80"}).content.decode()
    assert "1,094" in shown
    assert "two different" in marketer_client.get(page, {"base": "20", "better": "20", "power": "80"}).content.decode()
    assert intern_client.get(page).status_code == 403
    new = reverse("admin:new_experiment")
    said = {
        "name": "Points", "key": "points", "hypothesis": "They buy.", "arms": "today 50 As today\nnew 50% Points",
        "measure": "bought", "days": "30", "base": "20", "better": "25", "power": "80",
        "ends_on": timezone.localdate() + timedelta(days=20),
    }  # fmt: skip
    assert "code, a percentage" in marketer_client.post(new, said | {"arms": "today half"}).content.decode()
    assert "add up to 100" in marketer_client.post(new, said | {"arms": "a 50\nb 20"}).content.decode()
    made = marketer_client.post(new, said)
    one = Experiment.objects.get()
    assert made["Location"] == reverse("admin:experiment", args=[one.pk])
    for verb, state in (("begin", "running"), ("end", "ended")):
        act = reverse(f"admin:{verb}_experiment", args=[one.pk])
        assert agent_client.post(act).status_code == 403
        marketer_client.post(act)
        one.refresh_from_db()
        assert one.state == state
    assert marketer_client.get(made["Location"]).status_code == 200
    assert "Points" in marketer_client.get(page).content.decode()
