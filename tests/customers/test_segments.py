"""Segments: conditions choose customers, anew each time they are asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers import conditions, sentences
from customers.actions import consents, customers, merging, privacy, profile, segments, traits
from customers.actions.segments import SegmentRefused
from customers.conditions import ConditionRefused
from customers.models import ConsentDecision, Customer, Segment
from customers.newcomers import Birthday, Knowledge, Newcomer
from customers.queries import segments as who
from tests.examples import examples
from tests.factories.customers import customer
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def asked(*rows, any_=False, negated=False) -> dict:
    """Conditions with one group: ``asked(("stage", "in", ["new"]))``; a fourth part is the name, a fifth negates."""
    names = ("field", "how", "values", "name", "not")
    found = [dict(zip(names, (*row, "", False)[:5] if len(row) == 3 else row, strict=False)) for row in rows]
    return {"match": "all", "groups": [{"match": "any" if any_ else "all", "not": negated, "conditions": found}]}


def numbers(said, at=NOW) -> set[str]:
    return set(who.chosen(conditions.read(said), at).values_list("number", flat=True))


def person(number: str, **changes) -> Customer:
    return customers.add(Newcomer(name=number, number=number, **changes))


def test_all_conditions_of_a_group_hold_together_or_any_of_them():
    person("1", country="DE", language="de")
    person("2", country="DE", language="en")
    person("3", country="KR", language="en")
    german, english = ("country", "in", ["de"]), ("language", "in", ["en"])

    assert numbers(asked(german, english)) == {"2"}
    assert numbers(asked(german, english, any_=True)) == {"1", "2", "3"}
    assert numbers(asked(german, english, negated=True)) == {"1", "3"}
    assert numbers(asked((*german, "", True))) == {"3"}


def test_groups_hold_together_or_any_of_them():
    for number, country, city in (("1", "DE", "Bonn"), ("2", "DE", "Ulm"), ("3", "FR", "Paris")):
        person(number, country=country, city=city)
    two = {"groups": [*asked(("country", "in", ["DE"]))["groups"], *asked(("city", "in", ["Ulm", "Paris"]))["groups"]]}

    assert numbers({"match": "all", **two}) == {"2"}
    assert numbers({"match": "any", **two}) == {"1", "2", "3"}


def test_no_condition_chooses_every_customer_who_still_is_one(manager):
    ada, ben, cleo, _dan = (person(number) for number in "1234")
    merging.merge(ben, into=ada, by=manager)
    privacy.erase(cleo, by=manager)

    assert numbers({"match": "all", "groups": []}) == {"1", "4"}
    assert numbers(asked(("country", "in", ["DE"]), negated=True)) == {"1", "4"}


def test_purchases_and_what_they_were_worth_are_numbers_to_compare():
    ada, ben = person("1"), person("2")
    purchase(ada, 5_000, at=NOW - timedelta(days=100))
    purchase(ada, 5_001, at=NOW - timedelta(days=40))
    purchase(ben, 2_000, at=NOW - timedelta(days=5))
    person("3")

    assert numbers(asked(("purchases", "at_least", [2]))) == {"1"}
    assert numbers(asked(("purchases", "at_most", [1]))) == {"2", "3"}
    assert numbers(asked(("value", "at_least", [10_001]))) == {"1"}
    assert numbers(asked(("value", "at_least", [10_002]))) == set()
    assert numbers(asked(("last_purchase", "within", [40]))) == {"2"}
    assert numbers(asked(("last_purchase", "within", [41]))) == {"1", "2"}
    assert numbers(asked(("last_purchase", "earlier", [40]))) == {"1"}
    assert numbers(asked(("last_purchase", "known", [], "", True))) == {"3"}
    assert numbers(asked(("last_purchase", "earlier", [6], "", True))) == {"2", "3"}


def test_days_begin_in_the_zone_of_the_business():
    ada = person("1")
    purchase(ada, at=datetime(2026, 3, 1, 22, 59, tzinfo=UTC))  # 23:59 in Berlin

    assert numbers(asked(("last_purchase", "before", ["2026-03-02"]))) == {"1"}
    assert numbers(asked(("last_purchase", "since", ["2026-03-02"]))) == set()


def test_money_counts_only_in_the_currency_of_the_business():
    purchase(person("1"), 90_000, currency="USD")

    assert numbers(asked(("value", "at_least", [1]))) == set()


def test_a_tier_is_known_of_whom_the_profile_names_one():
    ada = person("1")
    profile.show_tiers([(ada.pk, "gold")])
    person("2")
    customer(number="3")  # without a profile

    assert numbers(asked(("tier", "in", ["gold", "silver"]))) == {"1"}
    assert numbers(asked(("tier", "known", []))) == {"1"}
    assert numbers(asked(("tier", "known", [], "", True))) == {"2", "3"}


def test_birthdays_are_found_by_month_and_those_of_this_month():
    person("1", birthday=Birthday(6, 30))
    person("2", birthday=Birthday(7, 1))
    person("3")

    assert numbers(asked(("birthday", "in", [7, 8]))) == {"2"}
    assert numbers(asked(("birthday", "this_month", []))) == {"1"}
    # 23:30 in London on 30 June is July in Berlin, where the business is
    assert numbers(asked(("birthday", "this_month", [])), datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == {"2"}


def test_traits_are_found_by_name_and_value_whatever_the_case():
    ada, ben = person("1"), person("2")
    traits.learn(ada, [Knowledge("trait", "42", "Shoe size"), Knowledge("like", "Green tea")], came_from="survey")
    traits.learn(
        ben, [Knowledge("trait", "43", "Shoe size"), Knowledge("social", "@ben", "example")], came_from="form"
    )

    assert numbers(asked(("trait", "in", ["42", "44"], "shoe size", False))) == {"1"}
    assert numbers(asked(("trait", "known", [], "shoe size", False))) == {"1", "2"}
    assert numbers(asked(("likes", "in", ["green TEA"]))) == {"1"}
    assert numbers(asked(("social", "known", [], "example", True))) == {"1"}


def test_the_latest_decision_of_a_customer_says_what_is_allowed():
    ada, ben = person("1"), person("2")
    for one, granted, days in ((ada, True, 9), (ben, True, 9), (ben, False, 3)):
        consents.decide(
            one, channel="email", purpose="offers", granted=granted, source="form", at=NOW - timedelta(days=days)
        )
    allows = ("consent", "in", ["email:offers"])

    assert numbers(asked(allows)) == {"1"}
    assert numbers(asked((*allows, "", True))) == {"2"}
    assert numbers(asked(allows), NOW - timedelta(days=5)) == {"1", "2"}
    assert numbers(asked(("consent", "in", ["sms:offers", "email:offers"]))) == {"1"}


def test_what_is_allowed_now_stands_in_the_row_of_the_customer_whatever_else_is_saved():
    """Each channel and purpose has its bit; a row that was read before a decision does not take it back."""
    pairs = [(channel, purpose) for channel in ConsentDecision.Channel for purpose in ConsentDecision.Purpose]
    people = [person(str(n)) for n in range(len(pairs))]
    stale = Customer.objects.get(pk=people[0].pk)
    for days, granted in ((9, False), (1, True), (5, False)):  # they need not come in order
        at = timezone.now() - timedelta(days=days)
        consents.decide_many(
            [consents.Decision(one, *pair, granted, "form", at=at) for one, pair in zip(people, pairs, strict=True)]
        )
    stale.save()

    for one, pair in zip(people, pairs, strict=True):
        assert numbers(asked(("consent", "in", [":".join(pair)])), timezone.now()) == {one.number}
    merging.merge(people[0], into=people[1])
    assert numbers(asked(("consent", "in", ["email:care"])), timezone.now()) == {"1"}


def test_a_theme_is_asked_for_by_its_code_or_its_name():
    ada, ben = person("1"), person("2")
    profile.show_themes([(ada.pk, ["late", "parcel", "lost on its way"]), (ben.pk, ["taste"])])

    assert numbers(asked(("theme", "in", ["parcel", "price"]))) == {"1"}
    assert numbers(asked(("theme", "in", ["Lost on its way"]))) == {"1"}
    assert numbers(asked(("theme", "in", ["parcel"], "", True))) == {"2"}
    profile.show_themes([(ben.pk, ["taste"])])
    assert numbers(asked(("theme", "known", []))) == {"2"}


def test_several_segments_are_asked_for_several_customers_by_one_query(django_assert_num_queries):
    ada, ben = person("1", country="DE"), person("2", country="FR")
    german = segments.make("German", asked(("country", "in", ["DE"])))
    european = segments.make("European", asked(("country", "in", ["DE", "FR"])))

    with django_assert_num_queries(1):
        found = who.memberships([ada.pk, ben.pk], [german, european])

    assert found == {ada.pk: {german.pk, european.pk}, ben.pk: {european.pk}}
    everybody = segments.make("Everybody", {"groups": []})
    assert who.memberships([ada.pk], [everybody, german]) == {ada.pk: {everybody.pk, german.pk}}
    assert who.memberships([ada.pk], []) == {}
    assert who.contains(german, ada)
    assert not who.contains(german, ben)
    assert who.count(european) == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([], "malformed"),
        ({"match": "some", "groups": []}, "malformed"),
        ({"groups": {}}, "malformed"),
        ({"groups": [{"conditions": []}]}, "empty_group"),
        ({"groups": [{"conditions": ["country"]}]}, "malformed"),
        ({"groups": asked(("country", "in", ["DE"]))["groups"] * 11}, "too_many"),
        (asked(("shoe", "in", ["DE"])), "unknown_field"),
        (asked(("country", "at_least", [3])), "unknown_comparison"),
        (asked(("country", "in", [])), "no_value"),
        (asked(("country", "in", [" "])), "wrong_value"),
        (asked(("stage", "in", ["asleep"])), "wrong_value"),
        (asked(("purchases", "at_least", [-1])), "wrong_value"),
        (asked(("purchases", "at_least", ["3"])), "wrong_value"),
        (asked(("purchases", "at_least", [True])), "wrong_value"),
        (asked(("purchases", "at_least", [1, 2])), "too_many"),
        (asked(("joined", "within", [40_000])), "wrong_value"),
        (asked(("joined", "since", ["2026-02-30"])), "wrong_value"),
        (asked(("birthday", "in", [13])), "wrong_value"),
        (asked(("trait", "known", [])), "no_value"),
        (asked(("consent", "in", ["email"])), "wrong_value"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(said, code):
    with pytest.raises(ConditionRefused) as refused:
        segments.make("Odd", said)

    assert refused.value.code == code
    assert not Segment.objects.exists()


def test_a_segment_keeps_a_name_of_its_own(marketer):
    made = segments.make("  German ", asked(("country", "in", ["DE"])), by=marketer)

    assert (made.name, made.created_by, made.version) == ("German", marketer, 1)
    for name, code in (("german", "name_taken"), ("  ", "no_name")):
        with pytest.raises(SegmentRefused) as refused:
            segments.make(name, asked(("country", "in", ["DE"])))
        assert refused.value.code == code


def test_a_changed_segment_chooses_others_and_says_so_by_its_version():
    made = segments.make("Mine", asked(("country", "in", ["DE"])))

    same = segments.change(made, name="Ours", said=made.conditions, description="for all")
    assert (same.name, same.description, same.version) == ("Ours", "for all", 1)
    other = segments.change(same, name="Ours", said=asked(("country", "in", ["FR"])))
    assert other.version == 2
    assert other.conditions["groups"][0]["conditions"][0]["values"] == ["FR"]


def test_two_who_change_different_things_of_a_segment_undo_nothing():
    made = segments.make("Mine", asked(("country", "in", ["DE"])), description="for all")

    segments.change(made, name="Ours")
    changed = segments.change(made, said=asked(("country", "in", ["FR"])))

    assert (changed.name, changed.description, changed.version) == ("Ours", "for all", 2)


def test_a_change_of_a_segment_on_top_of_somebody_elses_is_refused():
    made = Segment.objects.get(pk=segments.make("Mine", asked(("country", "in", ["DE"]))).pk)
    newer = segments.change(made, name="Ours", seen=made.revision)

    with pytest.raises(segments.ChangedMeanwhile):
        segments.change(made, name="Theirs", seen=made.revision)

    assert segments.change(made, name="Theirs", seen=newer.revision).name == "Theirs"


def test_a_segment_that_nothing_uses_can_be_removed():
    segments.remove(segments.make("Mine", asked(("country", "in", ["DE"]))))

    assert not Segment.objects.exists()


def test_the_database_keeps_segments_named_and_whole():
    with pytest.raises(IntegrityError, match="segment_has_a_name"), transaction.atomic():
        Segment.objects.create(name="", conditions={"groups": []})
    with pytest.raises(IntegrityError, match="segment_has_groups_of_conditions"), transaction.atomic():
        Segment.objects.create(name="x", conditions={})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"groups": []}, "Every customer."),
        (asked(("country", "in", ["DE", "FR"])), "Customers with country DE or FR."),
        (
            asked(("purchases", "at_least", [2]), ("last_purchase", "earlier", [90])),
            "Customers with number of purchases at least 2 and last purchase longer than 90 days ago.",
        ),
        (asked(("value", "at_least", [1_050])), "Customers with bought less returned at least 10.50 EUR."),
        (asked(("stage", "in", ["at_risk"], "", True)), "Customers with not: stage at risk."),
        (asked(("trait", "in", ["42"], "shoe size", False)), "Customers with shoe size 42."),
        (asked(("consent", "in", ["email:offers"])), "Customers with allows offers by e-mail."),
        (asked(("birthday", "in", [5])), "Customers with month of birth May."),
        (
            asked(("country", "in", ["DE"]), ("city", "in", ["Bonn"]), any_=True, negated=True),
            "Customers with none of this: (country DE or city Bonn).",
        ),
    ],
)
def test_a_segment_says_in_words_whom_it_chooses(said, words):
    assert sentences.sentence(conditions.read(said)) == words


def test_what_is_read_is_written_the_same():
    said = asked(("country", "in", ["DE"]), ("joined", "since", ["2026-01-31"]), ("birthday", "in", [5], "", True))

    assert conditions.read(conditions.read(said).as_json()) == conditions.read(said)
    assert conditions.read(said).as_json()["groups"][0]["conditions"][1]["values"] == ["2026-01-31"]


rows = st.sampled_from(
    [
        ("country", "in", ["DE"]),
        ("city", "known", []),
        ("tier", "known", []),
        ("purchases", "at_least", [1]),
        ("purchases", "at_most", [0]),
        ("value", "at_least", [500]),
        ("last_purchase", "within", [30]),
        ("last_purchase", "before", ["2026-06-01"]),
        ("birthday", "in", [6]),
        ("usual_gap", "at_most", [10]),
        ("likes", "known", []),
        ("consent", "in", ["email:offers"]),
    ]
)
groups = st.lists(rows, min_size=1, max_size=3)


class NegationTest(TestCase):
    """What is not known must fall on one side: a condition and its negation divide the customers between them."""

    @classmethod
    def setUpTestData(cls):
        ada, ben = person("1", country="DE", city="Bonn"), person("2", country="FR")
        customer(number="3")  # without a profile
        purchase(ada, 1_000, at=NOW - timedelta(days=3))
        purchase(ben, 400, currency="USD", at=NOW - timedelta(days=60))
        traits.learn(ben, [Knowledge("like", "tea")], came_from="form")
        consents.decide(ada, channel="email", purpose="offers", granted=True, source="form", at=NOW)

    @settings(max_examples=examples(60))
    @given(groups, st.booleans())
    def test_a_group_and_its_negation_divide_the_customers(self, chosen, any_):
        said, other = (numbers(asked(*chosen, any_=any_, negated=negated)) for negated in (False, True))

        assert said | other == {"1", "2", "3"}
        assert not said & other
