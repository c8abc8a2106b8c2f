"""Earning rules: drafted, begun, followed by other versions, ended; and what facts earn by them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import segments, timeline
from customers.actions.segments import SegmentRefused
from customers.models import Fact, Verb
from loyalty.actions import earning, programmes, rules, wallets
from loyalty.actions.rules import RuleState
from loyalty.models import Calculation, Rule, RuleAward, RuleVersion, Transaction
from loyalty.rules import reading, words
from loyalty.rules.reading import RuleRefused
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture
def customer():
    programme(currency="EUR")
    return customers.customer()


def buy(customer, amount: int, at=NOW, **more) -> int:
    return earning.record_purchase(purchases.order(customer, amount, at=at, **more)).points


def tell(customer, verb: str = Verb.REVIEWED, at=NOW, **about) -> Fact:
    return timeline.record(customer, verb, at=at, **about)


def test_a_rule_counts_from_its_beginning_until_before_its_end(customer):  # A11, A12
    programme(currency="EUR", zone="Asia/Seoul")
    drafted = rules.draft("Spring", multiply("2"))
    assert buy(customer, 10_000, on("2026-03-05")) == 100
    rules.begin(
        drafted.rule, begins_at=on("2026-02-28", "15:00:00"), ends_at=on("2026-03-07", "15:00:00"), at=on("2026-02-01")
    )

    # 1 March 00:00 to 8 March 00:00 in Seoul
    assert buy(customer, 10_000, on("2026-03-07", "14:59:59")) == 200
    assert buy(customer, 10_000, on("2026-03-07", "15:00:00")) == 100
    assert buy(customer, 10_000, on("2026-02-28", "14:59:59")) == 100
    # told of long after it has ended, an order of 5 March counts where it happened
    assert timezone.now() > on("2026-03-08")
    assert buy(customer, 10_000, on("2026-03-05")) == 200


def test_a_change_is_a_new_version_that_begins_where_the_old_one_ends(customer):
    double = rule(multiply("2"), name="Double")
    rules.redraft(double, multiply("3"))
    assert buy(customer, 1_000) == 20
    rules.begin(double, begins_at=NOW + timedelta(days=1), at=NOW)

    assert buy(customer, 1_000, NOW + timedelta(hours=23)) == 20
    assert buy(customer, 1_000, NOW + timedelta(days=1)) == 30
    first, second = RuleVersion.objects.filter(rule=double).order_by("number")
    assert (first.ends_at, second.begins_at, second.number) == (second.begins_at, NOW + timedelta(days=1), 2)


def test_a_version_that_was_still_to_begin_gives_way_to_an_earlier_one(customer):
    later = rules.draft("Later", multiply("2")).rule
    rules.begin(later, begins_at=NOW + timedelta(days=9), at=NOW)
    rules.redraft(later, multiply("3"))
    rules.begin(later, begins_at=NOW + timedelta(days=1), at=NOW)

    assert buy(customer, 1_000, NOW + timedelta(days=10)) == 30


def test_a_rule_that_was_ended_gives_nothing_more_and_what_it_gave_stays(customer):
    double = rule(multiply("2"))
    assert buy(customer, 1_000) == 20
    rules.end(double, ends_at=NOW + timedelta(hours=1), at=NOW)

    assert buy(customer, 1_000, NOW + timedelta(minutes=59)) == 20
    assert buy(customer, 1_000, NOW + timedelta(hours=1)) == 10
    assert buckets(customer)[1] == 50
    with pytest.raises(RuleState) as refused:
        rules.end(double, at=NOW + timedelta(hours=2))
    assert refused.value.code == "not_live"


def test_beginning_and_ending_are_refused_where_they_make_no_sense(customer):
    drafted = rules.draft("One", multiply("2")).rule
    for times, code in (
        ({"begins_at": NOW - timedelta(seconds=1)}, "begins_in_the_past"),
        ({"begins_at": NOW, "ends_at": NOW}, "ends_too_early"),
    ):
        with pytest.raises(RuleState) as refused:
            rules.begin(drafted, **times, at=NOW)
        assert refused.value.code == code
    rules.begin(drafted, at=NOW)
    for act, code in (
        (lambda: rules.begin(drafted, at=NOW), "nothing_to_begin"),
        (lambda: rules.end(drafted, ends_at=NOW - timedelta(days=1), at=NOW), "ends_too_early"),
        (lambda: rules.discard(drafted), "has_begun"),
        (lambda: rules.draft("one", multiply("2")), "name_taken"),
    ):
        with pytest.raises(RuleState) as refused:
            act()
        assert refused.value.code == code


def test_the_database_lets_nothing_that_began_be_edited_removed_or_overlapped(customer):
    version = rule(multiply("2")).versions.get()
    with pytest.raises(IntegrityError, match="only ever ended"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(spec=fixed())
    with pytest.raises(IntegrityError, match="only ever ended"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).delete()
    RuleVersion.objects.filter(pk=version.pk).update(ends_at=NOW)
    with pytest.raises(IntegrityError, match="only ever ended"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(ends_at=NOW + timedelta(days=1))
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        RuleVersion.objects.create(
            rule=version.rule, number=2, spec=version.spec, begins_at=NOW - timedelta(seconds=1)
        )
    with pytest.raises(IntegrityError, match="rule_has_one_draft"), transaction.atomic():
        RuleVersion.objects.bulk_create(RuleVersion(rule=version.rule, number=n, spec={}) for n in (3, 4))


def test_a_draft_changes_freely_and_can_be_thrown_away(customer):
    drafted = rules.draft("One", multiply("2"))
    changed = rules.redraft(drafted.rule, fixed(10), name="Two")

    assert (changed.pk, changed.number, changed.spec["effect"]["points"]) == (drafted.pk, 1, 10)
    rules.discard(drafted.rule)
    assert not Rule.objects.exists()


def test_a_segment_that_a_rule_asks_for_cannot_be_removed(customer):
    german = segments.make("German", {"groups": []})
    drafted = rules.draft("For Germans", multiply("2", when("segment", german.pk)))

    with pytest.raises(SegmentRefused) as refused:
        segments.remove(german)
    assert refused.value.code == "in_use"
    assert "For Germans" in " ".join(refused.value.messages)
    rules.redraft(drafted.rule, multiply("2"))
    segments.remove(german)


@pytest.mark.parametrize(
    ("says", "code", "part"),
    [
        ([], "malformed", ""),
        (said({"kind": "shout"}), "unknown", "effect"),
        (multiply("1"), "wrong_value", "effect"),
        (multiply("1/0"), "wrong_value", "effect"),
        (multiply("101"), "wrong_value", "effect"),
        (fixed(0), "wrong_value", "effect"),
        (fixed(True), "wrong_value", "effect"),
        (fixed(on="points_granted"), "unknown", "on"),
        (fixed(on="*"), "unknown", "on"),
        (multiply("2", on="reviewed"), "does_not_fit", "effect"),
        (fixed(1, per="item", on="reviewed"), "does_not_fit", "effect"),
        (multiply("2", when("about", "x", name="product")), "does_not_fit", "when.0"),
        (fixed(5, when("product", "tea"), on="reviewed"), "does_not_fit", "when.0"),
        (multiply("2", when("wind")), "unknown", "when.0"),
        (multiply("2", when("product")), "wrong_value", "when.0"),
        (multiply("2", when("weekday", 1), when("weekday", 8)), "wrong_value", "when.1"),
        (multiply("2", when("hours", "14:00", "14:00")), "wrong_value", "when.0"),
        (multiply("2", when("hours", "25:00", "26:00")), "wrong_value", "when.0"),
        (multiply("2", when("above_average", "moon", 100)), "wrong_value", "when.0"),
        (multiply("2", when("segment", 123)), "unknown", "when"),
        (multiply("2", *[when("weekday", 1)] * 21), "too_many", "when"),
        (multiply("2", caps=[{"per": "hour", "points": 1}]), "unknown", "caps.0"),
        (multiply("2", caps=[{"per": "day"}]), "malformed", "caps.0"),
        (multiply("2", caps=[{"per": "rolling", "points": 1}]), "wrong_value", "caps.0"),
        (multiply("2", budget=0), "wrong_value", "budget"),
        (multiply("2", lasting={"months": 1, "days": 1}), "malformed", "lasting"),
        (limit(), "does_not_fit", "caps"),
        (limit(caps=[{"per": "day", "times": 1}]), "does_not_fit", "caps"),
        (said({"kind": "next", "factor": "2"}), "wrong_value", "effect"),
        (said({"kind": "next", "factor": "2", "days": 9}, budget=5), "does_not_fit", "caps"),
        (said({"kind": "next", "factor": "2", "days": 9}, review=True), "does_not_fit", "effect"),
        (said({"kind": "exclude"}, caps=[{"per": "day", "points": 1}]), "does_not_fit", "caps"),
    ],
)
def test_rules_that_make_no_sense_are_refused(says, code, part, customer):
    with pytest.raises(RuleRefused) as refused:
        rules.draft("Odd", says)

    assert (refused.value.code, refused.value.part) == (code, part)
    assert not Rule.objects.exists()


def test_a_fact_earns_by_a_rule_once_at_once_or_by_the_reader(customer):
    rule(fixed(20, when("about_least", 50, name="words"), on="reviewed"), name="Long review")
    long, short = tell(customer, words=60, product="tea"), tell(customer, words=49)

    rules.earn_for_fact(long)
    earning.react([long, short])
    rules.earn_for_fact(long)

    earned = Transaction.objects.get()
    assert (earned.reason, earned.effective_at, earned.natural_key.split(":")[0]) == ("Long review", NOW, "fact")
    assert buckets(customer) == (0, 20, 0, 0)
    assert Calculation.objects.get().fact_id == long.pk


@pytest.mark.parametrize(
    ("condition", "about", "holds"),
    [
        (when("about", "Tea", "pot", name="product"), {"product": "tea"}, True),
        (when("about", "tea", name="product"), {}, False),
        (when("about", "tea", name="product", negated=True), {}, True),
        (when("about", "birthday", name="fields"), {"fields": ["city", "birthday"]}, True),
        (when("about", "birthday", name="fields"), {"fields": ["city"]}, False),
        (when("about_least", 4, name="rating"), {"rating": 4}, True),
        (when("about_least", 4, name="rating"), {"rating": 3}, False),
        (when("about_least", 4, name="rating"), {"rating": "5"}, False),
        (when("store", "bonn"), {"store": "Bonn"}, True),
    ],
)
def test_rules_ask_for_the_particulars_of_a_fact(condition, about, holds, customer):
    rule(fixed(5, condition, on="visited"))

    rules.earn_for_fact(tell(customer, Verb.VISITED, **about))

    assert buckets(customer)[1] == (5 if holds else 0)


def test_each_field_of_the_profile_earns_once(customer):
    rule(
        fixed(10, when("about", "birthday", name="fields"), on="changed", caps=[{"per": "ever", "times": 1}]),
        name="Birthday known",
    )
    for fields in (["city"], ["birthday"], ["birthday"]):
        rules.earn_for_fact(tell(customer, Verb.CHANGED, fields=fields))

    assert buckets(customer)[1] == 10


def test_sharing_soon_after_a_purchase_or_a_delivery_earns(customer):
    rule(fixed(7, when("soon_after", "purchase", 7), on="shared"))
    rule(fixed(11, when("soon_after", "delivery", 3), on="shared"))
    buy(customer, 1_000, NOW)
    tell(customer, Verb.DELIVERED, NOW + timedelta(days=5), purchase="x")
    before = buckets(customer)[1]

    def share(days: int, **about) -> int:
        had = buckets(customer)[1]
        rules.earn_for_fact(tell(customer, Verb.SHARED, NOW + timedelta(days=days), **about))
        return buckets(customer)[1] - had

    assert before == 10
    assert share(7, product="tea") == 7 + 11
    assert share(7, product="pot") == 11  # the customer has not bought it
    assert share(8) == 11
    assert share(9) == 0


def test_a_batch_of_facts_keeps_the_caps_among_themselves(customer):
    other = customers.customer()
    capped = rule(fixed(20, on="reviewed", caps=[{"per": "day", "points": 50}]))
    facts = [tell(customer) for _ in range(4)] + [tell(other)]

    rules.earn_for_facts([*facts, facts[0]])

    assert (buckets(customer)[1], buckets(other)[1]) == (50, 20)
    assert sorted(RuleAward.objects.filter(rule=capped).values_list("points", flat=True)) == [10, 20, 20, 20]


def test_a_limit_on_everything_counts_purchases_and_facts_together(customer):
    rule(limit(on="*", caps=[{"per": "day", "points": 100}]), name="A hundred a day")
    rule(fixed(30, on="reviewed"))

    assert buy(customer, 8_000) == 80
    rules.earn_for_fact(tell(customer))
    assert buckets(customer)[1] == 100
    assert buy(customer, 8_000) == 0
    assert buy(customer, 8_000, NOW + timedelta(days=1)) == 80


def test_nothing_is_earned_into_a_frozen_wallet_and_no_cap_is_used_up(customer):
    rule(fixed(20, on="reviewed", caps=[{"per": "ever", "times": 1}]))
    wallets.freeze(customer, reason="test")
    rules.earn_for_fact(tell(customer))
    assert not RuleAward.objects.exists()

    wallets.reopen(customer, reason="test")
    rules.earn_for_fact(tell(customer))

    assert buckets(customer)[1] == 20


def test_facts_that_no_rule_answers_to_cost_one_look_at_the_programme(customer, django_assert_num_queries):
    rule(multiply("2"))
    fact = tell(customer)
    programmes.main(fresh=True)
    rules.earn_for_facts([fact])

    with django_assert_num_queries(1):  # the version of the programme
        assert rules.earn_for_facts([fact]) == {}


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (fixed(15, when("about_least", 20, name="words"), on="reviewed"), "A review where words is at least 20 earns"),
        (fixed(30, on="receipt_submitted"), "A receipt earns"),
        (fixed(5, on="seat_renewed"), "“stays on the advisory board” earns"),
    ],
)
def test_a_rule_about_a_fact_is_said_in_plain_words(says, sentence):
    assert words.sentence(reading.read(says), currency="EUR").startswith(sentence)
