"""Segments kept as lists, what they asked for before, groups in groups, and fields that look beyond the profile."""

from datetime import UTC, datetime, timedelta

import pytest

from customers import conditions, readymade, sentences
from customers.actions import consents, customers, merging, privacy, segments, timeline
from customers.actions.segments import SegmentRefused
from customers.conditions import ConditionRefused
from customers.models import Customer, Line, PostalAddress, SegmentMember, SegmentVersion, Verb
from customers.newcomers import Newcomer
from customers.queries import segments as who
from tests.customers.test_segments import asked, numbers, person
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_groups_stand_in_groups_and_say_so_in_words():
    for number, country, city in (("1", "DE", "Bonn"), ("2", "DE", "Ulm"), ("3", "FR", "Paris"), ("4", "DE", "Kiel")):
        person(number, country=country, city=city)
    cities = asked(("city", "in", ["Ulm", "Bonn"]), ("city", "in", ["Kiel"]), any_=True)["groups"][0]
    not_bonn = asked(("city", "in", ["Bonn"]), negated=True)["groups"][0]
    said = asked(("country", "in", ["DE"]))
    said["groups"][0]["conditions"] += [cities, {"match": "all", "not": False, "conditions": [not_bonn]}]

    assert numbers(said) == {"2", "4"}
    read = conditions.read(said)
    assert conditions.read(read.as_json()) == read
    words = "Customers with country DE and (city Ulm or Bonn or city Kiel) and none of this: (city Bonn)."
    assert sentences.sentence(read) == words


def test_groups_are_not_nested_without_end_nor_conditions_piled_up():
    group = asked(("country", "in", ["DE"]))["groups"][0]
    for _depth in range(4):
        group = {"match": "all", "conditions": [group]}
    many = {"match": "any", "conditions": [{"field": "country", "how": "in", "values": ["DE"]}] * 20}
    for said, code in (([group], "too_deep"), ([many] * 4, "too_many")):
        with pytest.raises(ConditionRefused) as refused:
            conditions.read({"groups": said})
        assert refused.value.code == code
    assert len(list(conditions.leaves(conditions.read({"groups": [many] * 3}).groups))) == 60


def test_a_list_is_who_was_in_the_segment_when_it_was_kept(marketer):
    person("1", country="DE"), person("2", country="DE"), person("3", country="FR")
    german = segments.make("German", asked(("country", "in", ["DE"])), by=marketer)

    kept = segments.keep(german, name="German in June", by=marketer, at=NOW)
    person("4", country="DE")

    assert set(who.members(german).values_list("number", flat=True)) == {"1", "2", "4"}
    assert set(who.members(kept).values_list("number", flat=True)) == {"1", "2"}
    one, four = Customer.objects.get(number="1"), Customer.objects.get(number="4")
    assert who.memberships([one.pk, four.pk], [german, kept]) == {one.pk: {german.pk, kept.pk}, four.pk: {german.pk}}
    with pytest.raises(SegmentRefused) as refused:
        segments.change(kept, name="x", said=asked(("country", "in", ["FR"])))
    assert refused.value.code == "kept"
    assert segments.change(kept, name="June", said=kept.conditions).name == "June"
    with pytest.raises(SegmentRefused) as refused:
        segments.keep(german, name="june")
    assert refused.value.code == "name_taken"


def test_who_is_merged_or_erased_leaves_their_place_on_a_list(manager):
    ada, ben, cleo, dan = (person(number) for number in "1234")
    everybody = segments.make("All", {"groups": []})
    kept = segments.keep(everybody, name="All then")
    eve = person("5")
    merging.merge(ben, into=ada, by=manager)
    merging.merge(cleo, into=eve, by=manager)
    privacy.erase(dan, by=manager)

    assert set(who.members(kept).values_list("number", flat=True)) == {"1", "5"}
    assert not SegmentMember.objects.filter(segment=kept, customer=cleo).exists()


def test_what_a_segment_asked_for_before_stays_known(marketer, manager):
    made = segments.make("Mine", asked(("country", "in", ["DE"])), by=marketer)
    segments.change(made, name="Ours", said=made.conditions, by=manager)
    segments.change(made, name="Ours", said=asked(("country", "in", ["FR"])), by=manager)
    kept = list(SegmentVersion.objects.filter(segment=made).order_by("version"))

    assert [(version.version, version.by) for version in kept] == [(1, marketer), (2, manager)]
    assert [row.conditions["groups"][0]["conditions"][0]["values"] for row in kept] == [["DE"], ["FR"]]
    segments.remove(made)
    assert SegmentVersion.objects.filter(segment_id=kept[0].segment_id).count() == 2


