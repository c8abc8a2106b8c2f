"""A rule tried on what is past: how much it would have given, without giving anything."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from loyalty.actions import rules, trials
from loyalty.actions.trials import NothingToTry
from loyalty.models import Calculation, Promise, RuleAward, RuleTrial, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import on, programme
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
MARCH = {"begins_at": on("2026-03-01"), "ends_at": on("2026-04-01")}


@pytest.fixture
def march():
    """Ada buys for 100.00 on the 1st and 40.00 on the 31st, Ben for 10.00 between, and in April again."""
    programme(currency="EUR")
    ada, ben = customers.customer(), customers.customer()
    for who, amount, day in (
        (ada, 10_000, "2026-03-01"),
        (ben, 1_000, "2026-03-15"),
        (ada, 4_000, "2026-03-31"),
        (ben, 1_000, "2026-04-01"),
    ):
        purchases.purchase(who, amount, at=on(day))


def tried(says: dict, **more) -> RuleTrial:
    draft = rules.draft("Tried", says)
    return trials.run(trials.ask(draft, **MARCH), **more)


def result(trial: RuleTrial) -> tuple[int, int, int]:
    assert (trial.state, trial.done) == ("done", trial.total == trial.done and trial.total)
    return trial.points, trial.customers, trial.matched


def test_a_trial_says_what_a_rule_would_have_given(march):
    assert result(tried(multiply("2", when("amount", 4_000)))) == (140, 1, 2)
    assert not Transaction.objects.exists()
    assert not Calculation.objects.exists()


def test_caps_promises_and_limits_count_in_a_trial(march):
    assert result(tried(fixed(20, caps=[{"per": "month", "times": 1}]))) == (40, 2, 2)
    rules.discard(RuleTrial.objects.get().version.rule)
    assert result(tried(said({"kind": "next", "factor": "2", "days": 60}))) == (40, 1, 3)
    assert not Promise.objects.exists()
    rules.discard(RuleTrial.objects.get().version.rule)
    assert result(tried(limit(caps=[{"per": "month", "points": 110}]))) == (-30, 1, 3)


def test_a_trial_compares_with_the_rules_as_they_were(march):
    rule(multiply("3", when("amount", 5_000)), name="Running")
    programme(currency="EUR", stacking="best")

    assert result(tried(multiply("2"))) == (10 + 40, 2, 3)


def test_a_change_of_a_rule_is_tried_in_the_place_of_the_rule(march):
    running = rule(multiply("2"))
    draft = rules.redraft(running, multiply("3"))

    assert result(trials.run(trials.ask(draft, **MARCH))) == (150, 2, 3)
    assert not RuleAward.objects.exists()


def test_many_purchases_are_looked_at_some_at_a_time_in_their_order(march, monkeypatch):
    monkeypatch.setattr(trials, "AT_ONCE", 1)

    assert result(tried(fixed(20, caps=[{"per": "month", "times": 1}]))) == (40, 2, 2)


def test_what_takes_too_long_waits_for_the_worker(march, monkeypatch):
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    trial = tried(multiply("2"), seconds=0)
    assert (trial.state, trial.done) == ("waiting", 1)

    assert trials.go_on() == 1

    trial.refresh_from_db()
    assert result(trial) == (150, 2, 3)
    assert trials.go_on() == 0


def test_a_trial_whose_process_was_killed_begins_again(march):
    draft = rules.draft("Tried", multiply("2"))
    trial = trials.ask(draft, **MARCH)
    RuleTrial.objects.update(state="running", done=1, points=7)
    assert trials.go_on() == 0  # somebody is at it
    assert trials.run(trial).state == "running"

    RuleTrial.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    assert trials.go_on() == 1
    trial.refresh_from_db()
    assert result(trial) == (150, 2, 3)


def test_a_trial_that_fails_says_so(march, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("out of tea")

    draft = rules.draft("Tried", multiply("2"))
    trial = trials.ask(draft, **MARCH)
    monkeypatch.setattr(trials.calculations, "subjects_of", broken)
    with pytest.raises(RuntimeError):
        trials.run(trial)

    trial.refresh_from_db()
    assert (trial.state, trial.error) == ("failed", "out of tea")


def test_only_a_draft_is_tried_and_only_on_a_span(march):
    running = rule(multiply("2"))
    with pytest.raises(NothingToTry):
        trials.ask(running.versions.get(), **MARCH)
    draft = rules.draft("Tried", multiply("2"))
    with pytest.raises(IntegrityError, match="trial_looks_at_a_span"), transaction.atomic():
        trials.ask(draft, begins_at=on("2026-03-01"), ends_at=on("2026-03-01"))