def test_what_happened_is_asked_at_any_time_or_lately():
    ada, ben = person("1"), person("2")
    timeline.record(ada, Verb.VISITED, at=NOW - timedelta(days=10))
    timeline.record(ben, Verb.VISITED, at=NOW - timedelta(days=40))
    timeline.record(ben, Verb.REVIEWED, at=NOW - timedelta(days=1))

    assert numbers(asked(("fact", "ever", [], "visited", False))) == {"1", "2"}
    assert numbers(asked(("fact", "within", [30], "visited", False))) == {"1"}
    assert numbers(asked(("fact", "since", ["2026-06-01"], "visited", True))) == {"2"}
    lately = conditions.read(asked(("fact", "within", [30], "visited", False)))
    assert sentences.sentence(lately) == "Customers with visited within the last 30 days."
    assert conditions.follows_the_clock(lately)
    for name, code in (("", "no_value"), ("flew", "wrong_value")):
        with pytest.raises(ConditionRefused) as refused:
            conditions.read(asked(("fact", "ever", [], name, False)))
        assert refused.value.code == code


def test_the_average_of_a_customer_is_compared_with_that_of_all_purchases():
    ada, ben, cleo = person("1"), person("2"), person("3")
    for one, goods in ((ada, 9_000), (ben, 1_000), (ben, 2_000)):  # 4,000 each on average
        purchase(one, goods, at=NOW - timedelta(days=9))
    purchase(cleo, 90_000, currency="USD")

    assert numbers(asked(("average", "above_average", []))) == {"1"}
    assert numbers(asked(("average", "at_least", [1_500]))) == {"1", "2"}
    assert numbers(asked(("average", "at_most", [1_500]))) == {"2"}
    assert numbers(asked(("value", "above_average", []))) == {"1"}  # 6,000 for each customer
    said = conditions.read(asked(("average", "above_average", [])))
    assert sentences.sentence(said) == "Customers with average purchase above the average of all."


def test_an_average_that_is_no_whole_number_is_compared_exactly():
    ada, ben, cleo, dora = (person(number) for number in "1234")
    for one, goods in ((ada, 333), (ada, 334), (ben, 334), (cleo, 333), (dora, 0)):
        purchase(one, goods, at=NOW - timedelta(days=9))

    average, value = ("average", "above_average", []), ("value", "above_average", [])  # 1,334: by 5, and by 4
    assert numbers(asked(average)) == {"1", "2", "3"}
    assert numbers(asked(value)) == {"1", "2"}  # 333.5 for each customer
    assert numbers(asked((*value, "", True))) == {"3", "4"}
    for _more in range(2):
        purchase(dora, 1_002, at=NOW - timedelta(days=8))  # 3,338 by 7: 476.86 each
    assert numbers(asked(average)) == {"4"}
    assert numbers(asked((*average, "", True))) == {"1", "2", "3"}


def test_goods_stores_postcodes_and_ways_to_reach_somebody_are_asked_for():
    ada = customers.add(Newcomer(name="1", number="1", emails=("ada@example.com",)))
    ben = customers.add(Newcomer(name="2", number="2", phones=("+4930123456",)))
    bought = purchase(ada, 500, at=NOW - timedelta(days=1))
    Line.objects.filter(purchase=bought).update(category="Tea", product="TEA-1")
    PostalAddress.objects.create(customer=ben, lines="Street 1", postcode="10115", city="Berlin", country="DE")

    assert numbers(asked(("bought_category", "in", ["tea"]))) == {"1"}
    assert numbers(asked(("bought_product", "in", ["tea-1", "x"], "", True))) == {"2"}
    assert numbers(asked(("postcode", "begins", ["10", "80"]))) == {"2"}
    assert numbers(asked(("postcode", "known", [], "", True))) == {"1"}
    assert numbers(asked(("reach", "in", ["email"]))) == {"1"}
    assert numbers(asked(("reach", "in", ["phone", "post"]))) == {"2"}


def test_who_allowed_it_again_after_a_refusal_allows_it():
    ada = person("1")
    for granted, days in ((True, 9), (False, 6), (True, 3)):
        at = NOW - timedelta(days=days)
        consents.decide(ada, channel="email", purpose="offers", granted=granted, source="form", at=at)
    allows = asked(("consent", "in", ["email:offers"]))

    found = [numbers(allows, NOW - timedelta(days=days)) for days in (10, 8, 5, 2)]
    assert found == [set(), {"1"}, set(), {"1"}]


@pytest.mark.parametrize("each", readymade.READYMADE, ids=lambda each: each.code)
def test_every_segment_that_is_ready_made_can_be_asked_for(each):
    made = segments.make(str(each.name), each.conditions)

    assert who.count(made) == 0
    assert len(sentences.sentence(conditions.read(made.conditions))) > 20
